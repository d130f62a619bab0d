"""Other open items with the client: listed, and settled by Odoo's own actions."""

from typing import Any, NamedTuple

from odoo import fields
from odoo.fields import Domain

from ...facts.orders import settled
from ..process.family import family
from ..process.requirement import Requirement

UNPAID = ("not_paid", "partial")


class Source(NamedTuple):
    """A kind of open items: records of ``model`` in ``domain``.

    ``text``: their name; ``blocks``: they block the last step; ``button``: the label of
    the action that settles them, ``confirm``: a question to ask before it.
    """

    code: str
    model: str
    domain: Any
    text: str
    blocks: bool = True
    button: str = ""
    confirm: str = ""


class OpenItems:
    """The open items of one client, from installed apps; with sudo.

    ``offboarding``: with the rights of the user who settles them.
    """

    def __init__(self, offboarding):
        self.env = offboarding.env
        self.client = offboarding.partner_id
        self.company = offboarding.company_id

    def requirements(self):
        """One requirement per source with open items; those whose source ``blocks`` are
        blocking."""
        clients = family(self.client).ids
        found = []
        for source in self.sources(clients):
            records = self.env[source.model].sudo().search(source.domain)
            if records:
                found.append(
                    Requirement(
                        f"open_{source.code}",
                        f"{source.text}: {len(records)}",
                        records,
                        blocking=source.blocks,
                        source=source.code,
                        button=source.button,
                        confirm=source.confirm,
                    )
                )
        return found

    def settle(self, code, records):
        """Settle the records of a source, with the rights of the user.

        Returns an action, or True.
        """
        return getattr(self, f"_settle_{code}")(records)

    # -- sources ---------------------------------------------------------------

    def sources(self, clients):
        """The sources; ``clients``: ids of the client and its contacts."""
        yield from self._sales(clients)
        yield from self._money(clients)
        partner = Domain("partner_id", "in", clients)
        yield Source(
            "opportunities",
            "crm.lead",
            partner
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [self.company.id, False]),
            self.env._("Open opportunities"),
            button=self.env._("Mark lost"),
        )
        yield Source(
            "meetings",
            "calendar.event",
            Domain("partner_ids", "in", clients)
            & Domain("start", ">=", fields.Datetime.now()),
            self.env._("Upcoming meetings"),
            blocks=False,
        )
        yield Source(
            "activities",
            "mail.activity",
            Domain("res_model", "=", "res.partner") & Domain("res_id", "in", clients),
            self.env._("Open activities on the client"),
            blocks=False,
        )

    def _sales(self, clients):
        if "sale.order" not in self.env:
            return
        orders = Domain("partner_id", "in", clients)
        orders &= Domain("company_id", "=", self.company.id)
        yield Source(
            "quotations",
            "sale.order",
            orders & Domain("state", "in", ("draft", "sent")),
            self.env._("Quotations that are not decided"),
            button=self.env._("Cancel them"),
            confirm=self.env._(
                "All quotations listed here are cancelled. The client is not told."
            ),
        )
        confirmed = orders & Domain("state", "=", "sale")
        undelivered = Domain("invoice_status", "=", "no")
        undelivered &= Domain("order_line", "!=", False)
        if "delivery_status" in self.env["sale.order"]:
            undelivered |= Domain(
                "delivery_status", "in", ("pending", "started", "partial")
            )
        yield Source(
            "deliver",
            "sale.order",
            confirmed & undelivered,
            self.env._("Orders to deliver"),
        )
        yield Source(
            "invoice",
            "sale.order",
            self._to_invoice(confirmed),
            self.env._("Orders to invoice"),
            button=self.env._("Create invoice"),
        )

    def _to_invoice(self, confirmed):
        """Domain of the orders to invoice, without those of which only good will is
        left: Odoo takes what was credited to be invoiced again."""
        domain = confirmed & Domain("invoice_status", "=", "to invoice")
        orders = self.env["sale.order"].sudo().search(domain)
        if not orders or "account.move" not in self.env:
            return domain
        self.env.flush_all()
        rows = self.env.execute_query(settled(self.env, orders.ids))
        return domain & Domain("id", "not in", [row[0] for row in rows])

    def _money(self, clients):
        if "account.move" in self.env:
            invoices = Domain("commercial_partner_id", "=", self.client.id)
            invoices &= Domain("move_type", "=", "out_invoice")
            invoices &= Domain("company_id", "=", self.company.id)
            yield Source(
                "unpaid",
                "account.move",
                invoices
                & Domain("state", "=", "posted")
                & Domain("payment_state", "in", UNPAID),
                self.env._("Unpaid invoices"),
                button=self.env._("Register payment"),
            )
            yield Source(
                "drafts",
                "account.move",
                invoices & Domain("state", "=", "draft"),
                self.env._("Invoices not posted"),
            )
        lines = self.env.get("account.analytic.line")
        if lines is not None and "timesheet_invoice_type" in lines:
            billable = ("billable_time", "billable_manual")
            yield Source(
                "hours",
                "account.analytic.line",
                Domain("partner_id", "in", clients)
                & Domain("company_id", "=", self.company.id)
                & Domain("project_id", "!=", False)
                & Domain("timesheet_invoice_id", "=", False)
                & Domain("timesheet_invoice_type", "in", billable),
                self.env._("Hours not invoiced"),
            )

    # -- settle ----------------------------------------------------------------

    def _settle_quotations(self, orders):
        orders._action_cancel()
        return True

    def _settle_invoice(self, orders):
        return self._action(orders, "sale.action_view_sale_advance_payment_inv")

    def _settle_unpaid(self, invoices):
        return invoices.action_register_payment()

    def _settle_opportunities(self, leads):
        return self._action(
            leads, "crm.crm_lead_lost_action", default_lead_ids=leads.ids
        )

    def _action(self, records, xmlid, **context):
        """An action of Odoo on these records."""
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        on = {
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
        }
        return {**action, "context": {**on, **context}}
