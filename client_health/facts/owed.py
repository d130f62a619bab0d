"""SQL about what clients owe: open amounts as of a day, payments, and what is accepted.

What was open on a past day is today's open amount with every later matching undone.
"""

from datetime import timedelta

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import later
from .scope import Scope

GRACE_DAYS = 7  # an invoice is overdue only after these
MOST_LATE = 180  # more days than this are no later
LEAST_SHARE = 0.0005  # of the firm's yearly revenue: less than this is not overdue
YEAR = 365


def books(scope: Scope) -> dict[str, SQL]:
    """Relations that know no day: ``owed``, the lines that are or were receivable, and
    ``paid``, what came in on an invoice. A credit note or a difference of exchange
    rates is no payment.

    Of few clients only those lines are read that may be theirs, which an index finds.
    """
    company = scope.company
    owed = SQL(
        """SELECT COALESCE(CASE WHEN m.move_type <> 'entry'
                                THEN m.commercial_partner_id END,
                           p.commercial_partner_id) AS client_id,
                  l.id, l.move_id, l.date, COALESCE(l.date_maturity, l.date) AS due,
                  l.amount_residual, l.reconciled, m.move_type <> 'entry' AS is_invoice,
                  CASE WHEN m.move_type <> 'entry'
                       THEN (m.amount_untaxed_signed
                               / NULLIF(m.amount_total_signed, 0))::float8
                  END AS untaxed,
                  m.payment_state, l.no_followup, j.type = 'general' AS is_general,
                  l.write_date
             FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id
             JOIN account_move m ON m.id = l.move_id
             JOIN account_journal j ON j.id = m.journal_id
             JOIN res_partner p ON p.id = l.partner_id
            WHERE a.account_type = 'asset_receivable'
              AND l.parent_state = 'posted' AND l.company_id = %s AND %s""",
        company.id,
        _may_be_mine("l", scope),
    )
    paid = SQL(
        """SELECT m.commercial_partner_id AS client_id, due.move_id AS res_id,
                  r.max_date AS day, r.amount::float8 AS amount,
                  COALESCE(due.date_maturity, due.date) AS due
             FROM account_partial_reconcile r
             JOIN account_move_line due ON due.id = r.debit_move_id
             JOIN account_move m ON m.id = due.move_id
             JOIN account_move_line paid ON paid.id = r.credit_move_id
             JOIN account_move counterpart ON counterpart.id = paid.move_id
            WHERE m.move_type = 'out_invoice'
              AND m.state = 'posted' AND m.company_id = %s
              AND counterpart.move_type = 'entry'
              AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                               WHERE x.exchange_move_id = counterpart.id)
              AND %s""",
        company.id,
        _may_be_mine("due", scope),
    )
    return {"owed": owed, "paid": paid}


def _may_be_mine(line: str, scope: Scope) -> SQL:
    """SQL condition: the partner of a line of an entry is one of the clients, or a
    contact of one; always true where all clients are asked for."""
    if scope.everyone:
        return SQL("TRUE")
    return SQL(
        "%s IN (SELECT p.id FROM res_partner p WHERE %s OR %s)",
        SQL.identifier(line, "partner_id"),
        scope.mine(SQL("p.commercial_partner_id")),
        scope.mine(SQL("p.id")),
    )


def bill(scope: Scope) -> SQL:
    """SQL: the invoices and credit notes to a client, before tax."""
    mine = SQL("TRUE")
    if not scope.everyone:
        mine = SQL(
            "m.id IN (SELECT l.move_id FROM account_move_line l WHERE %s)",
            scope.mine(SQL("l.partner_id")),
        )
    return SQL(
        """SELECT m.commercial_partner_id AS client_id, m.id AS res_id,
                  m.invoice_date AS day, m.amount_untaxed_signed::float8 AS amount
             FROM account_move m
            WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
              AND m.company_id = %s AND m.invoice_date <= %s AND %s AND %s AND %s""",
        scope.company.id,
        scope.as_of,
        mine,
        scope.mine(SQL("m.commercial_partner_id")),
        scope.needed(SQL("m.invoice_date"), "bill"),
    )


