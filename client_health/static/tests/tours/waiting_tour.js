import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const CARD = ".o_kanban_record:contains('send me the signed contract')";
// what a mail says lies in a shadow root, where no selector looks
const MESSAGE = ".o-mail-Message:contains('Contact')";

tours.add("client_health_waiting_answer", {
    steps: () => [
        {
            content: "the number at the top leads to what waits for me",
            trigger: ".o_client_health_waiting_menu button:contains('1')",
            run: "click",
        },
        {
            content: "beyond the agreed time, with the sentence that asks",
            trigger: `.o_kanban_group:contains('Beyond the agreed time') ${CARD}:contains('late')`,
            run: "click",
        },
        {
            content: "the message is there on the record",
            trigger: MESSAGE,
        },
        {
            trigger: "button:contains('Send message')",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit It is attached, with kind regards.",
        },
        {
            content: "to whom it goes is known",
            trigger: ".o-mail-Chatter .o_tag:contains('Contact')",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains('keeper')",
            timeout: 30000,
        },
    ],
});

tours.add("client_health_waiting_nothing", {
    steps: () => [
        {
            content: "the line is gone",
            trigger: ".o_view_nocontent_smiling_face:contains('Nobody waits for us')",
        },
    ],
});

tours.add("client_health_waiting_word", {
    steps: () => [
        {
            trigger: `${CARD} button:contains('Needs no answer')`,
            run: "click",
        },
        {
            content: "gone, and back in one click",
            trigger: `.o_kanban_view:not(:has(${CARD}))`,
        },
        {
            trigger: ".o_notification button:contains('Undo')",
            run: "click",
        },
        {
            trigger: CARD,
            run: "click",
        },
        {
            content: "the same in the conversation",
            trigger: MESSAGE,
            run: `hover && click ${MESSAGE} .o-mail-Message-actions [title='Needs no answer']`,
        },
        {
            trigger: ".o_notification:contains('Nobody waits for an answer')",
        },
    ],
});
