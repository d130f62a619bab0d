import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { HealthSteps } from "../steps/steps";
import { CHECK_LOOK, day, inPoints, recordsLabel } from "./looks";

/** The open flags: what is wrong, what it costs, since when, and the proof. */
export class HealthFlags extends Component {
    static template = "client_health.HealthFlags";
    static components = { HealthSteps };
    static props = {
        flags: Array,
        checks: Array,
        onRecords: Function,
        onTaken: { type: Function, optional: true },
    };

    setup() {
        this.recordsLabel = recordsLabel;
    }

    look(flag) {
        return CHECK_LOOK[flag.level];
    }

    /** Points, start and state of a flag, in one quiet line. */
    notes(flag) {
        const notes = [];
        if (flag.side === "ours") {
            notes.push(_t("costs the client no points"));
        } else {
            const check = this.props.checks.find(({ code }) => code === flag.code);
            if (check?.points) {
                notes.push(inPoints(-check.points));
            }
        }
        if (flag.since) {
            notes.push(_t("since %s", day(flag.since)));
        }
        if (flag.state === "snoozed" && flag.snooze_until) {
            notes.push(_t("snoozed until %s", day(flag.snooze_until)));
        } else if (flag.state === "acknowledged") {
            notes.push(
                flag.owner ? _t("taken up by %s", flag.owner) : _t("acknowledged")
            );
        }
        return notes.join(" · ");
    }
}
