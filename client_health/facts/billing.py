"""SQL about the lines of customer invoices: whose they are, and when they are earned.

A line that comes from an order belongs to the client of the order, any other to the
client that the invoice has. What is valued by work (see ``orders``) is not earned when
it is invoiced, and everything else is.
"""

from odoo.api import Environment
from odoo.tools import SQL

from .orders import ordered_on, product_kind
from .scope import Scope

RENEWED_DAYS = 60  # within which a new invoice takes the place of a credited one


def billed_lines(env: Environment, scope: Scope, mine: SQL) -> SQL:
    """SQL: the lines of posted customer invoices and credit notes, credit below zero.

    ``mine``: SQL condition on the invoice ``m``. ``beside``: ``goods`` or ``passed
    on`` where the product is no work.
    """
    client, order = SQL("m.commercial_partner_id"), SQL("NULL::int AS order_id")
    line, joins = SQL("NULL::int AS line_id"), SQL()
    if "sale.order.line" in env:
        client = SQL(
            "COALESCE(%s, m.commercial_partner_id)",
            scope.client_of("op", ordered_on(scope)),
        )
        line, order = SQL("ol.id AS line_id"), SQL("ol.order_id")
        # several lines of orders on one line of an invoice: it counts once
        joins = SQL(
            """LEFT JOIN (SELECT invoice_line_id, MIN(order_line_id) AS line_id
                            FROM sale_order_line_invoice_rel GROUP BY 1) r
                      ON r.invoice_line_id = l.id
               LEFT JOIN sale_order_line ol ON ol.id = r.line_id
               LEFT JOIN sale_order o ON o.id = ol.order_id
               LEFT JOIN res_partner op ON op.id = ol.order_partner_id"""
        )
    return SQL(
        """SELECT l.id, l.move_id AS res_id, m.invoice_date AS day, m.move_type,
                  %(client)s AS client_id, -l.balance::float8 AS amount,
                  %(line)s, %(order)s, l.product_id, l.name, %(beside)s AS beside
             FROM account_move m
             JOIN account_move_line l ON l.move_id = m.id
             LEFT JOIN product_product v ON v.id = l.product_id
             LEFT JOIN product_template t ON t.id = v.product_tmpl_id
             %(joins)s
            WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
              AND m.company_id = %(company)s
              AND l.display_type IN ('product', 'rounding') AND %(mine)s""",
        client=client,
        line=line,
        order=order,
        beside=product_kind(env),
        joins=joins,
        company=scope.company.id,
        mine=mine,
    )


def my_invoices(env: Environment, scope: Scope) -> SQL:
    """SQL condition: the invoice ``m`` may hold something of one of the clients."""
    if scope.everyone:
        return SQL("TRUE")
    parts = [
        # the client that the invoice has is on each of its lines, where it is indexed
        SQL(
            "SELECT l.move_id FROM account_move_line l WHERE %s",
            scope.mine(SQL("l.partner_id")),
        )
    ]
    if "sale.order.line" in env:
        parts.append(
            SQL(
                """SELECT l.move_id FROM res_partner p
                     JOIN sale_order_line ol ON ol.order_partner_id = p.id
                     JOIN sale_order_line_invoice_rel r ON r.order_line_id = ol.id
                     JOIN account_move_line l ON l.id = r.invoice_line_id
                    WHERE %s""",
                scope.may_be_mine("p"),
            )
        )
    return SQL("m.id IN (%s)", SQL(" UNION ").join(parts))


