import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const LEAST = 3; // letters: fewer match too many clients
const MOST = 8;

/** Ctrl+K: clients by name, each with the way to its health. */
registry.category("command_provider").add("client_health", {
    async provide(env, { searchValue = "" } = {}) {
        const name = searchValue.trim();
        if (name.length < LEAST || !(await user.hasGroup("client_health.group_user"))) {
            return [];
        }
        const found = await env.services.orm.silent.call("client.health", "name_search", [], {
            name,
            limit: MOST,
        });
        return found.map(([id, client]) => ({
            name: _t("Client: %s", client),
            action: () =>
                env.services.action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "client.health",
                    res_id: id,
                    views: [[false, "form"]],
                }),
        }));
    },
});
