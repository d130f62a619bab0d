/** The curve of the history: plain functions over `history` and `marks`. */

import { isKnown } from "./looks";

const DAY = 24 * 3600 * 1000;
const ENOUGH = 0.75; // of what is measured today

/** Days since 1970 of a date as text. */
export function dayNumber(text) {
    return Math.round(Date.parse(`${text}T00:00:00Z`) / DAY);
}

/** The score at which the drawing begins: low enough for all of it, and for the
 * levels to be seen. */
export function floor(history) {
    const scores = history.filter(isKnown).map(({ score }) => score);
    return Math.max(0, Math.min(40, Math.floor((Math.min(...scores) - 5) / 10) * 10));
}

/**
 * Where days and scores lie on a drawing.
 *
 * @param {Number} low the score at its lower edge
 * @param {Object} room { width, height, left, right, top, bottom } in pixels
 */
export function scales(history, low, room) {
    const first = dayNumber(history[0].date);
    const last = dayNumber(history[history.length - 1].date);
    const width = room.width - room.left - room.right;
    const height = room.height - room.top - room.bottom;
    return {
        // a history of one day stands at the right, where today is
        x: (text) =>
            room.left + width * (last > first ? (dayNumber(text) - first) / (last - first) : 1),
        y: (score) => room.top + (height * (100 - score)) / (100 - low),
    };
}

/** The history with what each day is: its place, and whether the level changed. */
export function plot(history, scale) {
    let before = null;
    return history.map((day) => {
        const known = isKnown(day);
        const changed = before !== null && day.level !== before;
        before = day.level;
        return {
            ...day,
            known,
            changed,
            x: scale.x(day.date),
            y: known ? scale.y(day.score) : null,
        };
    });
}

/** The curve as SVG path; a day without a score leaves a gap. */
export function curve(points) {
    let drawing = false;
    const parts = [];
    for (const { known, x, y } of points) {
        if (known) {
            parts.push(`${drawing ? "L" : "M"} ${x.toFixed(1)} ${y.toFixed(1)}`);
        }
        drawing = known;
    }
    return parts.join(" ");
}

/**
 * The index of the first day since which about as much is measured as today. What a
 * score did before says as much about the records that were kept as of the client.
 */
export function dataStart(history) {
    const coverage = (index) => history[index].coverage || 0;
    let index = history.length - 1;
    const enough = ENOUGH * coverage(index);
    while (index > 0 && coverage(index - 1) >= enough) {
        index--;
    }
    return index;
}

/** Points that get a shape of their own: changes of level, the first and the last. */
export function shapes(points) {
    const known = points.filter((point) => point.known);
    const last = known.length - 1;
    return known.filter((point, index) => point.changed || !index || index === last);
}

/** What happened, with changes of settings and the begin of the data among it, in
 * order of time. */
export function events(history, marks, settingsText, dataText) {
    const settings = history
        .filter((day) => day.settings)
        .map((day) => ({ date: day.date, kind: "settings", text: settingsText }));
    const start = dataStart(history);
    const data = history.slice(0, start).some(isKnown)
        ? [{ date: history[start].date, kind: "data", text: dataText }]
        : [];
    return [...marks, ...settings, ...data].sort((a, b) => a.date.localeCompare(b.date));
}

/**
 * Events that lie closer than `gap` pixels become one group.
 *
 * @returns {Object[]} `[{ x, date, kind, items }]`
 */
export function groupEvents(items, scale, gap) {
    const groups = [];
    for (const item of items) {
        const x = scale.x(item.date);
        const group = groups[groups.length - 1];
        if (group && x - group.x < gap) {
            group.items.push(item);
        } else {
            groups.push({ x, date: item.date, kind: item.kind, items: [item] });
        }
    }
    return groups;
}

/** The index of the point nearest to a place. */
export function nearest(points, x) {
    let best = 0;
    points.forEach((point, index) => {
        if (Math.abs(point.x - x) < Math.abs(points[best].x - x)) {
            best = index;
        }
    });
    return best;
}

/** The index of the last point on or before a day. */
export function indexOn(points, date) {
    let found = 0;
    points.forEach((point, index) => {
        if (point.date <= date) {
            found = index;
        }
    });
    return found;
}

/** What happened after the point before and up to this one. */
export function eventsAt(points, index, items) {
    const until = points[index].date;
    const after = index ? points[index - 1].date : "";
    const last = index === points.length - 1;
    return items.filter((item) => item.date > after && (last || item.date <= until));
}

/** First days of months to write under the curve: at most `most` of them. */
export function monthTicks(history, most) {
    const months = [];
    const end = history[history.length - 1].date;
    let [year, month] = history[0].date.split("-").map(Number);
    for (;;) {
        month = month === 12 ? 1 : month + 1;
        year += month === 1 ? 1 : 0;
        const date = `${year}-${String(month).padStart(2, "0")}-01`;
        if (date > end) {
            break;
        }
        months.push(date);
    }
    const step = [1, 2, 3, 6, 12].find((size) => months.length / size <= most) || 24;
    // counted from January, so that the years begin on a tick
    return months.filter((date) => (Number(date.slice(5, 7)) - 1) % step === 0);
}

/** Rows of the table: each month's last day, and every day on which something
 * happened; the newest first. */
export function tableRows(points, items) {
    return points
        .map((point, index) => ({ ...point, items: eventsAt(points, index, items) }))
        .filter((point, index) => {
            const next = points[index + 1];
            const monthEnd = !next || next.date.slice(0, 7) !== point.date.slice(0, 7);
            return monthEnd || point.changed || point.items.length;
        })
        .reverse();
}
