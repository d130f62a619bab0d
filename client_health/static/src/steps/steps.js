import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The next steps of a flag, each a button that takes it. */
export class HealthSteps extends Component {
    static template = "client_health.HealthSteps";
    static props = {
        flagId: Number,
        steps: Array,
        name: { type: String, optional: true },
        onTaken: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    async take(key) {
        const { flagId, onTaken } = this.props;
        const action = await this.orm.call("client.health.flag", "action_step", [[flagId], key]);
        await this.action.doAction(action, { onClose: () => onTaken?.() });
    }
}

/** The same as a field: on the worklist, a card or a form. */
export class HealthStepsField extends Component {
    static template = "client_health.HealthStepsField";
    static components = { HealthSteps };
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    reload() {
        return this.props.record.load();
    }
}

/** What a flag is about, and below it the next steps. */
export class HealthWhyField extends HealthStepsField {
    static template = "client_health.HealthWhyField";

    get steps() {
        return this.props.record.data.next_steps || [];
    }
}

registry.category("fields").add("client_health_why", {
    component: HealthWhyField,
    displayName: _t("Why, with next steps"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "next_steps", type: "json", readonly: true }],
});
registry.category("fields").add("client_health_steps", {
    component: HealthStepsField,
    displayName: _t("Next steps"),
    supportedTypes: ["json"],
    label: false,
});
