import { toRaw } from "@odoo/owl";
import { registerMessageAction } from "@mail/core/common/message_actions";
import { Message } from "@mail/core/common/message_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** What a person said of whether it needs an answer; "" for nothing. The server
         *  leaves it out where nothing can be said.
         *  @type {"needs"|"not_needed"|""|undefined} */
        this.client_health_word = undefined;
    },
});

async function say(message, store, word, method, told) {
    const msg = toRaw(message);
    await store.env.services.orm.call("mail.message", method, [[msg.id]]);
    message.client_health_word = word;
    store.env.services.notification.add(told, { type: "success" });
}

const said = ({ message }) => message.client_health_word;

registerMessageAction("client-health-not-needed", {
    condition: (params) => ["", "needs"].includes(said(params)),
    icon: "fa fa-comment-o",
    name: _t("Needs no answer"),
    onSelected: ({ message, store }) =>
        say(
            message,
            store,
            "not_needed",
            "action_client_health_not_needed",
            _t("Nobody waits for an answer to it any more.")
        ),
    sequence: 70,
});
registerMessageAction("client-health-needed", {
    condition: (params) => said(params) === "",
    icon: "fa fa-commenting-o",
    name: _t("Does need an answer"),
    onSelected: ({ message, store }) =>
        say(
            message,
            store,
            "needs",
            "action_client_health_needed",
            _t("It waits for an answer, unless there is one.")
        ),
    sequence: 71,
});
registerMessageAction("client-health-take-back", {
    condition: (params) => Boolean(said(params)),
    icon: "fa fa-undo",
    name: ({ message }) =>
        message.client_health_word === "needs"
            ? _t("Take back: does need an answer")
            : _t("Take back: needs no answer"),
    onSelected: ({ message, store }) =>
        say(message, store, "", "action_client_health_take_back", _t("Taken back.")),
    sequence: 72,
});
