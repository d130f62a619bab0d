import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Indicator extends models.Model {
    _name = "indicator";
    unit = fields.Selection({ selection: [["ratio", "Share"], ["days", "Days"]] });
    red = fields.Float({ digits: [16, 4] });
    _records = [
        { id: 1, unit: "ratio", red: 0.85 },
        { id: 2, unit: "days", red: 45 },
    ];
}
defineMailModels();
defineModels([Indicator]);

const arch = `<list editable="bottom"><field name="unit"/><field name="red" widget="client_health_limit"/></list>`;

test("a limit on a share is read and written as a percentage, others as they are", async () => {
    onRpc("indicator", "web_save", ({ args }) => {
        expect.step(args[1].red);
    });
    await mountView({ type: "list", resModel: "indicator", arch });
    expect(".o_data_row:eq(0) .o_field_widget[name=red]").toHaveText("85%");
    expect(".o_data_row:eq(1) .o_field_widget[name=red]").toHaveText("45");
    for (const [row, written] of [[0, "62.5 %"], [1, "30"]]) {
        await contains(`.o_data_row:eq(${row}) .o_data_cell[name=red]`).click();
        await contains(".o_field_widget[name=red] input").edit(written);
        await contains(".o_control_panel").click(); // leaves the row, and saves it
    }
    expect.verifySteps([0.625, 30]);
});
