"""Clients who pay or work in another way than by the month: what looks like trouble in
the books and is none. Nothing of them is red."""

from datetime import timedelta
from typing import NamedTuple

from .money import TERMS, _product, can_invoice, pay

EARLY = 3  # days before the due date on which they pay


class Arrangement(NamedTuple):
    """A client and how it pays. ``invoices``: month → what is invoiced in it;
    ``hours``: month → hours logged; ``passed_on``: part of each invoice that is media
    bought in and charged on at cost; ``task``: what the hours are logged on;
    ``recurs``: in months, for a task that comes again."""

    key: str
    name: str
    city: str
    project: str
    task: str
    invoices: dict
    hours: dict
    passed_on: float = 0
    recurs: int = 0


ARRANGEMENTS = [
    # 12,000 in advance for each year, 6 hours a month: no month of it lost money
    Arrangement(
        "marigold", "Marigold Almanacs", "Mechelen", "Marigold: the retainer",
        "Editing of the almanac",
        invoices={23: 12000, 11: 12000},
        hours=dict.fromkeys(range(12, 0, -1), 6),
    ),
    # one large invoice every season, little in between: the same as a year before
    Arrangement(
        "tidewater", "Tidewater Lido", "Ostend", "Tidewater: the summer season",
        "Posters and signs",
        invoices={23: 800, 20: 9600, 17: 800, 14: 800, 11: 800, 8: 9600, 5: 800,
                  2: 800},
        hours=dict.fromkeys(range(20, 0, -1), 2) | {20: 60, 8: 60},
    ),
    # media for 5,000 a month at cost, and a fee of 1,500 for the work
    Arrangement(
        "beacon", "Beacon Street Theatre", "Antwerp", "Beacon: campaigns",
        "Buying of media",
        invoices=dict.fromkeys(range(6, 0, -1), 6500),
        hours=dict.fromkeys(range(6, 0, -1), 11),
        passed_on=5000,
    ),
    # a task that never moves and never ends, with hours on it every month
    Arrangement(
        "fernhill", "Fernhill Nurseries", "Ghent", "Fernhill: small changes",
        "Small changes",
        invoices=dict.fromkeys(range(8, 0, -1), 1100),
        hours=dict.fromkeys(range(8, -1, -1), 10),
        recurs=1,
    ),
]  # fmt: skip
# An order of 50,000 by milestone, 15,000 of it paid down, no milestone reached yet.
MILESTONE = Arrangement(
    "copperfield", "Copperfield Bridges", "Liège", "Copperfield: the new site", "",
    invoices={}, hours={3: 30, 2: 40, 1: 30},
)  # fmt: skip
ORDERED, PAID_DOWN = 50000, 15000
KEYS = [client.key for client in (*ARRANGEMENTS, MILESTONE)]


def make(builder):
    """The clients with their projects, tasks, hours, bills and invoices, as far as the
    apps for them are there."""
    if not can_invoice(builder) or not builder.has("account.analytic.line", "task_id"):
        return
    _make_clients(builder)
    _make_work(builder)
    _make_bills(builder)
    _make_invoices(builder)
    if builder.has("sale.order") and builder.has("product.product", "service_type"):
        _make_milestone_order(builder)


def _make_clients(builder):
    """One company each, shared out among the salespeople."""
    country = builder.env.ref("base.be").id
    clients = [*ARRANGEMENTS, MILESTONE]
    records, _new = builder.make(
        "res.partner",
        {
            f"client_{client.key}": {
                "name": client.name,
                "is_company": True,
                "city": client.city,
                "country_id": country,
                "email": f"hello@{client.key}.example.com",
                "user_id": builder.users[number % len(builder.users)].id,
            }
            for number, client in enumerate(clients)
        },
    )
    for client in clients:
        builder.partners[client.key] = records[f"client_{client.key}"]


def _make_work(builder):
    """A project with one task each, and an entry of hours a month."""
    for client in ARRANGEMENTS:
        partner = builder.partners[client.key]
        start = builder.in_month(max(client.hours), 2)
        projects, new = builder.make(
            "project.project",
            {
                f"project_{client.key}": {
                    "name": client.project,
                    "partner_id": partner.id,
                    "user_id": partner.user_id.id,
                    "company_id": builder.company.id,
                    "date_start": start,
                    "type_ids": [(6, 0, [s.id for s in builder.stages.values()])],
                    "allow_timesheets": True,
                    **builder.known("project.project", allow_recurring_tasks=True),
                }
            },
        )
        builder.backdate(
            new_records(new), "create_date", [builder.at(start)] * len(new)
        )
        project = builder.projects[client.key] = projects[f"project_{client.key}"]
        recurs = {"recurring_task": True, "repeat_interval": client.recurs,
                  "repeat_unit": "month", "repeat_type": "forever"}  # fmt: skip
        tasks, new = builder.make(
            "project.task",
            {
                f"task_{client.key}": {
                    "name": client.task,
                    "project_id": project.id,
                    "company_id": builder.company.id,
                    "user_ids": [(6, 0, partner.user_id.ids)],
                    "stage_id": builder.stages["stage_doing"].id,
                    **(recurs if client.recurs else {}),
                }
            },
        )
        for column in ("create_date", "date_last_stage_update"):
            moments = [builder.at(start)] * len(new)
            builder.backdate(new_records(new), column, moments)
        _log(builder, client, tasks[f"task_{client.key}"])


def new_records(new):
    """The records of a mapping name → record, as one recordset."""
    records = list(new.values())
    return records[0].union(*records[1:]) if records else None


