import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getAggregateSpecifications } from "@web/model/relational_model/utils";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const formatters = registry.category("formatters");
const NUMBERS = ["integer", "float", "monetary"];
/** Figures that leave clients out, and the column that counts those, if there is one. */
const LEFT_OUT = {
    rate: "rate_left_out",
    margin: "margin_left_out",
    days_late: null,
    client_on_time: null,
    our_on_time: null,
};

/** Figures of clients. The totals are those of all clients found (or chosen), not of the
 *  page, and are worked out by the server: a rate is no sum and no mean of rates. A
 *  click on a figure opens its records. */
export class FiguresRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.totals = useState({ row: null });
        this.totalsKey = "";
    }

    get totalsDomain() {
        const { list } = this.props;
        if (list.selection.length && !list.isDomainSelected) {
            return [["id", "in", list.selection.map((record) => record.resId)]];
        }
        return list.domain;
    }

    computeAggregates() {
        const domain = this.totalsDomain;
        const key = JSON.stringify(domain);
        if (key !== this.totalsKey && !this.props.list.model.useSampleModel) {
            this.totalsKey = key;
            this.loadTotals(domain, key);
        }
        const aggregates = {};
        for (const { type, name } of this.columns) {
            const value = type === "field" && this.totals.row?.[name];
            if (typeof value === "number") {
                aggregates[name] = this.total(name, value);
            }
        }
        return aggregates;
    }

    async loadTotals(domain, key) {
        const { fields, resModel, context } = this.props.list;
        const specs = getAggregateSpecifications(fields);
        const [found] = await this.orm.call(
            resModel,
            "formatted_read_group",
            [domain, [], specs],
            { context }
        );
        if (key !== this.totalsKey) {
            return;
        }
        const row = {};
        this.currencies = [];
        for (const spec of specs) {
            const [name, how] = spec.split(":");
            const currencies = found[`${fields[name].currency_field}:array_agg_distinct`];
            if (how === "array_agg_distinct") {
                this.currencies = found[spec];
            } else if (how !== "sum_currency" || currencies.length > 1) {
                row[name] = found[spec];
            }
        }
        this.totals.row = row;
    }

    /** A total as text, with what it leaves out. */
    total(name, rawValue) {
        const field = this.fields[name];
        const options = { digits: field.digits, escape: true };
        if (field.type === "monetary") {
            options.currencyId = this.currencies.length === 1 ? this.currencies[0] : null;
        }
        return {
            value: formatters.get(field.type)(rawValue, options),
            rawValue,
            multiCurrency: false,
            help: this.scopeOf(name),
        };
    }

    /** What a total counts, in words. */
    scopeOf(name) {
        const missing = this.totals.row[LEFT_OUT[name]];
        if (missing) {
            return _t("Without %s clients for whom it is not measured.", missing);
        }
        // missing is 0 where it is counted and nobody is left out
        return name in LEFT_OUT && missing !== 0
            ? _t("Of those in the list for whom it is measured.")
            : _t("Of all that are in the list.");
    }

    async onCellClicked(record, column, ev) {
        const { type, name } = column;
        const isFigure = type === "field" && NUMBERS.includes(this.fields[name].type);
        if (!isFigure || this.props.list.selection.length || record.data[name] === false) {
            return super.onCellClicked(...arguments);
        }
        const action = await this.orm.call(record.resModel, "action_open_figure", [
            [record.resId],
            name,
        ]);
        this.env.services.action.doAction(action);
    }
}

registry.category("views").add("client_health_figures", {
    ...listView,
    Renderer: FiguresRenderer,
});
