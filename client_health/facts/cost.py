"""SQL about what a client costs us beside hours, and what of it does not count.

Left out is what the client pays at cost (bought for it and billed on), goods, and of
work by people who send us bills either the bill or the hours: the larger counts.
"""

from odoo.api import Environment
from odoo.tools import SQL

from . import orders
from .scope import Scope, array, one_of


def passed_on(env: Environment) -> SQL:
    """SQL: ids of the products that are passed on at cost."""
    if "product.template" not in env:
        return SQL("SELECT NULL::int WHERE FALSE")
    return SQL(
        """SELECT v.id FROM product_template t
             JOIN product_product v ON v.product_tmpl_id = t.id WHERE %s""",
        orders.passed_on(env),
    )


def subcontractors(env: Environment) -> SQL:
    """SQL: ids of the employees whose own contact, or its company, sends us bills."""
    if "account.move" not in env or "employee_id" not in env["account.analytic.line"]:
        return SQL("SELECT NULL::int WHERE FALSE")
    return SQL(
        """SELECT e.id FROM hr_employee e
             JOIN res_partner p ON p.id = e.work_contact_id
            WHERE p.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
              AND EXISTS (SELECT 1 FROM account_move m
                            JOIN res_partner v ON v.id = m.partner_id
                           WHERE v.commercial_partner_id = p.commercial_partner_id
                             AND m.move_type = 'in_invoice' AND m.state = 'posted')"""
    )


def once(env: Environment, scope: Scope) -> dict[str, SQL]:
    """Relation ``twice``: people who log hours and send bills for the same project.

    Columns: ``vendor_id``, ``account_id`` (of the project), ``by_bill``: the bills
    come to more than the hours, so they count and the hours do not; else the other
    way round. All that was logged and billed up to the day is compared.
    """
    if not scope.known.subcontractors:
        return {}
    no_claim = SQL("TRUE")
    if "expense_id" in env["account.move.line"]:
        no_claim = SQL("i.expense_id IS NULL")
    people = SQL(
        """SELECT e.id AS employee_id, p.commercial_partner_id AS vendor_id
             FROM hr_employee e JOIN res_partner p ON p.id = e.work_contact_id
            WHERE %s""",
        one_of(SQL("e.id"), scope.known.subcontractors),
    )
    return {
        "subcontractor": people,
        "own_bill": SQL(
            """SELECT l.id, v.commercial_partner_id AS vendor_id, l.account_id,
                      -l.amount::float8 AS cost
                 FROM account_move m
                 JOIN res_partner v ON v.id = m.partner_id
                 JOIN account_move_line i ON i.move_id = m.id
                 JOIN account_analytic_line l ON l.move_line_id = i.id
                WHERE v.commercial_partner_id IN (SELECT vendor_id FROM subcontractor)
                  AND m.move_type IN ('in_invoice', 'in_refund') AND %s
                  AND l.date <= %s AND l.account_id IS NOT NULL""",
            no_claim,
            scope.as_of,
        ),
        "twice": SQL(
            """SELECT b.vendor_id, b.account_id, b.cost >= h.cost AS by_bill
                 FROM (SELECT vendor_id, account_id, SUM(cost) AS cost
                         FROM own_bill GROUP BY 1, 2) b
                 JOIN (SELECT s.vendor_id, pr.account_id,
                              -SUM(l.amount)::float8 AS cost
                         FROM subcontractor s
                         JOIN account_analytic_line l ON l.employee_id = s.employee_id
                         JOIN project_project pr ON pr.id = l.project_id
                        WHERE l.date <= %s AND pr.account_id IS NOT NULL
                        GROUP BY 1, 2) h
                   ON h.vendor_id = b.vendor_id AND h.account_id = b.account_id
                WHERE b.cost > 0""",
            scope.as_of,
        ),
    }


