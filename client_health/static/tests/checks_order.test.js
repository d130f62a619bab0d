import { describe, expect, test } from "@odoo/hoot";
import { bars, lostShare, sortChecks, speaker } from "@client_health/explanation/checks_order";

describe.current.tags("headless");

const check = (code, level, points, values = {}) => ({
    code,
    level,
    points,
    penalty: level === "grey" ? null : 0,
    weight: 10,
    driver: null,
    indicators: [],
    ...values,
});
const codes = (checks) => checks.map(({ code }) => code).join(" ");

test("what costs most comes first, what is not measured last", () => {
    const checks = [
        check("grey", "grey", 0),
        check("fine", "ok", 0),
        check("watch", "watch", 12),
        check("red", "red", 9),
    ];
    expect(codes(sortChecks(checks))).toBe("watch red fine grey");
    expect(codes(checks)).toBe("grey fine watch red");
});

test("the same points: the redder first, then the one closer to its limit", () => {
    const checks = [
        check("calm", "ok", 0),
        check("near", "ok", 0, { penalty: 0.04 }),
        check("light", "red", 0, { weight: 0, penalty: 1 }),
    ];
    expect(codes(sortChecks(checks))).toBe("light near calm");
});

test("where points may not be seen, levels stand for them", () => {
    const unseen = { penalty: null, weight: null };
    const checks = [
        check("half", "watch", null, unseen),
        check("fine", "ok", null, unseen),
        check("grey", "grey", null, unseen),
        check("all", "red", null, unseen),
    ];
    expect(codes(sortChecks(checks))).toBe("all half fine grey");
    const found = bars(checks);
    expect(found.all).toEqual({ track: 100, fill: 100 });
    expect(found.half).toEqual({ track: 100, fill: 50 });
    expect(found.fine).toEqual({ track: 100, fill: 0 });
});

test("a bar is as long as the weight and as full as the penalty", () => {
    const found = bars([
        check("heavy", "red", 20, { weight: 20, penalty: 1 }),
        check("half", "watch", 5, { weight: 10, penalty: 0.5 }),
        check("grey", "grey", 0, { weight: 10 }),
        check("none", "ok", 0, { weight: 0 }),
    ]);
    expect(found.heavy).toEqual({ track: 100, fill: 100 });
    expect(found.half).toEqual({ track: 50, fill: 25 });
    expect(found.grey).toEqual({ track: 50, fill: 0 });
    expect(found.none.track).toBeGreaterThan(0);
    expect(bars([check("only", "ok", 0, { weight: 0 })]).only.track).toBeLessThan(100);
});

test("beyond its limit a check has lost no more than all", () => {
    expect(lostShare(check("a", "red", 10, { penalty: 1.7 }))).toBe(1);
    expect(lostShare(check("a", "grey", 0))).toBe(0);
});

test("the driver speaks for a check, else its first indicator", () => {
    const indicators = [{ code: "one" }, { code: "two" }];
    expect(speaker({ indicators, driver: "two" }).code).toBe("two");
    expect(speaker({ indicators, driver: null }).code).toBe("one");
    expect(speaker({ indicators: [], driver: null })).toBe(null);
});
