import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("client_health_morning_round", {
    steps: () => [
        {
            content: "only the clients at risk",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .dropdown-item:contains('Clients at risk')",
            run: "click",
        },
        {
            content: "the card says it with a badge",
            trigger:
                ".o_kanban_record:contains('A longer quay') .o_client_health_badge[data-level=critical]:contains('Critical')",
        },
        {
            trigger: ".o_kanban_record:contains('A longer quay')",
            run: "click",
        },
        {
            content: "from the opportunity to the client",
            trigger: ".o_form_view button[name=action_open_client_health]",
            run: "click",
        },
        {
            trigger: ".o_notebook a[name=flags]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=flag_ids] .o_data_row td[name=why]",
            run: "click",
        },
        {
            content: "somebody is on it now",
            trigger: "button[name=action_acknowledge]",
            run: "click",
        },
        {
            trigger: "body:not(:has(button[name=action_acknowledge]:visible))",
        },
    ],
});

tours.add("client_health_team_round", {
    steps: () => [
        {
            content: "how many are critical stands there in words",
            trigger:
                ".o_kanban_record:contains('The quay') .o_client_health_team button[data-level=critical]:contains('1 Critical')",
            run: "click",
        },
        {
            content: "the very clients",
            trigger: ".o_kanban_record:contains('Harbour Lights'), .o_data_row:contains('Harbour Lights')",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains('Teams')",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains('The quay') .o_client_health_team button[data-flags]:contains('1 open flag')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Harbour Lights')",
        },
    ],
});

tours.add("client_health_pipeline_as_ever", {
    steps: () => [
        {
            content: "the card, with nothing of ours on it",
            trigger:
                ".o_kanban_record:contains('A longer quay'):not(:has(.o_client_health_badge))",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has([name=action_open_client_health])) .o_field_widget[name=name]",
        },
    ],
});
