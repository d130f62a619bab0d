import { registry } from "@web/core/registry";

/** The arrow of the step bar that is the present one. */
function at(step) {
    return {
        content: `the present step is ${step}`,
        trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${step}]`,
    };
}

function page(name) {
    return {
        content: `the page ${name}`,
        trigger: `.o_notebook a[name=${name}]`,
        run: "click",
    };
}

function press(name) {
    return { trigger: `button[name=${name}]:enabled`, run: "click" };
}

function finish(next) {
    return [press("action_finish_step"), ...(next ? [at(next)] : [])];
}

/** Choose an entry of a selection field. */
function choose(field, label) {
    return [
        {
            trigger: `.o_field_widget[name=${field}] .o_select_menu_toggler`,
            run: "click",
        },
        { trigger: `.o_select_menu_item:contains('${label}')`, run: "click" },
    ];
}

function fill(field, text, tag = "input, textarea") {
    const [input, area] = tag.split(", ");
    const inputs = [input, area].filter(Boolean);
    return {
        trigger: inputs.map((i) => `.o_field_widget[name=${field}] ${i}`).join(", "),
        run: `edit ${text}`,
    };
}

const save = [
    { trigger: ".o_form_button_save", run: "click" },
    { trigger: ".o_form_saved" },
];

registry.category("web_tour.tours").add("client_health_offboarding_prepare", {
    steps: () => [
        page("client_health"),
        press("action_start_offboarding"),
        { trigger: ".modal button[name=action_start]", run: "click" },
        at("contract"),
        {
            content: "what blocks the step is said",
            trigger: "[data-step=contract] [data-code=no_legal_user_id]",
        },
        press("action_check_contract"),
        { trigger: "[data-step=contract]:not(:has([data-code]))" },
        ...finish("conversation"),
        {
            content: "people may close the projects first",
            trigger: "[data-step=projects] .o_client_process_first",
            run: "click",
        },
        at("projects"),
        { trigger: "[data-step=projects] [data-code=project]" },
        page("projects"),
        {
            content: "the client still wants this task",
            trigger: ".o_data_row:contains('Rope and rudder') td[name=decision]",
            run: "click",
        },
        ...choose("decision", "Finish"),
        ...save,
        press("action_ask_close"),
        {
            content: "what is not finished is asked about, and would stay open",
            trigger: ".modal .o_data_row:contains('Rope and rudder') td[name=becomes]:contains('Still to deliver')",
            run: "click",
        },
        ...choose("becomes", "It is finished"),
        { trigger: ".modal .btn-primary:contains('Close project')", run: "click" },
        { trigger: ".o_data_row td[name=state]:contains('Closed')" },
        ...finish("conversation"),
        page("conversation"),
        ...choose("reason", "does not move forward"),
        fill("talk_on", "+1d", "input"),
        {
            content: "what is missing is shown",
            trigger: "[data-code=no_reason_text] a:contains('Show')",
            run: "click",
        },
        { trigger: ".o_field_widget[name=reason_text] input:focus" },
        fill("reason_text", "We no longer sail this route."),
        fill("topics", "Thanks, the decision, the reason, what happens next."),
        ...save,
        {
            content: "what was written is missing no longer",
            trigger:
                "[data-step=conversation]:has([data-code=no_reviewed_on]):not(:has([data-code=no_reason_text], [data-code=no_topics]))",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_offboarding_review", {
    steps: () => [
        page("conversation"),
        press("action_review"),
        {
            trigger:
                "[data-step=conversation]:not(:has([data-code=no_reviewed_on]))",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_offboarding_end", {
    steps: () => [
        page("conversation"),
        press("action_rehearse"),
        {
            trigger:
                "[data-step=conversation]:not(:has([data-code=no_rehearsed_on])) [data-code=no_contact_id]",
        },
        press("action_finish_step"),
        {
            content: "nobody is chosen to be told: a person decides",
            trigger: ".modal:contains('No contact is chosen') button[name=action_apply]",
            run: "click",
        },
        at("tell"),
        page("tell"),
        fill("told_on", "-1d", "input"),
        ...choose("told_how", "By phone"),
        { trigger: "[data-step=tell] [data-code=no_reaction]" },
        fill("reaction", "A pity, but clear."),
        ...save,
        { trigger: "[data-step=tell]:not(:has([data-code=no_reaction]))" },
        ...finish("transition"),
        page("transition"),
        {
            trigger: ".o_field_widget[name=files_handed_over] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=access_handed_over] input",
            run: "click",
        },
        ...choose("final_invoice", "Nothing to invoice"),
        ...save,
        press("action_hand_plan"),
        { trigger: ".o_field_widget[name=plan_given_how]:contains('Handed over')" },
        ...finish(),
        {
            content: "the last day has not come: a manager passes it with a reason",
            trigger: "[data-step=done] [data-code=not_over] button:contains('Pass')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit The client asked for it",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "[data-step=done]:not(:has([data-code]))" },
        press("action_done"),
        { trigger: ".modal .btn-primary:contains('Archive')", run: "click" },
        at("done"),
        { trigger: "button[name=action_open_partner]", run: "click" },
        {
            content: "archived and marked",
            trigger: ".o_form_view:has(.ribbon:contains('Archived')) [name=client_left]",
        },
        { trigger: "button[name=action_open_offboarding]", run: "click" },
        press("action_reactivate"),
        { trigger: ".modal .btn-primary:contains('Reactivate')", run: "click" },
        { trigger: ".ribbon:contains('Reactivated')" },
        { trigger: "button[name=action_open_partner]", run: "click" },
        {
            content: "the client is back, without a mark",
            trigger:
                ".o_form_view:not(:has(.ribbon:contains('Archived'))):not(:has([name=client_left])) .o_notebook",
        },
    ],
});

registry.category("web_tour.tours").add("client_health_offboarding_guard", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Harbour Lights') .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus .dropdown-toggle", run: "click" },
        { trigger: ".o-dropdown-item:contains('Archive')", run: "click" },
        { trigger: ".modal .btn-primary:contains('Archive')", run: "click" },
        {
            content: "the project is named",
            trigger: ".modal:contains('Rigging 2027')",
        },
        {
            content: "and the way out offered",
            trigger: ".modal button:contains('Start offboarding')",
            run: "click",
        },
        {
            trigger:
                ".modal:has(button[name=action_start]) .o_tag:contains('Harbour Lights')",
        },
        { trigger: ".modal button[special=cancel], .modal .btn:contains('Not now')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
