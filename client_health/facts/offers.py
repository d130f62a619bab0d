"""SQL about quotations as offers: those that replace each other are one."""

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import ever
from .scope import Scope

REPLACED_DAYS = 30  # between a cancelled quotation and the one that replaces it
MAILED = ("comment", "email_outgoing", "auto_comment")


def offer(env: Environment, scope: Scope) -> SQL:
    """SQL: what the client decided about our offers, from the relation ``orders``.

    Quotations of the same opportunity or with the same origin are one offer, and so is
    one that was cancelled within 30 days of a later one with a product in common. An
    offer is won (``won``) if any of its quotations was confirmed; it was turned down if
    the last of them was cancelled or expired, unless the opportunity was lost for a
    reason that is no refusal. What was never sent was never offered. ``res_id`` is the
    quotation that decides, ``at`` when it did.
    """
    return SQL(
        """WITH RECURSIVE offered AS (
                SELECT o.*, r.client_refusal
                  FROM orders o
                  LEFT JOIN crm_lead l
                    ON l.id = o.opportunity_id AND l.won_status = 'lost'
                   AND l.date_closed < %(end)s
                  LEFT JOIN crm_lost_reason r ON r.id = l.lost_reason_id
                 WHERE o.made <= %(as_of)s AND (o.state <> 'cancel' OR o.sent)
           ), link(first_id, next_id) AS (
                SELECT MIN(res_id) OVER (PARTITION BY client_id, opportunity_id), res_id
                  FROM offered WHERE opportunity_id IS NOT NULL
                UNION
                SELECT MIN(res_id) OVER (PARTITION BY client_id, origin), res_id
                  FROM offered WHERE origin <> ''
                UNION
                SELECT o.res_id, later.res_id
                  FROM offered o
                  JOIN offered later
                    ON later.client_id = o.client_id AND later.res_id <> o.res_id
                   AND later.made >= o.made
                 WHERE o.state = 'cancel'
                   AND ABS(later.made - %(cancelled)s) <= %(days)s
                   AND EXISTS (
                    SELECT FROM sale_order_line a
                      JOIN sale_order_line b ON b.product_id = a.product_id
                     WHERE a.order_id = o.res_id AND b.order_id = later.res_id)
           ), neighbour(id, other_id) AS (
                SELECT first_id, next_id FROM link WHERE first_id <> next_id
                UNION
                SELECT next_id, first_id FROM link WHERE first_id <> next_id
           ), chain(first_id, id) AS (
                SELECT res_id, res_id FROM offered
                 WHERE NOT EXISTS (SELECT FROM neighbour n
                                    WHERE n.id = res_id AND n.other_id < res_id)
                UNION
                SELECT chain.first_id, n.other_id
                  FROM chain JOIN neighbour n ON n.id = chain.id
           ), known AS (
                SELECT MIN(chain.first_id) AS first_id, chain.id
                  FROM chain GROUP BY chain.id
           ), version AS (
                SELECT known.first_id, o.*,
                       ROW_NUMBER() OVER (
                           PARTITION BY known.first_id
                           ORDER BY (o.state = 'sale') DESC,
                                    CASE o.state WHEN 'sale' THEN o.at END DESC,
                                    o.made DESC, o.res_id DESC) AS place
                  FROM known JOIN offered o ON o.res_id = known.id)
           SELECT client_id, res_id, state = 'sale' AS won, at
             FROM version
            WHERE place = 1 AND at < %(end)s
              AND (state = 'sale' OR client_refusal IS NOT FALSE)""",
        end=scope.end,
        as_of=scope.as_of,
        cancelled=scope.day(SQL("o.at")),
        days=REPLACED_DAYS,
    )


def sent(env: Environment, scope: Scope, records: SQL) -> tuple[SQL, SQL]:
    """SQL: joins of what tells that the order ``o`` had been sent by the end of the
    day, and the condition that it had: it was in status *sent* or confirmed, or
    was mailed to somebody who is none of us.

    ``records``: SQL of the ids of the orders in question.
    """
    offered = ("sent", "sale")
    was_sent = ever(env, "sale.order", "state", offered, records, scope)
    joins = SQL("LEFT JOIN (%s) was_sent ON was_sent.res_id = o.id", was_sent)
    condition = SQL(
        """(was_sent.res_id IS NOT NULL OR EXISTS (
              SELECT FROM mail_message m
                JOIN mail_notification n ON n.mail_message_id = m.id
               WHERE m.model = 'sale.order' AND m.res_id = o.id
                 AND m.message_type IN %s AND m.is_internal IS NOT TRUE
                 AND m.date < %s AND NOT %s))""",
        MAILED,
        scope.end,
        scope.internal(SQL("n.res_partner_id")),
    )
    return joins, condition
