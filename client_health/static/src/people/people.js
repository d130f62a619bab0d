import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const FOLDED = "client_health.people_folded";
const SHOWN = 6; // people of a side before *Show all*
const DRAWN = 8; // people of a side in the picture
const ROW = 24;

const ICONS = {
    one_contact: "fa-user",
    silent: "fa-volume-off",
    bounced: "fa-envelope",
    left: "fa-sign-out",
};

/**
 * Who of us talks with whom of them. Asked for on its own, after the page; whoever folds
 * it away spares that on every client.
 */
export class HealthPeople extends Component {
    static template = "client_health.HealthPeople";
    static props = { healthId: Number, onOpen: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.icons = ICONS;
        this.shown = SHOWN;
        this.row = ROW;
        this.state = useState({
            folded: browser.localStorage.getItem(FOLDED) === "1",
            people: null,
            problem: "",
            all: {},
            dismissing: null,
            reason: "",
        });
        onWillStart(() => {
            this.load(this.props.healthId); // the page does not wait for it
        });
        onWillUpdateProps((next) => {
            if (next.healthId !== this.props.healthId) {
                Object.assign(this.state, { people: null, dismissing: null });
                this.load(next.healthId);
            }
        });
    }

    async load(healthId) {
        if (!this.state.folded) {
            await this.ask("people_of", [healthId]);
        }
    }

    /** Call the server, and show the people it tells. */
    async ask(method, args) {
        const asked = (this.asked = {});
        try {
            const people = await this.orm.silent.call("client.people.dismissal", method, args);
            if (asked === this.asked) {
                Object.assign(this.state, { people, problem: "" });
            }
            return true;
        } catch (error) {
            if (asked === this.asked) {
                this.state.problem = error.data?.message || _t("The server did not answer.");
            }
            return false;
        }
    }

    toggle() {
        this.state.folded = !this.state.folded;
        browser.localStorage.setItem(FOLDED, this.state.folded ? "1" : "0");
        this.load(this.props.healthId);
    }

    get warnings() {
        return this.state.people.warnings.filter(({ dismissed }) => !dismissed);
    }

    get dismissed() {
        return this.state.people.warnings.filter(({ dismissed }) => dismissed);
    }

    get sides() {
        const { theirs, ours, unnamed } = this.state.people;
        return [
            { key: "theirs", title: _t("Theirs"), people: theirs, unnamed: unnamed.theirs },
            { key: "ours", title: _t("Ours"), people: ours, unnamed: unnamed.ours },
        ];
    }

    peopleOf(side) {
        return this.state.all[side.key] ? side.people : side.people.slice(0, SHOWN);
    }

    unnamedText(side) {
        return side.unnamed === 1
            ? _t("and 1 person whom you may not open")
            : _t("and %s people whom you may not open", side.unnamed);
    }

    get silentText() {
        return _t("Contacts nothing was said with: %s", this.state.people.silent);
    }

    /** Who is drawn, and the lines between them; null where that says nothing. */
    get picture() {
        const { theirs, ours, links } = this.state.people;
        const left = theirs.slice(0, DRAWN);
        const right = ours.slice(0, DRAWN);
        const place = (people, id) => people.findIndex((person) => person.id === id);
        const lines = links
            .map((link) => ({
                key: `${link.theirs}-${link.ours}`,
                from: place(left, link.theirs),
                to: place(right, link.ours),
                width: Math.min(1 + Math.log2(link.total), 7),
            }))
            .filter(({ from, to }) => from >= 0 && to >= 0);
        if (!lines.length || left.length + right.length < 3) {
            return null;
        }
        return { left, right, lines, height: Math.max(left.length, right.length) * ROW };
    }

    cut(name) {
        return name.length > 24 ? `${name.slice(0, 23)}…` : name;
    }

    openPerson(id) {
        this.props.onOpen({ model: "res.partner", id });
    }

    keyOf(warning) {
        return `${warning.kind}-${warning.contact}`;
    }

    startDismissing(warning) {
        Object.assign(this.state, { dismissing: this.keyOf(warning), reason: "", problem: "" });
    }

    async dismiss(warning) {
        const args = [this.props.healthId, warning.kind, warning.contact, this.state.reason];
        if (await this.ask("dismiss", args)) {
            this.state.dismissing = null;
        }
    }

    undo(warning) {
        return this.ask("action_undo", [[warning.dismissed.id]]);
    }
}
