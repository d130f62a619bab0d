import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

class Figure extends models.Model {
    _name = "client.health.figure";

    name = fields.Char();
    revenue = fields.Float({ aggregator: "sum" });
    rate = fields.Float({ aggregator: "avg" });
    rate_left_out = fields.Integer({ aggregator: "sum" });

    _records = [
        { id: 1, name: "One", revenue: 4500, rate: 50, rate_left_out: 0 },
        { id: 2, name: "Two", revenue: 2000, rate: 200, rate_left_out: 0 },
        { id: 3, name: "Few hours", revenue: 700, rate: false, rate_left_out: 1 },
    ];
}
defineModels([Figure]);

const ARCH = `
    <list js_class="client_health_figures" limit="2">
        <field name="name"/><field name="revenue"/><field name="rate"/>
    </list>`;

/** What the server says of some clients: never the mean of their rates. */
function totals(ids) {
    const rate = ids.length === 1 ? 50 : 65;
    return [
        {
            "revenue:sum": ids.length === 1 ? 4500 : 7200,
            "rate:avg": rate,
            "rate_left_out:sum": ids.length === 1 ? 0 : 1,
        },
    ];
}

async function mountFigures() {
    onRpc("client.health.figure", "formatted_read_group", ({ args }) => {
        const [domain, groupby] = args;
        expect.step({ domain, groupby });
        return totals(domain.length ? domain[0][2] : [1, 2, 3]);
    });
    await mountView({ type: "list", resModel: "client.health.figure", arch: ARCH });
    await animationFrame();
}

const footer = () => queryAllTexts("tfoot td").filter(Boolean);

test("totals are of all clients found, not of the page, as the server says", async () => {
    await mountFigures();
    expect.verifySteps([{ domain: [], groupby: [] }]);
    expect(".o_data_row").toHaveCount(2);
    expect(footer()).toEqual(["7,200.00", "65.00"]);
});

test("totals of the clients that are chosen", async () => {
    await mountFigures();
    expect.verifySteps([{ domain: [], groupby: [] }]);
    await click(".o_data_row:first input[type=checkbox]");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([{ domain: [["id", "in", [1]]], groupby: [] }]);
    expect(footer()).toEqual(["4,500.00", "50.00"]);
});

test("a click on a figure opens its records", async () => {
    onRpc("client.health.figure", "action_open_figure", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window_close" };
    });
    await mountFigures();
    expect.verifySteps([{ domain: [], groupby: [] }]);
    await click(".o_data_row:first [name=rate]");
    await animationFrame();
    expect.verifySteps([[[1], "rate"]]);
});
