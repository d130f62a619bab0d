import { describe, expect, test } from "@odoo/hoot";
import { movedChecks, place, range, waterfall } from "@client_health/explanation/waterfall";

describe.current.tags("headless");

const side = (level) => ({ level });
const row = (code, data, settings = 0, values = {}) => ({
    code,
    change: data + settings,
    data,
    settings,
    hidden: false,
    old: side("ok"),
    new: side("ok"),
    ...values,
});
const changes = (from, to, checks) => ({
    from: { score: from },
    to: { score: to },
    change: from === null || to === null ? null : to - from,
    checks,
});

test("only what moved is shown, also where figures and settings cancel out", () => {
    const found = movedChecks(
        changes(80, 80, [
            row("still", 0),
            row("both", -3, 3),
            row("level", 0, 0, { new: side("watch") }),
            row("hidden", 0, 0, { hidden: true, change: null }),
            row("step", 0, 0, { hidden: true }),
        ])
    );
    expect(found.map(({ code }) => code)).toEqual(["both", "level", "hidden"]);
});

test("the steps lead from the old score to the new one, losses first", () => {
    const given = changes(70, 66, [row("up", 4), row("down", -10), row("less", -3, 5)]);
    const steps = waterfall(given);
    expect(steps.map(({ code }) => code)).toEqual(["down", "up", "less"]);
    expect(steps.flatMap(({ segments }) => segments)).toEqual([
        { cause: "data", from: 70, to: 60 },
        { cause: "data", from: 60, to: 64 },
        { cause: "settings", from: 64, to: 69 },
        { cause: "data", from: 69, to: 66 },
    ]);
    expect(range(given, steps)).toEqual([50, 70]);
});

test("what may not be seen stands last and is not drawn", () => {
    const hidden = row("money", 0, 0, { hidden: true, change: null, data: null, settings: null });
    const steps = waterfall(changes(90, 70, [hidden, row("seen", -5)]));
    expect(steps.map(({ code }) => code)).toEqual(["seen", "money"]);
    expect(steps[1].segments).toEqual([]);
});

test("what a red flag takes beyond the points of the checks comes last", () => {
    const cap = { check: "money", name: "Money", old: 0, new: 6, change: -6, data: -6, settings: 0 };
    const steps = waterfall({ ...changes(90, 79, [row("seen", -5)]), cap });
    expect(steps.map(({ code }) => code)).toEqual(["seen", "cap"]);
    expect(steps[1].segments).toEqual([{ cause: "data", from: 85, to: 79 }]);
});

test("without a score on one of the days nothing is drawn, all is listed", () => {
    const steps = waterfall(changes(null, 70, [row("seen", -5)]));
    expect(steps.length).toBe(1);
    expect(steps[0].segments).toEqual([]);
});

test("a single point is drawn on at least twenty", () => {
    expect(range(changes(84, 84, []), [])).toEqual([60, 90]);
    expect(range(changes(100, 100, []), [])).toEqual([80, 100]);
    expect(range(changes(3, 1, []), [])).toEqual([0, 20]);
});

test("a segment lies between its ends, whichever way it goes", () => {
    expect(place({ from: 70, to: 60 }, [50, 100])).toEqual({ start: 20, size: 20 });
    expect(place({ from: 60, to: 70 }, [50, 100])).toEqual({ start: 20, size: 20 });
});
