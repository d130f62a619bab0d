import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** Shape, colour class and word of a check's level: never the colour alone. */
export const CHECK_LOOK = {
    red: { icon: "fa-flag", tone: "critical", label: _t("Red") },
    watch: { icon: "fa-eye", tone: "at_risk", label: _t("Warning") },
    ok: { icon: "fa-check", tone: "healthy", label: _t("Fine") },
    grey: { icon: "fa-circle-o", tone: "unknown", label: _t("Not measured") },
};

/** What only reports could tell, and of which there is none: neither fine nor red. */
const NOTHING_REPORTED = {
    icon: "fa-circle-thin",
    tone: "unknown",
    label: _t("Nothing reported"),
};

/** True for a check that would be fine by what people report, and nobody did. */
export function isUnreported({ level, evidence }) {
    return level === "ok" && evidence === false;
}

/** The look of a check, of today or of a day. */
export function lookOf(check) {
    return isUnreported(check) ? NOTHING_REPORTED : CHECK_LOOK[check.level];
}

/** Icons of what can stand along the history. */
export const EVENT_ICON = {
    agreement: "fa-file-text-o",
    recovery: "fa-life-ring",
    recovery_end: "fa-flag-checkered",
    offboarding: "fa-sign-out",
    settings: "fa-cog",
    data: "fa-database",
};

export function day(text) {
    return formatDate(deserializeDate(text));
}

/** True where a score means something: without a level it rests on too little. */
export function isKnown({ score, level }) {
    return score !== null && level !== "unknown";
}

/** Points with their sign, a real minus. */
export function signed(points) {
    return points > 0 ? `+${points}` : `${points}`.replace("-", "−");
}

/** Points with their sign and their unit. */
export function inPoints(points) {
    return Math.abs(points) === 1 ? _t("%s point", signed(points)) : _t("%s points", signed(points));
}

/** What a screen reader says of a button that shows records. */
export function recordsLabel(name) {
    return _t("Show records: %s", name);
}
