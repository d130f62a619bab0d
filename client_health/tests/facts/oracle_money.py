"""What was earned, what it cost and what is owed, found the slow way: see
``oracle.py``."""

from collections import Counter
from datetime import date, timedelta
from statistics import median

from dateutil.relativedelta import relativedelta

from .oracle_cost import CostOracle
from .oracle_orders import WORK

WEEK, GRACE, MOST_LATE, FIRST_DAYS, RENEWED = 7, 7, 180, 45, 60


class MoneyOracle(CostOracle):
    # -- invoices --------------------------------------------------------------

    def billed(self):
        """Every line of a posted invoice or credit note of the company up to the day:
        (line, day, client, order line, amount)."""
        return self.once("billed", self._billed)

    def _billed(self):
        found = []
        for move in self.all("account.move", (("state", "=", "posted"),)):
            if move.move_type not in ("out_invoice", "out_refund"):
                continue
            if move.company_id != self.company or move.invoice_date > self.as_of:
                continue
            for line in move.invoice_line_ids:
                if line.display_type not in ("product", "rounding"):
                    continue
                client, order = move.commercial_partner_id, None
                if "sale_line_ids" in line and line.sale_line_ids:
                    order = line.sale_line_ids.sorted("id")[0]
                    client = self.client_of_order(order.order_id)
                found.append((line, move.invoice_date, client, order, -line.balance))
        return found

    def how_it_counts(self, line, order):
        sold = self.sold().get(order.id) if order and "sale.order" in self.env else None
        valued = sold.valued if sold else None
        if valued in WORK:
            return "work"
        if valued in ("goods", "passed on", "down payment"):
            return valued
        return self.kind_of_product(line.product_id) or "invoiced"

    def invoices(self):
        mine = [row for row in self.billed() if row[2].id == self.client.id]
        revenue = [(day, amount) for _l, day, _c, _o, amount in mine]
        invoices = [row for row in mine if row[0].move_id.move_type == "out_invoice"]
        notes = [row for row in mine if row[0].move_id.move_type == "out_refund"]
        dates = sorted({day for _l, day, *_rest in invoices})

        def moves(rows):
            return [(day, line.move_id) for line, day, *_rest in rows]

        def number(found):
            return len(set(found))

        return {
            **self.windows("revenue", revenue, sum),
            **self.windows("revenue_before", revenue, sum, before=True),
            "revenue_months": self.months(revenue),
            **self.windows("invoices", moves(invoices), number),
            **self.windows("credit_notes", moves(notes), number),
            **self.windows("credited", [(r[1], -r[4]) for r in notes], sum),
            **self.windows("corrected_invoices", self.taken_back(), number),
            "days_since_invoice": self.since(dates),
            **self.gaps(dates),
            **self.bursts(dates),
            **self.trend(mine),
            **self.earned(mine),
        }

    def taken_back(self):
        """Invoices that the chatter saw leave "Posted"."""
        return [
            (self.day(message.date), move)
            for move in self.all("account.move", (("move_type", "=", "out_invoice"),))
            if move.company_id == self.company
            and move.commercial_partner_id.id == self.client.id
            for message in move.message_ids
            for value in message.tracking_value_ids
            if value.field_id.name == "state" and value.old_value_char == "Posted"
        ]

    def gaps(self, dates):
        result = {}
        for name, _rows in self.windows("usual_gap", [], len).items():
            days = int(name.rpartition("_")[2])
            start = self.as_of - timedelta(days=days)
            pairs = zip(dates, dates[1:], strict=False)
            gaps = [(later - day).days for day, later in pairs if day > start]
            gaps = [gap for gap in gaps if gap >= WEEK]
            result[name] = median(gaps) if gaps else None
        return result

    def bursts(self, dates):
        """Dates within a week of the one before are one, and one for each week that
        they go on; of 24 months."""
        dates = [day for day in dates if day > self.as_of - timedelta(days=730)]
        groups = []
        for day in dates:
            if groups and (day - groups[-1][-1]).days < WEEK:
                groups[-1].append(day)
            else:
                groups.append([day])
        gaps = [
            (later[0] - group[-1]).days
            for group, later in zip(groups, groups[1:], strict=False)
        ]
        times = sum(1 + (group[-1] - group[0]).days // WEEK for group in groups)
        longest = max(gaps) if gaps else (WEEK if times > 1 else None)
        return {"longest_gap": longest, "invoice_dates": times if dates else 0}

    def ago(self, months):
        """The day so many months before; the end of a month is that of another."""
        then = self.as_of - relativedelta(months=months)
        last = (self.as_of + timedelta(days=1)).day == 1
        return then + relativedelta(day=31) if last else then

    def trend(self, rows):
        if not rows:
            return {
                "trend_latest": 0, "trend_earlier": 0, "client_months": 0,
                "revenue_one_off": 0,
            }  # fmt: skip
        age = relativedelta(self.as_of, min(row[1] for row in rows))
        months = age.years * 12 + age.months
        if months >= 18:
            latest, earlier = (self.ago(6), self.as_of), (self.ago(18), self.ago(12))
            part = 1
        else:
            latest, earlier = (self.ago(3), self.as_of), (self.ago(9), self.ago(3))
            part = 0.5
        sums = {0: Counter(), 1: Counter()}
        for _line, day, _client, order, amount in rows:
            name = order.order_id.id if order else 0
            for place, (start, end) in enumerate((latest, earlier)):
                if start < day <= end:
                    sums[place][name] += amount
        total = [sum(sums[place].values()) for place in (0, 1)]
        single = {
            name
            for name in {*sums[0], *sums[1]} - {0}
            if (sums[0][name] > total[0] / 2) != (sums[1][name] > total[1] / 2)
        }
        one_off = sum(sums[0][name] + sums[1][name] for name in single)
        kept = [
            sum(amount for name, amount in sums[place].items() if name not in single)
            for place in (0, 1)
        ]
        return {
            "trend_latest": kept[0],
            "trend_earlier": kept[1] * part,
            "client_months": months,
            "revenue_one_off": one_off,
        }

    def renewed(self, line, rows):
        """(day, amount) of the line that took the place of a credited one."""
        note = line.move_id
        origin = note.reversed_entry_id
        if note.move_type != "out_refund" or not origin:
            return None
        if abs(note.amount_untaxed_signed + origin.amount_untaxed_signed) >= 0.005:
            return None
        mine = next(row for row in rows if row[0] == line)
        new = [
            row
            for row in rows
            if row[0].move_id.move_type == "out_invoice"
            and row[0].move_id.id > origin.id
            and mine[1] <= row[1] <= mine[1] + timedelta(days=RENEWED)
            and (row[3] or None) == (mine[3] or None)
            and (mine[3] or row[0].name == line.name)
        ]
        if not new:
            return None
        first = min(new, key=lambda row: (row[1], row[0].id))
        return first[1], first[4]

    def earned(self, rows):
        invoiced, work, nothing = [], [], []
        for line, day, _client, order, amount in rows:
            counts = self.how_it_counts(line, order)
            new = self.renewed(line, rows)
            day = new[0] if new else day
            if counts == "work":
                work.append((day, amount))
                if line.move_id.move_type == "out_refund":
                    left = min(amount + (new[1] if new else 0), 0)
                    invoiced.append((day, left))
            elif counts == "invoiced":
                invoiced.append((day, amount))
            else:
                nothing.append((day, amount))
        reached = self.milestones() if "sale.order" in self.env else []
        return {
            **self.windows("earned_invoiced", invoiced, sum),
            **self.windows("earned_milestones", reached, sum),
            "earned_invoiced_months": self.months(invoiced + reached, 24),
            **self.windows("billed_for_work", work, sum),
            **self.windows("billed_not_earned", nothing, sum),
        }

    # -- what is owed ----------------------------------------------------------

    def receivables(self):
        moves = [
            move
            for move in self.all("account.move", (("state", "=", "posted"),))
            if move.move_type in ("out_invoice", "out_refund")
            and move.company_id == self.company
            and move.invoice_date <= self.as_of
        ]
        mine = [m for m in moves if m.commercial_partner_id.id == self.client.id]
        billed = [(m.invoice_date, m.amount_untaxed_signed) for m in mine]
        rows = self.open_rows(mine)
        counted = [row for row in rows if row["counted"]]
        total = sum(row["counted"] for row in counted)
        if total < self.least(moves):
            total = 0
        late = [row["days"] for row in counted if row["counted"] > 0]
        disputed = [
            row["net"]
            for row in rows
            if row["disputed"] and row["days"] > 0 and row["net"] > 0
        ]
        return {
            **self.windows("billed", billed, sum),
            **self.windows("billed_invoices", billed, lambda a: sum(x > 0 for x in a)),
            "overdue": max(total, 0),
            "overdue_days": max(late, default=0),
            "disputed": sum(disputed),
            **self.payments(mine, counted),
        }

    def least(self, moves):
        if self.company.client_health_least_overdue:
            return self.company.client_health_least_overdue
        year = self.as_of - timedelta(days=365)
        firm = sum(m.amount_untaxed_signed for m in moves if m.invoice_date > year)
        return firm * 0.0005

    def accepted(self):
        found = [
            agreement
            for agreement in self.all("client.agreement")
            if agreement.partner_id.id == self.client.id
            and agreement.company_id == self.company
            and agreement.state in ("active", "ended")
            and agreement.date_start <= self.as_of
            and (not agreement.date_end or agreement.date_end >= self.as_of)
        ]
        last = max(found, key=lambda a: (a.date_start, a.id), default=None)
        return last.accepted_days_late if last else 0

    def open_rows(self, moves):
        """What is open of the client on the day, line by line."""
        untaxed = sum(m.amount_untaxed_signed for m in moves)
        taxed = sum(m.amount_total_signed for m in moves)
        accepted, rows = self.accepted(), []
        for line in self.all(
            "account.move.line",
            (
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ),
        ):
            move = line.move_id
            owner = move.commercial_partner_id if move.move_type != "entry" else None
            owner = owner or line.partner_id.commercial_partner_id
            if line.company_id != self.company or owner.id != self.client.id:
                continue
            if line.date > self.as_of:
                continue
            left = self.open_amount(line)
            if abs(left) <= 0.005:
                continue
            if move.move_type == "entry":
                share = untaxed / taxed if taxed else 1
            else:
                total = move.amount_total_signed
                share = move.amount_untaxed_signed / total if total else 1
            due = line.date_maturity or line.date
            days = (self.as_of - due).days
            disputed = self.is_disputed(line)
            paid = self.in_payment(line, left)
            net, counted = left * share, 0
            if net < 0 or (days > GRACE + accepted and not disputed and not paid):
                counted = net
            rows.append(
                {
                    "move": move, "due": due, "days": days, "left": left, "net": net,
                    "counted": counted, "disputed": disputed, "paid": paid,
                }
            )  # fmt: skip
        return rows

    def open_amount(self, line):
        left = line.balance
        for match in line.matched_credit_ids:
            if match.max_date <= self.as_of:
                left -= match.amount
        for match in line.matched_debit_ids:
            if match.max_date <= self.as_of:
                left += match.amount
        return left

    def is_disputed(self, line):
        move = line.move_id
        if self.was(move, "payment_state", move.payment_state) == "blocked":
            return True
        early = move.journal_id.type == "general" or (
            self.day(line.write_date) <= self.as_of
        )
        return bool(line.no_followup) and (self.present or early)

    def in_payment(self, line, left):
        """[(day, amount)] of payments without an entry for an invoice."""
        move, found = line.move_id, []
        if left <= 0 or move.payment_state not in ("in_payment", "paid", "partial"):
            return found
        for payment in move.matched_payment_ids:
            if payment.move_id or payment.date > self.as_of:
                continue
            if payment.state not in ("in_process", "paid"):
                continue
            if any(
                payment.date <= match.max_date <= self.as_of
                for match in line.matched_credit_ids
            ):
                continue
            amount = abs(payment.amount_company_currency_signed)
            found.append((payment.date, min(amount, left)))
        return found

    def payments(self, invoices, counted):
        """Money that came in on invoices, and what is overdue on them now."""
        differences = self.all("account.partial.reconcile").exchange_move_id
        accepted, paid = self.accepted(), []

        def add(day, move, due, amount):
            late = min(max((day - due).days - accepted, 0), MOST_LATE)
            paid.append((day, (move, late, amount)))

        for invoice in invoices:
            for line in invoice.line_ids:
                if invoice.move_type != "out_invoice":
                    continue
                if line.account_id.account_type != "asset_receivable":
                    continue
                due = line.date_maturity or line.date
                for match in line.matched_credit_ids:
                    counterpart = match.credit_move_id.move_id
                    if counterpart.move_type != "entry" or counterpart in differences:
                        continue
                    if match.max_date <= self.as_of:
                        add(match.max_date, invoice, due, match.amount)
        for row in self.open_rows(invoices):
            for day, amount in row["paid"]:
                add(day, row["move"], row["due"], amount)
        for row in counted:
            if row["counted"] > 0:
                add(self.as_of, row["move"], row["due"], row["left"])

        def mean(things):
            weight = sum(amount for _move, _late, amount in things)
            if not weight:
                return None
            return sum(late * amount for _move, late, amount in things) / weight

        def count(things):
            return len({move for move, _late, _amount in things})

        return {
            **self.windows("days_late", paid, mean),
            **self.windows("paid_amount", [(day, row[2]) for day, row in paid], sum),
            **self.windows("paid_invoices", paid, count),
        }

    # -- hours -----------------------------------------------------------------

    def timesheets(self):
        sells = "so_line" in self.env["account.analytic.line"]
        sold = self.sold() if sells else {}
        fixed = self.fixed() if sells else {}
        rows = {name: [] for name in (
            "hours", "timesheet_cost", "hours_without_cost", "hours_unvalued",
            "earned_time", "earned_fixed",
        )}  # fmt: skip
        for hour in self.all("account.analytic.line"):
            if not self.counts(hour) or not self.mine(hour.partner_id, hour.date):
                continue
            company = hour.so_line.company_id if sells else None
            if (company or hour.company_id) != self.company:
                continue
            day, spent = hour.date, hour.unit_amount
            line = sold.get(hour.so_line.id) if sells else None
            by_bill = self.by_bill(hour)
            cost = 0 if by_bill else self.in_our_currency(hour)
            rows["hours"].append((day, spent))
            rows["timesheet_cost"].append((day, cost))
            if not hour.amount and not by_bill:
                rows["hours_without_cost"].append((day, spent))
            if self.is_unvalued(hour, line, sold):
                rows["hours_unvalued"].append((day, spent))
            if line and line.valued == "time":
                rows["earned_time"].append((day, spent * line.hourly))
            if hour in fixed:
                rows["earned_fixed"].append((day, fixed[hour]))
        rows["earned_rest"] = self.rests() if sells else []
        result = {}
        for name, found in rows.items():
            result.update(self.windows(name, found, sum))
        work = rows["earned_time"] + rows["earned_fixed"] + rows["earned_rest"]
        return {
            **result,
            "hours_months": self.months(rows["hours"]),
            "timesheet_cost_months": self.months(rows["timesheet_cost"], 24),
            "earned_work_months": self.months(work, 24),
            **self.other_cost(),
            **self.budget(),
        }

    def in_our_currency(self, hour):
        ours = self.company.currency_id
        if hour.currency_id == ours:
            return -hour.amount
        return hour.currency_id._convert(
            -hour.amount, ours, self.company, hour.date, round=False
        )

    def is_unvalued(self, hour, line, sold):
        if line:
            return line.valued in ("fixed", "hand", "milestone") and not self.begun(
                line
            )
        if "so_line" in hour and hour.so_line:
            return hour.so_line.state != "cancel"
        if any(found.client.id == self.client.id for found in sold.values()):
            return False
        if "account.move" not in self.env:
            return False
        return hour.date > self.as_of - timedelta(days=FIRST_DAYS) and not any(
            move.company_id == self.company
            and move.state == "posted"
            and move.commercial_partner_id.id == self.client.id
            and move.invoice_date <= self.as_of
            for move in self.all("account.move", (("move_type", "=", "out_invoice"),))
        )


def first_of_month(day, back):
    """The first day of the month so many months before a day."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)
