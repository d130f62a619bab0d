import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate, formatDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { LEVELS } from "../badge/health_badge";

const PERIODS = [
    [30, _t("30 days ago")],
    [90, _t("90 days ago")],
    [180, _t("half a year ago")],
    [365, _t("a year ago")],
];

/** What moved the score since an earlier day: per check, and due to what. */
export class HealthChanges extends Component {
    static template = "client_health.HealthChanges";
    static props = {
        healthId: Number,
        historySince: { type: [String, { value: null }], optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.periods = PERIODS;
        this.state = useState({ from: this.ago(30), to: "", changes: null, problem: "" });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => this.load(next));
    }

    async load({ healthId, historySince }) {
        const { from, to } = this.state;
        if (!historySince || from < historySince) {
            this.state.changes = null;
            this.state.problem = historySince
                ? _t("The history begins on %s.", this.day(historySince))
                : _t("There is no history yet.");
            return;
        }
        try {
            this.state.changes = await this.orm.silent.call(
                "client.health",
                "what_changed",
                [[healthId], from, to || false]
            );
            this.state.problem = "";
        } catch (error) {
            this.state.changes = null;
            this.state.problem = error.data?.message || _t("The server did not answer.");
        }
    }

    ago(days) {
        return serializeDate(today().minus({ days }));
    }

    get isOtherDay() {
        const known = this.periods.some(([days]) => this.ago(days) === this.state.from);
        return !known || Boolean(this.state.to);
    }

    onPeriod(ev) {
        Object.assign(this.state, { from: this.ago(Number(ev.target.value)), to: "" });
        this.load(this.props);
    }

    onDay(name, ev) {
        if (ev.target.value || name === "to") {
            this.state[name] = ev.target.value;
            this.load(this.props);
        }
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    /** Checks that moved, or whose driver changed. */
    get moved() {
        return this.state.changes.checks.filter(
            (check) =>
                check.change ||
                check.data ||
                check.settings ||
                check.hidden ||
                check.old.level !== check.new.level
        );
    }

    signed(points) {
        return points > 0 ? `+${points}` : `${points}`.replace("-", "−");
    }

    cause(check) {
        if (check.hidden) {
            return _t("for managers only");
        }
        if (check.settings && check.data) {
            return _t("figures %(data)s, settings %(settings)s", {
                data: this.signed(check.data),
                settings: this.signed(check.settings),
            });
        }
        return check.settings ? _t("settings") : _t("figures");
    }

    side(side) {
        const names = {
            red: _t("Red"),
            watch: _t("Watch"),
            ok: _t("Fine"),
            grey: _t("Not measured"),
        };
        const figure = side.text ? `${side.driver_name}: ${side.text}` : side.driver_name;
        return figure ? `${names[side.level]} · ${figure}` : names[side.level];
    }

    color(level) {
        return (LEVELS[level] || LEVELS.unknown).color;
    }
}
