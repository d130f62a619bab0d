import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { HealthPeople } from "@client_health/people/people";
import { HealthWorkspace } from "@client_health/explanation/workspace";

describe.current.tags("desktop");
defineMailModels();

const person = (id, name, values = {}) => ({
    id,
    name,
    talks: "3 talks",
    last_text: "",
    with: "",
    ...values,
});
const WARNING = { kind: "one_contact", contact: 7, text: "Only Ann talks with us" };
const people = (values = {}) => ({
    since: "1 January",
    warnings: [WARNING],
    theirs: [7, 8, 9, 10, 11, 12, 13].map((id) => person(id, `Contact ${id}`)),
    ours: [person(1, "Bob", { left: true })],
    links: [{ theirs: 7, ours: 1, total: 3 }],
    unnamed: { theirs: 1, ours: 0 },
    silent: "",
    ...values,
});

async function mountPeople() {
    await mountWithCleanup(HealthPeople, {
        props: { healthId: 5, onOpen: ({ model, id }) => expect.step(`${model} ${id}`) },
    });
    await animationFrame();
}

test("people of both sides, with lines between them", async () => {
    onRpc("client.people.dismissal", "people_of", ({ args }) => {
        expect.step(`asked for ${args[0]}`);
        return people();
    });
    await mountPeople();
    expect.verifySteps(["asked for 5"]);
    expect("[data-side=theirs] li").toHaveCount(6);
    expect("[data-side=ours] li").toHaveText(/Bob\s*has left/);
    expect("[data-side=theirs]").toHaveText(/and 1 person whom you may not open/);
    expect("svg line").toHaveCount(1);
    await click("[data-side=theirs] button:contains(Show all 7)");
    await animationFrame();
    expect("[data-side=theirs] li").toHaveCount(7);
    await click("[data-side=ours] li a");
    expect.verifySteps(["res.partner 1"]);
});

test("a warning is dismissed with a reason, and comes back", async () => {
    const dismissed = { id: 3, by: "Cas", day: "2 May", reason: "She owns it" };
    onRpc("client.people.dismissal", "people_of", () => people());
    onRpc("client.people.dismissal", "dismiss", ({ args }) => {
        expect.step(args);
        return people({ warnings: [{ ...WARNING, dismissed }] });
    });
    onRpc("client.people.dismissal", "action_undo", ({ args }) => {
        expect.step(args);
        return people();
    });
    await mountPeople();
    await click("[data-warning=one_contact] button:contains(Dismiss)");
    await animationFrame();
    await click("[data-warning=one_contact] input");
    await edit("She owns it");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[5, "one_contact", 7, "She owns it"]]);
    expect("[data-warning]").toHaveCount(0);
    expect(".o_client_health_people_dismissed").toHaveText(/Cas.*2 May.*She owns it/s);
    await click(".o_client_health_people_dismissed button");
    await animationFrame();
    expect.verifySteps([[[3]]]);
    expect("[data-warning=one_contact]").toHaveCount(1);
});

test("folded away it asks nothing, until it is opened", async () => {
    localStorage.setItem("client_health.people_folded", "1");
    onRpc("client.people.dismissal", "people_of", () => {
        expect.step("asked");
        return people();
    });
    await mountPeople();
    expect.verifySteps([]);
    expect("[data-side]").toHaveCount(0);
    await click(".o_client_health_title button");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["asked"]);
    expect("[data-side]").toHaveCount(2);
});

test("names are text, and who talks with nobody is said so", async () => {
    onRpc("client.people.dismissal", "people_of", () =>
        people({ theirs: [], ours: [], links: [], warnings: [{ ...WARNING, text: "<b>x</b>" }] })
    );
    await mountPeople();
    expect("[data-warning] span").toHaveText("<b>x</b>");
    expect("svg").toHaveCount(0);
    expect(".o_client_health_calm").toHaveText(/No message, call or meeting/);
});

test("the workspace says what is late, and opens what can be opened", async () => {
    const lines = [
        { key: "contact", label: "Last contact", text: "3 days ago" },
        { key: "stake", label: "Overdue", text: "1,200", late: true, model: "account.move" },
    ];
    await mountWithCleanup(HealthWorkspace, {
        props: { lines, onOpen: ({ key }) => expect.step(key) },
    });
    expect(queryAllTexts(".o_client_health_workspace dt")).toEqual(["Last contact", "Overdue"]);
    expect("[data-line=contact] a").toHaveCount(0);
    expect(queryOne("[data-line=contact] dd").dataset.tone).toBe(undefined);
    expect("[data-line=stake] dd").toHaveAttribute("data-tone", "critical");
    expect("[data-line=stake] i").toHaveCount(1);
    await click("[data-line=stake] a");
    expect.verifySteps(["stake"]);
});

test("without lines there is no workspace", async () => {
    await mountWithCleanup(HealthWorkspace, { props: { lines: [], onOpen: () => {} } });
    expect(".o_client_health_workspace").toHaveCount(0);
});
