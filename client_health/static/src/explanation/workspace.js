import { Component } from "@odoo/owl";

/** What one needs at hand: last contact, next activity, notice, money at stake. */
export class HealthWorkspace extends Component {
    static template = "client_health.HealthWorkspace";
    static props = { lines: Array, onOpen: Function };
}
