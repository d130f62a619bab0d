"""What people do with work in Odoo, and what the module makes of it."""

from odoo import Command

from ..common import HealthCase


class WorkCase(HealthCase):
    """One client with a project; tracked as in life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()
        cls.contact = cls.make_contact(cls.client, email="contact@client.example")
        cls.project = cls.make_project(cls.client)
        if "allow_timesheets" in cls.project:
            cls.project.allow_timesheets = True

    def judged(self, code, client=None):
        """One indicator of the client, as explained."""
        [health] = self.refresh(client or self.client)
        self.env.flush_all()
        for check in health.explain()["checks"]:
            for indicator in check["indicators"]:
                if indicator["code"] == code:
                    return indicator
        return None

    def value(self, code):
        return self.judged(code)["value"]

    def penalty(self, code):
        return self.judged(code)["penalty"]

    def old_task(self, name="Task", days=200, **values):
        """A task that entered its stage long ago."""
        return self.make_task(self.project, name=name, day=self.ago(days), **values)

    def finish(self, task, days):
        task.with_context(mail_notrack=True).state = "1_done"
        self.env.flush_all()
        return self.force(task, date_last_stage_update=self.moment(self.ago(days)))

    def write_on(self, record, days, **values):
        """A message of the client on a record."""
        message = record.message_post(
            body="How is it going?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.contact.id,
            **values,
        )
        return self.force(message, date=self.moment(self.ago(days)))

    # -- offers ------------------------------------------------------------------

    def product(self, name="Website"):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )

    def quotation(self, days, product=None, **values):
        """A quotation made so many days ago."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_order": self.moment(self.ago(days)),
                "validity_date": self.today,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.product()).id,
                            "product_uom_qty": 1,
                            "price_unit": 1000,
                        }
                    )
                ],
                **values,
            }
        )
        return self.force(order, create_date=self.moment(self.ago(days)))

    def tracked(self, record, method, days):
        """Do something that the chatter notes, so many days ago."""
        before = record.message_ids
        record = record.with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.env.cr.flush()
        getattr(record, method)()
        self.env.flush_all()
        self.env.cr.flush()
        record.invalidate_recordset()
        new = record.message_ids - before
        if new:
            self.force(new, date=self.moment(self.ago(days)))

    def send(self, order, days):
        self.tracked(order, "action_quotation_sent", days)

    def mail(self, order, days):
        """Send an offer with the mail composer, which marks it as sent."""
        message = order.with_context(mark_so_as_sent=True).message_post(
            body="Our offer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact.ids,
        )
        return self.force(message, date=self.moment(self.ago(days)))

    def cancel(self, order, days):
        self.tracked(order, "_action_cancel", days)

    def win(self, order, days):
        self.tracked(order, "action_confirm", days)
        self.env.flush_all()
        return self.force(order, date_order=self.moment(self.ago(days)))
