"""Whether a company answers its clients' mail in Odoo at all."""

from datetime import timedelta
from typing import Any

from odoo import fields
from odoo.tools import SQL

DAYS = timedelta(days=90)
# who was asked so lately may still answer
LATELY = timedelta(days=2)
LEAST = 20  # asking mails that tell something
MOST = 500  # of them that are looked at, the latest
NEAR = 20_000  # numbers of messages back from the last one, where it must be quick


def talks_elsewhere(env: Any, company: Any, near: bool = False) -> bool | None:
    """Whether under half of the asking mails of its clients were answered in Odoo.

    Looks at the latest of 90 days, ``near``: among the last messages. None for less
    than LEAST of them, which tell nothing.
    """
    now = fields.Datetime.now()
    env.cr.execute(
        SQL(
            """WITH ours AS MATERIALIZED (
                   SELECT partner_id AS id FROM res_users WHERE share IS NOT TRUE),
               asked AS MATERIALIZED (
                   SELECT m.id, m.date AS at, m.model, m.res_id, m.author_id
                     FROM client_message v
                     JOIN mail_message m ON m.id = v.message_id
                     JOIN res_partner p ON p.id = m.author_id
                     JOIN client_health h ON h.partner_id = p.commercial_partner_id
                          AND h.company_id = %(company)s
                    WHERE COALESCE(v.word, v.verdict) IN ('asks', 'needs')
                      AND v.automatic IS NOT TRUE AND v.message_id > %(after)s
                      AND m.message_type = 'email'
                      AND m.date >= %(since)s AND m.date < %(until)s
                      AND (m.record_company_id = %(company)s
                           OR m.record_company_id IS NULL)
                      AND m.author_id NOT IN (SELECT id FROM ours)
                    ORDER BY v.message_id DESC LIMIT %(most)s)
               SELECT COUNT(*),
                      COUNT(*) FILTER (WHERE EXISTS (
                          SELECT FROM mail_message m
                           WHERE m.model = a.model AND m.res_id = a.res_id
                             AND m.date >= a.at AND m.id <> a.id
                             AND m.is_internal IS NOT TRUE
                             AND m.message_type IN %(kinds)s
                             AND m.author_id IN (SELECT id FROM ours)
                          UNION ALL
                          SELECT FROM mail_notification n
                            JOIN mail_message m ON m.id = n.mail_message_id
                           WHERE n.res_partner_id = a.author_id AND m.date >= a.at
                             AND m.message_type IN %(kinds)s
                             AND m.author_id IN (SELECT id FROM ours)))
                 FROM asked a""",
            company=company.id,
            after=_last(env) - NEAR if near else 0,
            since=now - DAYS,
            until=now - LATELY,
            most=MOST,
            kinds=("email", "comment", "email_outgoing"),
        )
    )
    asked, answered = env.cr.fetchone()
    return None if asked < LEAST else 2 * answered < asked


def _last(env: Any) -> int:
    """The number of the last message that was read."""
    env.cr.execute("SELECT COALESCE(MAX(message_id), 0) FROM client_message")
    return env.cr.fetchone()[0]
