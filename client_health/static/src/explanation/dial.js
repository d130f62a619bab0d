import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LEVELS, SERVICE } from "../badge/health_badge";
import { angle, arc, levelRanges, point } from "./dial_shape";
import { day, isKnown } from "./looks";

const RADIUS = 78;
const RING = 92; // where the levels lie

/** Score and level as a dial, with the reason in words. */
export class HealthDial extends Component {
    static template = "client_health.HealthDial";
    static props = { explanation: Object, levels: Array, phaseName: String };

    get data() {
        return this.props.explanation;
    }

    /** A score without a level rests on too little to be shown as one. */
    get known() {
        return isKnown(this.data);
    }

    get icon() {
        return (LEVELS[this.data.level] || LEVELS.unknown).icon;
    }

    /** How well we serve the client; nothing where that is not measured. */
    get service() {
        return SERVICE[this.data.service];
    }

    nameOf(code) {
        return this.props.levels.find((level) => level.code === code)?.name || "";
    }

    get label() {
        return this.known
            ? _t("Health: %(score)s of 100, %(level)s", {
                  score: this.data.score,
                  level: this.nameOf(this.data.level),
              })
            : _t("Health: not known yet");
    }

    get track() {
        return arc(0, 100, RADIUS);
    }

    /** Where the level ends that a red flag holds the score in. */
    get cap() {
        const above = levelRanges(this.props.levels).find(({ to }) => to > this.data.score);
        return above ? above.to : 100;
    }

    get isCapped() {
        return this.known && Boolean(this.data.cap);
    }

    get value() {
        const to = this.isCapped ? this.cap : this.data.score;
        return this.known && to ? arc(0, to, RADIUS) : "";
    }

    /** What the points of the checks would leave beyond that. */
    get beyond() {
        return arc(this.cap, this.data.uncapped, RADIUS);
    }

    /** A bar across the dial where it ends, and the place of a flag on it. */
    get bar() {
        const at = angle(this.cap);
        const [from, to] = [point(at, RADIUS - 13), point(at, RADIUS + 10)];
        return { from, to, flag: point(at, RADIUS - 26) };
    }

    /** A thin arc per level, with a little air between them. */
    get ring() {
        return levelRanges(this.props.levels).map((level) => ({
            code: level.code,
            name: level.name,
            d: arc(level.from + (level.from ? 0.8 : 0), Math.max(level.from + 1, level.to - 0.8), RING),
        }));
    }

    /** A small triangle on the ring, pointing at the score. */
    get pointer() {
        const at = angle(this.data.score);
        const tip = point(at, RING - 3);
        const [left, right] = [point(at - 4, RING + 7), point(at + 4, RING + 7)];
        return `${tip.x},${tip.y} ${left.x},${left.y} ${right.x},${right.y}`;
    }

    get trend() {
        const { trend, trend_since } = this.data;
        const date = day(trend_since);
        if (!trend) {
            return { icon: "fa-minus", text: _t("No change since %s", date) };
        }
        const points = Math.abs(trend);
        if (points === 1) {
            return trend > 0
                ? { icon: "fa-arrow-up", text: _t("1 point up since %s", date) }
                : { icon: "fa-arrow-down", text: _t("1 point down since %s", date) };
        }
        return trend > 0
            ? { icon: "fa-arrow-up", text: _t("%(points)s points up since %(date)s", { points, date }) }
            : { icon: "fa-arrow-down", text: _t("%(points)s points down since %(date)s", { points, date }) };
    }

    get asOf() {
        return this.data.as_of ? day(this.data.as_of) : "";
    }

    /** What the figures alone say, where a person said otherwise. */
    get figuresSay() {
        const { level, computed_level } = this.data;
        return level === computed_level ? "" : this.nameOf(computed_level);
    }
}
