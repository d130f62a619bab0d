import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { browser } from "@web/core/browser/browser";
import { session } from "@web/session";

const PAUSE = 1000; // milliseconds after a page came, before the count is asked for
const EVERY = 60000; // milliseconds at least between two times

/**
 * In the bar at the top: how many questions wait for an answer of the user, and the way
 * to them. It is asked for again when somebody goes to another page.
 */
export class WaitingMenu extends Component {
    static template = "client_health.WaitingMenu";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ ...session.client_health_waiting });
        this.last = Date.now();
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.lookSoon());
        useBus(this.env.bus, "CLIENT-HEALTH:SAID", () => this.look());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get title() {
        return this.state.mine === 1
            ? _t("1 question waits for you")
            : _t("%s questions wait for you", this.state.mine);
    }

    lookSoon() {
        browser.clearTimeout(this.timer);
        if (Date.now() - this.last > EVERY) {
            this.timer = browser.setTimeout(() => this.look(), PAUSE);
        }
    }

    async look() {
        this.last = Date.now();
        try {
            const counts = await this.orm.silent.call("client.turn", "get_counts", []);
            Object.assign(this.state, counts);
        } catch {
            // the next page asks again
        }
    }

    open() {
        return this.action.doAction("client_health.client_turn_action", {
            additionalContext: { search_default_mine: 1 },
            clearBreadcrumbs: true,
        });
    }
}

registry.category("systray").add(
    "client_health.waiting",
    { Component: WaitingMenu, isDisplayed: () => Boolean(session.client_health_waiting) },
    { sequence: 22 }
);
