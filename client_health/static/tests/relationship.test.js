import { describe, expect, test } from "@odoo/hoot";
import {
    click,
    hover,
    keyDown,
    leave,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAllTexts,
    queryOne,
} from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { HealthChanges } from "@client_health/explanation/changes";
import { HealthChecks } from "@client_health/explanation/checks";
import { HealthDial } from "@client_health/explanation/dial";
import { HealthFlags } from "@client_health/explanation/flags";
import { HealthHistory } from "@client_health/explanation/history";

describe.current.tags("desktop");
defineMailModels();

const LEVELS = [
    { code: "critical", name: "Critical", from: 0 },
    { code: "at_risk", name: "At risk", from: 50 },
    { code: "watch", name: "Watch", from: 65 },
    { code: "healthy", name: "Healthy", from: 80 },
    { code: "unknown", name: "Unknown", from: null },
];
const indicator = (code, values = {}) => ({
    code,
    name: `Figure ${code}`,
    text: "7 days",
    reason: null,
    limits: "Fine up to 5 days.",
    window: 90,
    side: "client",
    hidden: false,
    ...values,
});
const check = (code, values = {}) => ({
    code,
    name: `Check ${code}`,
    question: `Question ${code}?`,
    level: "ok",
    penalty: 0,
    points: 0,
    weight: 10,
    driver: code,
    ours: "ok",
    advice: `Advice ${code}`,
    since: null,
    indicators: [indicator(code)],
    ...values,
});
const CHECKS = [
    check("calm"),
    check("late", { level: "red", penalty: 1, points: 12, since: "2026-01-31" }),
    check("dark", {
        level: "grey",
        penalty: null,
        driver: null,
        indicators: [indicator("dark", { text: "", reason: "No data yet." })],
    }),
    check("money", {
        level: "watch",
        penalty: null,
        points: null,
        indicators: [indicator("money", { text: "", reason: "For managers only.", hidden: true })],
    }),
];

const explanation = (values) => ({
    score: 72,
    level: "watch",
    computed_level: "watch",
    level_reason: "The score of 72 decides the level.",
    coverage: 85,
    as_of: "2026-05-31",
    trend: -6,
    trend_since: "2026-04-30",
    phase: "active",
    ...values,
});
const dial = (values) =>
    mountWithCleanup(HealthDial, {
        props: { explanation: explanation(values), levels: LEVELS, phaseName: "In recovery" },
    });

test("the dial says score, level, reason, trend and coverage in words", async () => {
    await dial();
    expect(".o_client_health_score").toHaveText("72");
    expect(".o_client_health_level").toHaveText("Watch");
    expect(".o_client_health_level .fa-eye").toHaveCount(1);
    expect(".o_client_health_reason").toHaveText("The score of 72 decides the level.");
    expect("svg[role=img]").toHaveAttribute("aria-label", "Health: 72 of 100, Watch");
    const facts = queryAllTexts(".o_client_health_facts li");
    expect(facts.slice(0, 2)).toEqual([
        "6 points down since 04/30/2026",
        "85 % of the checks measured",
    ]);
    expect(".o_client_health_phase").toHaveCount(0);
});

test("without a score to look back at, the dial speaks of no trend", async () => {
    await dial({ trend: 0, trend_since: null });
    expect(queryAllTexts(".o_client_health_facts li")[0]).toBe("85 % of the checks measured");
});

test("a score that rests on too little is not shown", async () => {
    await dial({ level: "unknown", computed_level: "unknown", score: 100, coverage: 20 });
    expect(".o_client_health_score").toHaveText("?");
    expect(".o_client_health_value, .o_client_health_pointer").toHaveCount(0);
    expect("svg[role=img]").toHaveAttribute("aria-label", "Health: not known yet");
});

