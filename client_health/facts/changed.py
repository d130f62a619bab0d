"""SQL: which clients' records were written since a moment.

``write_date`` is when a transaction began, so the moment has to be the start of the
oldest one that was open then. Deletions are not seen.
"""

from collections.abc import Sequence
from datetime import datetime

from odoo.tools import SQL

from .places import Place, places_of

UNION = SQL(" UNION ALL ")


def on_places(places: Sequence[Place], since: datetime) -> SQL:
    """SQL: ids of the clients of records that were written."""
    return UNION.join(
        SQL(
            "SELECT %s AS client_id FROM %s WHERE d.write_date >= %s",
            place.client,
            place.rows,
            since,
        )
        for place in places
    )


def by_messages(places: Sequence[Place], since: datetime) -> SQL:
    """SQL: ids of the clients between whom and us something was written that was read
    since, or of which a person said something since."""
    return SQL(
        """WITH news AS MATERIALIZED (
               SELECT m.id, m.author_id, m.model, m.res_id
                 FROM client_message v JOIN mail_message m ON m.id = v.message_id
                WHERE v.read_on >= %(since)s OR v.word_on >= %(since)s),
           spot AS MATERIALIZED (SELECT DISTINCT model, res_id FROM news)
           SELECT p.commercial_partner_id AS client_id
             FROM (SELECT author_id AS contact FROM news
                    UNION ALL
                   SELECT r.res_partner_id FROM news
                     JOIN mail_message_res_partner_rel r ON r.mail_message_id = news.id
                    UNION ALL
                   SELECT n.res_partner_id FROM news
                     JOIN mail_notification n ON n.mail_message_id = news.id) who
             JOIN res_partner p ON p.id = who.contact
            UNION ALL
           SELECT client_id FROM (%(places)s) place""",
        since=since,
        places=places_of(list(places), SQL("spot spots")),
    )
