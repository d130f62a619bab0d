import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ConnectionLostError } from "@web/core/network/rpc";

/**
 * Tell what was said of questions, with a button that takes it back, and show the list
 * as it is now. `undo`: ids of the questions; none where nothing can be taken back.
 */
registry.category("actions").add("client_health_said", async (env, { params }) => {
    const { message, type, undo } = params;
    const reload = async () => {
        await env.services.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
        env.bus.trigger("CLIENT-HEALTH:SAID");
    };
    const buttons = [];
    if (undo.length) {
        buttons.push({
            name: _t("Undo"),
            primary: true,
            onClick: async () => {
                close();
                try {
                    await env.services.orm.call("client.turn", "action_take_back", [undo]);
                } catch (error) {
                    if (!(error instanceof ConnectionLostError)) {
                        throw error;
                    }
                }
                await reload();
            },
        });
    }
    const close = env.services.notification.add(message, { type, buttons });
    await reload();
});