test("where a red flag decided, the dial ends there and says so", async () => {
    const cap = { check: "money", points: 41 };
    await dial({ score: 49, uncapped: 90, cap, level: "critical", level_capped: true });
    expect(".o_client_health_score").toHaveText("49");
    expect(".o_client_health_level").toHaveText(/Critical[^]*Red flag/);
    expect(".o_client_health_cap, .o_client_health_beyond").toHaveCount(2);
    const colored = document.querySelector(".o_client_health_value").getAttribute("d");
    expect(colored.endsWith("100 22")).toBe(true); // half of the dial: at risk begins
});

test("where a score decided, the dial shows no flag", async () => {
    await dial({ score: 90, level: "healthy" });
    expect(".o_client_health_cap, .o_client_health_beyond, .fa-flag").toHaveCount(0);
});

test("where a person decided, the dial also says what the figures say", async () => {
    await dial({ level: "critical", phase: "recovery" });
    expect(".o_client_health_dial").toHaveText(/The figures alone say: Watch/);
    expect(".o_client_health_phase").toHaveText("In recovery");
});

test("pointing at a bar, or reaching it with the keyboard, explains it", async () => {
    const props = { checks: CHECKS, onRecords() {}, opened: "dark" };
    await mountWithCleanup(HealthChecks, { props });
    expect(queryAllTexts(".o_client_health_check b:first")).toEqual(["Check late"]);
    await hover("[data-check=calm] .o_client_health_row");
    await animationFrame();
    expect(".o_client_health_hint").toHaveText(
        /Question calm\?[^]*Figure calm: Fine up to 5 days\. Over 90 days\./
    );
    await leave();
    await animationFrame();
    expect(".o_client_health_hint").toHaveCount(0);
    await press("Tab");
    await animationFrame();
    expect("[data-check=late] .o_client_health_row").toBeFocused();
    expect("[data-check=late] .o_client_health_hint").toHaveCount(1);
    const id = document.querySelector(".o_client_health_hint").id;
    expect("[data-check=late] .o_client_health_row").toHaveAttribute("aria-describedby", id);
    await press("Escape");
    await animationFrame();
    expect(".o_client_health_hint").toHaveCount(0);
});

test("an opened bar shows its figures, the advice and the way to the records", async () => {
    const onRecords = (code) => expect.step(code);
    await mountWithCleanup(HealthChecks, { props: { checks: CHECKS, onRecords } });
    await contains("[data-check=late] .o_client_health_row").click();
    expect("[data-check=late] .o_client_health_row").toHaveAttribute("aria-expanded", "true");
    expect(".o_client_health_hint").toHaveCount(0);
    expect(".o_client_health_details").toHaveText(/Question late\?[^]*7 days[^]*Advice late/);
    await contains(".o_client_health_records").click();
    expect.verifySteps(["late"]);
    await contains(".o_client_health_rest").click();
    await contains("[data-check=dark] .o_client_health_row").click();
    expect("[data-check=dark] .o_client_health_records").toHaveCount(0);
    expect("[data-check=dark] .o_client_health_summary").toHaveText("No data yet.");
});

test("what nobody reported is neither fine nor green", async () => {
    const checks = [check("calm"), check("silent", { evidence: false })];
    const cap = { check: "calm", points: 41, name: "Check calm", text: "At best critical." };
    await mountWithCleanup(HealthChecks, { props: { checks, cap, onRecords() {} } });
    await contains(".o_client_health_rest").click();
    expect("[data-check=silent]").toHaveAttribute("data-tone", "unknown");
    expect("[data-check=silent] .o_client_health_word").toHaveText("Nothing reported");
    expect("[data-check=silent] .o_client_health_summary").toHaveText(/Nobody has reported/);
    expect("[data-check=calm] .o_client_health_word").toHaveText("Fine");
    expect("[data-cap=calm]").toHaveText(/red flag: Check calm[^]*At best critical[^]*−41/);
});

test("a level on little evidence says so, and what is missing", async () => {
    await dial({ evidence: "Little evidence: only 45 %." });
    expect(".o_client_health_little").toHaveText("little evidence");
    expect(".o_client_health_evidence").toHaveText("Little evidence: only 45 %.");
    expect(".o_client_health_value_thin").toHaveCount(1);
});

