"""Other open items with the client, from installed apps: listed, each by its records.

What settles them is in ``settling``; what other apps have, in ``open_elsewhere``.
"""

from odoo import fields
from odoo.fields import Domain

from ...facts.orders import settled
from ..mixins.access import is_manager
from ..process.family import family
from ..process.requirement import about_all, named
from .open_elsewhere import elsewhere
from .open_source import UNPAID, Source
from .settling import SAID, Settling

# Kinds of hours that are still to be invoiced.
BILLABLE = ("billable_time", "billable_manual")


class OpenItems:
    """The open items of one client, from installed apps; with sudo.

    ``offboarding``: with the rights of the user who settles them.
    """

    def __init__(self, offboarding):
        self.env = offboarding.env
        self.offboarding = offboarding
        self.client = offboarding.partner_id
        self.company = offboarding.company_id

    def requirements(self):
        """One requirement per source with open items, without those that were passed;
        where the source ``blocks``, they are blocking."""
        clients = family(self.client).ids
        passed, found = self._passed(), []
        for source in self.sources(clients):
            records = self.env[source.model].sudo().search(source.domain)
            records -= passed.get((source.code, source.model), records.browse())
            if records:
                found.append(
                    about_all(
                        f"open_{source.code}",
                        f"{source.text}: {len(records)}",
                        records,
                        blocking=source.blocks,
                        source=source.code,
                        button=source.button,
                        confirm=source.confirm,
                        writes=source.code not in SAID,
                    )
                )
        return found

    def _passed(self):
        """(code of a source, model) → its records that a manager passed."""
        passed = {}
        for key in self.offboarding.sudo().waiver_ids.mapped("key"):
            code = key.partition(":")[0].removeprefix("open_")
            records = named(self.env(su=True), key) if key.startswith("open_") else None
            if records:
                known = passed.get((code, records._name), records.browse())
                passed[code, records._name] = known | records
        return passed

    def settle(self, code, records):
        """Settle the records of a source, with the rights of the user.

        Returns an action, or True.
        """
        return Settling(self.offboarding).settle(code, records)

    # -- sources ---------------------------------------------------------------

    def sources(self, clients):
        """The sources; ``clients``: ids of the client and its contacts."""
        yield from self._sales(clients)
        yield from self._money(clients)
        yield from self._hours(clients)
        yield from elsewhere(self.offboarding, clients)
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
        left, ahead = self._remainders(confirmed)
        undelivered = Domain("id", "in", left)
        if "delivery_status" in self.env["sale.order"]:
            undelivered |= Domain(
                "delivery_status", "in", ("pending", "started", "partial")
            )
        yield Source(
            "deliver",
            "sale.order",
            confirmed & undelivered,
            self.env._("Orders to deliver"),
            button=self.env._("Close the remainder"),
        )
        yield Source(
            "prepaid",
            "sale.order",
            Domain("id", "in", ahead),
            self.env._("Orders invoiced and not delivered: deliver or credit them"),
            button=self.env._("They were delivered"),
            confirm=self.env._(
                "What was ordered counts as delivered, for lines whose delivery is "
                "noted by hand. Money that was paid ahead for nothing is not settled "
                "by this: credit it."
            ),
        )
        yield Source(
            "invoice",
            "sale.order",
            self._to_invoice(confirmed),
            self.env._("Orders to invoice"),
            button=self.env._("Create invoice"),
            confirm=self.env._(
                "Each order gets a draft invoice of what was delivered. Nothing is "
                "sent."
            ),
        )

    def _remainders(self, confirmed):
        """(ids of orders of which something is neither delivered nor invoiced yet, ids
        of those of which something was invoiced and is not delivered)."""
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                Domain("order_id", "any", confirmed)
                & Domain("display_type", "=", False)
            )
        )
        left, ahead = set(), set()
        for line in lines:
            if line.is_downpayment:
                if line.untaxed_amount_invoiced > 0:
                    ahead.add(line.order_id.id)
            elif not is_delivered(line):
                if line.product_uom_qty > max(line.qty_delivered, line.qty_invoiced):
                    left.add(line.order_id.id)
                if line.qty_invoiced > line.qty_delivered:
                    ahead.add(line.order_id.id)
        return sorted(left), sorted(ahead)

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
        if "account.move" not in self.env:
            return
        moves = Domain("commercial_partner_id", "=", self.client.id)
        moves &= Domain("company_id", "=", self.company.id)
        ours = moves & Domain("move_type", "=", "out_invoice")
        credit = moves & Domain("move_type", "=", "out_refund")
        unpaid = Domain("state", "=", "posted") & Domain("payment_state", "in", UNPAID)
        some = self.env["account.move"].sudo().search_count(ours & unpaid, limit=1)
        yield Source(
            "unpaid",
            "account.move",
            ours & unpaid,
            self.env._("Unpaid invoices"),
            button=self.env._("Register payment"),
        )
        yield Source(
            "credits",
            "account.move",
            credit & unpaid,
            self.env._("Credit notes that are not paid out or set against invoices"),
            button=self.env._("Set against invoices")
            if some
            else self.env._("Register payment"),
            confirm=self.env._("They are set against the oldest unpaid invoices.")
            if some
            else "",
        )
        yield Source(
            "drafts",
            "account.move",
            (ours | credit) & Domain("state", "=", "draft"),
            self.env._("Invoices not posted"),
        )

    def _hours(self, clients):
        lines = self.env.get("account.analytic.line")
        if lines is None or "timesheet_invoice_type" not in lines:
            return
        by_hand = is_manager(self.env)
        yield Source(
            "hours",
            "account.analytic.line",
            Domain("partner_id", "in", clients)
            & Domain("company_id", "=", self.company.id)
            & Domain("project_id", "!=", False)
            & Domain("timesheet_invoice_id", "=", False)
            & Domain("timesheet_invoice_type", "in", BILLABLE),
            self.env._("Hours not invoiced"),
            button=self.env._("Billed by hand") if by_hand else "",
            confirm=self.env._(
                "You say that all of these hours were billed outside of their orders, "
                "or need no invoice. That is kept with your name."
            ),
        )


def is_delivered(line):
    """True for a line of an order whose work is over, however much of it was measured:
    its tasks are done, or its project is complete. A cancelled task is not done."""
    tasks = line.task_id if "task_id" in line else None
    if tasks:
        return set(tasks.mapped("state")) == {"1_done"}
    project = line.project_id if "project_id" in line else None
    return bool(project) and project.last_update_status == "done"
