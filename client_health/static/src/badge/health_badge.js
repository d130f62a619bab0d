import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shape and colour of each level: the shape says it without the colour. */
export const LEVELS = {
    healthy: { icon: "fa-check-circle", color: "success" },
    watch: { icon: "fa-eye", color: "info" },
    at_risk: { icon: "fa-exclamation-triangle", color: "warning" },
    critical: { icon: "fa-times-circle", color: "danger" },
    unknown: { icon: "fa-question-circle", color: "secondary" },
};

/** A small badge: level as shape, colour and word, with the score beside it. */
export class HealthBadge extends Component {
    static template = "client_health.HealthBadge";
    static props = {
        ...standardFieldProps,
        scoreField: { type: String, optional: true },
        trendField: { type: String, optional: true },
        reasonField: { type: String, optional: true },
        byField: { type: String, optional: true },
    };

    get level() {
        return this.props.record.data[this.props.name];
    }
    get look() {
        return LEVELS[this.level] || LEVELS.unknown;
    }
    get label() {
        const selection = this.props.record.fields[this.props.name].selection;
        return (selection.find(([key]) => key === this.level) || ["", ""])[1];
    }
    get score() {
        const known = this.props.scoreField && this.level !== "unknown";
        return known ? this.props.record.data[this.props.scoreField] : false;
    }
    /** What decided the level, instead of the score: "flag" or "person". */
    get by() {
        return this.props.byField && this.props.record.data[this.props.byField];
    }
    /** Beside a level by a red flag the score would only confuse. */
    get isCapped() {
        return this.by === "flag";
    }
    get trend() {
        return this.props.trendField ? this.props.record.data[this.props.trendField] : 0;
    }
    get trendTitle() {
        return this.trend > 0
            ? _t("%s points up in 30 days", this.trend)
            : _t("%s points down in 30 days", -this.trend);
    }
    get title() {
        const reason = this.props.reasonField && this.props.record.data[this.props.reasonField];
        return [this.summary, reason].filter(Boolean).join(". ");
    }
    get summary() {
        if (this.score === false) {
            return _t("Client health: %s", this.label);
        }
        const told = { level: this.label, score: this.score };
        if (this.isCapped) {
            return _t(
                "Client health: %(level)s, because of a red flag; score %(score)s of 100",
                told
            );
        }
        return this.by === "person"
            ? _t("Client health: %(level)s, set by a person; score %(score)s of 100", told)
            : _t("Client health: %(level)s, score %(score)s of 100", told);
    }
}

registry.category("fields").add("client_health_badge", {
    component: HealthBadge,
    displayName: _t("Health badge"),
    supportedTypes: ["selection"],
    fieldDependencies: ({ options }) =>
        [
            [options.score_field, "integer"],
            [options.trend_field, "integer"],
            [options.reason_field, "char"],
            [options.by_field, "selection"],
        ]
            .filter(([name]) => name)
            .map(([name, type]) => ({ name, type, readonly: true })),
    extractProps: ({ options }) => ({
        scoreField: options.score_field,
        trendField: options.trend_field,
        reasonField: options.reason_field,
        byField: options.by_field,
    }),
});
