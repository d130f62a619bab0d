import { describe, expect, test } from "@odoo/hoot";
import { angle, arc, levelRanges, point } from "@client_health/explanation/dial_shape";

describe.current.tags("headless");

test("the dial turns from lower left over the top to lower right", () => {
    expect([0, 25, 50, 75, 100].map(angle)).toEqual([-120, -60, 0, 60, 120]);
    expect(angle(-5)).toBe(-120);
    expect(angle(140)).toBe(120);
    expect(point(0, 80)).toEqual({ x: 100, y: 20 });
    expect(point(90, 80)).toEqual({ x: 180, y: 100 });
});

test("more than half a circle takes the long way round", () => {
    expect(arc(0, 100, 80)).toMatch(/^M 30\.72 140 A 80 80 0 1 1 169\.28 140$/);
    expect(arc(0, 50, 80)).toMatch(/A 80 80 0 0 1 100 20$/);
});

test("levels divide the dial by where they begin, unknown takes nothing", () => {
    const levels = [
        { code: "critical", from: 0 },
        { code: "unknown", from: null },
        { code: "healthy", from: 90 },
        { code: "watch", from: 70 },
        { code: "at_risk", from: 30 },
    ];
    expect(levelRanges(levels)).toEqual([
        { code: "critical", from: 0, to: 30 },
        { code: "at_risk", from: 30, to: 70 },
        { code: "watch", from: 70, to: 90 },
        { code: "healthy", from: 90, to: 100 },
    ]);
});
