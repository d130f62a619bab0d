"""What the facts should be, found the slow way.

Reads records through the ORM, one after the other, and adds up in Python what
the definitions say. Shares nothing with the module but the names of the facts.
"""

from datetime import datetime, timedelta

import pytz

from .oracle_money import MoneyOracle, first_of_month
from .oracle_work import WorkOracle

WINDOWS = (30, 90, 182, 365, 730)
MONTHS = 12


def keys_of(env, sources):
    """Keys of all facts of some sources, for every window."""
    keys = set()
    for source in sources:
        for fact in env["client.health.facts." + source]._facts():
            if fact.windowed:
                keys |= {f"{fact.name}_{days}" for days in WINDOWS}
            else:
                keys.add(fact.name)
    return keys


class Oracle(MoneyOracle, WorkOracle):
    """Facts of any client, company and day; reads every record once."""

    def __init__(self, env):
        self.env = env(su=True, context={"active_test": False})
        self.cache = {}

    def all(self, model, domain=()):
        key = (model, str(domain))
        if key not in self.cache:
            self.cache[key] = self.env[model].search(list(domain))
        return self.cache[key]

    def facts(self, client, company, as_of):
        """{key: number or list} of seven sources, for every window."""
        self.client, self.company, self.as_of = client, company, as_of
        self.zone = pytz.timezone(company.resource_calendar_id.tz)
        self.present = as_of >= datetime.now(self.zone).date()
        result = {}
        if "account.move" in self.env:
            result.update(self.invoices())
            result.update(self.receivables())
        if "sale.order" in self.env:
            result.update(self.sales())
        if "crm.lead" in self.env:
            result.update(self.opportunities())
        if "effective_hours" in self.env["project.task"]:
            result.update(self.timesheets())
            result.update(self.movement())
        result.update(self.projects())
        return {key: value for key, value in result.items() if value is not None}

    # -- helpers ---------------------------------------------------------------

    def day(self, moment):
        """The calendar day of a UTC moment where the company is."""
        return moment and pytz.utc.localize(moment).astimezone(self.zone).date()

    def client_at(self, partner, day):
        """The client that a contact was of on a day."""
        moves = self.all("client.affiliation").sorted("until")
        for move in moves:
            if move.contact_id == partner and day < move.until:
                return move.partner_id
        return partner.commercial_partner_id

    def mine(self, partner, day):
        return self.client_at(partner, day).id == self.client.id

    def client_of_order(self, order):
        written = min(self.day(order.create_date), self.day(order.date_order))
        return self.client_at(order.partner_id, written)

    def client_of_project(self, project):
        return self.client_at(project.partner_id, self.day(project.create_date))

    def client_of_task(self, task):
        """A task of another contact than its project's is of the client on the day it
        was made; any other of the project's."""
        own, project = task.partner_id, task.project_id
        if own and project.partner_id and own != project.partner_id:
            return self.client_at(own, self.day(task.create_date))
        return self.client_at(own or project.partner_id, self.day(project.create_date))

    def of_company(self, record):
        return not record.company_id or record.company_id.id == self.company.id

    def windows(self, name, rows, value, before=False):
        """{name_30: …, …} of the rows [(day, thing)] that lie in each window."""
        result = {}
        for days in WINDOWS:
            end = self.as_of - timedelta(days=days) if before else self.as_of
            start = end - timedelta(days=days)
            inside = [thing for day, thing in rows if day and start < day <= end]
            result[f"{name}_{days}"] = value(inside)
        return result

    def months(self, rows, number=MONTHS):
        """Amounts of the last full calendar months, the latest first."""
        starts = [first_of_month(self.as_of, back) for back in range(number + 1)]
        return [
            sum(amount for day, amount in rows if first <= day < after)
            for after, first in zip(starts, starts[1:], strict=False)
        ]

    def tracked(self, record, *names):
        """The latest day up to as_of on which the chatter saw a field change."""
        days = [
            self.day(message.date)
            for message in record.message_ids
            if any(v.field_id.name in names for v in message.tracking_value_ids)
        ]
        return max((day for day in days if day <= self.as_of), default=None)

    def was(self, record, name, otherwise):
        """What a field was on the day as_of: the old value of its next change."""
        values = sorted(
            (
                (message.date, value.id, value)
                for message in record.message_ids
                for value in message.tracking_value_ids
                if value.field_id.name == name and self.day(message.date) > self.as_of
            ),
            key=lambda change: change[:2],
        )
        if not values:
            return otherwise
        field = record._fields[name]
        if field.type == "boolean":
            return bool(values[0][2].old_value_integer)
        if field.type == "float":
            return values[0][2].old_value_float
        labels = {label: key for key, label in field._description_selection(self.env)}
        return labels.get(values[0][2].old_value_char, "")

    def changed_later(self, record, *names):
        return any(
            value.field_id.name in names and self.day(message.date) > self.as_of
            for message in record.message_ids
            for value in message.tracking_value_ids
        )

    def was_active(self, record):
        """Archived when it was last written, for all that Odoo tells."""
        return record.active or self.day(record.write_date) > self.as_of

    def moved(self, record, *names):
        """The day of the last move, as one could know on the day as_of."""
        last = self.day(record.date_last_stage_update or record.create_date)
        if last > self.as_of:
            last = self.tracked(record, *names) or self.day(record.create_date)
        return last

    def since(self, days):
        """Days since the latest of these days, None without any."""
        days = [day for day in days if day and day <= self.as_of]
        return (self.as_of - max(days)).days if days else None

    def good_will(self, line):
        """What was credited in part of what a line had been invoiced for."""
        notes = [
            bill
            for bill in line.invoice_lines
            if bill.move_id.move_type == "out_refund"
            and bill.move_id.state == "posted"
            and bill.move_id.reversed_entry_id
        ]
        return sum(
            bill.balance
            for bill in notes
            if abs(
                bill.move_id.amount_untaxed_signed
                + bill.move_id.reversed_entry_id.amount_untaxed_signed
            )
            > 0.005
        )
