"""Who of us talks with whom of a client: messages, calls and meetings of a year.

Read when somebody asks for one client, and not stored.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from odoo.tools import SQL

from . import sides
from .places import places_of
from .scope import Scope

TALK_DAYS = 365


class Talk(NamedTuple):
    """Something said with a ``client`` (id): ``kind`` (``message``, ``call`` or
    ``meeting``) and ``id`` name it; ``contact`` and ``colleague`` are ids of contacts,
    None for nobody by name; ``theirs``: they wrote, or spoke; ``model`` and ``res_id``:
    where, to open it."""

    client: int
    kind: str
    id: int
    contact: int | None
    colleague: int | None
    theirs: bool
    at: datetime
    model: str | None
    res_id: int | None


def talks(facts: Any, scope: Scope, reader: int) -> list[Talk]:
    """What was said with the clients of ``scope`` in the year up to its day, the oldest
    first; of private meetings only those in which the contact ``reader`` takes part.

    ``facts``: the model ``client.health.facts``. Two queries. A message counts with
    those that it names; one of theirs that names none of us, with whoever of us wrote
    last on that record.
    """
    facts.env.flush_all()
    scope = facts._look_up(scope)
    first = scope.as_of - timedelta(days=TALK_DAYS - 1)
    start = scope.midnight(first)
    relations = _said(facts, scope, start)
    parts = [_messages(scope)]
    calls = facts.env["client.health.facts.calls"]
    if calls._available():
        relations |= calls._relations(scope)
        parts.append(_calls(scope, start))
    meetings = facts.env["client.health.facts.meetings"]
    if meetings._available():
        relations["meeting"] = meetings._relations(scope)["meeting"]
        parts.append(_meetings(scope, start, reader))
    ctes = SQL(", ").join(
        SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), body)
        for name, body in relations.items()
    )
    rows = facts.env.execute_query(
        SQL("WITH %s %s ORDER BY at, id", ctes, SQL(" UNION ALL ").join(parts))
    )
    return [Talk(*row) for row in rows]


def _said(facts: Any, scope: Scope, start: datetime) -> dict[str, SQL]:
    """Name → SQL: the steps to ``said``, of the messages from a moment on."""
    source = facts.env["client.health.facts.messages"]
    when = SQL("m.date >= %s AND m.date < %s", start, scope.end)
    among = SQL("base JOIN mail_message m ON m.id = base.id")
    mine = scope.mine(SQL("client_id"))
    return {
        "base": sides.base(scope, source._places(), scope.mine, when),
        **source._said(scope, "", among, when, mine),
        # a colleague, not Odoo itself
        "ours": SQL(
            """SELECT id FROM res_partner WHERE %s AND id NOT IN (
                 SELECT res_id FROM ir_model_data
                  WHERE module = 'base' AND name = 'partner_root')""",
            scope.internal(SQL("id")),
        ),
    }


def _messages(scope: Scope) -> SQL:
    """SQL: the messages, each with those of both sides whom it is from and for."""
    return SQL(
        """SELECT s.client_id, 'message' AS kind, s.id, s.contact,
                  CASE WHEN s.side = 'ours' THEN s.author
                       ELSE COALESCE(n.named, s.before) END AS colleague,
                  s.side = 'client' AS theirs, s.at, s.model, s.res_id
             FROM (SELECT s.client_id, s.id, s.contact, s.side, s.at, s.model, s.res_id,
                          o.id AS author,
                          (MAX(CASE WHEN s.side = 'ours' AND o.id IS NOT NULL
                                    THEN ARRAY[EXTRACT(EPOCH FROM s.at), o.id] END)
                             OVER (PARTITION BY s.client_id, s.model, s.res_id
                                   ORDER BY s.at, s.id
                                   ROWS UNBOUNDED PRECEDING))[2]::int AS before
                     FROM said s
                     JOIN mail_message m ON m.id = s.id
                     LEFT JOIN ours o ON o.id = m.author_id AND s.side = 'ours') s
             LEFT JOIN LATERAL (
                  SELECT r.res_partner_id AS named
                    FROM mail_message_res_partner_rel r
                    JOIN ours o ON o.id = r.res_partner_id
                   WHERE r.mail_message_id = s.id AND s.side = 'client') n ON TRUE"""
    )


def _calls(scope: Scope, start: datetime) -> SQL:
    """SQL: the calls, with who was to make them."""
    return SQL(
        """SELECT c.client_id, 'call', a.id, COALESCE(c.contact, c.client_id), o.id,
                  TRUE, %(at)s, a.res_model, a.res_id
             FROM call c
             JOIN mail_activity a ON a.id = c.res_id
             LEFT JOIN res_users u ON u.id = a.user_id
             LEFT JOIN ours o ON o.id = u.partner_id
            WHERE %(at)s >= %(start)s""",
        at=scope.begins(SQL("c.day")),
        start=start,
    )


def _meetings(scope: Scope, start: datetime, reader: int) -> SQL:
    """SQL: the meetings, with those of us who did not decline."""
    return SQL(
        """SELECT t.client_id, 'meeting', ev.id, t.contact, o.id, TRUE, t.at,
                  'calendar.event', ev.id
             FROM meeting t
             JOIN calendar_event ev ON ev.id = t.res_id
             LEFT JOIN res_users u ON u.id = ev.user_id
             LEFT JOIN res_users_settings s ON s.user_id = u.id
             LEFT JOIN LATERAL (
                  SELECT o.id FROM calendar_attendee a
                    JOIN ours o ON o.id = a.partner_id
                   WHERE a.event_id = ev.id
                     AND a.state IS DISTINCT FROM 'declined') o ON TRUE
            WHERE t.at >= %(start)s
              AND (COALESCE(ev.privacy, s.calendar_default_privacy, 'public')
                       <> 'private'
                   OR u.partner_id = %(reader)s
                   OR EXISTS (SELECT FROM calendar_attendee a
                               WHERE a.event_id = ev.id
                                 AND a.partner_id = %(reader)s))""",
        start=start,
        reader=reader,
    )


class Bounced(NamedTuple):
    """A contact whose last mail came back, and on which day; None where not known."""

    contact: int
    day: Any


def bounced(facts: Any, scope: Scope) -> list[Bounced]:
    """The active contacts of the clients of ``scope`` whose mail comes back, those of
    the last days first. One query."""
    facts.env.flush_all()
    partner = facts.env["res.partner"]
    # as OCA's mail_tracking knows it
    tracked = SQL("p.email_bounced" if "email_bounced" in partner._fields else "FALSE")
    rows = facts.env.execute_query(
        SQL(
            """SELECT p.id, last.day
                 FROM res_partner p
                 LEFT JOIN LATERAL (
                      SELECT n.notification_status = 'bounce'
                             OR n.failure_type IN ('mail_bounce', 'mail_email_invalid')
                                 AS back, %(day)s AS day
                        FROM mail_notification n
                        JOIN mail_message m ON m.id = n.mail_message_id
                       WHERE n.res_partner_id = p.id AND n.notification_type = 'email'
                         AND n.notification_status IN ('sent', 'bounce', 'exception')
                         AND m.date >= %(start)s
                       ORDER BY n.id DESC LIMIT 1) last ON TRUE
                WHERE %(mine)s AND p.active AND p.email_normalized <> ''
                  AND (last.back OR (last.back IS NULL AND p.message_bounce > 0)
                       OR %(tracked)s)
                ORDER BY last.day DESC NULLS LAST, p.id""",
            day=scope.day(SQL("m.date")),
            start=scope.midnight(scope.as_of - timedelta(days=TALK_DAYS - 1)),
            mine=scope.mine(SQL("p.commercial_partner_id")),
            tracked=tracked,
        )
    )
    return [Bounced(*row) for row in rows]


def clients_of(facts: Any, scope: Scope, colleagues: Any) -> set[int]:
    """Ids of those with whom some colleagues (records of contacts) had to do in the
    year up to the day of ``scope``: they wrote to them, met or called them, are their
    salesperson, or have something to do for them. One query."""
    facts.env.flush_all()
    places = list(facts.env["client.health.facts.messages"]._places())
    mine = SQL("= ANY(%s)", list(colleagues.ids))
    # theirs to do, or done as a call
    spots = SQL(
        """(SELECT DISTINCT a.res_model AS model, a.res_id FROM mail_activity a
              JOIN res_users u ON u.id = a.user_id WHERE u.partner_id %s) spots""",
        mine,
    )
    rows = facts.env.execute_query(
        SQL(
            """SELECT DISTINCT client_id FROM (
                 SELECT p.commercial_partner_id AS client_id
                   FROM mail_message m
                   JOIN mail_notification n ON n.mail_message_id = m.id
                   JOIN res_partner p ON p.id = n.res_partner_id
                  WHERE m.author_id %(mine)s AND m.date >= %(start)s
                  UNION
                 SELECT p.commercial_partner_id
                   FROM mail_message m
                   JOIN mail_message_res_partner_rel r ON r.mail_message_id = m.id
                   JOIN res_partner p ON p.id = r.res_partner_id
                  WHERE m.author_id %(mine)s AND m.date >= %(start)s
                  UNION
                 SELECT p.commercial_partner_id
                   FROM calendar_attendee a
                   JOIN calendar_event ev ON ev.id = a.event_id
                   JOIN calendar_attendee other ON other.event_id = ev.id
                   JOIN res_partner p ON p.id = other.partner_id
                  WHERE a.partner_id %(mine)s AND ev.start >= %(start)s
                  UNION
                 SELECT h.partner_id FROM client_health h
                   JOIN res_users u ON u.id = h.user_id WHERE u.partner_id %(mine)s
                  UNION
                 SELECT pl.client_id FROM (%(places)s) pl) found
                WHERE client_id IS NOT NULL""",
            mine=mine,
            start=scope.midnight(scope.as_of - timedelta(days=TALK_DAYS - 1)),
            places=places_of(places, spots),
        )
    )
    return {client for (client,) in rows}


class Planned(NamedTuple):
    """An open activity of a colleague (id of a contact) on a record of a client."""

    client: int
    colleague: int
    activity: int


def planned(facts: Any, colleagues: Any) -> list[Planned]:
    """The open activities of some colleagues (records of contacts) on records that are
    about a client. One query."""
    facts.env.flush_all()
    places = list(facts.env["client.health.facts.messages"]._places())
    rows = facts.env.execute_query(
        SQL(
            """WITH todo AS (
                   SELECT a.id, a.res_model AS model, a.res_id, u.partner_id
                     FROM mail_activity a JOIN res_users u ON u.id = a.user_id
                    WHERE u.partner_id = ANY(%s) AND a.active IS NOT FALSE)
               SELECT pl.client_id, todo.partner_id, todo.id
                 FROM (%s) pl JOIN todo USING (model, res_id)
                UNION
               SELECT h.partner_id, todo.partner_id, todo.id
                 FROM todo JOIN client_health h ON h.id = todo.res_id
                WHERE todo.model = 'client.health'""",
            list(colleagues.ids),
            places_of(places, SQL("(SELECT DISTINCT model, res_id FROM todo) spots")),
        )
    )
    return [Planned(*row) for row in rows]
