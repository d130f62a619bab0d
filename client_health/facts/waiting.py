"""SQL: what waits for an answer, with everything that a line in *Waiting* tells.

On top of the relation ``waits`` of :mod:`.replies`, of a few clients.
"""

from collections.abc import Sequence
from datetime import timedelta

from odoo.api import Environment
from odoo.tools import SQL

from .places import Place
from .replies import WAITS_DAYS
from .scope import Scope
from .working_time import calendar, worked

# An answer that is agreed on for later than this has no moment yet.
AHEAD = timedelta(days=60)
SENTENCE = 300  # letters of what a message says where no sentence of it asks


def asked_since(scope: Scope) -> SQL:
    """SQL: the moment since which a question is told."""
    return SQL("%s", scope.midnight(scope.as_of - timedelta(days=WAITS_DAYS - 1)))


def lines(scope: Scope) -> SQL:
    """SQL: the questions of the last WAITS_DAYS, open or not, a row each.

    ``contact_id``: who asked, or was asked; ``elsewhere_id``: the message in another
    record that may be the answer; ``due_on``: when the agreed time is over;
    ``sentence``: that asks, else how the message begins.
    """
    return SQL(
        """SELECT w.client_id, w.model AS res_model, w.record_id AS res_id,
                  w.res_id AS message_id,
                  w.waits_for, w.surely, w.at AS asked_on, w.answer AS answered_on,
                  w.agreed, w.perhaps, w.state, who.contact AS contact_id,
                  e.id AS elsewhere_id, due.at AS due_on,
                  COALESCE(v.sentence, NULLIF(m.subject, ''), %(words)s) AS sentence
             FROM waits w
             JOIN client ON client.client_id = w.client_id
             JOIN mail_message m ON m.id = w.res_id
             LEFT JOIN client_message v ON v.message_id = w.res_id
             LEFT JOIN (SELECT client_id, id,
                               MIN(contact) FILTER (WHERE direct) AS contact
                          FROM known GROUP BY 1, 2) who
               ON who.client_id = w.client_id AND who.id = w.res_id
             LEFT JOIN (SELECT DISTINCT ON (client_id, side, at) client_id, side, at, id
                          FROM known ORDER BY client_id, side, at, id) e
               ON w.perhaps AND e.client_id = w.client_id AND e.side = w.waits_for
              AND e.at = w.away
            CROSS JOIN ahead
            CROSS JOIN LATERAL (SELECT %(due)s AS at) due
            WHERE w.at >= %(since)s""",
        words=SQL(
            """LEFT(TRIM(REGEXP_REPLACE(LEFT(m.body, 4000), '(<[^>]*>|\\s)+', ' ',
                                       'g')), %s)""",
            SENTENCE,
        ),
        due=_due(SQL("w.at"), SQL("w.agreed")),
        since=asked_since(scope),
    )


def ahead(scope: Scope) -> SQL:
    """SQL: the working time of the company, from before the oldest question until an
    answer to the newest is due."""
    start = scope.midnight(scope.as_of - timedelta(days=WAITS_DAYS)) - AHEAD
    return calendar(scope._replace(end=scope.end + AHEAD), start)


def _due(asked: SQL, agreed: SQL) -> SQL:
    """SQL: the moment at which so many working hours after another are over, by the
    relation ``ahead``; NULL where that is later than it knows."""
    # just before the work of a spell is done, so that it is its end, not the next begin
    done = SQL("(%s + %s * 3600)", worked(asked), agreed)
    spell = SQL("width_bucket(%s - 0.001, before)", done)
    end = SQL(
        "starts[%(spell)s] + %(done)s - before[%(spell)s]", spell=spell, done=done
    )
    return SQL(
        """(TIMESTAMP 'epoch' + INTERVAL '1 second' * (
             CASE WHEN always THEN %(done)s
                  WHEN %(end)s <= ends[%(spell)s] + 0.001 THEN ROUND((%(end)s)::numeric)
              END))""",
        done=done,
        end=end,
        spell=spell,
    )


def beyond(until: SQL) -> SQL:
    """SQL: rows ``number`` and ``hours``: the working hours that have passed since
    moments until another, by the relation ``calendar``; takes two parameters, arrays of
    the numbers and of the moments."""
    return SQL(
        """SELECT d.number, ROUND(((%s - %s) / 3600)::numeric, 2)::float8 AS hours
             FROM calendar CROSS JOIN due d""",
        worked(until),
        worked(SQL("d.at")),
    )


def _assignees(model):
    """The field of a model that names several of us who look after a record, if any."""
    many = model._fields.get("user_ids")
    if many and many.type == "many2many" and many.comodel_name == "res.users":
        return many
    return None


def assigned(env: Environment, places: Sequence[Place], user_id: int) -> SQL:
    """SQL: ``model`` and ``res_id`` of the records that somebody looks after with
    others."""
    parts = [SQL("SELECT NULL::text AS model, NULL::int AS res_id")]
    for place in places:
        if many := _assignees(env[place.model]):
            part = SQL(
                "SELECT %s, r.%s FROM %s r WHERE r.%s = %s",
                place.model,
                SQL.identifier(many.column1),
                SQL.identifier(many.relation),
                SQL.identifier(many.column2),
                user_id,
            )
            parts.append(part)
    return SQL(" UNION ALL ").join(parts)


def owners(env: Environment, places: Sequence[Place], fresh: str) -> SQL:
    """SQL: ``model``, ``res_id`` and ``user_id``: who of us looks after the records
    (``res_model``, ``res_id``) in the relation ``fresh``."""
    parts = [
        SQL("SELECT NULL::text AS model, NULL::int AS res_id, NULL::int AS user_id")
    ]
    for place in places:
        model = env[place.model]
        ids = SQL(
            "(SELECT res_id FROM %s WHERE res_model = %s)",
            SQL.identifier(fresh),
            place.model,
        )
        one = model._fields.get("user_id")
        if many := _assignees(model):
            part = SQL(
                "SELECT %s, r.%s, MIN(r.%s) FROM %s r WHERE r.%s IN %s GROUP BY 2",
                place.model,
                SQL.identifier(many.column1),
                SQL.identifier(many.column2),
                SQL.identifier(many.relation),
                SQL.identifier(many.column1),
                ids,
            )
        elif one and one.store and one.comodel_name == "res.users":
            part = SQL(
                "SELECT %s, d.id, d.user_id FROM %s d WHERE d.id IN %s",
                place.model,
                SQL.identifier(model._table),
                ids,
            )
        else:
            continue
        parts.append(part)
    return SQL(" UNION ALL ").join(parts)
