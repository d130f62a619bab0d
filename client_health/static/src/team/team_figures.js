import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { LEVELS } from "../badge/health_badge";

/** Clients of a sales team by level, as a bar and in words, and its open flags. */
export class TeamFigures extends Component {
    static template = "client_health.TeamFigures";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }
    get figures() {
        return this.props.record.data[this.props.name];
    }
    get levels() {
        return this.figures.levels.map((item) => ({
            ...item,
            ...(LEVELS[item.level] || LEVELS.unknown),
            share: (100 * item.count) / this.figures.clients,
        }));
    }
    get flags() {
        return this.figures.flags === 1
            ? _t("1 open flag")
            : _t("%s open flags", this.figures.flags);
    }
    async open(method, args = []) {
        const team = [this.props.record.resId];
        this.action.doAction(await this.orm.call("crm.team", method, [team, ...args]));
    }
}

registry.category("fields").add("client_health_team", {
    component: TeamFigures,
    displayName: _t("Clients by level"),
    supportedTypes: ["json"],
});
