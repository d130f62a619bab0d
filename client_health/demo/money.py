"""Quotations, invoices and how they were paid, and bills for the client's work."""

from collections import defaultdict
from datetime import timedelta

from .clients import CLIENTS

TERMS = 14  # days to pay
INVOICED = 10  # days since the latest invoices: whole months lie between them
BILL_DAY = 20


def _product(builder):
    """An hour of work, invoiced as delivered."""
    records, _new = builder.make(
        "product.product",
        {
            "product_hour": {
                "name": "Hour of agency work",
                "type": "service",
                "list_price": 110,
                **builder.known(
                    "product.product",
                    taxes_id=[(5, 0, 0)],
                    supplier_taxes_id=[(5, 0, 0)],
                    invoice_policy="delivery",
                    service_type="manual",
                    service_tracking="no",
                ),
            }
        },
    )
    return records["product_hour"]


def _invoices(builder, client):
    """The invoices of a client, oldest first: [(external id, date, month)]."""
    invoices = []
    of_month = min((builder.today - timedelta(days=INVOICED)).day, 28)
    for month in sorted(client.months, reverse=True):
        day = builder.in_month(month, of_month)
        if day < builder.today:
            invoices.append((f"invoice_{client.key}_{day:%Y%m}", day, month))
    return invoices


def _order_of(builder, client, day):
    """Number of the quotation under which a day is invoiced, or None."""
    won = [
        (builder.ago(quote.days), number)
        for number, quote in enumerate(client.quotes)
        if quote.fate == "won" and builder.ago(quote.days) <= day
    ]
    return max(won)[1] if won else None


# -- quotations ----------------------------------------------------------------


def _rates(builder, client, number):
    """Hours per rate of a quotation: what was invoiced of it, else what it offers.

    One line per rate, since an order is only invoiced in full at its own price.
    """
    rates = defaultdict(float)
    for _name, day, month in _invoices(builder, client):
        if _order_of(builder, client, day) == number:
            rates[client.months[month].rate] += client.months[month].hours
    if not rates:
        rates[client.months[min(client.months)].rate] = client.quotes[number].hours
    return rates


def make_quotations(builder):
    """Quotations that were confirmed, cancelled, or left to expire."""
    if not builder.has("sale.order"):
        return
    product = _product(builder)
    values, told = {}, {}
    for client in CLIENTS:
        for number, quote in enumerate(client.quotes):
            name = f"quote_{client.key}_{number}"
            told[name] = quote
            values[name] = {
                "partner_id": builder.partners[client.key].id,
                "user_id": builder.partners[client.key].user_id.id,
                "company_id": builder.company.id,
                "date_order": builder.moment_ago(quote.days),
                "validity_date": builder.ago(quote.days - 21),
                "client_order_ref": quote.title,
                "order_line": [
                    (0, 0, {
                        "product_id": product.id,
                        "name": quote.title,
                        "product_uom_qty": hours,
                        "price_unit": rate,
                        "tax_ids": [(5, 0, 0)],
                    })
                    for rate, hours in _rates(builder, client, number).items()
                ],
            }  # fmt: skip
    builder.orders, new = builder.make("sale.order", values)
    for name, order in new.items():
        if told[name].fate == "won":
            order.action_confirm()
            if can_invoice(builder):
                for line in order.order_line:
                    line.qty_delivered = line.product_uom_qty
        elif told[name].fate == "cancelled":
            order._action_cancel()
        else:
            order.state = "sent"
        order.date_order = values[name]["date_order"]
    orders = builder.env["sale.order"].union(*new.values())
    builder.backdate(orders, "create_date", [o.date_order for o in orders])


# -- invoices and payments -----------------------------------------------------


def can_invoice(builder):
    """Accounting is installed and set up in the main company."""
    return builder.has("account.move") and builder.company.chart_template


