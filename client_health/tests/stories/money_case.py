"""What people do with money in Odoo: confirm, log hours, invoice, credit, pay."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command

from ..common import HealthCase

# How a service is billed → (invoicing policy, type of service) of its product.
BILLED = {
    "time": ("delivery", "timesheet"),
    "milestones": ("delivery", "milestones"),
    "by hand": ("delivery", "manual"),
    "fixed": ("order", "manual"),
    "prepaid": ("order", "timesheet"),
}
HOUR = "uom.product_uom_hour"
APPS = ("account.move", "sale.order", "project.task:effective_hours")


class MoneyCase(HealthCase):
    """One client of a firm whose people cost 60 an hour."""

    books = True

    in_every_way = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app(*APPS)
        cls.client = cls.make_client()
        cls.anna = cls.make_employee(60)

    # -- days ------------------------------------------------------------------

    @classmethod
    def month(cls, number):
        """The first day of the month so many months ago."""
        return cls.today.replace(day=1) - relativedelta(months=number)

    def month_end(self, number):
        """The last day of that month."""
        return self.month(number - 1) - timedelta(days=1)

    # -- what people do ----------------------------------------------------------

    @classmethod
    def service(cls, billed, uom="uom.product_uom_unit", **values):
        """A service billed in one of the ways of BILLED; each order of it gets a
        project and a task."""
        policy, kind = BILLED[billed]
        return cls.env["product.product"].create(
            {
                "name": f"Work billed {billed}",
                "type": "service",
                "invoice_policy": policy,
                "service_type": kind,
                "service_tracking": "task_in_project",
                "uom_id": cls.env.ref(uom).id,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def order(cls, day, *lines, client=None, **values):
        """Confirm an order of lines (product, quantity, price) on a day."""
        order = (
            cls.env["sale.order"]
            .with_company(cls.company)
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": cls.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for product, quantity, price in lines
                    ],
                    **values,
                }
            )
        )
        order.action_confirm()
        order.date_order = cls.moment(day)
        return order

    @classmethod
    def work(cls, order, day, hours, who=None, line=0):
        """Log hours on the task that a line of an order made."""
        task = order.order_line[line].task_id or order.tasks_ids[:1]
        return cls.log(who or cls.anna, day, hours, task=task)

    @classmethod
    def finish(cls, order, day):
        """Everything on an order is done."""
        tasks = order.tasks_ids
        tasks.state = "1_done"
        cls.force(tasks, date_last_stage_update=cls.moment(day))

    @classmethod
    def plan(cls, order, hours):
        """Somebody allocates hours to the task of an order."""
        order.order_line.task_id[:1].allocated_hours = hours

    @classmethod
    def invoice(cls, order, day, post=True, **values):
        """Make the invoice of an order, a draft or posted."""
        invoice = order._create_invoices(final=True)
        return cls.post(invoice, day, **values) if post else invoice

    @classmethod
    def post(cls, invoice, day, due=None):
        invoice.write(
            {
                "invoice_date": day,
                "date": day,
                "invoice_payment_term_id": False,
                "invoice_date_due": due or day + timedelta(days=30),
            }
        )
        invoice.action_post()
        return invoice

    def pay_down(self, order, day, amount):
        """Invoice a down payment."""
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard = wizard.create(
            {"advance_payment_method": "fixed", "fixed_amount": amount}
        )
        invoice = wizard._create_invoices(order)
        invoice.invoice_line_ids.tax_ids = [Command.clear()]
        return self.post(invoice, day)

    def reverse(self, invoice, day, amount=None, again=False):
        """Credit an invoice, or ``amount`` of it; ``again``: returns the draft of the
        new invoice that takes its place."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create(
            {"date": day, "journal_id": invoice.journal_id.id, "reason": "Complaint"}
        )
        wizard.reverse_moves(is_modify=again)
        note = invoice.reversal_move_ids.sorted("id")[-1:]
        if amount is not None:
            line = note.invoice_line_ids[:1]
            (note.invoice_line_ids - line).unlink()
            line.write({"quantity": 1, "price_unit": amount})
        if note.state == "draft":
            self.post(note, day)
        return wizard.new_move_ids if again else note

    # -- what the module says ------------------------------------------------------

    def judge(self, day=None, client=None):
        """How a client is judged on a day: check code → result."""
        client = client or self.client
        config = self.env["client.health.config"]._current(self.company)
        found = self.read_facts(config.keys, client, as_of=day)[client.id]
        return {result.check.code: result for result in config.assess(found).checks}

    def reading(self, code, day=None, client=None):
        """What one figure says on a day."""
        for result in self.judge(day, client).values():
            for reading in result.readings:
                if reading.indicator.code == code:
                    return reading
        raise AssertionError(code)

    def figure(self, code, day=None, client=None):
        """The value of a figure, None where it is grey."""
        value = self.reading(code, day, client).value
        return value if value is None else round(value, 4)

    def level(self, code, day=None, client=None):
        """The level of a check: ok, watch, red or grey."""
        return self.judge(day, client)[code].level

    def why_grey(self, code, day=None, client=None):
        """The reason, in words, why a figure is not measured."""
        reading = self.reading(code, day, client)
        self.assertIsNone(reading.penalty, f"{code} is measured: {reading.value}")
        indicator = self.env.ref(f"client_health.indicator_{code}")
        reason = indicator._words().grey_reason(reading.grey, reading.sample)
        return reason.replace("\N{NO-BREAK SPACE}", " ")

    def set_required_rate(self, rate):
        self.company.client_health_required_rate = rate
