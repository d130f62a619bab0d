import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { formatPercentage } from "@web/views/fields/formatters";
import { parsePercentage } from "@web/views/fields/parsers";

/** A limit as people say it: a share as a percentage, everything else as a number. */
export class LimitField extends FloatField {
    get isShare() {
        return this.props.record.data.unit === "ratio";
    }
    parse(value) {
        return this.isShare ? parsePercentage(value.trim()) : super.parse(value);
    }
    get formattedValue() {
        return this.isShare ? formatPercentage(this.value, { digits: [16, 2] }) : super.formattedValue;
    }
}

registry.category("fields").add("client_health_limit", {
    ...floatField,
    component: LimitField,
    displayName: _t("Limit"),
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "unit", type: "selection", readonly: true }],
    extractProps: (...args) => ({ ...floatField.extractProps(...args), trailingZeros: false }),
});
