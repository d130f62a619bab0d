import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const CHECK_LEVELS = {
    red: { name: _t("Red"), color: "danger" },
    watch: { name: _t("Warning"), color: "warning" },
    ok: { name: _t("Fine"), color: "success" },
    grey: { name: _t("Not measured"), color: "secondary" },
};

/** Whether a recovery helped: before and after, beside similar clients. */
export class RecoveryReview extends Component {
    static template = "client_health.RecoveryReview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.checkLevels = CHECK_LEVELS;
        this.state = useState({ review: null, loaded: false });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => this.load(next));
    }

    async load({ record }) {
        this.state.review = record.resId
            ? await this.orm.call("client.recovery", "review", [[record.resId]])
            : null;
        this.state.loaded = true;
    }

    day(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    level(code) {
        const { selection } = this.props.record.fields.entry_level;
        return (selection.find(([key]) => key === code) || ["", ""])[1];
    }

    signed(points) {
        const text = Number.isInteger(points)
            ? `${Math.abs(points)}`
            : formatFloat(Math.abs(points), { digits: [16, 1] });
        return points > 0 ? `+${text}` : points < 0 ? `−${text}` : text;
    }

    pointsWord(points) {
        return Math.abs(points) === 1 ? _t("point") : _t("points");
    }

    color(points) {
        return points > 0 ? "text-success" : points < 0 ? "text-danger" : "text-muted";
    }

    /** Why there is no mean of the others, or an empty text. */
    tooFew(row) {
        return row.others === null || row.others === undefined ? _t("too few to say") : "";
    }

    /** Checks that say something: measured on one of the two days. */
    get checks() {
        return this.state.review.checks.filter(
            (row) => row.old.level !== "grey" || row.new.level !== "grey"
        );
    }

    figure(side) {
        return side.text ? `${side.driver_name}: ${side.text}` : side.driver_name || "";
    }
}

registry.category("view_widgets").add("client_recovery_review", {
    component: RecoveryReview,
});