def other_cost(env: Environment, scope: Scope, accounts: SQL) -> SQL:
    """SQL: what was booked on the projects of clients beside hours.

    ``accounts``: SQL of the analytic accounts of one client alone, with its
    ``client_id``. ``left_out`` says why a row does not count, NULL where it does:
    ``goods``, ``passed on`` or ``hours`` (those of the same person count).
    """
    beside, products = SQL("NULL::text"), SQL()
    if "product.template" in env and "product_id" in env["account.analytic.line"]:
        beside = orders.product_kind(env)
        products = SQL(
            """LEFT JOIN product_product v ON v.id = l.product_id
               LEFT JOIN product_template t ON t.id = v.product_tmpl_id"""
        )
    twice = SQL("FALSE")
    if scope.known.subcontractors:
        twice = SQL(
            """l.id IN (SELECT b.id FROM own_bill b
                          JOIN twice w ON w.vendor_id = b.vendor_id
                                      AND w.account_id = b.account_id
                         WHERE NOT w.by_bill)"""
        )
    resold = SQL("FALSE")
    if scope.known.passed_on:
        resold = SQL("l.id IN (SELECT id FROM resold)")
    return SQL(
        """SELECT a.client_id, l.id AS res_id, l.date AS day, -l.amount::float8 AS cost,
                  CASE WHEN %(resold)s THEN 'passed on' WHEN %(twice)s THEN 'hours'
                       ELSE %(beside)s END AS left_out
             FROM account_analytic_line l
             JOIN (%(accounts)s) a ON a.account_id = l.account_id %(products)s
            WHERE l.project_id IS NULL AND l.company_id = %(company)s
              AND l.date <= %(as_of)s AND %(needed)s
              AND (l.category = 'vendor_bill'
                   OR (l.amount < 0 AND l.category IS DISTINCT FROM 'invoice'))""",
        resold=resold,
        twice=twice,
        beside=beside,
        accounts=accounts,
        products=products,
        company=scope.company.id,
        as_of=scope.as_of,
        needed=scope.needed(SQL("l.date"), "other_cost"),
    )


def resold(env: Environment, scope: Scope, accounts: SQL) -> dict[str, SQL]:
    """Relation ``resold``: ids of bills without a product whose very amount was billed
    on to the client with a product that is passed on at cost.

    Bills are rarely entered with a product; each is paired with one line of an invoice,
    the first with the first.
    """
    if not scope.known.passed_on:
        return {}
    return {
        "resold": SQL(
            """WITH bought AS (
                    SELECT l.id, a.client_id, ROUND(-l.amount, 2) AS amount,
                           ROW_NUMBER() OVER (
                               PARTITION BY a.client_id, ROUND(-l.amount, 2)
                               ORDER BY l.date, l.id) AS number
                      FROM account_analytic_line l
                      JOIN (%(accounts)s) a ON a.account_id = l.account_id
                     WHERE l.category = 'vendor_bill' AND l.product_id IS NULL
                       AND l.amount < 0 AND l.company_id = %(company)s
                       AND l.date <= %(as_of)s
               ), billed AS (
                    SELECT client_id, ROUND(-balance, 2) AS amount,
                           ROW_NUMBER() OVER (
                               PARTITION BY client_id, ROUND(-balance, 2)
                               ORDER BY date, id) AS number
                      FROM (%(billed)s) l
               ) SELECT id FROM bought JOIN billed USING (client_id, amount, number)""",
            accounts=accounts,
            billed=_billed_on(env, scope),
            company=scope.company.id,
            as_of=scope.as_of,
        )
    }


def _billed_on(env: Environment, scope: Scope) -> SQL:
    """SQL: the lines of invoices with products that are passed on at cost, under the
    client who ordered them, else the one who was invoiced."""
    client = SQL("m.commercial_partner_id")
    if "sale.order.line" in env:
        client = SQL("COALESCE((%s), %s)", orders.orderer(scope, SQL("i.id")), client)
    return SQL(
        """SELECT i.id, i.balance, m.invoice_date AS date, %s AS client_id
             FROM account_move_line i JOIN account_move m ON m.id = i.move_id
            WHERE i.product_id = ANY(%s::int[]) AND m.move_type = 'out_invoice'
              AND m.state = 'posted' AND m.company_id = %s AND m.invoice_date <= %s""",
        client,
        array(scope.known.passed_on),
        scope.company.id,
        scope.as_of,
    )
