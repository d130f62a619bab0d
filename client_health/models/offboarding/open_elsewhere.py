"""Open items in apps beside sales and projects, where these are installed."""

from odoo import fields
from odoo.fields import Domain

from .open_source import UNPAID, Source


def elsewhere(offboarding, clients):
    """The sources of these apps; ``clients``: ids of the client and its contacts.

    What we buy of a client blocks unless the client stays our supplier.
    """
    yield from _purchases(offboarding, clients)
    yield from _deliveries(offboarding, clients)
    yield from _subscriptions(offboarding, clients)
    yield from _people(offboarding, clients)


def _purchases(offboarding, clients):
    env, leaves = offboarding.env, not offboarding._keeps_contact()
    company = Domain("company_id", "=", offboarding.company_id.id)
    if "purchase.order" in env:
        orders = company & Domain("partner_id", "in", clients)
        yield Source(
            "rfqs",
            "purchase.order",
            orders & Domain("state", "in", ("draft", "sent", "to approve")),
            env._("Requests for quotation to the client"),
            blocks=leaves,
        )
        open_order = Domain("invoice_status", "in", ("to invoice", "no"))
        if "receipt_status" in env["purchase.order"]:
            open_order |= Domain("receipt_status", "in", ("pending", "partial"))
        yield Source(
            "purchases",
            "purchase.order",
            orders & Domain("state", "=", "purchase") & open_order,
            env._("Purchase orders that are not received or billed"),
            blocks=leaves,
        )
    if "account.move" in env:
        unpaid = Domain("state", "=", "posted") & Domain("payment_state", "in", UNPAID)
        yield Source(
            "bills",
            "account.move",
            company
            & Domain("commercial_partner_id", "in", clients)
            & Domain("move_type", "in", ("in_invoice", "in_refund"))
            & (Domain("state", "=", "draft") | unpaid),
            env._("Vendor bills that are not paid"),
            blocks=leaves,
        )


def _deliveries(offboarding, clients):
    env = offboarding.env
    if "stock.picking" in env:
        yield Source(
            "pickings",
            "stock.picking",
            Domain("partner_id", "in", clients)
            & Domain("company_id", "=", offboarding.company_id.id)
            & Domain("state", "not in", ("done", "cancel")),
            env._("Deliveries and receipts under way"),
        )
    expenses = env.get("hr.expense")
    if expenses is not None and "sale_order_id" in expenses:
        yield Source(
            "expenses",
            "hr.expense",
            Domain("sale_order_id.partner_id", "in", clients)
            & Domain("company_id", "=", offboarding.company_id.id)
            & Domain("state", "in", ("draft", "submitted", "approved")),
            env._("Expenses for the client that are not posted"),
        )


def _subscriptions(offboarding, clients):
    """Subscriptions of Odoo, and of OCA."""
    env, text = offboarding.env, offboarding.env._("Subscriptions that run on")
    theirs = Domain("partner_id", "in", clients)
    theirs &= Domain("company_id", "=", offboarding.company_id.id)
    if "sale.order" in env and "subscription_state" in env["sale.order"]:
        runs = Domain("subscription_state", "in", ("3_progress", "4_paused"))
        yield Source("subscriptions", "sale.order", theirs & runs, text)
    subscriptions = env.get("sale.subscription")
    if subscriptions is not None and "in_progress" in subscriptions:
        runs = Domain("in_progress", "=", True)
        yield Source("subscriptions", "sale.subscription", theirs & runs, text)


def _people(offboarding, clients):
    """What is asked about and does not block."""
    env, theirs = offboarding.env, Domain("partner_id", "in", clients)
    if "loyalty.card" in env:
        today = fields.Date.context_today(offboarding)
        lasting = Domain("expiration_date", "=", False)
        lasting |= Domain("expiration_date", ">=", today)
        yield Source(
            "loyalty",
            "loyalty.card",
            theirs & Domain("points", ">", 0) & lasting,
            env._("Loyalty points and gift cards that are not spent"),
            blocks=False,
        )
    if "event.registration" in env:
        yield Source(
            "registrations",
            "event.registration",
            theirs
            & Domain("state", "in", ("draft", "open"))
            & Domain("event_id.date_end", ">=", fields.Datetime.now()),
            env._("Registrations for events to come"),
            blocks=False,
        )
