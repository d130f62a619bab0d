import { describe, expect, test } from "@odoo/hoot";
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
} from "@client_health/explanation/timeline";

describe.current.tags("headless");

const ROOM = { width: 130, height: 120, left: 20, right: 10, top: 15, bottom: 5 };
const on = (date, score, level = "healthy", settings = false) => ({
    date,
    score,
    level,
    settings,
});
const dates = (items) => items.map(({ date }) => date).join(" ");

test("days and scores get their place on the drawing", () => {
    const history = [on("2026-01-01", 100), on("2026-01-11", 50), on("2026-01-21", 0)];
    const points = plot(history, scales(history, 0, ROOM));
    expect(points.map(({ x }) => x)).toEqual([20, 70, 120]);
    expect(points.map(({ y }) => y)).toEqual([15, 65, 115]);
    expect(curve(points)).toBe("M 20.0 15.0 L 70.0 65.0 L 120.0 115.0");
    const zoomed = plot(history, scales(history, 50, ROOM));
    expect(zoomed[1].y).toBe(115);
});

test("a history of one day stands at the right", () => {
    const history = [on("2026-01-01", 80)];
    const points = plot(history, scales(history, 40, ROOM));
    expect(points[0].x).toBe(120);
    expect(curve(points)).toBe("M 120.0 48.3");
    expect(shapes(points).length).toBe(1);
});

test("days without a level leave a gap in the curve and get no shape", () => {
    const history = [
        on("2026-01-01", null, "unknown"),
        on("2026-01-02", 90),
        on("2026-01-03", 90),
        on("2026-01-04", 100, "unknown"),
        on("2026-01-05", 70, "watch"),
        on("2026-01-06", 70, "watch"),
        on("2026-01-07", 40, "critical"),
        on("2026-01-08", 40, "critical"),
    ];
    const points = plot(history, scales(history, 0, ROOM));
    expect(curve(points).match(/M/g).length).toBe(2);
    expect(dates(shapes(points))).toBe("2026-01-02 2026-01-05 2026-01-07 2026-01-08");
});

test("the drawing begins low enough for the worst day", () => {
    expect(floor([on("2026-01-01", 98)])).toBe(40);
    expect(floor([on("2026-01-01", 98), on("2026-01-02", 33)])).toBe(20);
    expect(floor([on("2026-01-01", 2)])).toBe(0);
    expect(floor([on("2026-01-01", 0, "unknown"), on("2026-01-02", 90)])).toBe(40);
});

test("changed settings stand among what happened, in order of time", () => {
    const history = [on("2026-01-01", 1), on("2026-02-01", 1, "critical", true)];
    const marks = [
        { date: "2026-01-15", kind: "agreement", text: "A" },
        { date: "2026-03-01", kind: "recovery", text: "B" },
    ];
    const found = events(history, marks, "Settings changed");
    expect(found.map(({ kind }) => kind)).toEqual(["agreement", "settings", "recovery"]);
    expect(found[1]).toEqual({
        date: "2026-02-01",
        kind: "settings",
        text: "Settings changed",
    });
});

test("what was measured much less than today is told from the rest", () => {
    const covered = (date, coverage, score = 90, level) => ({ ...on(date, score, level), coverage });
    const history = [
        covered("2026-01-01", 70),
        covered("2026-02-01", 20, null, "unknown"),
        covered("2026-03-01", 50),
        covered("2026-04-01", 75),
        covered("2026-05-01", 100),
    ];
    expect(dataStart(history)).toBe(3);
    expect(events(history, [], "", "Data")).toEqual([
        { date: "2026-04-01", kind: "data", text: "Data" },
    ]);
    expect(dataStart(history.slice(2, 4))).toBe(1);
    expect(dataStart(history.slice(3))).toBe(0);
    expect(events(history.slice(3), [], "", "Data")).toEqual([]);
    // a curve that begins there needs no mark
    expect(events(history.slice(1, 2).concat(history.slice(3)), [], "", "Data")).toEqual([]);
});

test("what lies close together becomes one group", () => {
    const scale = { x: (text) => Number(text.slice(8)) };
    const items = ["2026-01-01", "2026-01-05", "2026-01-09", "2026-01-30"].map((date) => ({
        date,
        kind: "agreement",
    }));
    const groups = groupEvents(items, scale, 6);
    expect(groups.map((group) => dates(group.items))).toEqual([
        "2026-01-01 2026-01-05",
        "2026-01-09",
        "2026-01-30",
    ]);
    expect(groups.map(({ x }) => x)).toEqual([1, 9, 30]);
});

test("an event belongs to the first day of the history on or after it", () => {
    const history = [on("2026-01-31", 1), on("2026-02-28", 1), on("2026-03-10", 1)];
    const items = ["2026-01-31", "2026-02-01", "2026-03-15"].map((date) => ({ date }));
    expect([0, 1, 2].map((index) => dates(eventsAt(history, index, items)))).toEqual(
        items.map(({ date }) => date)
    );
    expect(indexOn(history, "2026-03-01")).toBe(1);
    expect(indexOn(history, "2020-01-01")).toBe(0);
    expect(nearest([{ x: 0 }, { x: 10 }, { x: 30 }], 19)).toBe(1);
});

test("months under the curve are few enough to read, years among them", () => {
    const history = [on("2024-11-30", 1), on("2026-11-23", 1)];
    const all = monthTicks(history, 24);
    expect(all.length).toBe(24);
    expect(all[0]).toBe("2024-12-01");
    expect(all.at(-1)).toBe("2026-11-01");
    expect(monthTicks(history, 5)).toEqual([
        "2025-01-01",
        "2025-07-01",
        "2026-01-01",
        "2026-07-01",
    ]);
    expect(monthTicks([on("2026-11-05", 1), on("2026-11-23", 1)], 5)).toEqual([]);
});

test("the table has each month's end and each day something happened, newest first", () => {
    const history = [
        on("2026-01-10", 90),
        on("2026-01-20", 90),
        on("2026-01-31", 90),
        on("2026-02-10", 70, "watch"),
        on("2026-02-28", 70, "watch"),
        on("2026-03-01", 70, "watch"),
        on("2026-03-05", 70, "watch"),
    ];
    const scale = { x: () => 0, y: () => 0 };
    const rows = tableRows(plot(history, scale), [{ date: "2026-01-15", text: "A" }]);
    expect(dates(rows)).toBe("2026-03-05 2026-02-28 2026-02-10 2026-01-31 2026-01-20");
    expect(rows.at(-1).items.map(({ text }) => text)).toEqual(["A"]);
});
