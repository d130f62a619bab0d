"""What one needs at hand to work on a client: in short lines above its page."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import format_date

from ...scoring.keys import FactKey
from ..mixins import company_day
from ..mixins.access import is_manager
from .money_reader import reader_of
from .words import format_figure

HEARD = ("days_since_heard", "days_since_call", "days_since_held")
REVENUE = FactKey("revenue", 365)
SOON = 30  # days before notice must be given
# Records about a client on which something is planned: model → its contact.
PLANNED = {
    "res.partner": "id",
    "crm.lead": "partner_id",
    "project.project": "partner_id",
    "project.task": "partner_id",
    "sale.order": "partner_id",
    "account.move": "partner_id",
}


class Workspace:
    """Last contact, next activity, notice and money at stake of one client, as far as
    the reader may see them."""

    def __init__(self, health):
        self.health = health
        self.env = health.env
        self.company = health.sudo().company_id
        self.facts = health.sudo().facts or {}
        self.today = company_day.today(self.env, self.company)

    def told(self):
        """``[{"key", "label", "text", "late", "model", "id"}]``: ``late`` where it
        should have been done, ``model`` and ``id`` of the record that it opens, None
        where there is none."""
        lines = (
            self._last_contact(),
            self._next_activity(),
            self._notice(),
            self._at_stake(),
        )
        return [line for line in lines if line]

    def _line(self, key, label, text, late=False, record=None):
        return {
            "key": key,
            "label": label,
            "text": text,
            "late": bool(late),
            "model": record._name if record else None,
            "id": record.id if record else None,
        }

    def _last_contact(self):
        """When the client was last heard: a message, a call, or a meeting."""
        label = self.env._("Last contact")
        days = [self.facts[name] for name in HEARD if name in self.facts]
        if not days:
            return self._line("contact", label, self.env._("Not heard in a year"))
        since = int(min(days))
        day = (self.health.as_of or self.today) - timedelta(days=since)
        every = self.facts.get("contact_every_days") or 0
        text = format_date(self.env, day, date_format="d MMMM y")
        return self._line("contact", label, text, every and since > every)

    def _next_activity(self):
        """What is planned next, on the client's health, or on the client, its contacts
        and the records about it that the reader may open."""
        label = self.env._("Next activity")
        # of records that the reader may open, where they stand in the chatter
        activity = (
            self.env["mail.activity"]
            .sudo()
            .search(self._on_records(), order="date_deadline, id", limit=1)
        )
        if not activity:
            return self._line("activity", label, self.env._("Nothing planned"))
        what = activity.summary or activity.activity_type_id.name or ""
        day = activity.date_deadline
        text = self.env._(
            "%(what)s, %(user)s, %(day)s",
            what=what,
            user=activity.user_id.name,
            day=format_date(self.env, day, date_format="d MMMM"),
        )
        record = None
        if activity.res_model != self.health._name:
            record = self.env[activity.res_model].browse(activity.res_id)
        return self._line("activity", label, text, day < self.today, record)

    def _on_records(self):
        """The domain of the activities on the health, and on what is about the client
        in its company."""
        found = Domain("res_model", "=", self.health._name) & Domain(
            "res_id", "=", self.health.id
        )
        for model, contact in PLANNED.items():
            if model not in self.env or not self.env[model].has_access("read"):
                continue
            theirs = Domain(contact, "child_of", self.health.partner_id.id)
            if model == "project.task":
                theirs |= Domain(
                    "project_id.partner_id", "child_of", self.health.partner_id.id
                )
            ours = Domain("company_id", "in", [False, self.company.id])
            records = self.env[model]._search(theirs & ours)
            found |= Domain("res_model", "=", model) & Domain("res_id", "in", records)
        return found

    def _notice(self):
        """Until when notice may be given, and what happens after the last day."""
        agreements = self.env["client.agreement"]
        if not agreements.has_access("read"):
            return None
        label = self.env._("Agreement")
        agreement = agreements.search_fetch(
            [
                ("partner_id", "=", self.health.partner_id.id),
                ("company_id", "=", self.company.id),
                ("state", "=", "active"),
                ("date_start", "<=", self.today),
            ],
            ["date_end", "notice_days", "renewal", "renewal_months"],
            limit=1,
        )
        if not agreement:
            return self._line("agreement", label, self.env._("None in force"))
        end = agreement._period_end(self.today)
        if not end:
            text = self.env._("Without an end, notice: %s days", agreement.notice_days)
            return self._line("agreement", label, text, record=agreement)
        notice = end - timedelta(days=max(agreement.notice_days, 0))
        days = {
            "end": format_date(self.env, end, date_format="d MMMM y"),
            "notice": format_date(self.env, notice, date_format="d MMMM y"),
        }
        if agreement.renewal == "tacit":
            text = self.env._("Renewed after %(end)s, notice by %(notice)s", **days)
        elif notice < self.today:
            text = self.env._("Until %(end)s, notice passed %(notice)s", **days)
        else:
            text = self.env._("Until %(end)s, notice by %(notice)s", **days)
        soon = notice <= self.today + timedelta(days=SOON)
        return self._line("agreement", label, text, soon, agreement)

    def _at_stake(self):
        """What is overdue, for whoever sees that; what the client brought in a year,
        for managers; and open opportunities."""
        parts = []
        owes = self.facts.get("overdue") and reader_of(self.health).money
        env = (
            self.env["res.company"]
            .with_context(allowed_company_ids=self.company.ids)
            .env
        )
        if owes:
            amount = format_figure(env, "money", self.facts["overdue"])
            parts.append(self.env._("%s overdue", amount))
        if is_manager(self.env) and self.facts.get(str(REVENUE)):
            amount = format_figure(env, "money", self.facts[str(REVENUE)])
            parts.append(self.env._("%s in a year", amount))
        leads = self.env["crm.lead"]
        if leads.has_access("read"):
            [(count, hoped)] = leads._read_group(
                [
                    ("partner_id", "child_of", self.health.partner_id.id),
                    ("type", "=", "opportunity"),
                    ("stage_id.is_won", "=", False),
                    ("company_id", "in", [False, self.company.id]),
                ],
                [],
                ["__count", "expected_revenue:sum"],
            )
            if count:
                amount = format_figure(env, "money", hoped or 0)
                parts.append(self.env._("%s in opportunities", amount))
        if not parts:
            return None
        return self._line("stake", self.env._("At stake"), " · ".join(parts), owes)