test("checks that say nothing are folded until they are asked for", async () => {
    await mountWithCleanup(HealthChecks, { props: { checks: CHECKS, onRecords() {} } });
    expect(".o_client_health_check").toHaveCount(2);
    expect(".o_client_health_rest").toHaveText("Checks that say nothing: 2");
    await contains(".o_client_health_rest").click();
    expect(".o_client_health_check").toHaveCount(4);
    await contains(".o_client_health_rest").click();
    expect(".o_client_health_check").toHaveCount(2);
});

test("grey and hidden bars look different, and say so in words", async () => {
    const props = { checks: CHECKS, onRecords() {}, opened: "dark" };
    await mountWithCleanup(HealthChecks, { props });
    expect("[data-check=dark] .o_client_health_bar_grey").toHaveCount(1);
    expect("[data-check=dark] .o_client_health_word").toHaveText("Not measured");
    expect("[data-check=money] .o_client_health_bar_hidden").toHaveCount(1);
    // as full as its level, on a track that says it is not the figure itself
    expect("[data-check=money] .o_client_health_bar_fill").toHaveAttribute("style", /width: 50%/);
    expect("[data-check=money] .visually-hidden").toHaveText("points for managers only");
    expect("[data-check=late] .visually-hidden").toHaveText("12 points lost");
});

test("a flag says what, how much and since when; ours costs the client nothing", async () => {
    const flag = (id, code, values) => ({
        id,
        code,
        name: `Check ${code}`,
        level: "red",
        side: "client",
        sentence: "It is late.",
        driver: code,
        since: null,
        state: "open",
        snooze_until: null,
        owner: null,
        ...values,
    });
    await mountWithCleanup(HealthFlags, {
        props: {
            flags: [
                flag(1, "late"),
                flag(2, "calm", { side: "ours", level: "watch" }),
                flag(3, "money", { state: "acknowledged", owner: "Ann", driver: null }),
            ],
            checks: CHECKS,
            onRecords: (code) => expect.step(code),
        },
    });
    expect("[data-flag=late]").toHaveText(/Red[^]*It is late\.[^]*−12 points/);
    expect("[data-flag=calm]").toHaveText(/Warning[^]*Ours[^]*costs the client no points/);
    expect("[data-flag=money] .o_client_health_quiet").toHaveText("taken up by Ann");
    expect("[data-flag=money] button").toHaveCount(0);
    await contains("[data-flag=late] button").click();
    expect.verifySteps(["late"]);
});

const HISTORY = [
    { date: "2026-03-31", score: 90, level: "healthy", coverage: 80, settings: false },
    { date: "2026-04-30", score: 70, level: "watch", coverage: 85, settings: true },
    { date: "2026-05-20", score: 60, level: "at_risk", coverage: 85, settings: false },
];
const MARKS = [{ date: "2026-05-02", kind: "agreement", text: "Agreement, version 2" }];
const curve = (values) =>
    mountWithCleanup(HealthHistory, {
        props: {
            history: HISTORY,
            marks: MARKS,
            levels: LEVELS,
            onCompare: (date) => expect.step(date),
            ...values,
        },
    });

test("the curve is walked with the arrow keys and says each day in words", async () => {
    await curve();
    expect(".o_client_health_event").toHaveCount(2);
    expect("[role=slider]").toHaveAttribute("aria-valuetext", /60, At risk, 85% measured, Agreement, version 2$/);
    expect(".o_client_health_compare").toHaveCount(0);
    await press("Tab");
    await press("Tab");
    expect("[role=slider]").toBeFocused();
    await keyDown("ArrowLeft");
    await animationFrame();
    expect(".o_client_health_readout").toHaveText(/70[^]*Watch[^]*Settings changed/);
    await keyDown("Home");
    await keyDown("ArrowLeft");
    await animationFrame();
    expect("[role=slider]").toHaveAttribute("aria-valuenow", "0");
    await contains(".o_client_health_compare").click();
    expect.verifySteps(["2026-03-31"]);
});

