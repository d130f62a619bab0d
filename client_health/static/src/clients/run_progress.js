import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

const EVERY = 3000; // milliseconds between two looks while work is under way

/**
 * Above the clients, for managers: the way to the set-up while nobody went
 * through it, and how far the work in the background is. The server knows both,
 * so that it does not matter whether somebody stays on the page.
 */
export class RunProgress extends Component {
    static template = "client_health.RunProgress";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ known: false, isLost: false, isDone: false, run: {} });
        onMounted(() => this.look());
        onWillUnmount(() => {
            this.isGone = true;
            browser.clearTimeout(this.timer);
        });
    }

    /** Ask how far it is, and again soon while there is something to wait for. */
    async look() {
        try {
            const run = await this.orm.silent.call("client.health.run", "get_progress", []);
            if (this.isGone) {
                return;
            }
            this.state.isDone = this.state.isDone || Boolean(this.state.run.running && !run.running);
            Object.assign(this.state, { run, isLost: false, known: "running" in run });
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.isLost = true;
        }
        if (!this.isGone && (this.state.run.running || this.state.isLost)) {
            this.timer = browser.setTimeout(() => this.look(), EVERY);
        }
    }

    get isNew() {
        return this.state.known && !this.state.run.is_set_up && !this.state.run.running;
    }

    setUp() {
        return this.action.doAction("client_health.client_health_setup_action");
    }

    async skip() {
        await this.orm.call("client.health.run", "action_skip_setup", []);
        await this.look();
    }

    /** Show the clients as they are now, with the counts beside them: a reload in place
     *  keeps those. */
    show() {
        return this.action.doAction("client_health.client_health_action", {
            clearBreadcrumbs: true,
        });
    }

    openRuns() {
        return this.action.doAction("client_health.client_health_run_action");
    }
}
