"""SQL about orders: what an order was on a day, and what was sold by each line.

Several sources read it. How a line is billed decides when it is earned: see
:func:`.plans.ordered`.
"""

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import later
from .scope import Scope


def state(scope: Scope) -> SQL:
    """SQL: the status an order ``o`` had at the end of the day; needs
    :func:`states_before`.

    One confirmed after the day whose chatter is silent was a draft.
    """
    now = SQL(
        """CASE WHEN o.state = 'sale' AND o.date_order >= %s THEN 'draft'
                ELSE o.state END""",
        scope.end,
    )
    return now if scope.present else SQL("COALESCE(later.was, %s)", now)


def states_before(env: Environment, scope: Scope, orders: SQL) -> SQL:
    """SQL: joins what the chatter of the order ``o`` tells of a past day.

    ``orders``: SQL of the ids in question.
    """
    if scope.present:
        return SQL()
    states = later(env, "sale.order", "state", orders, scope)
    return SQL("LEFT JOIN (%s) later ON later.res_id = o.id", states)


def passed_on(env: Environment) -> SQL:
    """SQL condition: a product ``t`` (a template) is passed on at cost.

    It is bought to be invoiced again at cost, as Odoo says it of the product, and is
    not sold by our own hours; or somebody ticked it.
    """
    product, conditions = env["product.template"], [SQL("FALSE")]
    if "expense_policy" in product and "service_type" in product:
        conditions.append(
            SQL(
                "(t.expense_policy = 'cost' AND t.service_type IS DISTINCT FROM %s)",
                "timesheet",
            )
        )
    if "passed_on_at_cost" in product:
        conditions.append(SQL("t.passed_on_at_cost IS TRUE"))
    return SQL("(%s)", SQL(" OR ").join(conditions))


def product_kind(env: Environment) -> SQL:
    """SQL: what a product ``t`` (a template) is beside work: goods, or passed on at
    cost; NULL for work."""
    return SQL(
        """CASE WHEN %s THEN 'passed on' WHEN t.type <> 'service' THEN 'goods' END""",
        passed_on(env),
    )


def ordered_on(scope: Scope) -> SQL:
    """SQL: the day on which the order ``o`` was made."""
    return scope.day(SQL("LEAST(o.create_date, o.date_order)"))


def orderer(scope: Scope, line: SQL) -> SQL:
    """SQL: the client whose order a line of an invoice comes from; no row where it
    comes from none."""
    return SQL(
        """SELECT %s FROM sale_order_line_invoice_rel r
             JOIN sale_order_line ol ON ol.id = r.order_line_id
             JOIN sale_order o ON o.id = ol.order_id
             JOIN res_partner op ON op.id = ol.order_partner_id
            WHERE r.invoice_line_id = %s ORDER BY ol.id LIMIT 1""",
        scope.client_of("op", ordered_on(scope)),
        line,
    )


def good_will(env: Environment) -> SQL:
    """SQL: what was credited in part of what lines of orders had been invoiced for:
    ``line_id`` and ``amount``, untaxed, in the company's currency.

    Odoo takes it to be invoiced again. An invoice that was credited as a whole is.
    """
    if "account.move" not in env:
        return SQL("SELECT NULL::int AS line_id, 0.0::float8 AS amount WHERE FALSE")
    return SQL(
        """SELECT r.order_line_id AS line_id, SUM(l.balance)::float8 AS amount
             FROM account_move m
             JOIN account_move im ON im.id = m.reversed_entry_id
             JOIN account_move_line l ON l.move_id = m.id
             JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
            WHERE m.move_type = 'out_refund' AND m.state = 'posted'
              AND ABS(m.amount_untaxed_signed + im.amount_untaxed_signed) > 0.005
            GROUP BY 1"""
    )


def settled(env: Environment, orders: list[int]) -> SQL:
    """SQL: ids of those of some orders of which only what was credited as good will is
    left to invoice."""
    return SQL(
        """SELECT l.order_id
             FROM sale_order_line l
             JOIN sale_order o ON o.id = l.order_id
             LEFT JOIN (%s) g ON g.line_id = l.id
            WHERE l.order_id = ANY(%s) AND l.invoice_status = 'to invoice'
            GROUP BY l.order_id
           HAVING BOOL_AND(
                COALESCE(g.amount, 0) > 0
                AND l.untaxed_amount_to_invoice
                    / COALESCE(NULLIF(o.currency_rate, 0), 1) <= g.amount + 0.005)""",
        good_will(env),
        orders,
    )


