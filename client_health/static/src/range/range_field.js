import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const WAIT = 150; // milliseconds of rest before the others follow
const STEPS = 400; // about so many on the whole way

/** The step of a slider that goes up to a number: a power of ten. */
export function stepOf(most, digits) {
    const rough = 10 ** Math.floor(Math.log10(Math.max(most, 1) / STEPS));
    return Math.max(rough, 10 ** -digits);
}

/** A number as a slider, from nothing to a most; its field stands beside it as text. */
export class RangeField extends Component {
    static template = "client_health.RangeField";
    static props = {
        ...standardFieldProps,
        most: { type: Number, optional: true },
        mostField: { type: String, optional: true },
        digits: { type: Number, optional: true },
        label: { type: String, optional: true },
    };
    static defaultProps = { most: 100, digits: 2 };

    setup() {
        this.drag = useState({ value: null });
        this.save = useDebounced((value) => this.commit(value), WAIT);
    }

    get value() {
        return this.drag.value ?? this.props.record.data[this.props.name];
    }

    get most() {
        const { record, mostField, most } = this.props;
        return (mostField && record.data[mostField]) || most;
    }

    get step() {
        return stepOf(this.most, this.props.digits);
    }

    onInput(ev) {
        this.drag.value = Number(ev.target.value);
        this.save(this.drag.value);
    }

    onChange(ev) {
        this.save.cancel();
        return this.commit(Number(ev.target.value));
    }

    async commit(value) {
        await this.props.record.update({ [this.props.name]: value });
        this.drag.value = null;
    }
}

registry.category("fields").add("client_health_range", {
    component: RangeField,
    displayName: _t("Slider"),
    supportedTypes: ["float", "monetary"],
    supportedOptions: [
        { label: _t("Most"), name: "most", type: "number" },
        { label: _t("Field with the most"), name: "most_field", type: "string" },
    ],
    extractProps: ({ options, attrs, string }) => ({
        most: options.most,
        mostField: options.most_field,
        digits: options.digits,
        label: attrs.string || string,
    }),
    fieldDependencies: ({ options }) =>
        options.most_field ? [{ name: options.most_field, type: "float" }] : [],
});