test("levels have shapes of their own, and the history stands in a table too", async () => {
    await curve();
    const shapes = [...document.querySelectorAll(".o_client_health_curve .o_client_health_shape")];
    expect(new Set(shapes.map((shape) => shape.getAttribute("d"))).size).toBe(3);
    await click(".o_client_health_as_table");
    await animationFrame();
    expect("tbody tr").toHaveCount(3);
    expect("tbody tr:first").toHaveText(/60[^]*At risk[^]*Agreement, version 2/);
    await click(".o_client_health_as_table");
    await animationFrame();
    expect("[role=slider]").toHaveCount(1);
});

test("without a history, or with nothing measured, it says so", async () => {
    await curve({ history: [], marks: [] });
    expect(".o_client_health_history").toHaveText(/No history yet/);
    expect(".o_client_health_as_table").toHaveCount(0);
});

const side = (level, values = {}) => ({
    level,
    driver: "late",
    driver_name: "Days late",
    text: "",
    points: 0,
    ...values,
});
const CHANGES = {
    from: { date: "2026-04-30", score: 70, level: "watch" },
    to: { date: "2026-05-20", score: 60, level: "at_risk" },
    change: -10,
    settings_changed: true,
    checks: [
        {
            code: "late",
            name: "Check late",
            change: -10,
            data: -12,
            settings: 2,
            hidden: false,
            old: side("ok"),
            new: side("red", { text: "40 days" }),
        },
        {
            code: "money",
            name: "Check money",
            change: null,
            data: null,
            settings: null,
            hidden: true,
            old: side("ok"),
            new: side("ok"),
        },
    ],
};
/** Hoot fills a date only in the format of the browser's language. */
async function chooseDay(date) {
    const input = queryOne("#o_client_health_from");
    input.value = date;
    await manuallyDispatchProgrammaticEvent(input, "change");
    await animationFrame();
}
const what = (values = {}) =>
    mountWithCleanup(HealthChanges, {
        props: { healthId: 1, historySince: "2018-01-01", levels: LEVELS, ...values },
    });

test("what changed leads from score to score, and tells figures from settings", async () => {
    onRpc("client.health", "what_changed", () => CHANGES);
    await what();
    expect(".o_client_health_step").toHaveCount(4);
    expect(".o_client_health_step_points").toHaveCount(4);
    expect(queryAllTexts(".o_client_health_step_points")).toEqual(["70", "−10", "", "60"]);
    expect("[data-check=late] .o_client_health_segment").toHaveCount(2);
    expect("[data-check=late] [data-cause=settings]").toHaveCount(1);
    expect("[data-check=late] .fa-caret-down").toHaveCount(1);
    expect("[data-check=late] .o_client_health_step_cause").toHaveText(
        "figures −12, settings +2"
    );
    expect("[data-check=money] .fa-lock").toHaveCount(1);
    expect("[data-check=money] .o_client_health_segment").toHaveCount(0);
    expect(".o_client_health_changes").toHaveText(/04\/30\/2026 is the last day before it/);
});

test("what changed asks again for other days, and survives a lost connection", async () => {
    onRpc("client.health", "what_changed", ({ args }) => {
        expect.step(args.slice(1).join(" "));
        if (args[1] === "2018-06-01") {
            throw new Error("gone");
        }
        return { ...CHANGES, change: 0, checks: [], settings_changed: false };
    });
    await what({ from: null });
    await chooseDay("2018-05-01");
    expect(".o_client_health_changes").toHaveText(/No check moved/);
    await chooseDay("2018-06-01");
    expect(".o_client_health_step").toHaveCount(0);
    expect(".o_client_health_changes .o_client_health_calm").toHaveCount(1);
    await chooseDay("2017-05-01");
    expect(".o_client_health_changes").toHaveText(/The history begins on/);
    expect.verifySteps(["2019-02-09 false", "2018-05-01 false", "2018-06-01 false"]);
});
