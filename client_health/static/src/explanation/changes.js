import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { LEVELS } from "../badge/health_badge";
import { day, inPoints, lookOf, signed } from "./looks";
import { place, range, waterfall } from "./waterfall";

const PERIODS = [
    [30, _t("30 days ago")],
    [90, _t("90 days ago")],
    [180, _t("half a year ago")],
    [365, _t("a year ago")],
];

/** What moved the score between two days, check by check, and due to what. */
export class HealthChanges extends Component {
    static template = "client_health.HealthChanges";
    static props = {
        healthId: Number,
        historySince: { type: [String, { value: null }], optional: true },
        from: { type: [Object, { value: null }], optional: true },
        levels: Array,
    };

    setup() {
        this.orm = useService("orm");
        this.periods = PERIODS;
        this.day = day;
        this.inPoints = inPoints;
        this.signed = signed;
        this.place = place;
        this.state = useState({ from: this.ago(30), to: "", changes: null, problem: "" });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            if (next.from && next.from !== this.props.from) {
                Object.assign(this.state, { from: next.from.date, to: "" });
            }
            return this.load(next);
        });
    }

    async load({ healthId, historySince }) {
        const { from, to } = this.state;
        const asked = (this.asked = {});
        if (!historySince || from < historySince) {
            this.state.changes = null;
            this.state.problem = historySince
                ? _t("The history begins on %s.", day(historySince))
                : _t("There is no history yet.");
            return;
        }
        try {
            const changes = await this.orm.silent.call("client.health", "what_changed", [
                [healthId],
                from,
                to || false,
            ]);
            if (asked === this.asked) {
                Object.assign(this.state, { changes, problem: "" });
            }
        } catch (error) {
            if (asked === this.asked) {
                this.state.changes = null;
                this.state.problem = error.data?.message || _t("The server did not answer.");
            }
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
        if (ev.target.value) {
            Object.assign(this.state, { from: this.ago(Number(ev.target.value)), to: "" });
            this.load(this.props);
        }
    }

    onDay(name, ev) {
        if (ev.target.value || name === "to") {
            this.state[name] = ev.target.value;
            this.load(this.props);
        }
    }

    get steps() {
        return waterfall(this.state.changes);
    }

    /** The part of the score that is drawn; null where a day has no score. */
    get range() {
        const { changes } = this.state;
        return changes.change === null ? null : range(changes, this.steps);
    }

    /** Where a score lies in the drawing, in percent. */
    at(score) {
        const [low, high] = this.range;
        return ((score - low) * 100) / (high - low);
    }

    cause(check) {
        if (check.change === null) {
            return _t("for managers only");
        }
        if (check.settings && check.data) {
            return _t("figures %(data)s, settings %(settings)s", {
                data: signed(check.data),
                settings: signed(check.settings),
            });
        }
        return check.settings ? _t("settings") : _t("figures");
    }

    look(side) {
        return lookOf(side);
    }

    side(side) {
        const { label } = this.look(side);
        const figure = side.text ? `${side.driver_name}: ${side.text}` : side.driver_name;
        return figure ? `${label} · ${figure}` : label;
    }

    nameOf(level) {
        return this.props.levels.find(({ code }) => code === level)?.name || "";
    }

    icon(level) {
        return (LEVELS[level] || LEVELS.unknown).icon;
    }

    /** That the day asked for has no figures of its own. */
    get olderDay() {
        return _t("Nothing was kept of %(asked)s itself: %(found)s is the last day before it.", {
            asked: day(this.state.from),
            found: day(this.ends.from.date),
        });
    }

    get ends() {
        const { from, to } = this.state.changes;
        return { from, to };
    }
}
