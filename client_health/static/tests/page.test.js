import { describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Health extends models.Model {
    _name = "client.health";
    name = fields.Char();
    _records = [{ id: 7, name: "Harbour Lights" }];
}
defineMailModels();
defineModels([Health]);

const arch = `<form><widget name="client_health_explanation"/></form>`;
const PAGE = {
    explanation: {
        score: null,
        level: "unknown",
        computed_level: "unknown",
        level_reason: "Nothing could be measured yet.",
        coverage: 0,
        as_of: null,
        trend: 0,
        trend_since: null,
        history_since: null,
        phase: "active",
        checks: [],
    },
    phase_name: "Active",
    waiting: [],
    flags: [],
    levels: [{ code: "unknown", name: "Unknown", from: null }],
    history: [],
    marks: [],
};

test("a page that the server did not send is asked for again", async () => {
    let isLost = true;
    onRpc("client.health", "relationship", ({ args }) => {
        expect.step(args[0].join());
        if (isLost) {
            throw new Error("gone");
        }
        return PAGE;
    });
    await mountView({ type: "form", resModel: "client.health", resId: 7, arch });
    expect(".o_client_health_empty[role=alert]").toHaveCount(1);
    isLost = false;
    await contains(".o_client_health_empty button").click();
    expect(".o_client_health_reason").toHaveText("Nothing could be measured yet.");
    expect(".o_client_health_empty").toHaveCount(0);
    expect.verifySteps(["7", "7"]);
});
