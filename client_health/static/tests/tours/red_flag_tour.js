import { registry } from "@web/core/registry";

/** From the clients to the proof of one red flag. */
function steps(check, indicator, proof) {
    return [
        {
            content: "the client stands in its column",
            trigger: ".o_kanban_record:contains('Harbour Lights')",
            run: "click",
        },
        {
            content: "the red check comes first",
            trigger: `.o_client_health_check:first[data-check=${check}][data-level=red] button`,
            run: "click",
        },
        {
            content: "its driver has the way to the records",
            trigger: `[data-indicator=${indicator}] .o_client_health_records`,
            run: "click",
        },
        {
            content: "the very records",
            trigger: `.o_list_view .o_data_row:contains('${proof}')`,
        },
        {
            trigger: ".o_breadcrumb a:contains('Harbour Lights')",
            run: "click",
        },
        {
            content: "back, the same check stands open",
            trigger: `[data-check=${check}] .o_client_health_details`,
        },
    ];
}

registry.category("web_tour.tours").add("client_health_red_flag_tasks", {
    steps: () => steps("progress", "stalled_tasks", "Rope and rudder"),
});

registry.category("web_tour.tours").add("client_health_red_flag_invoices", {
    steps: () => steps("profit", "overdue", "INV/"),
});

registry.category("web_tour.tours").add("client_health_partner_page", {
    steps: () => [
        {
            content: "the badge on the contact's own button",
            trigger: "button[name=action_open_health] .o_client_health_badge",
        },
        {
            trigger: ".o_notebook a[name=client_health]",
            run: "click",
        },
        {
            content: "the same reasons as in the app",
            trigger: ".o_client_health_check[data-check=progress][data-level=red]",
        },
        {
            content: "score and level at a glance",
            trigger: ".o_client_health_dial svg[aria-label*='of 100']",
        },
        {
            content: "the flag with its proof",
            trigger: "[data-flag=progress]:contains(Red) .o_client_health_proof",
        },
        {
            content: "reached with the keyboard, a bar explains itself",
            trigger: "[data-check=progress] .o_client_health_row",
            run: ({ anchor }) => anchor.focus(),
        },
        {
            trigger: "[data-check=progress] [role=tooltip]:contains(Over)",
        },
        {
            content: "the curve is walked with the arrow keys",
            trigger: ".o_client_health_curve[role=slider]",
            run: ({ anchor }) => {
                anchor.focus();
                anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "Home", bubbles: true })
                );
            },
        },
        {
            trigger: ".o_client_health_compare",
            run: "click",
        },
        {
            content: "what changed since that day, from score to score",
            trigger:
                ".o_client_health_waterfall [data-check=progress] .o_client_health_segment",
        },
        {
            trigger: "button[name=action_open_health]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_client_health_explanation",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_without_group", {
    steps: () => [
        {
            content: "the contact opens, with nothing of ours on it",
            trigger:
                ".o_form_view:not(:has(button[name=action_open_health])):not(:has([name=client_health])) .o_field_widget[name=name]",
        },
    ],
});