def accepted(scope: Scope) -> SQL:
    """SQL: the days after the due date that the agreement with a client accepts."""
    return SQL(
        """SELECT DISTINCT ON (ag.partner_id) ag.partner_id AS client_id,
                  ag.accepted_days_late AS days
             FROM client_agreement ag
            WHERE %(mine)s AND ag.company_id = %(company)s
              AND ag.state IN ('active', 'ended') AND ag.date_start <= %(as_of)s
              AND (ag.date_end IS NULL OR ag.date_end >= %(as_of)s)
            ORDER BY ag.partner_id, ag.date_start DESC, ag.id DESC""",
        mine=scope.mine(SQL("ag.partner_id")),
        company=scope.company.id,
        as_of=scope.as_of,
    )


def open_lines(scope: Scope) -> SQL:
    """SQL: what was open at the end of the day, line by line."""

    def lines(amount: SQL, source: SQL) -> SQL:
        return SQL(
            """SELECT l.client_id, l.id, l.move_id, l.date, l.due, l.is_invoice,
                      l.untaxed, l.payment_state, l.no_followup, l.is_general,
                      l.write_date, %s AS amount
                 FROM %s WHERE %s AND l.date <= %s""",
            amount,
            source,
            scope.mine(SQL("l.client_id")),
            scope.as_of,
        )

    def undone(end: str, amount: SQL) -> SQL:
        source = SQL(
            """account_partial_reconcile later
               JOIN owed l ON l.id = %s AND later.max_date > %s""",
            SQL.identifier("later", end),
            scope.as_of,
        )
        return lines(amount, source)

    return SQL(
        """SELECT client_id, id, move_id, date, due, is_invoice, untaxed, payment_state,
                  no_followup, is_general, write_date, SUM(amount)::float8 AS residual
             FROM (%s AND l.reconciled IS NOT TRUE
                   UNION ALL %s UNION ALL %s) due
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
           HAVING ABS(SUM(amount)) > 0.005""",
        lines(SQL("l.amount_residual"), SQL("owed l")),
        undone("debit_move_id", SQL("later.amount")),
        undone("credit_move_id", SQL("-later.amount")),
    )


def disputes(env: Environment, scope: Scope) -> SQL:
    """SQL: ids of the open lines that are disputed.

    Blocked: on a past day as the chatter tells. Not to be followed up: Odoo does not
    keep since when; it is taken to be the last time that the line was written, and from
    the start for an entry of a general journal.
    """
    blocked, before = SQL("l.payment_state = 'blocked'"), SQL()
    followed = SQL("l.no_followup")
    if not scope.present:
        moves = SQL("SELECT move_id FROM open_line")
        states = later(env, "account.move", "payment_state", moves, scope)
        blocked = SQL("COALESCE(back.was, l.payment_state) = 'blocked'")
        before = SQL("LEFT JOIN (%s) back ON back.res_id = l.move_id", states)
        followed = SQL(
            "(l.no_followup AND (l.is_general OR l.write_date < %s))", scope.end
        )
    return SQL(
        "SELECT l.id FROM open_line l %s WHERE %s OR %s", before, followed, blocked
    )


def covered(scope: Scope) -> SQL:
    """SQL: the payments without an entry, and the invoices they are for: in payment.

    Once the bank tells of the money it is matched like any other.
    """
    return SQL(
        """SELECT l.id, l.client_id, l.move_id AS res_id, pay.date AS day, l.due,
                  LEAST(ABS(pay.amount_company_currency_signed), l.residual)::float8
                      AS amount
             FROM open_line l
             JOIN account_move__account_payment r ON r.invoice_id = l.move_id
             JOIN account_payment pay ON pay.id = r.payment_id
            WHERE l.residual > 0 AND pay.move_id IS NULL AND pay.date <= %s
              AND pay.state IN ('in_process', 'paid')
              AND l.payment_state IN ('in_payment', 'paid', 'partial')
              AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile m
                               WHERE m.debit_move_id = l.id
                                 AND m.max_date BETWEEN pay.date AND %s)""",
        scope.as_of,
        scope.as_of,
    )


