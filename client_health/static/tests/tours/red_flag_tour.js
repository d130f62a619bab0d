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
