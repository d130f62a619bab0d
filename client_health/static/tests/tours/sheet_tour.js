import { registry } from "@web/core/registry";

/** An owner: from the figures, by the worst hour, to a new agreement. */
registry.category("web_tour.tours").add("client_health_reprice", {
    steps: () => [
        {
            content: "what an hour brings in, the least first",
            trigger: ".o_list_view th[data-name=rate]",
            run: "click",
        },
        {
            content: "the worst hour of all",
            trigger: ".o_data_row:first:contains('Harbour Lights') button[name=action_open_sheet]",
            run: "click",
        },
        {
            content: "why: more is worked than was sold",
            trigger: ".o_client_sheet .o_data_row:contains('Agreement, this period')",
        },
        {
            content: "the price alone would have to be",
            trigger: ".o_client_sheet [name=by_price]:contains('9,230.77')",
        },
        {
            content: "the hours follow a lower price",
            trigger: ".o_client_sheet input[data-range=price]",
            run: ({ anchor }) => {
                anchor.value = 9000;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            trigger: ".o_client_sheet .o_field_widget[name=hours] input:value(97.50)",
        },
        {
            trigger: "button[name=action_new_agreement]",
            run: "click",
        },
        {
            content: "a draft that has a month of them",
            trigger: ".o_field_widget[name=hours_sold] input:value(8.12)",
        },
        {
            trigger: ".o_field_widget[name=price] input:value(750.00)",
        },
    ],
});

/** A salesperson: from a flag by its advice to the invoice that is paid. */
registry.category("web_tour.tours").add("client_health_chase", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Harbour Lights')",
            run: "click",
        },
        {
            content: "the flag says what to do",
            trigger: "[data-flag=profit] [data-step=chase]:contains('8,000')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('INV/') td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_register_payment]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_create_payments]",
            run: "click",
        },
        {
            content: "paid",
            trigger: ".o_form_view .ribbon span",
        },
    ],
});
