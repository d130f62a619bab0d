import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { HealthChanges } from "./changes";
import { HealthChecks } from "./checks";
import { HealthDial } from "./dial";
import { HealthFlags } from "./flags";
import { HealthHistory } from "./history";
import { HealthPeople } from "../people/people";
import { HealthWorkspace } from "./workspace";

/** The check whose records somebody went to see: { id, check }. */
let left = null;

/**
 * The Relationship page: how a client is doing, why, and how it came about. One
 * call brings all of it but *What changed*.
 */
export class HealthExplanation extends Component {
    static template = "client_health.HealthExplanation";
    static components = {
        HealthChanges,
        HealthChecks,
        HealthDial,
        HealthFlags,
        HealthHistory,
        HealthPeople,
        HealthWorkspace,
    };
    static props = {
        ...standardWidgetProps,
        healthField: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ page: null, problem: "", from: null });
        this.root = useRef("root");
        this.shownId = null;
        useRecordObserver((record) => this.load(this.healthId(record), record.dirty));
    }

    healthId(record) {
        const { healthField } = this.props;
        return (healthField ? record.data[healthField]?.id : record.resId) || null;
    }

    /** Read the page again, unless somebody is only typing in the form. */
    async load(id, typing = false) {
        if (typing && id === this.shownId) {
            return;
        }
        this.shownId = id;
        if (!id) {
            this.state.page = null;
            return;
        }
        try {
            const page = await this.orm.silent.call("client.health", "relationship", [[id]]);
            if (id === this.shownId) {
                this.opened = left?.id === id ? left.check : undefined;
                left = null;
                Object.assign(this.state, { page, problem: "" });
            }
        } catch (error) {
            this.state.page = null;
            this.state.problem = error.data?.message || _t("The server did not answer.");
        }
    }

    /** How many questions wait: "ours", of which "beyond" their time, and "client". */
    get turns() {
        return this.state.page.turns || { ours: 0, beyond: 0, client: 0 };
    }

    get waitingForUs() {
        return this.turns.beyond
            ? _t("Waiting for us: %(ours)s (%(beyond)s beyond the agreed time)", this.turns)
            : _t("Waiting for us: %s", this.turns.ours);
    }

    get waitingForThem() {
        return _t("Waiting for them: %s", this.turns.client);
    }

    get historySince() {
        return this.state.page.explanation.history_since;
    }

    /** Have *What changed* begin on a day of the history. */
    compareSince(date) {
        this.state.from = { date };
        const changes = this.root.el.querySelector(".o_client_health_changes");
        changes.scrollIntoView({ block: "nearest" });
    }

    /** What waits between us and this client: for "ours" or for the "client". */
    openTurns(waitsFor) {
        const isOurs = waitsFor === "ours";
        this.action.doAction({
            type: "ir.actions.act_window",
            name: isOurs ? _t("Waiting for us") : _t("Waiting for them"),
            res_model: "client.turn",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [["health_id", "=", this.shownId]],
            context: {
                search_default_open: 1,
                [isOurs ? "search_default_for_us" : "search_default_for_them"]: 1,
            },
        });
    }

    openIncident(id) {
        this.openRecord({ model: "client.incident", id });
    }

    openRecord({ model, id }) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** Go to the records; who comes back finds their check open. */
    async showRecords(indicatorCode) {
        const { checks } = this.state.page.explanation;
        const check = checks.find(({ indicators }) =>
            indicators.some(({ code }) => code === indicatorCode)
        );
        left = { id: this.shownId, check: check?.code };
        const action = await this.orm.call("client.health", "action_show_records", [
            [this.shownId],
            indicatorCode,
        ]);
        this.action.doAction(action);
    }
}

registry.category("view_widgets").add("client_health_explanation", {
    component: HealthExplanation,
    extractProps: ({ options }) => ({ healthField: options.health_field }),
    fieldDependencies: ({ options }) =>
        options.health_field ? [{ name: options.health_field, type: "many2one" }] : [],
});
