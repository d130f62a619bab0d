import { registry } from "@web/core/registry";

function at(step) {
    return {
        content: `the present step is ${step}`,
        trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${step}]`,
    };
}

function press(name) {
    return { trigger: `.o_form_view button[name=${name}]:enabled`, run: "click" };
}

/** The page of the present step is the one that is open. */
function shown(page) {
    return { trigger: `.o_notebook a.active[name=${page}]` };
}

/** Finish a step without what belongs to it. */
function pass(missing, reason) {
    return [
        press("action_finish_step"),
        { trigger: `.modal .alert:contains('${missing}')` },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: `edit ${reason}`,
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
    ];
}

registry.category("web_tour.tours").add("client_health_recovery_start", {
    steps: () => [
        {
            content: "the red flag of the client",
            trigger: ".o_data_row:contains('Harbour Lights') .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name=action_start_recovery]", run: "click" },
        {
            trigger: ".modal .o_tag:contains('Harbour Lights')",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Work stands still on both sides",
        },
        { trigger: ".modal button[name=action_start]", run: "click" },
        at("self_review"),
        {
            content: "it knows the flag it comes from",
            trigger: ".o_form_view .o_field_widget[name=flag_id]",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_recovery_recovered", {
    steps: () => [
        at("self_review"),
        press("action_finish_step"),
        at("channel"),
        shown("channel"),
        press("action_step_back"),
        at("self_review"),
        shown("self_review"),
        press("action_finish_step"),
        at("channel"),
        {
            content: "what the step needs is said before it is finished",
            trigger: "[data-step=channel] [data-code=no_way] a:contains('Show')",
        },
        ...pass("No other way", "They read mail alone"),
        at("agreement"),
        {
            content: "and afterwards, what it was finished without and why",
            trigger: "[data-step=channel][data-state=passed]:contains('They read mail alone')",
        },
        shown("agreement"),
        ...pass("There is no new agreement", "They sign nothing"),
        at("review"),
        shown("review"),
        {
            content: "before and after stand beside each other",
            trigger: "tr[data-check=progress][data-moved=better]",
        },
        {
            content: "and beside others, of whom there are too few",
            trigger: "[data-others]:contains('too few to say')",
        },
        press("action_recovered"),
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit We call before we write",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".ribbon:contains('Recovered')" },
        {
            trigger: ".o_field_widget[name=result_note] textarea:value(We call)",
        },
        press("action_open_partner"),
        { trigger: ".o_notebook a[name=client_health]", run: "click" },
        {
            content: "it may be tried again",
            trigger: ".o_notebook button[name=action_start_recovery]",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_recovery_offboard", {
    steps: () => [
        at("self_review"),
        { trigger: ".o_notebook a[name=review]", run: "click" },
        press("action_offboard"),
        {
            content: "what is known comes along",
            trigger: ".modal .o_field_widget[name=origin]:contains('Recovery of Harbour Lights')",
        },
        { trigger: ".modal button[name=action_start]", run: "click" },
        at("contract"),
        press("action_open_recovery"),
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current[data-value=offboard]",
        },
        press("action_open_offboarding"),
        at("contract"),
    ],
});
