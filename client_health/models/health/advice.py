"""The next steps for a flag: chosen by what drives it, each a button."""

from typing import NamedTuple

from odoo.fields import Domain

from ...engine.reader import read_facts
from ...facts.evidence import records as records_of
from ...scoring.keys import FactKey
from ..mixins import company_day
from ..mixins.access import is_manager
from .words import format_figure

OVERDUE = FactKey("overdue")
MOST = 3  # steps of a flag: more is no advice
REPAIR = ("meet", "recovery")
# Code of the driver → its steps, the best first. Those that do not apply are left out.
BY_DRIVER = {
    "overdue": ("chase", "call", "recovery"),
    "days_late": ("chase", "call", "recovery"),
    "margin": ("reprice", "recovery"),
    "effective_rate": ("reprice", "recovery"),
    "loss_months": ("reprice", "recovery"),
    "hours_over_budget": ("records", "reprice", "meet"),
    "client_late_deliveries": ("ask", "call"),
    "unprepared": ("meet",),
    "client_on_time": ("remind", "call", "recovery"),
    "our_on_time": ("answer", "meet"),
    "silence": ("call", "remind", "meet"),
    "our_silence": ("call", "meet"),
    "standstill": ("records", "meet", "remind"),
    "stalled_tasks": ("records", "meet", "remind"),
    "buying_gap": ("call", "opportunity", "recovery"),
    "revenue_trend": ("call", "opportunity", "recovery"),
    "abuse": ("meet", "recovery", "offboarding"),
    "unreasonable": ("meet", "recovery", "offboarding"),
}
# Of a figure of money that one may not see: the same whichever it is.
HIDDEN = ("chase", "call", "recovery")


class Step(NamedTuple):
    """``key``: what it does; ``label``: what its button says."""

    key: str
    label: str


