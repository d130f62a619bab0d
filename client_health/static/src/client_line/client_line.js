import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { LEVELS } from "../badge/health_badge";

/** A line above a quotation when its client is in trouble or has left. */
export class ClientLine extends Component {
    static template = "client_health.ClientLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ line: false, partner: false });
        this.keepLast = new KeepLast();
        useRecordObserver((record) => this.load(record.data.partner_id?.id || false));
    }
    async load(partner) {
        if (partner === this.state.partner) {
            return;
        }
        this.state.partner = partner;
        this.state.line = partner
            ? await this.keepLast.add(
                  this.orm.silent.call("res.partner", "client_health_line", [[partner]])
              )
            : false;
    }
    get look() {
        return LEVELS[this.state.line.level] || LEVELS.unknown;
    }
    get tone() {
        return this.state.line.level === "critical" ? "danger" : "warning";
    }
    async open() {
        this.action.doAction(
            await this.orm.call("res.partner", "action_open_health", [[this.state.partner]])
        );
    }
}

registry.category("view_widgets").add("client_health_line", { component: ClientLine });
