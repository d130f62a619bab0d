"""What orders are worth on a day, found the slow way: see ``oracle.py``."""

WORK = ("time", "milestone", "planned")
CLOSED = ("1_done", "1_canceled")


class Line:
    """A line of a confirmed order, as it was on the day: how it is billed, its price,
    and the hours that are planned for it."""

    def __init__(self, record):
        self.record = record
        self.order = record.order_id
        self.unit = self.plan = self.worth = self.project = None
        self.tasks = []

    @property
    def valued(self):
        return "planned" if self.unit else self.kind


class OrderOracle:
    """Lines, plans, and what hours on them are worth."""

    def once(self, name, find):
        """What is the same for all clients of a company on a day."""
        key = (name, self.company, self.as_of)
        if key not in self.cache:
            self.cache[key] = find()
        return self.cache[key]

    def kind_of_product(self, product):
        """Why what is sold or bought is no work; None for work."""
        if not product:
            return None
        template = product.product_tmpl_id
        if "expense_policy" in template and template.expense_policy == "cost":
            if template.service_type != "timesheet":
                return "passed on"
        if "passed_on_at_cost" in template and template.passed_on_at_cost:
            return "passed on"
        return None if template.type == "service" else "goods"

    def how_billed(self, line):
        if line.is_downpayment:
            return "down payment"
        beside = self.kind_of_product(line.product_id)
        if beside:
            return beside
        policy = line.product_id.invoice_policy
        if line.qty_delivered_method == "timesheet" and policy == "delivery":
            return "time"
        if line.qty_delivered_method == "milestones":
            return "milestone"
        return "fixed" if policy == "order" else "hand"

    def state_of_order(self, order):
        state = order.state
        if state == "sale" and self.day(order.date_order) > self.as_of:
            state = "draft"
        return self.was(order, "state", state)

    def sold(self):
        """Line id → :class:`Line` of every confirmed order of the company."""
        return self.once("sold", self._sold_and_planned)

    def _sold_and_planned(self):
        lines = self._sold()
        self._plan(lines.values())
        return lines

    def _sold(self):
        hour = self.env.ref("uom.product_uom_hour")
        found = {}
        for record in self.all("sale.order.line"):
            order = record.order_id
            if record.display_type or order.company_id != self.company:
                continue
            if self.state_of_order(order) != "sale":
                continue
            line = Line(record)
            line.written_later = self.day(order.create_date) > self.as_of
            if self.day(record.create_date) > self.as_of and not line.written_later:
                continue
            rate = order.currency_rate or 1
            quantity, unit = record.product_uom_qty, record.product_uom_id
            factor = (unit.factor or hour.factor) / hour.factor
            line.kind = self.how_billed(record)
            line.client = self.client_of_order(order)
            line.price = record.price_subtotal / rate
            each = record.price_unit * (1 - record.discount / 100)
            if quantity:
                each = record.price_subtotal / quantity
            line.hourly = each / rate / factor
            line.in_hours = quantity * (unit.factor or 1) / hour.factor
            by_time = unit and (unit.parent_path or "").startswith(hour.parent_path)
            line.own_hours = quantity * factor if by_time else None
            found[record.id] = line
        return found

    # -- plans -----------------------------------------------------------------

    def _plan(self, lines):
        """Give fixed lines with planned hours their unit, plan and worth."""
        if "sale_line_id" not in self.env["project.task"]:
            return
        if "allocated_hours" not in self.env["project.project"]:
            return
        shared = {}
        for line in lines:
            if line.kind != "fixed":
                continue
            line.tasks = self._tasks_of(line)
            line.project, hours = self._project_of(line, lines)
            plan = self._own_plan(line)
            if plan is not None and plan > 0:
                line.unit, line.plan, line.worth = line.record.id, plan, line.price
            if line.project and hours > 0:
                shared.setdefault((line.project, hours), []).append((line, plan))
        for (project, hours), members in shared.items():
            left = hours - sum(plan or 0 for _line, plan in members)
            others = [line for line, plan in members if plan is None]
            for line in others if left > 0 else []:
                line.unit, line.plan = -project.id, left
                line.worth = sum(other.price for other in others)

    def _tasks_of(self, line):
        return [
            task
            for task in self.all("project.task")
            if task.sale_line_id == line.record
            and not self.is_template(task)
            and (self.day(task.create_date) <= self.as_of or line.written_later)
        ]

    def by_a_person(self, hours, written):
        return hours if hours > 0 and abs(hours - (written or 0)) > 0.005 else 0

    def _allocated(self, line, task):
        moved = task.date_last_stage_update
        if task.state == "1_canceled" and (not moved or self.day(moved) <= self.as_of):
            return 0
        own = line.record.product_uom_qty if task == line.record.task_id else 0
        hours = self.was(task, "allocated_hours", task.allocated_hours)
        return self.by_a_person(hours, own)

    def _own_plan(self, line):
        """The hours planned for a line alone, None without."""
        if line.own_hours is not None:
            worked = any(
                hour.so_line == line.record and hour.project_id
                for hour in self.all("account.analytic.line")
            )
            return line.own_hours if line.tasks or line.project or worked else None
        hours = {task: self._allocated(line, task) for task in line.tasks}
        plans = [
            hours[task]
            for task in line.tasks
            if hours[task] > 0 and not self._is_part(task, hours)
        ]
        return sum(plans) if plans else None

    def _is_part(self, task, hours):
        """True where a task above has planned hours, of which those are part."""
        above = task.parent_id
        while above in hours:
            if hours[above] > 0:
                return True
            above = above.parent_id
        return False

    def _project_of(self, line, lines):
        """The project of a line, and the hours that a person allocated to it."""
        project = line.record.project_id
        if not project:
            made = [
                found
                for found in self.all("project.project")
                if found.sale_line_id == line.record
            ]
            project = min(made, key=lambda found: found.id) if made else project
        if not project or project.is_template:
            return None, 0
        written = sum(o.in_hours for o in lines if o.record.project_id == project)
        hours = self.was(project, "allocated_hours", project.allocated_hours)
        return project, self.by_a_person(hours, written)

    # -- worth -----------------------------------------------------------------

    def counts(self, hour):
        """True for an hour on a project, up to the day, that is no template."""
        return (
            hour.project_id
            and hour.date <= self.as_of
            and not hour.project_id.is_template
            and not self.is_template(hour.task_id)
        )

    def fixed(self):
        """Hour → what it is worth, on the lines with a plan."""
        return self.once("fixed", self._fixed)

    def _fixed(self):
        units = {}
        lines = self.sold()
        for hour in self.all("account.analytic.line"):
            line = lines.get(hour.so_line.id)
            if line and line.unit and self.counts(hour):
                units.setdefault(line.unit, []).append((hour, line))
        worth = {}
        for members in units.values():
            done = 0
            for hour, line in sorted(members, key=lambda m: (m[0].date, m[0].id)):
                before = min(max(done, 0), line.plan)
                done += hour.unit_amount
                after = min(max(done, 0), line.plan)
                worth[hour] = line.worth / line.plan * (after - before)
        return worth

    def begun(self, line):
        """True when something of a line was invoiced, or a milestone reached."""
        if line.kind in ("fixed", "hand") and any(
            bill.move_id.state == "posted"
            and bill.move_id.move_type == "out_invoice"
            and bill.move_id.invoice_date <= self.as_of
            for bill in line.record.invoice_lines
        ):
            return True
        if "sale_line_id" not in self.env["project.milestone"]:
            return False
        return any(
            m.is_reached and m.reached_date and m.reached_date <= self.as_of
            for m in self.all("project.milestone")
            if m.sale_line_id == line.record
        )

    def milestones(self):
        """(day, amount) of what the client's milestones stand for."""
        if "sale_line_id" not in self.env["project.milestone"]:
            return []
        found = []
        for milestone in self.all("project.milestone"):
            line = self.sold().get(milestone.sale_line_id.id)
            if not line or line.valued != "milestone" or not milestone.is_reached:
                continue
            if line.client.id != self.client.id or not milestone.reached_date:
                continue
            if milestone.reached_date <= self.as_of:
                share = milestone.quantity_percentage or 0
                found.append((milestone.reached_date, line.price * share))
        return found

    def rests(self):
        """(day, amount) of what finished work of the client had left of its price."""
        units = {}
        for line in self.sold().values():
            if line.unit:
                units.setdefault(line.unit, []).append(line)
        fixed, rests = self.fixed(), []
        for lines in units.values():
            day = self._closed(lines)
            if not day or day > self.as_of or lines[0].client.id != self.client.id:
                continue
            records = {line.record for line in lines}
            done = sum(a for hour, a in fixed.items() if hour.so_line in records)
            if abs(lines[0].worth - done) > 0.005:
                rests.append((day, lines[0].worth - done))
        return rests

    def _closed(self, lines):
        """The first day on which the work on some lines was finished."""
        days = []
        tasks = [task for line in lines for task in line.tasks]
        tasks = [task for task in tasks if self.was_active(task)]
        states = [self._task_state(task) for task in tasks]
        if tasks and all(s in CLOSED for s in states) and "1_done" in states:
            moved = [t.date_last_stage_update or t.create_date for t in tasks]
            days.append(max(min(self.day(at), self.as_of) for at in moved))
        for project in {line.project for line in lines if line.project}:
            updates = [
                update
                for update in self.all("project.update")
                if update.project_id == project and update.date <= self.as_of
            ]
            last = max(updates, key=lambda u: (u.date, u.id), default=None)
            if last and last.status == "done":
                days.append(last.date)
            elif not self.was_active(project):
                days.append(self.day(project.write_date))
        return min(days, default=None)

    def _task_state(self, task):
        state = task.state
        moved = task.date_last_stage_update
        if not self.present and not (moved and self.day(moved) <= self.as_of):
            state = "01_in_progress"
        return self.was(task, "state", state)