def sold(env: Environment, scope: Scope, lines: SQL) -> SQL:
    """SQL: the lines of confirmed orders, one row each.

    ``lines``: SQL condition on the line ``l``, its order ``o`` and the contact ``p`` of
    that; an order is of the client that this was of on the day it was made.
    Columns: ``line_id``, ``order_id``, ``client_id``, ``kind`` (how its work is valued:
    ``time`` by its hours, ``milestone``; ``fixed`` by its plan, if it has one, else as
    ``hand`` when it is invoiced; ``goods``, ``passed on`` and ``down payment`` not at
    all, being no work of ours or not done yet),
    ``qty``, ``price`` of the whole line and ``hourly`` of an hour (untaxed, in the
    company's currency), ``own_hours`` where it is sold in a unit of time,
    ``in_hours`` its quantity if every unit was an hour, ``project_id``, ``task_id``.

    A line that was added later is not there on a past day, unless the order as a whole
    was entered later than that: then it was written down afterwards.
    """
    hour = env.ref("uom.product_uom_hour", raise_if_not_found=False)
    factor, root = (hour.factor, hour.parent_path) if hour else (1, "-")
    made = SQL("NULL::int AS project_id, NULL::int AS task_id")
    if "project_id" in env["sale.order.line"]:
        made = SQL("l.project_id, l.task_id")
    orders = SQL(
        """SELECT l.order_id FROM sale_order_line l
             JOIN sale_order o ON o.id = l.order_id
             JOIN res_partner p ON p.id = o.partner_id WHERE %s""",
        lines,
    )
    rate = SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)")
    return SQL(
        """SELECT l.id AS line_id, l.order_id, %(client)s AS client_id,
                  CASE WHEN l.is_downpayment THEN 'down payment'
                       WHEN %(beside)s IS NOT NULL THEN %(beside)s
                       WHEN l.qty_delivered_method = 'timesheet'
                            AND t.invoice_policy = 'delivery' THEN 'time'
                       WHEN l.qty_delivered_method = 'milestones' THEN 'milestone'
                       WHEN t.invoice_policy = 'order' THEN 'fixed'
                       ELSE 'hand' END AS kind,
                  l.product_uom_qty::float8 AS qty,
                  (l.price_subtotal / %(rate)s)::float8 AS price,
                  (COALESCE(l.price_subtotal / NULLIF(l.product_uom_qty, 0),
                            l.price_unit * (1 - COALESCE(l.discount, 0) / 100))
                      / %(rate)s * %(hour)s / COALESCE(NULLIF(u.factor, 0), %(hour)s)
                  )::float8 AS hourly,
                  CASE WHEN u.parent_path LIKE %(root)s
                       THEN (l.product_uom_qty * u.factor / %(hour)s)::float8
                  END AS own_hours,
                  (l.product_uom_qty * COALESCE(u.factor, 1) / %(hour)s)::float8
                      AS in_hours,
                  o.create_date >= %(end)s AS written_later,
                  %(made)s
             FROM sale_order_line l
             JOIN sale_order o ON o.id = l.order_id
             JOIN res_partner p ON p.id = o.partner_id
             LEFT JOIN product_product v ON v.id = l.product_id
             LEFT JOIN product_template t ON t.id = v.product_tmpl_id
             LEFT JOIN uom_uom u ON u.id = l.product_uom_id
             %(before)s
            WHERE %(lines)s AND o.company_id = %(company)s
              AND l.display_type IS NULL AND %(state)s = 'sale'
              AND (l.create_date < %(end)s OR o.create_date >= %(end)s)""",
        client=scope.client_of("p", ordered_on(scope)),
        beside=product_kind(env),
        rate=rate,
        hour=factor,
        root=f"{root}%",
        made=made,
        before=states_before(env, scope, orders),
        lines=lines,
        company=scope.company.id,
        state=state(scope),
        end=scope.end,
    )
