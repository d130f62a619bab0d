"""What the facts about offers, tasks and hours that move the work should be, found the
slow way: records through the ORM, one after the other."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

CLOSED = ("1_done", "1_canceled")
REVIEWED = ("02_changes_requested", "03_approved", "1_done")
WRITTEN = ("email", "comment", "email_outgoing")
LIMIT = 30  # days of the definitions: replaced within, rests after
IDLE = 90
MEMORY = 730
WINDOWS = (30, 90, 182, 365, 730)


class WorkOracle:
    """The half of :class:`.oracle.Oracle` about work."""

    # -- offers ----------------------------------------------------------------

    def order_state(self, order):
        """(status, day on which it was decided) of an order, on the day as_of."""
        ordered = self.day(order.date_order)
        state = order.state
        if state == "sale" and ordered > self.as_of:
            state = "draft"
        state = self.was(order, "state", state)
        changed = self.tracked(order, "state")
        if state == "sale":
            return state, changed if ordered > self.as_of else ordered
        if state == "cancel":
            return state, changed or ordered
        if state == "sent" and order.validity_date and order.validity_date < self.as_of:
            return state, order.validity_date
        return state, None

    def was_sent(self, order):
        """It was in status sent, confirmed, or mailed to somebody outside."""
        labels = ("Quotation Sent", "Sales Order")
        for message in order.message_ids:
            if self.day(message.date) > self.as_of:
                continue
            for value in message.tracking_value_ids:
                if value.field_id.name == "state" and (
                    value.old_value_char in labels or value.new_value_char in labels
                ):
                    return True
            if message.is_internal or message.message_type not in (
                "comment",
                "email_outgoing",
                "auto_comment",
            ):
                continue
            for partner in message.notification_ids.res_partner_id:
                if all(user.share for user in partner.user_ids):
                    return True
        return False

    def offered(self):
        """The client's quotations that were offered: {order: (status, day)}."""
        found = {}
        for order in self.all("sale.order"):
            if (
                order.company_id != self.company
                or self.client_of_order(order) != self.client
            ):
                continue
            if self.made(order) > self.as_of:
                continue
            state, day = self.order_state(order)
            if state != "cancel" or self.was_sent(order):
                found[order] = (state, day)
        return found

    def made(self, order):
        """The day on which there was a quotation, as far as it is known."""
        days = [self.day(order.create_date), self.day(order.date_order)]
        days.append(self.tracked(order, "state") or days[0])
        return min(days)

    def replaces(self, one, other, offered):
        """True when two quotations are versions of the same offer."""
        if "opportunity_id" in one and one.opportunity_id == other.opportunity_id:
            if one.opportunity_id:
                return True
        if one.origin and one.origin == other.origin:
            return True
        for old, new in ((one, other), (other, one)):
            state, day = offered[old]
            if state != "cancel" or self.made(new) < self.made(old):
                continue
            if abs((self.made(new) - day).days) > LIMIT:
                continue
            if old.order_line.product_id & new.order_line.product_id:
                return True
        return False

    def chains(self, offered):
        """The quotations in sets, each of which is one offer."""
        left, chains = list(offered), []
        while left:
            chain = [left.pop(0)]
            for order in chain:
                for other in list(left):
                    if self.replaces(order, other, offered):
                        left.remove(other)
                        chain.append(other)
            chains.append(chain)
        return chains

    def refused(self, lead):
        """Whether a lost opportunity counts as a refusal."""
        return not lead.lost_reason_id or lead.lost_reason_id.client_refusal

    def offers(self):
        won, lost = [], []
        offered = self.offered()
        for chain in self.chains(offered):
            sold = [offered[order][1] for order in chain if offered[order][0] == "sale"]
            if sold:
                won.append((max(sold), chain))
                continue
            last = max(chain, key=lambda order: (self.made(order), order.id))
            lead = last.opportunity_id if "opportunity_id" in last else None
            if lead and lead.won_status == "lost" and not self.refused(lead):
                if self.day(lead.date_closed) <= self.as_of:
                    continue
            if offered[last][1]:
                lost.append((offered[last][1], chain))
        return won, lost

    def sales(self):
        won, to_invoice = [], 0
        for order in self.all("sale.order"):
            if (
                order.company_id != self.company
                or self.client_of_order(order) != self.client
            ):
                continue
            state, day = self.order_state(order)
            if state != "sale":
                continue
            won.append(day)
            if self.day(order.date_order) <= self.as_of:
                for line in order.order_line:
                    if line.invoice_status != "to invoice":
                        continue  # settled, be it for less than its price
                    left = line.untaxed_amount_to_invoice / (order.currency_rate or 1)
                    given = self.good_will(line)
                    to_invoice += max(left - given, 0) if given > 0 else left
        offers_won, offers_lost = self.offers()
        return {
            **self.windows("quotes_won", offers_won, len),
            **self.windows("quotes_lost", offers_lost, len),
            "days_since_order": self.since(won),
            "to_invoice": to_invoice if self.present else None,
        }

    # -- opportunities ---------------------------------------------------------

    def opportunities(self):
        won, lost, open_leads, moves = [], [], 0, []
        for lead in self.all("crm.lead", (("type", "=", "opportunity"),)):
            if not self.of_company(lead) or not self.mine(
                lead.partner_id, self.day(lead.create_date)
            ):
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
            if status == "lost" and not quoted and self.refused(lead):
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
            if self.client_of_task(task) != self.client or not self.of_company(task):
                continue
            if self.day(task.create_date) > self.as_of or self.is_template(task):
                continue
            moved = self.moved(task, "stage_id", "state")
            state = self.state_of(task)
            state, day = self.last_review(task, state, moved)
            if state in ("03_approved", "1_done"):
                accepted.append((day, task))
            if state == "02_changes_requested":
                refused.append((day, task))
            state = self.state_of(task)
            closed = state in ("1_done", "1_canceled")
            if self.was_active(task) and self.was_active(task.project_id):
                if not closed:
                    open_tasks.append(task)
            moves.append(moved)
        reached = [
            milestone.reached_date
            for milestone in self.all("project.milestone")
            if milestone.is_reached
            and not milestone.project_id.is_template
            and self.client_of_project(milestone.project_id) == self.client
            and self.of_company(milestone.project_id)
        ]
        due = [
            self.last_movement(task)
            for task in open_tasks
            if not any(
                self.waits_its_turn(above) for above in self.upwards(task, open_tasks)
            )
        ]
        stalled = {
            f"stalled_tasks_{days}": len(
                [day for day in due if day <= self.as_of - timedelta(days=days)]
            )
            for days in WINDOWS
        }
        return {
            **self.late(),
            **self.windows("reviews_accepted", accepted, len),
            **self.windows("reviews_turned_down", refused, len),
            "open_tasks": len(open_tasks),
            "due_tasks": len(due),
            **stalled,
            "days_since_task_move": self.since(moves),
            "days_since_milestone": self.since(reached),
        }

    def last_review(self, task, state, moved):
        """(status, day) of the last review of a task; what is asked to be changed
        stays asked while it is worked on."""
        if state in REVIEWED:
            return state, moved
        labels = {
            label: key
            for key, label in task._fields["state"]._description_selection(self.env)
        }
        reviews = [
            (message.date, value.id, labels.get(value.new_value_char))
            for message in task.message_ids
            for value in message.tracking_value_ids
            if value.field_id.name == "state" and self.day(message.date) <= self.as_of
        ]
        reviews = [review for review in reviews if review[2] in REVIEWED]
        if reviews:
            moment, _id, last = max(reviews)
            if last == "02_changes_requested":
                return last, self.day(moment)
        return state, moved

    def upwards(self, task, open_tasks):
        """The task and those above it, as far as they may rest."""
        seen = []
        while task and task not in seen:
            seen.append(task)
            task = task.parent_id
        return [task for task in seen if task in open_tasks]

    def below(self, task):
        """The task and everything below it."""
        found = [task]
        for one in found:
            found += [t for t in self.children().get(one.id, []) if t not in found]
        return found

    def children(self):
        if "children" not in self.cache:
            children = self.cache["children"] = {}
            for task in self.all("project.task"):
                children.setdefault(task.parent_id.id, []).append(task)
        return self.cache["children"]

    def waits_its_turn(self, task):
        """Nobody expects an open task to move yet."""
        deadline = self.day(task.date_deadline)
        if self.state_of(task) == "04_waiting_normal":
            return True
        if deadline and deadline > self.as_of:
            return True
        for blocker in task.depend_on_ids:
            if self.day(blocker.create_date) > self.as_of:
                continue
            closed = self.moved(blocker, "stage_id", "state")
            rested = closed <= self.as_of - timedelta(days=LIMIT)
            if self.state_of(blocker) not in CLOSED or not rested:
                return True
        if deadline or not task.recurring_task:
            return False
        first = min(task.recurrence_id.with_context(active_test=False).task_ids.ids)
        unit = task.recurrence_id.repeat_unit + "s"
        every = relativedelta(**{unit: task.recurrence_id.repeat_interval})
        return task.id > first and self.day(task.create_date + every) > self.as_of

    def last_movement(self, task):
        """The day on which a task last moved, or one below it."""
        days = [self.moved(task, "stage_id", "state")]
        mine = {one.id for one in self.work_of_client()}
        for one in self.below(task):
            if one.id in mine:
                days.append(self.moved(one, "stage_id", "state"))
            days += [
                self.day(message.date)
                for message in one.message_ids
                if message.message_type in WRITTEN
            ]
            if "timesheet_ids" in one:
                lines = one.timesheet_ids
                days += [line.date for line in lines if line.unit_amount > 0]
        return max(day for day in days if day <= self.as_of)

    def work_of_client(self):
        """The tasks of the client in the company that were there on the day."""
        for task in self.all("project.task", (("project_id", "!=", False),)):
            if self.client_of_task(task) == self.client and self.of_company(task):
                if self.day(task.create_date) <= self.as_of:
                    if not self.is_template(task):
                        yield task

    # -- hours that move the work ------------------------------------------------

    def movement(self):
        days = []
        for line in self.all("account.analytic.line", (("project_id", "!=", False),)):
            if line.company_id != self.company or not self.mine(
                line.partner_id, line.date
            ):
                continue
            if line.project_id.is_template or self.is_template(line.task_id):
                continue
            deadline = self.day(line.task_id.date_deadline)
            if line.unit_amount <= 0 or (deadline and deadline < self.as_of):
                continue
            if line.date <= self.as_of - timedelta(days=MEMORY):
                continue
            if not self.stands_idle(line):
                days.append(line.date)
        return {"days_since_hours": self.since(days)}

    def stands_idle(self, line):
        """Worked for a fixed price of which nothing was reached or invoiced lately."""
        if "so_line" not in line:
            return False
        sold = line.so_line
        if "sale_line_id" in line.task_id:
            sold = sold or line.task_id.sale_line_id
        if not sold:
            return False
        product = sold.product_id
        if product.invoice_policy == "delivery" and product.service_type == "timesheet":
            return False
        order, since = sold.order_id, self.as_of - timedelta(days=IDLE)
        invoiced = [
            invoice_line
            for invoice_line in order.order_line.invoice_lines
            if invoice_line.move_id.state == "posted"
            and invoice_line.move_id.invoice_date <= self.as_of
        ]
        dates = [invoice_line.move_id.invoice_date for invoice_line in invoiced]
        dates.append(self.day(order.date_order))
        dates += [
            milestone.reached_date
            for milestone in line.project_id.milestone_ids
            if milestone.is_reached and milestone.reached_date <= self.as_of
        ]
        amount = sum(
            -line.price_subtotal
            if line.move_id.move_type == "out_refund"
            else line.price_subtotal
            for line in invoiced
        )
        return max(dates) <= since and amount < order.amount_untaxed - 0.01

    # -- what was late -----------------------------------------------------------

    def late(self):
        """What was open past its day, on the last day on which it was."""
        tasks, milestones = [], []
        for task in self.all("project.task", (("project_id", "!=", False),)):
            deadline = self.day(task.date_deadline)
            if not deadline or not self.of_company(task):
                continue
            if self.client_of_task(task) != self.client:
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
            if self.client_of_project(project) != self.client:
                continue
            if not self.of_company(project):
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