def _log(builder, client, task):
    """One entry a month, on its 12th or the last working day before today."""
    days = {
        month: min(builder.in_month(month, 12), builder.ago(1))
        for month in client.hours
    }
    builder.make(
        "account.analytic.line",
        {
            f"hours_{client.key}_{month}": {
                "name": task.name,
                "date": day,
                "unit_amount": client.hours[month],
                "project_id": task.project_id.id,
                "task_id": task.id,
                "employee_id": builder.staff["senior"][0].id,
            }
            for month, day in days.items()
        },
    )


def _media(builder):
    """Advertising that is bought in and charged on at cost."""
    records, _new = builder.make(
        "product.product",
        {
            "product_media": {
                "name": "Advertising, at cost",
                "type": "service",
                **builder.known(
                    "product.product",
                    taxes_id=[(5, 0, 0)],
                    supplier_taxes_id=[(5, 0, 0)],
                    expense_policy="cost",
                    passed_on_at_cost=True,
                    service_tracking="no",
                ),
            }
        },
    )
    return records["product_media"]


def _make_bills(builder):
    """What is passed on is bought on the 2nd of the month, for the project."""
    supplier, _new = builder.make(
        "res.partner", {"supplier_media": {"name": "Kestrel Media", "is_company": True}}
    )
    values = {}
    for client in ARRANGEMENTS:
        project = builder.projects[client.key]
        if client.passed_on and not project.account_id:
            project._create_analytic_account()
        for month in client.invoices if client.passed_on else ():
            day = builder.in_month(month, 2)
            line = _line(builder, _media(builder), "Advertising", client.passed_on)
            line["analytic_distribution"] = {str(project.account_id.id): 100}
            values[f"bill_{client.key}_{month}"] = {
                "move_type": "in_invoice",
                "partner_id": supplier["supplier_media"].id,
                "company_id": builder.company.id,
                "invoice_date": day,
                "date": day,
                "ref": f"KM {day:%Y-%m}",
                "invoice_line_ids": [(0, 0, line)],
            }
    _records, new = builder.make("account.move", values)
    builder.env["account.move"].union(*new.values()).action_post()


def _line(builder, product, name, amount):
    return {
        "product_id": product.id,
        "name": name,
        "quantity": 1,
        "price_unit": amount,
        "tax_ids": [(5, 0, 0)],
    }


def _make_invoices(builder):
    """Posted on the 4th of their month, and paid before they are due."""
    values = {}
    for client in ARRANGEMENTS:
        for month, amount in client.invoices.items():
            day = builder.in_month(month, 4)
            work = _product(builder)
            lines = [_line(builder, work, client.project, amount - client.passed_on)]
            if client.passed_on:
                media = _media(builder)
                lines.append(_line(builder, media, "Advertising", client.passed_on))
            values[f"invoice_{client.key}_{month}"] = _invoice(
                builder, client, day, [(0, 0, line) for line in lines]
            )
    _records, new = builder.make("account.move", values)
    moves = builder.env["account.move"].union(*new.values())
    moves.action_post()
    _paid_early(builder, moves)


def _invoice(builder, client, day, lines):
    partner = builder.partners[client.key]
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "company_id": builder.company.id,
        "invoice_user_id": partner.user_id.id,
        "invoice_date": day,
        "date": day,
        "invoice_payment_term_id": False,
        "invoice_date_due": day + timedelta(days=TERMS),
        "invoice_line_ids": lines,
    }


def _paid_early(builder, moves):
    receipts = {}
    for move in moves:
        day = move.invoice_date_due - timedelta(days=EARLY)
        if day <= builder.today:
            receipts.setdefault(day, []).append(move)
    pay(builder, receipts)


def _make_milestone_order(builder):
    """An order that is billed by milestone, with its down payment and hours."""
    products, _new = builder.make(
        "product.product",
        {
            "product_milestones": {
                "name": "New site, by milestone",
                "type": "service",
                "invoice_policy": "delivery",
                "service_type": "milestones",
                "service_tracking": "task_in_project",
                "taxes_id": [(5, 0, 0)],
            }
        },
    )
    partner = builder.partners[MILESTONE.key]
    day = builder.in_month(max(MILESTONE.hours), 3)
    line = {
        "product_id": products["product_milestones"].id,
        "product_uom_qty": 1,
        "price_unit": ORDERED,
        "tax_ids": [(5, 0, 0)],
    }
    orders, new = builder.make(
        "sale.order",
        {
            f"quote_{MILESTONE.key}": {
                "partner_id": partner.id,
                "user_id": partner.user_id.id,
                "company_id": builder.company.id,
                "date_order": builder.at(day),
                "client_order_ref": MILESTONE.project,
                "order_line": [(0, 0, line)],
            }
        },
    )
    order = orders[f"quote_{MILESTONE.key}"]
    if not new:
        return
    order.action_confirm()
    order.date_order = builder.at(day)
    builder.backdate(order, "create_date", [builder.at(day)])
    task = order.order_line.task_id
    builder.backdate(task, "create_date", [builder.at(day)])
    builder.projects[MILESTONE.key] = task.project_id
    _log(builder, MILESTONE, task)
    _pay_down(builder, order, day)


def _pay_down(builder, order, day):
    wizard = builder.env["sale.advance.payment.inv"].with_context(
        active_model="sale.order", active_ids=order.ids
    )
    values = {"advance_payment_method": "fixed", "fixed_amount": PAID_DOWN}
    invoice = wizard.create(values)._create_invoices(order)
    builder.adopt({f"invoice_{MILESTONE.key}": invoice})
    invoice.invoice_line_ids.tax_ids = [(5, 0, 0)]
    invoice.write(
        {
            "invoice_date": day,
            "date": day,
            "invoice_payment_term_id": False,
            "invoice_date_due": day + timedelta(days=TERMS),
        }
    )
    invoice.action_post()
    _paid_early(builder, invoice)
