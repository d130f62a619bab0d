import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { bars, isMeasured, isSilent, sortChecks, speaker } from "./checks_order";
import { day, isUnreported, lookOf, recordsLabel, signed } from "./looks";

let instances = 0;

/**
 * One bar per check, what costs most first. Pointing at one, or reaching it with
 * the keyboard, tells its question, limits and window; opening it shows all its
 * figures and the way to their records.
 */
export class HealthChecks extends Component {
    static template = "client_health.HealthChecks";
    static props = {
        checks: Array,
        cap: { type: [Object, { value: null }], optional: true },
        onRecords: Function,
        opened: { type: String, optional: true },
    };

    setup() {
        this.id = `o_client_health_checks_${++instances}`;
        this.day = day;
        this.recordsLabel = recordsLabel;
        this.speaker = speaker;
        this.isMeasured = isMeasured;
        const { opened } = this.props;
        this.root = useRef("root");
        const folded = this.props.checks.filter(isSilent).map(({ code }) => code);
        this.state = useState({
            open: { [opened]: true },
            hint: null,
            all: folded.includes(opened),
        });
        onMounted(() =>
            this.root.el
                .querySelector(`[data-check="${opened}"]`)
                ?.scrollIntoView({ block: "center" })
        );
    }

    /** Those that say something; all of them once they are asked for. */
    get checks() {
        const sorted = sortChecks(this.props.checks);
        return this.state.all ? sorted : sorted.filter((check) => !isSilent(check));
    }

    get silentLabel() {
        const count = this.props.checks.filter(isSilent).length;
        if (!count) {
            return "";
        }
        return this.state.all
            ? _t("Hide the checks that say nothing")
            : _t("Checks that say nothing: %s", count);
    }

    get bars() {
        return bars(this.props.checks);
    }

    look(check) {
        return lookOf(check);
    }

    /** One line under the name of a check: its driver, or why it is grey. */
    summary(check) {
        const indicator = speaker(check);
        if (!indicator) {
            return _t("No indicator is set up for this check.");
        }
        if (check.hidden) {
            // all that are hidden, or none: which of them drives the check is not told
            const hidden = check.indicators.filter((each) => each.private);
            const reasons = new Set(hidden.map((each) => each.reason));
            return reasons.size === 1 ? [...reasons][0] : _t("For managers only.");
        }
        if (isUnreported(check)) {
            return _t("Nobody has reported anything, good or bad.");
        }
        if (!check.driver) {
            return indicator.reason || "";
        }
        return `${indicator.name}: ${indicator.text || indicator.reason || ""}`;
    }

    points(check) {
        if (!isMeasured(check)) {
            return "–";
        }
        return check.points ? signed(-check.points) : "0";
    }

    /** What a red flag takes beyond the points of the checks. */
    get capPoints() {
        return signed(-this.props.cap.points);
    }

    /** The bar in words, for those who do not see it. */
    spoken(check) {
        if (!isMeasured(check)) {
            return _t("not measured");
        }
        if (check.points === null) {
            return _t("points for managers only");
        }
        return check.points === 1 ? _t("1 point lost") : _t("%s points lost", check.points);
    }

    /** Limits and window of an indicator in words. */
    rules(indicator) {
        const window = indicator.window ? _t("Over %s days.", indicator.window) : "";
        return `${indicator.limits || ""} ${window}`.trim();
    }

    toggleAll() {
        this.state.all = !this.state.all;
    }

    toggle(check) {
        this.state.open[check.code] = !this.state.open[check.code];
        this.state.hint = null;
    }

    showHint(check, ev) {
        const reached =
            ev.type === "focus"
                ? ev.target.matches(":focus-visible")
                : ev.pointerType !== "touch";
        if (reached && !this.state.open[check.code]) {
            this.state.hint = check.code;
        }
    }

    hideHint(check) {
        if (this.state.hint === check.code) {
            this.state.hint = null;
        }
    }

    onKeydown(check, ev) {
        if (ev.key === "Escape" && this.state.hint) {
            ev.stopPropagation();
            this.state.hint = null;
        }
    }
}
