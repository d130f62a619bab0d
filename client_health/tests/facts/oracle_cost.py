"""What clients cost beside hours, and hours against plans, found the slow way: see
``oracle.py``."""

from collections import Counter

from .oracle_orders import OrderOracle


class CostOracle(OrderOracle):
    # -- cost ------------------------------------------------------------------

    def vendor_of(self, employee):
        """The vendor that an employee is, who sends us bills himself."""
        return self.once(("vendor", employee), lambda: self._vendor_of(employee))

    def _vendor_of(self, employee):
        vendor = employee.work_contact_id.commercial_partner_id
        if not vendor or vendor in self.all("res.company").partner_id:
            return None
        bills = self.all("account.move") if "account.move" in self.env else []
        sends = any(
            bill.move_type == "in_invoice"
            and bill.state == "posted"
            and bill.partner_id.commercial_partner_id == vendor
            for bill in bills
        )
        return vendor if sends else None

    def larger_bill(self, vendor, account):
        """True where the bills of a vendor for a project come to more than his hours,
        False where they do not, None where there is only one of the two."""
        key = ("larger", vendor, account)
        return self.once(key, lambda: self._larger_bill(vendor, account))

    def _larger_bill(self, vendor, account):
        bills = hours = None
        for line in self.all("account.analytic.line"):
            if line.date > self.as_of:
                continue
            source = line.move_line_id.move_id if "move_line_id" in line else None
            if source and line.account_id == account:
                if source.move_type in ("in_invoice", "in_refund"):
                    if source.partner_id.commercial_partner_id == vendor:
                        bills = (bills or 0) - line.amount
            if line.project_id and line.project_id.account_id == account:
                if line.employee_id and self.vendor_of(line.employee_id) == vendor:
                    hours = (hours or 0) - line.amount
        if bills is None or hours is None or bills <= 0:
            return None
        return bills >= hours

    def by_bill(self, hour):
        vendor = self.vendor_of(hour.employee_id) if hour.employee_id else None
        account = hour.project_id.account_id
        return bool(vendor and account and self.larger_bill(vendor, account))

    def other_cost(self):
        counted, left = [], []
        resold = self.resold()
        for line in self.all("account.analytic.line"):
            if line.company_id != self.company or line.date > self.as_of:
                continue
            if line.project_id or not self.is_cost(line):
                continue
            if not self.sole_client(line.account_id):
                continue
            beside = line in resold or self.kind_of_product(line.product_id)
            beside = beside or self.is_own_bill(line)
            (left if beside else counted).append((line.date, -line.amount))
        return {
            **self.windows("other_cost", counted, sum),
            "other_cost_months": self.months(counted, 24),
            **self.windows("cost_left_out", left, sum),
        }

    def is_own_bill(self, line):
        """True for a bill whose hours count already."""
        source = line.move_line_id.move_id if "move_line_id" in line else None
        if not source or source.move_type not in ("in_invoice", "in_refund"):
            return False
        vendor = source.partner_id.commercial_partner_id
        people = self.all("hr.employee")
        if not any(self.vendor_of(employee) == vendor for employee in people):
            return False
        return self.larger_bill(vendor, line.account_id) is False

    def resold(self):
        """Bills without a product whose very amount was billed on at cost."""
        bought, sold = {}, Counter()
        if "account.move" not in self.env:
            return set()
        for line, _day, client, _order, amount in self.billed():
            if line.move_id.move_type == "out_invoice" and line.product_id:
                if self.kind_of_product(line.product_id) == "passed on":
                    if client.id == self.client.id:
                        sold[round(amount, 2)] += 1
        for line in self.all("account.analytic.line"):
            if line.category != "vendor_bill" or line.product_id or line.amount >= 0:
                continue
            if line.company_id != self.company or line.date > self.as_of:
                continue
            if self.sole_client(line.account_id):
                bought.setdefault(round(-line.amount, 2), []).append(line)
        return {
            line
            for amount, lines in bought.items()
            for line in sorted(lines, key=lambda x: (x.date, x.id))[: sold[amount]]
        }

    def is_cost(self, line):
        """Bills less their refunds, and whatever else is negative; what we
        invoice to customers is no cost."""
        if line.category == "vendor_bill":
            return True
        return line.amount < 0 and line.category != "invoice"

    def sole_client(self, account):
        """True when the projects of this account belong to our client alone."""
        projects = self.all("project.project", (("is_template", "=", False),))
        clients = self.once(
            ("clients", account),
            lambda: {
                self.client_of_project(project).id
                for project in projects
                if account and project.account_id == account and project.partner_id
            },
        )
        return clients == {self.client.id}

    # -- budgets ---------------------------------------------------------------

    def budget(self):
        """Tasks with a plan, and all hours on them and on what is below them."""
        if not self.present:
            return {}
        spent = {}
        for hour in self.all("account.analytic.line"):
            if hour.company_id == self.company and hour.date <= self.as_of:
                task = self.plan_above(hour.task_id)
                if task:
                    spent.setdefault(task, []).append(hour)
        mine = [
            (max(hour.date for hour in hours), (task, hours))
            for task, hours in spent.items()
            if self.client_of_task(task) == self.client
        ]

        def hours(things):
            return sum(hour.unit_amount for _task, spent in things for hour in spent)

        def allocated(things):
            return sum(task.allocated_hours for task, _spent in things)

        return {
            **self.windows("budget_spent", mine, hours),
            **self.windows("budget_allocated", mine, allocated),
        }

    def plan_above(self, task):
        """The nearest task with a plan from this one upwards; None where the work is
        billed by time."""
        while task:
            if self.is_by_time(task):
                return None
            if self.has_plan(task):
                return task
            task = task.parent_id
        return None

    def is_by_time(self, task):
        line = getattr(task, "sale_line_id", None)
        return bool(
            line
            and line.qty_delivered_method == "timesheet"
            and line.product_id.invoice_policy == "delivery"
        )

    def has_plan(self, task):
        if not task.allocated_hours > 0 or not task.project_id:
            return False
        if self.is_template(task):
            return False
        line = getattr(task, "sale_line_id", None)
        if not line or line.task_id != task:
            return True
        hour = self.env.ref("uom.product_uom_hour")
        if (line.product_uom_id.parent_path or "").startswith(hour.parent_path):
            return True
        return abs(task.allocated_hours - line.product_uom_qty) > 0.005
