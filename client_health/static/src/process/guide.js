import { Component, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { goToPage, usePresentPage } from "./present_page";

const LOOK = {
    done: { icon: "fa-check-circle", color: "success", word: _t("Finished") },
    passed: { icon: "fa-step-forward", color: "warning", word: _t("Passed over") },
    current: { icon: "fa-dot-circle-o", color: "primary", word: _t("To do now") },
    again: { icon: "fa-exclamation-circle", color: "danger", word: _t("Open again") },
    todo: { icon: "fa-circle-o", color: "secondary", word: _t("To do") },
};

/** The steps of a recovery or offboarding: what is done, what they need, what else is open. */
export class ProcessGuide extends Component {
    static template = "client_health.ProcessGuide";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.state = useState({ guide: null });
        this.latest = new KeepLast(); // an earlier answer that comes late is dropped
        // again after each save: what was written may settle or open something
        useRecordObserver((record) => (record.dirty ? null : this.load(record)));
        this.goTo = goToPage;
        usePresentPage(() => this.present());
    }

    async load({ resModel, resId }) {
        const guide = resId
            ? this.orm.call(resModel, "guide", [[resId]])
            : Promise.resolve(null);
        this.state.guide = await this.latest.add(guide);
    }

    /** The code of the step that is to be finished now; its page has that name. */
    present() {
        return this.state.guide?.steps.find((step) => this.isOpen(step))?.code;
    }

    look(step) {
        return LOOK[step.state];
    }

    day(step) {
        return step.date ? formatDate(deserializeDate(step.date)) : "";
    }

    isOpen(step) {
        return step.state === "current" || step.state === "again";
    }

    isFinished(step) {
        return ["done", "passed", "again"].includes(step.state);
    }

    open(item, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openAll(item) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: item.text,
            res_model: item.model,
            domain: [["id", "in", item.ids]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    settle(item) {
        const settle = () => this.call("action_settle", item.source);
        if (!item.confirm) {
            return settle();
        }
        this.dialog.add(ConfirmationDialog, {
            body: item.confirm,
            confirmLabel: item.button,
            confirm: settle,
            cancel: () => {},
        });
    }

    /** Save the form, call a method of the record, do what it returns, show the rest. */
    async call(method, ...args) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        const ids = [record.resId];
        const action = await this.orm.call(record.resModel, method, [ids, ...args]);
        if (action && action.type) {
            // where the dialog leads to another page, there is nothing to load here
            const onClose = (params) => params?.noReload || this.reload(record);
            await this.action.doAction(action, { onClose });
        } else {
            await this.reload(record);
        }
    }

    /** What else is open may have changed, though nothing of the record did. */
    async reload(record) {
        await record.load();
        await this.load(record);
    }
}

registry.category("view_widgets").add("client_process_guide", {
    component: ProcessGuide,
});