def make_invoices(builder):
    """One posted invoice a month and client, paid on the day the story tells."""
    if not can_invoice(builder):
        return
    product = _product(builder)
    values, paid = {}, {}
    for client in CLIENTS:
        for name, day, month in _invoices(builder, client):
            due = day + timedelta(days=TERMS)
            late = client.late_months.get(month, client.late)
            paid[name] = None if late is None else due + timedelta(days=late)
            values[name] = {
                "move_type": "out_invoice",
                "partner_id": builder.partners[client.key].id,
                "company_id": builder.company.id,
                "invoice_user_id": builder.partners[client.key].user_id.id,
                "invoice_date": day,
                "date": day,
                "invoice_payment_term_id": False,
                "invoice_date_due": due,
                "invoice_line_ids": [
                    (0, 0, _invoice_line(builder, client, day, month, product))
                ],
            }
    values = dict(sorted(values.items(), key=lambda item: item[1]["invoice_date"]))
    _records, new = builder.make("account.move", values)
    builder.env["account.move"].union(*new.values()).action_post()
    receipts = defaultdict(list)
    for name, invoice in new.items():
        if paid[name] and paid[name] <= builder.today:
            receipts[paid[name]].append(invoice)
    pay(builder, receipts)
    if new:
        # an order notes today that its invoices of two years were paid
        orders = [order.id for order in builder.orders.values()]
        builder.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", orders),
                ("message_type", "=", "notification"),
            ]
        ).unlink()


def _invoice_line(builder, client, day, month, product):
    work = client.months[month]
    line = {
        "product_id": product.id,
        "name": f"{client.project}, {day:%B %Y}",
        "quantity": work.hours,
        "price_unit": work.rate,
        "tax_ids": [(5, 0, 0)],
    }
    number = _order_of(builder, client, day)
    order = builder.orders.get(f"quote_{client.key}_{number}")
    if order:
        lines = order.order_line.filtered(lambda sold: sold.price_unit == work.rate)
        line["sale_line_ids"] = [(6, 0, lines.ids)]
    return line


def pay(builder, receipts):
    """Book the money on the bank account and match it with its invoices.

    ``receipts``: day → invoices. One plain bank entry a day: a payment wizard for
    each invoice would take minutes.
    """
    bank = builder.env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", builder.company.id)], limit=1
    )
    if not bank.default_account_id:
        return
    values = {}
    for day, invoices in sorted(receipts.items()):
        lines = [
            {
                "account_id": _receivable(invoice).account_id.id,
                "partner_id": invoice.partner_id.id,
                "name": invoice.name,
                "credit": invoice.amount_total,
            }
            for invoice in invoices
        ]
        total = sum(invoice.amount_total for invoice in invoices)
        lines.append({"account_id": bank.default_account_id.id, "debit": total})
        values[f"receipts_{day:%Y%m%d}_{invoices[0].id}"] = {
            "move_type": "entry",
            "journal_id": bank.id,
            "company_id": builder.company.id,
            "date": day,
            "ref": f"Received on {day}",
            "line_ids": [(0, 0, line) for line in lines],
        }
    _records, new = builder.make("account.move", values)
    entries = builder.env["account.move"].union(*new.values())
    entries.action_post()
    received = {line.name: line for line in _receivable(entries)}
    builder.env["account.move.line"]._reconcile_plan(
        [
            _receivable(invoice) + received[invoice.name]
            for invoices in receipts.values()
            for invoice in invoices
        ]
    )


def _receivable(move):
    return move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


# -- bills ---------------------------------------------------------------------


def make_bills(builder):
    """What we buy in for a client, on the analytic account of its project."""
    if not can_invoice(builder) or not builder.has("project.project", "account_id"):
        return
    supplier, _new = builder.make(
        "res.partner",
        {
            "supplier": {
                "name": "Cobalt Crane Printworks",
                "is_company": True,
                "city": "Aalst",
                "country_id": builder.env.ref("base.be").id,
            }
        },
    )
    values = {}
    for client in CLIENTS:
        for month in sorted(client.bills, reverse=True):
            day = builder.in_month(month, BILL_DAY)
            account = builder.projects[client.key].account_id
            if not account:
                continue
            values[f"bill_{client.key}_{day:%Y%m}"] = {
                "move_type": "in_invoice",
                "partner_id": supplier["supplier"].id,
                "company_id": builder.company.id,
                "invoice_date": day,
                "date": day,
                "ref": f"CCP {day:%Y-%m}",
                "invoice_line_ids": [
                    (0, 0, {
                        "name": f"Printing and mailing, {day:%B %Y}",
                        "quantity": 1,
                        "price_unit": client.bills[month],
                        "tax_ids": [(5, 0, 0)],
                        "analytic_distribution": {str(account.id): 100},
                    })
                ],
            }  # fmt: skip
    _records, new = builder.make("account.move", values)
    builder.env["account.move"].union(*new.values()).action_post()
