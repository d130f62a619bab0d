import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shape, colour and word of each level: the shape says it without the colour. */
export const LEVELS = {
    healthy: { icon: "fa-check-circle", color: "success", label: _t("Healthy") },
    watch: { icon: "fa-eye", color: "info", label: _t("Watch") },
    at_risk: { icon: "fa-exclamation-triangle", color: "warning", label: _t("At risk") },
    critical: { icon: "fa-times-circle", color: "danger", label: _t("Critical") },
    unknown: { icon: "fa-question-circle", color: "secondary", label: _t("Unknown") },
};

/** The levels of our own service, where it is measured. */
export const SERVICE = {
    ok: { icon: "fa-check", tone: "healthy", label: _t("Our service: good") },
    watch: { icon: "fa-hourglass-half", tone: "at_risk", label: _t("Our service: mediocre") },
    red: { icon: "fa-hourglass-end", tone: "critical", label: _t("Our service: poor") },
};

/**
 * A small badge: level as shape, colour and word, with the score beside it.
 *
 * On a level alone it shows only that. All that it tells is in one field, so that a
 * card needs no other: level, score, trend (the points gained or lost), and by what the
 * level was decided where it was not by the score: "flag" or "person"; "thin" where it
 * rests on little evidence.
 */
export class HealthBadge extends Component {
    static template = "client_health.HealthBadge";
    static props = {
        ...standardFieldProps,
        badgeField: { type: String, optional: true },
        reasonField: { type: String, optional: true },
    };

    get told() {
        const { name, badgeField, record } = this.props;
        const told = record.data[badgeField];
        return told?.level in LEVELS
            ? told
            : { level: record.data[name], score: false, trend: 0 };
    }
    get level() {
        return this.told.level;
    }
    /** None without a level, and in the sample data of an empty list. */
    get look() {
        return LEVELS[this.level];
    }
    get label() {
        return this.look.label;
    }
    get score() {
        return this.level !== "unknown" && this.told.score;
    }
    /** What decided the level, instead of the score: "flag" or "person". */
    get by() {
        return this.told.by;
    }
    /** A red flag decided the level, and holds the score down to it. */
    get isCapped() {
        return this.by === "flag";
    }
    /** The level rests on little of what could be known. */
    get isThin() {
        return Boolean(this.told.thin);
    }
    get trend() {
        return this.told.trend;
    }
    get trendTitle() {
        const points = Math.abs(this.trend);
        if (points === 1) {
            return this.trend > 0 ? _t("1 point up in 30 days") : _t("1 point down in 30 days");
        }
        return this.trend > 0
            ? _t("%s points up in 30 days", points)
            : _t("%s points down in 30 days", points);
    }
    get title() {
        const reason = this.props.reasonField && this.props.record.data[this.props.reasonField];
        const thin = this.isThin && _t("Little evidence: much of it could not be measured");
        return [this.summary, thin, this.service?.label, reason].filter(Boolean).join(". ");
    }
    /** How well we serve the client; shown where that is not well. */
    get service() {
        return SERVICE[this.told.service];
    }
    get isServedBadly() {
        return ["watch", "red"].includes(this.told.service);
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
    supportedTypes: ["selection", "json"],
    fieldDependencies: ({ options }) =>
        [options.badge_field, options.reason_field]
            .filter(Boolean)
            .map((name) => ({ name, type: name === options.badge_field ? "json" : "char", readonly: true })),
    extractProps: ({ name, type, options }) => ({
        badgeField: options.badge_field || (type === "json" ? name : undefined),
        reasonField: options.reason_field,
    }),
});
