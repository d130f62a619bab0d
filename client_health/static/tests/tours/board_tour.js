import { registry } from "@web/core/registry";

/** Open an entry of the menu, below its section where it has one. */
function menu(xmlid, section) {
    return [
        ...(section
            ? [{ trigger: `.o_menu_sections button:contains('${section}')`, run: "click" }]
            : []),
        { trigger: `[data-menu-xmlid='client_health.${xmlid}']`, run: "click" },
    ];
}

function search(kind, label) {
    return [
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        {
            trigger: `.o_${kind}_menu .o_menu_item:contains('${label}')`,
            run: "click",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
    ];
}

registry.category("web_tour.tours").add("client_health_weekly_review", {
    steps: () => [
        { trigger: ".o_kanban_group .o_kanban_record:contains('Harbour Lights')" },
        {
            content: "levels that nobody has are columns too",
            trigger: ".o_kanban_group .o_kanban_header:contains('At risk')",
        },
        ...search("group_by", "Salesperson"),
        {
            content: "the clients of each salesperson",
            trigger:
                ".o_kanban_group:has(.o_kanban_header:contains('keeper')) .o_kanban_record:contains('Harbour Lights')",
        },
        ...menu("client_health_flag_menu"),
        {
            content: "red flags by owner",
            trigger: ".o_group_header:contains('keeper')",
        },
        {
            trigger: ".o_data_row:contains('Harbour Lights') button[name=action_snooze]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They are at sea until then",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "what is snoozed is out of sight",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Harbour Lights')))",
        },
        {
            trigger: ".o_searchview_facet:contains('To handle') .o_facet_remove",
            run: "click",
        },
        ...search("filter", "Snoozed"),
        {
            trigger: ".o_data_row:contains('Harbour Lights') td[name=feedback]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=feedback] .o_select_menu_toggler",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains('Already known')", run: "click" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:contains('Already known')" },
        ...menu("client_health_month_menu", "Reporting"),
        { trigger: ".o_graph_renderer canvas", run: "canvasNotEmpty" },
    ],
});

registry.category("web_tour.tours").add("client_health_change_limit", {
    steps: () => [
        {
            content: "the limits in words, and who is beyond them",
            trigger:
                ".o_data_row:contains('Stalled tasks'):contains('red from 80') td[name=red_count]:contains('1')",
        },
        {
            trigger: ".o_data_row:contains('Stalled tasks') td[name=name]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=counted_words]:contains('1 red')",
        },
        { trigger: "button:contains('Try other limits first')", run: "click" },
        {
            trigger: ".o_data_row:contains('Stalled tasks') td[name=red]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=red] input",
            run: "edit 95",
        },
        { trigger: "button[name=action_compare]", run: "click" },
        {
            content: "nothing was changed yet, and this is what it would do",
            trigger: ".o_field_widget[name=summary]:contains('0 of 1 clients')",
        },
        { trigger: "button[name=action_apply]", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_notification:contains('saved')" },
    ],
});

registry.category("web_tour.tours").add("client_health_first_run", {
    steps: () => [
        {
            content: "nobody set it up: what to do stands above the clients",
            trigger: ".o_client_health_setup .o_client_health_set_up",
            run: "click",
        },
        {
            content: "what was found",
            trigger: ".modal .o_field_widget[name=found] td:contains('Tasks')",
        },
        { trigger: ".modal .o_field_widget[name=client_count]" },
        {
            trigger: ".modal .o_field_widget[name=required_rate] input",
            run: "edit 95",
        },
        { trigger: ".modal button[name=action_start]", run: "click" },
        {
            content: "how far it is",
            trigger: ".o_client_health_running:contains('0 of 24 months')",
        },
        ...menu("client_health_flag_menu"),
        { trigger: ".o_list_view" },
        ...menu("client_health_menu"),
        {
            content: "still there after leaving the page",
            trigger: ".o_client_health_running:contains('0 of 24 months')",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_first_run_done", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Harbour Lights')" },
        {
            content: "nothing is in the way any more",
            trigger:
                ".o_client_health_board:not(:has(.o_client_health_running)):not(:has(.o_client_health_setup))",
        },
    ],
});
