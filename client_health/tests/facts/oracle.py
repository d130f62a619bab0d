"""What the facts should be, found the slow way.

Reads records through the ORM, one after the other, and adds up in Python what
the definitions say. Shares nothing with the module but the names of the facts.
"""

from datetime import datetime, timedelta

import pytz

from .oracle_money import MoneyOracle, first_of_month

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


class Oracle(MoneyOracle):
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
        """{key: number or list} of six sources, for every window."""
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
        result.update(self.projects())
        return {key: value for key, value in result.items() if value is not None}

    # -- helpers ---------------------------------------------------------------

    def day(self, moment):
        """The calendar day of a UTC moment where the company is."""
        return moment and pytz.utc.localize(moment).astimezone(self.zone).date()

    def mine(self, partner):
        return partner.commercial_partner_id.id == self.client.id

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

    # -- sales -----------------------------------------------------------------

    def sales(self):
        won, lost, to_invoice = [], [], 0
        for order in self.all("sale.order"):
            if order.company_id != self.company or not self.mine(order.partner_id):
                continue
            ordered = self.day(order.date_order)
            state = order.state
            if state == "sale" and ordered > self.as_of:
                state = "draft"
            state = self.was(order, "state", state)
            changed = self.tracked(order, "state")
            if state == "sale":
                if ordered > self.as_of:
                    won.append((changed, order))
                else:
                    won.append((ordered, order))
                    for line in order.order_line:
                        if line.invoice_status != "to invoice":
                            continue  # settled, be it for less than its price
                        left = line.untaxed_amount_to_invoice / (
                            order.currency_rate or 1
                        )
                        given = self.good_will(line)
                        to_invoice += max(left - given, 0) if given > 0 else left
            elif state == "cancel":
                lost.append((changed or ordered, order))
            elif state == "sent" and order.validity_date:
                if order.validity_date < self.as_of:
                    lost.append((order.validity_date, order))
        return {
            **self.windows("quotes_won", won, len),
            **self.windows("quotes_lost", lost, len),
            "days_since_order": self.since([day for day, _order in won]),
            "to_invoice": to_invoice if self.present else None,
        }

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

    # -- opportunities ---------------------------------------------------------

    def opportunities(self):
        won, lost, open_leads, moves = [], [], 0, []
        for lead in self.all("crm.lead", (("type", "=", "opportunity"),)):
            if not self.mine(lead.partner_id) or not self.of_company(lead):
                continue
            if self.day(lead.create_date) > self.as_of:
                continue
            closed = self.day(lead.date_closed)
            status, active = lead.won_status, lead.active
            if closed and closed > self.as_of:
                status, active = "pending", True
            status = self.was(lead, "won_status", status)
            active = self.was(lead, "active", active)
            if not self.present and not (closed and closed <= self.as_of):
                closed = self.tracked(lead, "won_status")
            quoted = "order_ids" in lead and any(
                min(self.day(order.create_date), self.day(order.date_order))
                <= self.as_of
                for order in lead.order_ids
            )
            if status == "won" and not quoted:
                won.append((closed, lead))
            if status == "lost" and not quoted:
                lost.append((closed, lead))
            if status == "pending" and active:
                open_leads += 1
            moves.append(self.moved(lead, "stage_id"))
        return {
            **self.windows("leads_won", won, len),
            **self.windows("leads_lost", lost, len),
            "open_leads": open_leads,
            "days_since_lead_move": self.since(moves),
        }

    # -- projects --------------------------------------------------------------

    def state_of(self, task):
        """The status of a task on the day."""
        state = task.state
        last = self.day(task.date_last_stage_update or task.create_date)
        if last > self.as_of and not self.changed_later(task, "stage_id", "state"):
            state = "01_in_progress"
        return self.was(task, "state", state)

    def is_template(self, task):
        while task:
            if task.is_template or task.project_id.is_template:
                return True
            task = task.parent_id
        return False

    def projects(self):
        accepted, refused, open_tasks, moves = [], [], [], []
        for task in self.all("project.task", (("project_id", "!=", False),)):
            partner = task.partner_id or task.project_id.partner_id
            if not self.mine(partner) or not self.of_company(task):
                continue
            if self.day(task.create_date) > self.as_of or self.is_template(task):
                continue
            moved = self.moved(task, "stage_id", "state")
            state = self.state_of(task)
            if state in ("03_approved", "1_done"):
                accepted.append((moved, task))
            if state in ("02_changes_requested", "1_canceled"):
                refused.append((moved, task))
            closed = state in ("1_done", "1_canceled")
            if self.was_active(task) and self.was_active(task.project_id):
                open_tasks += [] if closed else [moved]
            moves.append(moved)
        reached = [
            milestone.reached_date
            for milestone in self.all("project.milestone")
            if milestone.is_reached
            and not milestone.project_id.is_template
            and self.mine(milestone.project_id.partner_id)
            and self.of_company(milestone.project_id)
        ]
        stalled = {
            f"stalled_tasks_{days}": len(
                [day for day in open_tasks if day <= self.as_of - timedelta(days=days)]
            )
            for days in WINDOWS
        }
        return {
            **self.late(),
            **self.windows("reviews_accepted", accepted, len),
            **self.windows("reviews_turned_down", refused, len),
            "open_tasks": len(open_tasks),
            **stalled,
            "days_since_task_move": self.since(moves),
            "days_since_milestone": self.since(reached),
        }

    def late(self):
        """What was open past its day, on the last day on which it was."""
        tasks, milestones = [], []
        for task in self.all("project.task", (("project_id", "!=", False),)):
            partner = task.partner_id or task.project_id.partner_id
            deadline = self.day(task.date_deadline)
            if not deadline or not self.mine(partner) or not self.of_company(task):
                continue
            if self.day(task.create_date) > self.as_of or self.is_template(task):
                continue
            state, moved = self.state_of(task), self.moved(task, "stage_id", "state")
            active = self.was_active(task) and self.was_active(task.project_id)
            if state == "1_done" and deadline < moved:
                tasks.append((moved, task))
            elif state not in ("1_done", "1_canceled") and active:
                if deadline < self.as_of:
                    tasks.append((self.as_of, task))
        for milestone in self.all("project.milestone"):
            project = milestone.project_id
            if not self.mine(project.partner_id) or not self.of_company(project):
                continue
            if not milestone.deadline or project.is_template:
                continue
            if self.day(milestone.create_date) > self.as_of:
                continue
            if not self.was_active(project) and not milestone.is_reached:
                continue
            last = milestone.is_reached and milestone.reached_date
            last = min(last or self.as_of, self.as_of)
            if milestone.deadline < last:
                milestones.append((last, milestone))
        return {
            **self.windows("late_tasks", tasks, len),
            **self.windows("late_milestones", milestones, len),
        }