class Advice:
    """The next steps for some flags, as far as their reader may take them. The number
    of queries does not depend on the number of flags."""

    def __init__(self, flags):
        self.env = flags.env
        self.flags = flags.filtered(lambda flag: flag.state != "cleared")
        private = self.flags._private()
        self.wanted = {
            flag: HIDDEN if flag in private else self._of_driver(flag)
            for flag in self.flags
        }
        self.owed = self._owed()
        self.turns = self._waiting_questions()
        self.requests = self._late_requests()

    def steps(self, flag):
        """Up to MOST :class:`Step` of one flag."""
        found = []
        for key in self.wanted.get(flag, ()):
            label = getattr(self, f"_{key}_label")(flag)
            if label and len(found) < MOST:
                found.append(Step(key, label))
        return found

    def _of_driver(self, flag):
        return BY_DRIVER.get(flag.sudo().driver_id.code, REPAIR)

    def _for(self, *keys):
        """The flags that want one of these steps."""
        ids = [flag.id for flag, steps in self.wanted.items() if {*steps} & {*keys}]
        return self.flags.browse(ids).sudo()

    # -- what there is to do -----------------------------------------------------

    def _owed(self):
        """health id → (ids of the overdue invoices that the reader may read, the
        amount overdue or None where there are others)."""
        flags = self._for("chase")
        if not flags or not self._may("account.move", "read"):
            return {}
        sources = self.env["client.health.facts"].sudo()
        source, fact = sources._catalogue()[OVERDUE.name]
        owed = {}
        for company, mine in flags.grouped("company_id").items():
            health_of = {flag.partner_id.id: flag.health_id.id for flag in mine}
            scope = sources._scope(company, sorted(health_of))
            amounts = read_facts(sources.env, [OVERDUE], scope)
            _model, records = records_of(source, fact, 0, scope)
            everything = [i for ids in records.values() for i in ids if i]
            moves = self.env["account.move"].search([("id", "in", everything)])
            readable = set(moves.ids)
            for client, ids in records.items():
                amount = amounts.get(client, {}).get(str(OVERDUE), 0)
                seen = [i for i in dict.fromkeys(ids) if i in readable]
                if amount and seen:
                    whole = set(ids) <= readable
                    owed[health_of[client]] = (seen, amount if whole else None)
        return owed

    def _waiting_questions(self):
        """(health id, for whom) → how many questions surely wait."""
        healths = self._for("answer", "remind").health_id.ids
        if not healths:
            return {}
        domain = Domain("health_id", "in", healths) & Domain("surely", "=", True)
        domain &= Domain("state", "=", "waiting")
        rows = self.env["client.turn"]._read_group(
            domain, ["health_id", "waits_for"], ["__count"]
        )
        return {(health.id, waits_for): count for health, waits_for, count in rows}

    def _late_requests(self):
        """(client id, company id) → ids of what the client should have delivered."""
        clients = self._for("ask").partner_id.ids
        if not clients:
            return {}
        mine = Domain("partner_id", "in", clients) & Domain("state", "=", "open")
        past = company_day.each_today(self.env, lambda day: Domain("due_on", "<", day))
        late = self.env["client.request"].search(mine & past)
        found = {}
        for request in late:
            key = (request.partner_id.id, request.company_id.id)
            found.setdefault(key, []).append(request.id)
        return found

    def _may(self, model, operation):
        return model in self.env and self.env[model].has_access(operation)

    # -- what each step says: nothing where it does not apply ----------------------

    def _chase_label(self, flag):
        ids, amount = self.owed.get(flag.health_id.id, ([], None))
        if not ids:
            return ""
        if amount is None:
            return self.env._("Chase invoices (%s)", len(ids))
        companies = flag.sudo().company_id.ids
        env = self.env["res.company"].with_context(allowed_company_ids=companies).env
        return self.env._(
            "Chase %(amount)s (invoices: %(count)s)",
            amount=format_figure(env, "money", amount),
            count=len(ids),
        )

    def _answer_label(self, flag):
        count = self.turns.get((flag.health_id.id, "ours"))
        return self.env._("Answer questions (%s)", count) if count else ""

    def _remind_label(self, flag):
        count = self.turns.get((flag.health_id.id, "client"))
        return self.env._("Remind of questions (%s)", count) if count else ""

    def _ask_label(self, flag):
        late = self.requests.get((flag.partner_id.id, flag.company_id.id))
        return self.env._("Ask for what is late (%s)", len(late)) if late else ""

    def _records_label(self, flag):
        return self.env._("Open what it is about") if flag.has_records else ""

    def _reprice_label(self, _flag):
        allowed = is_manager(self.env) and self._may("client.agreement", "create")
        return self.env._("Reprice") if allowed else ""

    def _call_label(self, _flag):
        return self.env._("Plan a call")

    def _meet_label(self, _flag):
        return self.env._("Plan a check-in")

    def _opportunity_label(self, _flag):
        return self.env._("New opportunity") if self._may("crm.lead", "create") else ""

    def _recovery_label(self, flag):
        phase = flag.sudo().health_id.shown_phase
        if phase not in ("active", "recovery") or not self._may(
            "client.recovery", "create"
        ):
            return ""
        if phase == "recovery":
            return self.env._("Go on with the recovery")
        return self.env._("Start recovery")

    def _offboarding_label(self, flag):
        active = flag.sudo().health_id.shown_phase in ("active", "recovery")
        allowed = active and self._may("client.offboarding", "create")
        return self.env._("Start offboarding") if allowed else ""

    # -- what each step does -------------------------------------------------------

    def action(self, flag, key):
        """The action of a step of a flag."""
        return getattr(self, f"_{key}_action")(flag)

    def _list(self, name, model, domain, **more):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            **more,
        }

    def _chase_action(self, flag):
        ids, _amount = self.owed[flag.health_id.id]
        name = self.env._("Overdue: %s", flag.partner_id.display_name)
        view = self.env.ref("account.view_out_invoice_tree", raise_if_not_found=False)
        return self._list(
            name,
            "account.move",
            [("id", "in", ids)],
            views=[(view.id if view else False, "list"), (False, "form")],
            context={"default_move_type": "out_invoice", "create": False},
        )

    def _questions(self, flag, waits_for, name):
        return self._list(
            name,
            "client.turn",
            [("health_id", "=", flag.health_id.id), ("waits_for", "=", waits_for)],
            views=[(False, "list"), (False, "kanban"), (False, "form")],
            context={"search_default_open": 1},
        )

    def _answer_action(self, flag):
        return self._questions(flag, "ours", self.env._("Waiting for us"))

    def _remind_action(self, flag):
        return self._questions(flag, "client", self.env._("Waiting for them"))

    def _ask_action(self, flag):
        late = self.requests[flag.partner_id.id, flag.company_id.id]
        name = self.env._("Late deliveries: %s", flag.partner_id.display_name)
        return self._list(name, "client.request", [("id", "in", late)])

    def _records_action(self, flag):
        return flag.action_show_records()

    def _form(self, model, title, **defaults):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "context": {f"default_{key}": value for key, value in defaults.items()},
        }

    def _reprice_action(self, flag):
        return flag.health_id.action_open_sheet()

    def _call_action(self, flag):
        return self._activity(flag, "mail.mail_activity_data_call")

    def _meet_action(self, flag):
        if not self._may("calendar.event", "create"):
            return self._activity(flag, "mail.mail_activity_data_meeting")
        people = flag.partner_id | self.env.user.partner_id
        name = self.env._("Check-in: %s", flag.partner_id.display_name)
        return self._form(
            "calendar.event", name, name=name, partner_ids=[(6, 0, people.ids)]
        )

    def _activity(self, flag, kind):
        """The dialog that plans an activity on the client's health."""
        kind = self.env.ref(kind, raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan an activity"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "client.health",
                "active_ids": flag.health_id.ids,
                "active_id": flag.health_id.id,
                "default_activity_type_id": kind.id if kind else False,
                "default_summary": flag.check_id.name,
            },
        }

    def _opportunity_action(self, flag):
        client = flag.partner_id.id
        name = self.env._("New opportunity")
        return self._form("crm.lead", name, partner_id=client, type="opportunity")

    def _recovery_action(self, flag):
        return flag.action_start_recovery()

    def _offboarding_action(self, flag):
        return flag.partner_id.action_start_offboarding()
