import { useComponent, useEffect } from "@odoo/owl";

/** Show a page of the form. */
export function showPage(name) {
    document.querySelector(`.o_notebook a[name=${name}]`)?.click();
}

/** Show a page to somebody who asked for it, and put the cursor into a field of it. */
export async function goToPage(name, field) {
    showPage(name);
    const drawn = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
    await new Promise(drawn);
    const widget = field && document.querySelector(`.o_notebook [name=${field}].o_field_widget`);
    const place = widget || document.querySelector(".o_notebook_content");
    place?.scrollIntoView({ block: widget ? "center" : "start", behavior: "smooth" });
    widget?.querySelector("input, textarea, select, button")?.focus({ preventScroll: true });
}

/**
 * Show the page of the present step: when the form opens, and when that step changes.
 * ``step`` tells its code, which is the name of its page.
 */
export function usePresentPage(step) {
    const component = useComponent();
    useEffect(
        (_id, name) => showPage(name),
        () => [component.props.record.resId, step()]
    );
}