def revenue(env: Environment, scope: Scope) -> SQL:
    """SQL: the lines of ``billed`` up to the day, and as ``counts`` how each does:
    ``invoiced`` (earned now), ``work`` (earned by the work), or why it is not earned:
    ``goods``, ``passed on`` or ``down payment``."""
    counts, joins = SQL("COALESCE(b.beside, 'invoiced')"), SQL()
    if "sale.order.line" in env:
        joins = SQL("LEFT JOIN ordered o ON o.line_id = b.line_id")
        counts = SQL(
            """CASE WHEN o.valued IN ('time', 'milestone', 'planned') THEN 'work'
                    WHEN o.valued IN ('goods', 'passed on', 'down payment')
                    THEN o.valued
                    ELSE COALESCE(b.beside, 'invoiced') END"""
        )
    return SQL(
        """SELECT b.*, %(counts)s AS counts FROM billed b %(joins)s
            WHERE b.day <= %(as_of)s AND %(mine)s AND %(needed)s""",
        counts=counts,
        joins=joins,
        as_of=scope.as_of,
        mine=scope.mine(SQL("b.client_id")),
        needed=scope.needed(
            SQL("b.day + %s", RENEWED_DAYS),
            "revenue", "earned", "income", "gap", "burst", "trend",
        ),
    )  # fmt: skip


def renewed() -> SQL:
    """SQL: the lines of whole invoices that were credited and then invoiced anew:
    ``id`` of the credited line, ``day`` and ``amount`` of the first new one.

    Whole: what was credited comes to what had been invoiced. A part is good will.
    """
    credits = """FROM revenue c
                 JOIN account_move cm ON cm.id = c.res_id
                 JOIN account_move im ON im.id = cm.reversed_entry_id
                 JOIN revenue n ON n.move_type = 'out_invoice' AND n.res_id > im.id
                      AND n.day >= c.day AND n.day <= c.day + %(days)s
                      AND {same}
                WHERE c.move_type = 'out_refund'
                  AND ABS(cm.amount_untaxed_signed
                              + im.amount_untaxed_signed) < 0.005"""
    # two joins, each by what it can look up; names are compared where no order tells
    of_orders = credits.format(same="n.line_id = c.line_id")
    others = credits.format(
        same="n.line_id IS NULL AND n.client_id = c.client_id AND n.name = c.name"
    )
    columns = "SELECT c.id, n.day, n.amount, n.id AS new_id"
    text = f"""SELECT DISTINCT ON (id) id, day, amount
                 FROM ({columns} {of_orders}
                       UNION ALL {columns} {others} AND c.line_id IS NULL) pairs
                ORDER BY id, day, new_id"""
    return SQL(text, days=RENEWED_DAYS)


def earned() -> SQL:
    """SQL: what ``revenue`` brings in when it is invoiced; and what credit notes take
    off work that is valued otherwise.

    A credit note that was followed by a new invoice counts on the day of that, and
    takes off what the new one does not bring back.
    """
    return SQL(
        """SELECT r.client_id, r.res_id, COALESCE(n.day, r.day) AS day, r.counts,
                  CASE WHEN r.counts = 'invoiced' THEN r.amount
                       WHEN r.counts = 'work' AND r.move_type = 'out_refund'
                       THEN LEAST(r.amount + COALESCE(n.amount, 0), 0)
                       ELSE 0 END AS invoiced,
                  r.amount AS billed
             FROM revenue r LEFT JOIN renewed n ON n.id = r.id"""
    )


def correction(env: Environment, scope: Scope) -> SQL:
    """SQL: when an invoice left the state Posted, as its chatter tells: a word in
    the language of who did it."""
    state = env["ir.model.fields"]._get("account.move", "state")
    return SQL(
        """SELECT m.commercial_partner_id AS client_id, m.id AS res_id,
                  %(day)s AS day
             FROM account_move m
             JOIN mail_message msg ON msg.model = 'account.move'
                                  AND msg.res_id = m.id
             JOIN mail_tracking_value v ON v.mail_message_id = msg.id
            WHERE %(mine)s AND %(invoices)s AND m.move_type = 'out_invoice'
              AND m.company_id = %(company)s
              AND v.field_id = %(state)s AND msg.date < %(end)s
              AND v.old_value_char IN (
                  SELECT words.value
                    FROM ir_model_fields_selection s, jsonb_each_text(s.name) words
                   WHERE s.field_id = %(state)s AND s.value = 'posted')""",
        mine=scope.mine(SQL("m.commercial_partner_id")),
        invoices=my_invoices(env, scope),
        company=scope.company.id,
        day=scope.day(SQL("msg.date")),
        state=state.id,
        end=scope.end,
    )