def _least(scope: Scope) -> SQL:
    """SQL: the least amount that is overdue at all: the setting, else a share of what
    the firm invoiced in a year. It is worked out only where something is owed."""
    if scope.company.client_health_least_overdue:
        return SQL("%s::float8", scope.company.client_health_least_overdue)
    return SQL(
        """(SELECT COALESCE(SUM(m.amount_untaxed_signed), 0)::float8 * %s
              FROM account_move m
             WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
               AND m.company_id = %s AND m.invoice_date > %s
               AND m.invoice_date <= %s)""",
        LEAST_SHARE,
        scope.company.id,
        scope.as_of - timedelta(days=YEAR),
        scope.as_of,
    )


def receivable(scope: Scope) -> SQL:
    """SQL: the open lines, before tax (``net``), and what of each counts as overdue.

    ``counted``: what is past due and not disputed or in payment; every open credit,
    below zero, whatever its date. An entry has the share of tax that the client's
    invoices have. ``days``: since the due date; ``least``: see above.
    """
    share = SQL(
        """SELECT m.commercial_partner_id AS client_id,
                  (SUM(m.amount_untaxed_signed)
                      / NULLIF(SUM(m.amount_total_signed), 0))::float8 AS untaxed
             FROM account_move m
            WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
              AND m.company_id = %s AND m.invoice_date <= %s
              AND m.partner_id IN (
                  SELECT p.id FROM res_partner p WHERE p.commercial_partner_id IN (
                      SELECT client_id FROM open_line WHERE NOT is_invoice))
            GROUP BY 1""",
        scope.company.id,
        scope.as_of,
    )
    return SQL(
        """SELECT e.*, %(least)s AS least,
                  CASE WHEN net < 0 THEN net
                       WHEN days > %(grace)s + accepted AND NOT disputed
                            AND NOT in_payment THEN net
                       ELSE 0 END AS counted
             FROM (SELECT l.client_id, l.move_id AS res_id, l.date AS day, l.due,
                          %(as_of)s - l.due AS days, l.residual,
                          l.residual * COALESCE(l.untaxed, s.untaxed, 1) AS net,
                          COALESCE(a.days, 0) AS accepted,
                          d.id IS NOT NULL AS disputed,
                          l.id IN (SELECT id FROM covered) AS in_payment
                     FROM open_line l
                     LEFT JOIN (%(share)s) s ON s.client_id = l.client_id
                     LEFT JOIN accepted a ON a.client_id = l.client_id
                     LEFT JOIN dispute d ON d.id = l.id) e""",
        least=_least(scope),
        grace=GRACE_DAYS,
        as_of=scope.as_of,
        share=share,
    )


def payment(scope: Scope) -> SQL:
    """SQL: what was paid on invoices, and what is overdue on them today, each with the
    days it was ``late`` beyond what is accepted; ``paid``: when, if it was."""
    late = SQL("LEAST(GREATEST(day - due - accepted, 0), %s)", MOST_LATE)
    return SQL(
        """SELECT client_id, res_id, day, amount, due, paid, %(late)s AS late
             FROM (SELECT p.client_id, p.res_id, p.day, p.amount, p.due, p.day AS paid,
                          COALESCE(a.days, 0) AS accepted
                     FROM (SELECT client_id, res_id, day, amount, due FROM paid
                            WHERE %(mine)s
                           UNION ALL
                           SELECT client_id, res_id, day, amount, due FROM covered) p
                     LEFT JOIN accepted a ON a.client_id = p.client_id
                    WHERE p.day <= %(as_of)s AND %(needed)s
                   UNION ALL
                   SELECT client_id, res_id, %(as_of)s::date, residual, due, NULL,
                          accepted
                     FROM receivable WHERE counted > 0
                  ) p""",
        late=late,
        mine=scope.mine(SQL("client_id")),
        as_of=scope.as_of,
        needed=scope.needed(SQL("p.day"), "payment"),
    )
