"""What else is open with the client: listed, linked, and settled where Odoo can."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

UNPAID = ("not_paid", "partial")


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def _open_sources(self):
        """Groups of open records, those of installed apps only.

        Each is a mapping: ``code``, ``text``, ``model``, ``ids``, ``blocks`` (it
        keeps the last step open) and ``button`` (label of what Odoo can do, or
        empty). With sudo: the guide leaves out what the user may not read.
        """
        self.ensure_one()
        family = self._family().ids
        sources = []
        for code, model, domain, blocks, text, button in self._source_list(family):
            found = self.env[model].sudo().search(domain)
            sources.append(
                {
                    "key": "open_" + code,
                    "code": code,
                    "model": model,
                    "ids": found.ids,
                    "blocks": blocks,
                    "text": f"{text}: {len(found)}",
                    "button": button,
                    "confirm": self._confirm(code),
                    "tab": None,
                    "field": None,
                }
            )
        return sources

    def _confirm(self, code):
        """What a button asks before it acts at once; empty where a dialog follows."""
        if code == "quotations":
            return self.env._(
                "All quotations listed here are cancelled. The client is not told."
            )
        return ""

    def _source_list(self, family):
        """(code, model, domain, blocks, text, button) of every source."""
        yield from self._sales_sources(family)
        yield from self._money_sources(family)
        mine = Domain("company_id", "in", [self.company_id.id, False])
        yield (
            "opportunities",
            "crm.lead",
            Domain("partner_id", "in", family)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & mine,
            True,
            self.env._("Open opportunities"),
            self.env._("Mark lost"),
        )
        yield (
            "meetings",
            "calendar.event",
            Domain("partner_ids", "in", family)
            & Domain("start", ">=", fields.Datetime.now()),
            False,
            self.env._("Coming meetings"),
            "",
        )
        yield (
            "activities",
            "mail.activity",
            Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family),
            False,
            self.env._("Open activities on the client"),
            "",
        )

    def _sales_sources(self, family):
        if "sale.order" not in self.env:
            return
        orders = Domain("partner_id", "in", family)
        orders &= Domain("company_id", "=", self.company_id.id)
        yield (
            "quotations",
            "sale.order",
            orders & Domain("state", "in", ("draft", "sent")),
            True,
            self.env._("Quotations that are not decided"),
            self.env._("Cancel them"),
        )
        confirmed = orders & Domain("state", "=", "sale")
        undelivered = Domain("invoice_status", "=", "no")
        undelivered &= Domain("order_line", "!=", False)
        if "delivery_status" in self.env["sale.order"]:
            undelivered |= Domain(
                "delivery_status", "in", ("pending", "started", "partial")
            )
        yield (
            "deliver",
            "sale.order",
            confirmed & undelivered,
            True,
            self.env._("Orders to deliver"),
            "",
        )
        yield (
            "invoice",
            "sale.order",
            confirmed & Domain("invoice_status", "=", "to invoice"),
            True,
            self.env._("Orders to invoice"),
            self.env._("Create invoice"),
        )

    def _money_sources(self, family):
        if "account.move" in self.env:
            invoices = Domain("commercial_partner_id", "=", self.partner_id.id)
            invoices &= Domain("move_type", "=", "out_invoice")
            invoices &= Domain("company_id", "=", self.company_id.id)
            yield (
                "unpaid",
                "account.move",
                invoices
                & Domain("state", "=", "posted")
                & Domain("payment_state", "in", UNPAID),
                True,
                self.env._("Unpaid invoices"),
                self.env._("Register payment"),
            )
            yield (
                "drafts",
                "account.move",
                invoices & Domain("state", "=", "draft"),
                True,
                self.env._("Invoices not posted"),
                "",
            )
        lines = self.env.get("account.analytic.line")
        if lines is not None and "timesheet_invoice_type" in lines:
            yield (
                "hours",
                "account.analytic.line",
                Domain("partner_id", "in", family)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("project_id", "!=", False)
                & Domain("timesheet_invoice_id", "=", False)
                & Domain(
                    "timesheet_invoice_type", "in", ("billable_time", "billable_manual")
                ),
                True,
                self.env._("Hours not invoiced"),
                "",
            )

    def action_open_source(self, code):
        """Open the records of one source of the guide that the user may read."""
        self.check_access("read")
        source = self._source(code)
        return {
            "type": "ir.actions.act_window",
            "name": source["text"],
            "res_model": source["model"],
            "domain": [("id", "in", source["ids"])],
            "views": [(False, "list"), (False, "form")],
        }

    def action_settle(self, code):
        """Do what Odoo has for one source, with the rights of the user.

        Returns an action to go on with, or True. Raises UserError for a source
        without a button or with nothing left in it.
        """
        self._only_one()
        source = self._source(code)
        records = self.env[source["model"]].browse(source["ids"])
        if not source["button"] or not records:
            raise UserError(
                self.env._("There is nothing left to do here. Reload the page.")
            )
        records.check_access("write")
        return getattr(self, f"_settle_{code}")(records)

    def _source(self, code):
        for source in self.sudo()._open_sources():
            if source["code"] == code:
                return source
        raise UserError(self.env._("There is nothing of this kind to open."))

    def _settle_quotations(self, orders):
        orders._action_cancel()
        return True

    def _settle_invoice(self, orders):
        return self._on(orders, "sale.action_view_sale_advance_payment_inv")

    def _settle_unpaid(self, invoices):
        return invoices.action_register_payment()

    def _settle_opportunities(self, leads):
        return self._on(leads, "crm.crm_lead_lost_action")

    def _on(self, records, xmlid):
        """An action of Odoo on these records."""
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        context = {
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
        }
        if records._name == "crm.lead":
            context["default_lead_ids"] = records.ids
        return {**action, "context": context}
