import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { LEVELS } from "../badge/health_badge";
import { levelRanges } from "./dial_shape";
import { EVENT_ICON, day, isKnown } from "./looks";
import {
    curve,
    dataStart,
    events,
    eventsAt,
    floor,
    groupEvents,
    indexOn,
    monthTicks,
    nearest,
    plot,
    scales,
    shapes,
    tableRows,
} from "./timeline";

const HEIGHT = 230;
const EVENT_GAP = 22; // pixels between icons
const TICK_WIDTH = 56; // pixels a month's name needs

/** Shapes of the levels, around a point: the shape says it without the colour. */
const SHAPES = {
    healthy: "M -5 0 a 5 5 0 1 0 10 0 a 5 5 0 1 0 -10 0 Z",
    watch: "M 0 -6 L 6 0 L 0 6 L -6 0 Z",
    at_risk: "M 0 -6 L 6 5 L -6 5 Z",
    critical: "M -5 -5 L 5 -5 L 5 5 L -5 5 Z",
};

/**
 * Two years of scores as a curve, with what happened on the way. It is walked with
 * the pointer, a finger or the arrow keys; the same stands in a table.
 */
export class HealthHistory extends Component {
    static template = "client_health.HealthHistory";
    static props = { history: Array, marks: Array, levels: Array, onCompare: Function };

    setup() {
        this.day = day;
        this.isKnown = isKnown;
        this.box = useRef("box");
        this.state = useState({ width: 640, at: null, table: false });
        const observer = new ResizeObserver(([entry]) => {
            this.state.width = Math.max(240, Math.round(entry.contentRect.width));
        });
        useEffect(
            (el) => {
                if (el) {
                    observer.observe(el);
                }
                return () => observer.disconnect();
            },
            () => [this.box.el]
        );
    }

    get hasCurve() {
        return this.props.history.some(isKnown);
    }

    get events() {
        const { history, marks } = this.props;
        const data = _t("Much more is measured from here on");
        return events(history, marks, _t("Settings changed"), data);
    }

    /** Everything that is drawn. */
    get drawing() {
        const { history, levels } = this.props;
        const { width } = this.state;
        const room = { width, height: HEIGHT, left: 30, right: 14, top: 38, bottom: 26 };
        const low = floor(history);
        const scale = scales(history, low, room);
        const points = plot(history, scale);
        const start = dataStart(history);
        // a level that ends below the drawing has no line on it
        const limits = levels.filter(({ from }) => from > low);
        const most = Math.max(2, Math.floor((width - 44) / TICK_WIDTH));
        return {
            width,
            height: HEIGHT,
            room,
            points,
            path: curve(points.slice(start)),
            thinPath: curve(points.slice(0, start + 1)),
            shapes: shapes(points).map((point) => ({
                ...point,
                shape: SHAPES[point.level],
            })),
            limits: limits.map((level) => ({ ...level, y: scale.y(level.from) })),
            low,
            lowName: levelRanges(levels).find(({ to }) => to > low)?.name,
            ground: scale.y(low),
            ticks: monthTicks(history, most).map((date) => ({
                x: scale.x(date),
                text: this.month(date),
            })),
            groups: groupEvents(this.events, scale, EVENT_GAP).map((group) => ({
                ...group,
                icon: EVENT_ICON[group.kind],
                text: group.items.map((item) => item.text).join(", "),
            })),
        };
    }

    month(date) {
        const luxon = deserializeDate(date);
        return luxon.toFormat(luxon.month === 1 ? "yyyy" : "LLL");
    }

    /** True where a part of the curve rests on much less than the rest. */
    get isThin() {
        const { history } = this.props;
        return history.slice(0, dataStart(history)).some(isKnown);
    }

    /** Levels that are drawn, for the key under the curve. */
    get key() {
        const seen = new Set(this.props.history.filter(isKnown).map(({ level }) => level));
        return this.props.levels
            .filter(({ code }) => seen.has(code))
            .map((level) => ({ ...level, shape: SHAPES[level.code] }));
    }

    nameOf(code) {
        return this.props.levels.find((level) => level.code === code)?.name || "";
    }

    icon(level) {
        return (LEVELS[level] || LEVELS.unknown).icon;
    }

    eventIcon(kind) {
        return EVENT_ICON[kind];
    }

    // -- the point that is looked at ------------------------------------------

    get at() {
        const last = this.props.history.length - 1;
        return this.state.at === null ? last : Math.min(this.state.at, last);
    }

    get isToday() {
        return this.at === this.props.history.length - 1;
    }

    /** The day looked at, and what happened up to it since the day before. */
    get current() {
        const { history } = this.props;
        return { ...history[this.at], items: eventsAt(history, this.at, this.events) };
    }

    get spoken() {
        const { date, score, cap, level, coverage, items } = this.current;
        const said = isKnown(this.current) ? score : _t("no score");
        const words = [day(date), said, this.nameOf(level), coverage + _t("% measured")];
        if (cap) {
            words.splice(2, 0, cap);
        }
        return [...words, ...items.map((i) => i.text)].join(", ");
    }

    onPoint(ev) {
        const place = ev.clientX - this.box.el.getBoundingClientRect().left;
        this.state.at = nearest(this.drawing.points, place);
    }

    onKeydown(ev) {
        const last = this.props.history.length - 1;
        const steps = {
            ArrowLeft: this.at - 1,
            ArrowDown: this.at - 1,
            ArrowRight: this.at + 1,
            ArrowUp: this.at + 1,
            PageDown: this.at - 6,
            PageUp: this.at + 6,
            Home: 0,
            End: last,
        };
        if (ev.key in steps) {
            ev.preventDefault();
            ev.stopPropagation();
            this.state.at = Math.min(last, Math.max(0, steps[ev.key]));
        }
    }

    showEvent(group) {
        this.state.at = indexOn(this.props.history, group.items[group.items.length - 1].date);
    }

    get rows() {
        const scale = { x: () => 0, y: () => 0 };
        return tableRows(plot(this.props.history, scale), this.events);
    }
}
