import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { HealthChanges } from "./changes";

const CHECK_LOOK = {
    red: { icon: "fa-flag", color: "danger", label: _t("Red") },
    watch: { icon: "fa-eye", color: "warning", label: _t("Watch") },
    ok: { icon: "fa-check", color: "success", label: _t("Fine") },
    grey: { icon: "fa-circle-o", color: "secondary", label: _t("Not measured") },
};
const RANK = { red: 0, watch: 1, ok: 2, grey: 3 };

/**
 * Why a client's health is what it is: one row per check, the worst first, with
 * the figures behind it and the way to their records.
 */
export class HealthExplanation extends Component {
    static template = "client_health.HealthExplanation";
    static components = { HealthChanges };
    static props = {
        ...standardWidgetProps,
        healthField: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ explanation: null, open: {} });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => this.load(next));
    }

    healthId(props) {
        const { record, healthField } = props;
        return healthField ? record.data[healthField]?.id : record.resId;
    }

    async load(props) {
        const id = this.healthId(props);
        this.state.explanation = id
            ? await this.orm.call("client.health", "explain", [[id]])
            : null;
    }

    get asOf() {
        return this.day(this.state.explanation.as_of);
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    get checks() {
        const checks = [...this.state.explanation.checks];
        return checks.sort(
            (a, b) => RANK[a.level] - RANK[b.level] || (b.points || 0) - (a.points || 0)
        );
    }

    look(check) {
        return CHECK_LOOK[check.level];
    }

    driver(check) {
        return check.indicators.find((indicator) => indicator.code === check.driver);
    }

    /** How far along its limits a check is, as a percentage of the bar. */
    width(check) {
        if (check.level === "grey") {
            return 0;
        }
        return check.penalty === null
            ? { ok: 10, watch: 60, red: 100 }[check.level]
            : Math.round(check.penalty * 100);
    }

    /** One line under the name of a check: its driver, or why it is grey. */
    summary(check) {
        const driver = this.driver(check);
        if (driver) {
            return `${driver.name}: ${driver.text || driver.reason || ""}`;
        }
        return check.indicators.length
            ? check.indicators[0].reason
            : _t("No indicator is set up for this check.");
    }

    toggle(check) {
        this.state.open[check.code] = !this.state.open[check.code];
    }

    async showRecords(indicator) {
        const action = await this.orm.call("client.health", "action_show_records", [
            [this.healthId(this.props)],
            indicator.code,
        ]);
        this.action.doAction(action);
    }
}

registry.category("view_widgets").add("client_health_explanation", {
    component: HealthExplanation,
    extractProps: ({ options }) => ({ healthField: options.health_field }),
    fieldDependencies: ({ options }) =>
        options.health_field ? [{ name: options.health_field, type: "many2one" }] : [],
});
