import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { HealthBadge } from "@client_health/badge/health_badge";
import { RunProgress } from "@client_health/clients/run_progress";
import { ProcessGuide } from "@client_health/process/guide";
import { TeamFigures } from "@client_health/team/team_figures";

describe.current.tags("desktop");
defineMailModels();

const badge = (data, props = {}) =>
    mountWithCleanup(HealthBadge, { props: { name: "level", record: { data }, ...props } });
const told = (health, data = {}, props = {}) =>
    badge({ health, ...data }, { badgeField: "health", ...props });

test("a badge says its level with a shape, a word and the reason", async () => {
    await told(
        { level: "critical", score: 90, trend: -6 },
        { why: "A red flag decides the level." },
        { reasonField: "why" }
    );
    expect(".o_client_health_badge").toHaveText(/^90\s*Critical$/);
    expect(".o_client_health_badge .fa-times-circle").toHaveCount(1);
    expect(".o_client_health_badge .fa-arrow-down").toHaveCount(1);
    expect(".o_client_health_badge").toHaveAttribute(
        "title",
        "Client health: Critical, score 90 of 100. A red flag decides the level."
    );
});

test("where a red flag decides, the badge says so beside the score", async () => {
    await told({ level: "critical", score: 49, trend: -6, by: "flag" });
    expect(".o_client_health_badge").toHaveText(/^49\s*Critical\s*Red flag$/);
    expect(".o_client_health_badge .fa-flag").toHaveCount(1);
    expect(".o_client_health_badge").toHaveAttribute(
        "title",
        "Client health: Critical, because of a red flag; score 49 of 100"
    );
    expect(".o_client_health_badge .fa-arrow-down").toHaveAttribute(
        "aria-label",
        "6 points down in 30 days"
    );
});

test("a badge of a level on little evidence is an outline that says so", async () => {
    await told({ level: "healthy", score: 100, trend: 0, thin: true });
    expect(".o_client_health_badge_thin").toHaveText(/^100\s*Healthy\s*little evidence$/);
    expect(".o_client_health_badge").not.toHaveClass("text-bg-success");
    expect(".o_client_health_badge").toHaveAttribute("title", /Little evidence/);
});

test("a badge that no red flag decided shows its score", async () => {
    await told({ level: "healthy", score: 90, trend: 0 });
    expect(".o_client_health_badge").toHaveText(/^90\s*Healthy$/);
    expect(".o_client_health_badge .fa-hand-paper-o").toHaveCount(0);
    expect(".o_client_health_badge .fa-arrow-up").toHaveCount(0);
    await told({ level: "watch", score: 90, trend: 3, by: "person" });
    expect(".o_client_health_badge .fa-arrow-up").toHaveCount(1);
    expect(".o_client_health_badge .fa-hand-paper-o").toHaveCount(1);
});

test("a badge of an unknown level shows no score, one without a level nothing", async () => {
    await told({ level: "unknown", score: 100, trend: 0 });
    expect(".o_client_health_badge").toHaveText("Unknown");
    await told(false, { level: false });
    await told("Laoreet id", { level: false }); // sample data of an empty list
    expect(".o_client_health_badge").toHaveCount(1);
});

test("a badge on a level alone shows the level alone", async () => {
    await badge({ level: "at_risk" });
    expect(".o_client_health_badge").toHaveText("At risk");
    expect(".o_client_health_badge").toHaveAttribute("title", "Client health: At risk");
});

