"""What the facts should be, found the slow way.

Reads records through the ORM, one after the other, and adds up in Python what
the definitions say. Shares nothing with the module but the names of the facts.
"""

from datetime import date, datetime, timedelta
from statistics import median

import pytz

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


class Oracle:
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
        """{key: number or list} of the five sources, for every window."""
        self.client, self.company, self.as_of = client, company, as_of
        self.zone = pytz.timezone(company.resource_calendar_id.tz)
        self.present = as_of >= datetime.now(self.zone).date()
        result = {}
        if "account.move" in self.env:
            result.update(self.invoices())
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

    def months(self, rows):
        """Amounts of the last full calendar months, the latest first."""
        sums = []
        year, month = self.as_of.year, self.as_of.month
        for _index in range(MONTHS):
            month -= 1
            if month == 0:
                year, month = year - 1, 12
            first = date(year, month, 1)
            after = date(year + month // 12, month % 12 + 1, 1)
            sums.append(sum(amount for day, amount in rows if first <= day < after))
        return sums

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

    # -- invoices --------------------------------------------------------------

    def invoices(self):
        moves = [
            move
            for move in self.all(
                "account.move",
                (
                    ("move_type", "in", ["out_invoice", "out_refund"]),
                    ("state", "=", "posted"),
                ),
            )
            if move.company_id == self.company
            and self.mine(move.partner_id)
            and move.invoice_date <= self.as_of
        ]
        revenue = [(move.invoice_date, move.amount_untaxed_signed) for move in moves]
        invoices = [move for move in moves if move.move_type == "out_invoice"]
        dates = sorted({move.invoice_date for move in invoices})
        return {
            **self.windows("revenue", revenue, sum),
            **self.windows("revenue_before", revenue, sum, before=True),
            "revenue_months": self.months(revenue),
            **self.windows("invoices", [(m.invoice_date, m) for m in invoices], len),
            "days_since_invoice": self.since(dates),
            **self.gaps(dates),
            "overdue": self.overdue(),
            **self.payments(invoices),
            **self.corrections(moves),
        }

    def corrections(self, moves):
        """Credit notes, and invoices that the chatter saw leave "Posted"."""
        notes = [move for move in moves if move.move_type == "out_refund"]
        taken_back = [
            (self.day(message.date), move)
            for move in self.all("account.move", (("move_type", "=", "out_invoice"),))
            if move.company_id == self.company and self.mine(move.partner_id)
            for message in move.message_ids
            for value in message.tracking_value_ids
            if value.field_id.name == "state" and value.old_value_char == "Posted"
        ]
        return {
            **self.windows("credit_notes", [(m.invoice_date, m) for m in notes], len),
            **self.windows(
                "credited",
                [(m.invoice_date, -m.amount_untaxed_signed) for m in notes],
                sum,
            ),
            **self.windows("corrected_invoices", taken_back, lambda m: len(set(m))),
        }

    def gaps(self, dates):
        result = {}
        for days in WINDOWS:
            start = self.as_of - timedelta(days=days)
            inside = [day for day in dates if day > start]
            gaps = [
                (later - day).days
                for day, later in zip(inside, inside[1:], strict=False)
            ]
            result[f"usual_gap_{days}"] = median(gaps) if gaps else None
        return result

    def overdue(self):
        """Open amounts of receivables past their due date, as of that day: the
        amount less everything that had been matched with it by then."""
        total = 0
        lines = self.all(
            "account.move.line",
            (
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ),
        )
        for line in lines:
            if line.company_id != self.company or not self.mine(line.partner_id):
                continue
            if line.date > self.as_of:
                continue
            if (line.date_maturity or line.date) >= self.as_of:
                continue
            open_amount = line.balance
            for match in line.matched_credit_ids:
                if match.max_date <= self.as_of:
                    open_amount -= match.amount
            for match in line.matched_debit_ids:
                if match.max_date <= self.as_of:
                    open_amount += match.amount
            total += open_amount
        return max(total, 0)

    def payments(self, invoices):
        """Money that came in on invoices: no credit notes, no rate differences."""
        differences = self.all("account.partial.reconcile").exchange_move_id
        paid = []
        for invoice in invoices:
            for line in invoice.line_ids:
                if line.account_id.account_type != "asset_receivable":
                    continue
                due = line.date_maturity or line.date
                for match in line.matched_credit_ids:
                    counterpart = match.credit_move_id.move_id
                    if counterpart.move_type != "entry" or counterpart in differences:
                        continue
                    if match.max_date > self.as_of:
                        continue
                    late = max((match.max_date - due).days, 0)
                    paid.append((match.max_date, (invoice, late, match.amount)))

        def mean(things):
            weight = sum(amount for _invoice, _late, amount in things)
            if not weight:
                return None
            return sum(late * amount for _invoice, late, amount in things) / weight

        def count(things):
            return len({invoice for invoice, _late, _amount in things})

        return {
            **self.windows("days_late", paid, mean),
            **self.windows("paid_invoices", paid, count),
        }

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
                        to_invoice += line.untaxed_amount_to_invoice / (
                            order.currency_rate or 1
                        )
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

    # -- timesheets ------------------------------------------------------------

    def timesheets(self):
        hours, cost, other, worked = [], [], [], {}
        for line in self.all("account.analytic.line"):
            if line.company_id != self.company or line.date > self.as_of:
                continue
            if line.project_id:
                template = line.project_id.is_template or self.is_template(line.task_id)
                if self.mine(line.partner_id) and not template:
                    hours.append((line.date, line.unit_amount))
                    cost.append((line.date, -line.amount))
                task = line.task_id
                if task.allocated_hours > 0 and not self.is_template(task):
                    if self.mine(task.partner_id or task.project_id.partner_id):
                        worked.setdefault(task, []).append(line)
            elif self.is_cost(line) and self.sole_client(line.account_id):
                other.append((line.date, -line.amount))
        budget = [
            (max(line.date for line in lines), (task, lines))
            for task, lines in worked.items()
        ]

        def spent(things):
            return sum(line.unit_amount for _task, lines in things for line in lines)

        def allocated(things):
            return sum(task.allocated_hours for task, _lines in things)

        result = {
            **self.windows("hours", hours, sum),
            **self.windows("timesheet_cost", cost, sum),
            "timesheet_cost_months": self.months(cost),
            **self.windows("other_cost", other, sum),
            "other_cost_months": self.months(other),
        }
        if self.present:
            result.update(self.windows("budget_spent", budget, spent))
            result.update(self.windows("budget_allocated", budget, allocated))
        return result

    def is_cost(self, line):
        """Bills less their refunds, and whatever else is negative; what we
        invoice to customers is no cost."""
        if line.category == "vendor_bill":
            return True
        return line.amount < 0 and line.category != "invoice"

    def sole_client(self, account):
        """True when the projects of this account belong to our client alone."""
        projects = self.all("project.project", (("is_template", "=", False),))
        clients = {
            project.partner_id.commercial_partner_id.id
            for project in projects
            if account and project.account_id == account and project.partner_id
        }
        return clients == {self.client.id}
