"""Orders at random, the work on them, and what was invoiced for it."""

from datetime import timedelta

from odoo import Command

HOUR, UNIT = "uom.product_uom_hour", "uom.product_uom_unit"
# How a service is billed: invoicing policy, type of service, unit.
KINDS = (
    ("delivery", "timesheet", HOUR),
    ("order", "timesheet", HOUR),
    ("order", "manual", UNIT),
    ("delivery", "manual", UNIT),
    ("delivery", "milestones", UNIT),
)


def some_sold_work(case, dice, partner):
    """An order of one or two services with hours, a plan, invoices and credit notes,
    each of them there or not."""
    day = case.ago(dice.randint(30, 700))
    order = _order(case, dice, partner, day)
    tasks = order.order_line.task_id
    employee = dice.choice((case.staff[case.company], case.make_employee(0)))
    for _number in range(dice.randint(0, 5)):
        on = min(day + timedelta(days=dice.randint(0, 200)), case.today)
        hours = dice.choice((-1, 0.5, 4, 30))
        if tasks:
            case.log(employee, on, hours, task=dice.choice(tasks))
    _plan(case, dice, order, tasks)
    if order.order_line.filtered(lambda line: line.qty_delivered_method == "manual"):
        order.order_line[:1].qty_delivered = dice.choice((0, 1))
    _invoice(case, dice, order, day)
    if tasks and dice.random() < 0.3:
        done = min(day + timedelta(days=150), case.ago(1))
        case.force(
            tasks,
            state=dice.choice(("1_done", "1_canceled")),
            date_last_stage_update=case.moment(done),
        )


def _order(case, dice, partner, day):
    products = [_product(case, dice) for _number in range(dice.choice((1, 1, 2)))]
    lines = [
        {
            "product_id": product.id,
            "product_uom_qty": dice.choice((0, 1, 2, 40)),
            "price_unit": dice.randint(10, 900),
            "discount": dice.choice((0, 0, 10)),
            "tax_ids": [Command.clear()],
        }
        for product in products
    ]
    order = (
        case.env["sale.order"]
        .with_company(case.company)
        .create(
            {
                "partner_id": partner.id,
                "company_id": case.company.id,
                "order_line": [Command.create(line) for line in lines],
            }
        )
    )
    order.action_confirm()
    moment = case.moment(day)
    case.force(order, date_order=moment, create_date=moment)
    case.force(order.order_line, create_date=moment)
    if order.order_line.task_id:
        case.force(
            order.order_line.task_id, create_date=moment, date_last_stage_update=moment
        )
    return order


def _product(case, dice):
    policy, kind, unit = dice.choice(KINDS)
    values = {
        "name": "Work",
        "type": "service",
        "invoice_policy": policy,
        "service_type": kind,
        "service_tracking": "task_in_project",
        "uom_id": case.env.ref(unit).id,
        "taxes_id": [Command.clear()],
    }
    beside = dice.random()
    if beside < 0.1:
        values |= {"expense_policy": "cost", "service_tracking": "no"}
    if 0.1 < beside < 0.2:
        values = {
            "name": "Goods", "type": "consu", "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        }  # fmt: skip
    return case.env["product.product"].create(values)


def _plan(case, dice, order, tasks):
    """Hours that somebody planned, for a task or the project; milestones."""
    if tasks and dice.random() < 0.4:
        dice.choice(tasks).allocated_hours = dice.choice((1, 10, 60))
        if dice.random() < 0.5:
            case.make_task(
                tasks[0].project_id,
                parent_id=tasks[0].id,
                sale_line_id=tasks[0].sale_line_id.id,
                allocated_hours=dice.choice((0, 5)),
                day=case.day_of(tasks[0].create_date),
            )
    elif tasks and dice.random() < 0.5:
        tasks.project_id[:1].allocated_hours = 80
    for line in order.order_line:
        if line.qty_delivered_method == "milestones" and line.task_id:
            milestone = case.make_milestone(
                line.task_id.project_id, case.ago(dice.randint(0, 300))
            )
            milestone.write({"sale_line_id": line.id, "quantity_percentage": 0.25})


def _invoice(case, dice, order, day):
    """An invoice of what there is to invoice, and a credit note of it."""
    if order.invoice_status != "to invoice" or dice.random() < 0.3:
        return
    invoice = order._create_invoices(final=True)
    on = min(day + timedelta(days=dice.randint(1, 90)), case.today)
    invoice.write(
        {
            "invoice_date": on,
            "date": on,
            "invoice_payment_term_id": False,
            "invoice_date_due": on + timedelta(days=14),
        }
    )
    if dice.random() < 0.8:
        invoice.action_post()
    if invoice.state == "posted" and dice.random() < 0.4:
        later = min(on + timedelta(days=20), case.today)
        notes = invoice._reverse_moves([{"invoice_date": later, "date": later}])
        if dice.random() < 0.5:
            notes.invoice_line_ids[:1].price_unit /= 2
        notes.action_post()