test("a team's clients are counted in words, and each count opens its list", async () => {
    onRpc("crm.team", "action_open_client_health", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    const figures = {
        clients: 4,
        flags: 1,
        levels: [
            { level: "critical", label: "Critical", count: 1 },
            { level: "healthy", label: "Healthy", count: 3 },
        ],
    };
    await mountWithCleanup(TeamFigures, {
        props: { name: "health", record: { resId: 7, data: { health: figures } } },
    });
    expect(queryAllTexts(".o_client_health_team button")).toEqual([
        "1 Critical",
        "3 Healthy",
        "1 open flag",
    ]);
    expect(".progress-bar.bg-success").toHaveStyle({ width: "75%" }, { inline: true });
    await contains("button[data-level=critical]").click();
    expect.verifySteps([[[7], "critical"]]);
});

/** The answers of the server to one look after the other. */
const answers = (...list) =>
    mockService("orm", {
        silent: {
            async call() {
                const answer = list.length > 1 ? list.shift() : list[0];
                if (answer === "lost") {
                    throw new ConnectionLostError("/web/dataset/call_kw");
                }
                return answer;
            },
        },
    });
const run = (values) => ({
    running: true,
    is_set_up: true,
    percent: 10,
    text: "Scoring",
    clients: 12,
    failed: 0,
    ...values,
});

test("progress goes on after the connection was lost, until it is done", async () => {
    answers(run({}), "lost", run({ percent: 80 }), run({ running: false }));
    await mountWithCleanup(RunProgress);
    await animationFrame();
    expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "10");
    await advanceTime(3000);
    await animationFrame();
    expect(".o_client_health_lost").toHaveCount(1);
    await advanceTime(3000);
    await animationFrame();
    expect(".o_client_health_lost").toHaveCount(0);
    expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "80");
    await advanceTime(3000);
    await animationFrame();
    expect(".o_client_health_done").toHaveText(/Clients with a score: 12/);
});

test("who may not see runs sees nothing, who never set up is asked to", async () => {
    answers({});
    await mountWithCleanup(RunProgress);
    await animationFrame();
    expect(".alert").toHaveCount(0);
    answers(run({ running: false, is_set_up: false }));
    await mountWithCleanup(RunProgress);
    await animationFrame();
    expect(".o_client_health_set_up").toHaveCount(1);
});

test("an offboarding shows what blocks its present step, and who may pass it", async () => {
    const step = (code, state, values) => ({
        code,
        state,
        name: code,
        who: "Us",
        date: "2026-05-31",
        late: false,
        again: "",
        passed: [],
        blockers: [],
        questions: [],
        open: [],
        tips: [],
        ...values,
    });
    const blocker = { key: "project-1", code: "project", text: "A project is open.", ids: [] };
    const unpaid = {
        key: "open_unpaid",
        code: "open_unpaid",
        text: "Unpaid invoices: 1",
        ids: [7],
        source: "unpaid",
        button: "Register payment",
        confirm: "",
    };
    const question = { key: "told", code: "told", text: "Nobody is chosen.", ids: [] };
    const passed = { who: "Ann", text: "It has no end.", reason: "Known" };
    onRpc("client.offboarding", "guide", () => ({
        over: false,
        manager: true,
        may_pass: true,
        may_change: true,
        steps: [
            step("contract", "passed", { passed: [passed] }),
            step("projects", "current", {
                blockers: [blocker, unpaid],
                questions: [question],
                tips: ["Finish it well."],
            }),
            step("tell", "todo"),
        ],
    }));
    for (const method of ["action_pass", "action_settle"]) {
        onRpc("client.offboarding", method, ({ args }) => {
            expect.step(args);
            return false;
        });
    }
    await mountWithCleanup(ProcessGuide, {
        props: {
            record: {
                resModel: "client.offboarding",
                resId: 3,
                save: async () => true,
                load: async () => expect.step("load"),
            },
        },
    });
    expect("[data-step=contract] .o_client_process_reopen").toHaveCount(1);
    expect("[data-step=contract] .badge").toHaveText("Passed over");
    expect("[data-step=contract] .o_client_process_passed").toHaveText(/Ann.*Known/);
    expect("[data-step=projects] [data-code=project]").toHaveText(/A project is open\./);
    expect("[data-step=projects] [data-code=told] button").toHaveCount(0);
    expect("[data-step=tell] [data-code]").toHaveCount(0);
    await contains("[data-code=project] button:contains('Pass')").click();
    expect.verifySteps([[[3], "project-1"], "load"]);
    await contains("[data-code=open_unpaid] button:contains('Register')").click();
    expect.verifySteps([[[3], "unpaid"], "load"]);
});
