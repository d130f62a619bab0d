"""SQL: what was asked, when it was answered, and whether in time.

Of what both sides said (:mod:`.sides`): ``spoken`` (calls and meetings), ``replied``
(each message with its first answer), ``runs`` (what one side says before it is
answered), ``timed`` (a run as a question, with its working hours) and ``turn``, those
that count.
"""

from odoo.tools import SQL

from .scope import Scope
from .sides import ON_RECORD
from .working_time import worked

WAITS_DAYS = 90  # after which nobody is reminded of a question any more


def spoken(scope: Scope, calls: SQL, meetings: SQL, since: SQL) -> SQL:
    """SQL: calls done and meetings held, which answer what was asked before.

    ``at``: what was asked before it may be answered by it; ``answer``: since when it
    is: a call has a day only, and answers from its beginning what was asked on it.
    ``contact`` NULL: with whom is not known, or it counts for everybody.
    """
    next_day = scope.begins(SQL("(day + 1)"))
    return SQL(
        """SELECT client_id, contact, %(next)s AS at, %(begin)s AS answer
             FROM (%(calls)s) calls WHERE day >= %(since)s::date
            UNION ALL
           SELECT client_id, NULLIF(contact, client_id), at, at
             FROM (%(meetings)s) meetings WHERE at >= %(since)s""",
        next=next_day,
        begin=scope.begins(SQL("day")),
        calls=calls,
        meetings=meetings,
        since=since,
    )


def spoken_with(known: str) -> SQL:
    """SQL: ``spoken`` as people of ``known`` heard it: with each it was with, and with
    whoever nobody knows; what was with the client at large was with everybody."""
    return SQL(
        """SELECT s.client_id,
                  CASE WHEN p.email_normalized <> ''
                       THEN HASHTEXTEXTENDED(p.email_normalized, 0) ELSE p.id END
                      AS person, s.at, s.answer
             FROM spoken s JOIN res_partner p ON p.id = s.contact
            UNION ALL
           SELECT client_id, NULL, at, answer FROM spoken
            UNION ALL
           SELECT DISTINCT s.client_id, k.person, s.at, s.answer
             FROM spoken s JOIN %s k ON k.client_id = s.client_id
            WHERE s.contact IS NULL AND k.person IS NOT NULL""",
        SQL.identifier(known),
    )


def replied(known: str) -> SQL:
    """SQL: each message of ``known`` with its first answer; a row a message and client.

    ``here``: the other side's next message in the conversation; ``away``: the next in
    any other by the very person who was asked, or by us to the very person who asked;
    ``spoke``: a call or meeting with that person.
    """
    # the same answers for all who look for them, in one pass over each order
    by_talk = SQL(
        """SELECT *, MIN(at) FILTER (WHERE side = 'ours') OVER later AS ours_here,
                  MIN(at) FILTER (WHERE side = 'client' AND channel = 'mail')
                      OVER later AS mail_here,
                  MIN(at) FILTER (WHERE side = 'client' AND channel = 'message')
                      OVER later AS message_here,
                  LEAD(CASE side WHEN 'client' THEN channel END) OVER talk
                      AS channel_before
             FROM %s
           WINDOW talk AS (PARTITION BY client_id, model, res_id
                           ORDER BY at DESC, id DESC),
                  later AS (talk ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)""",
        SQL.identifier(known),
    )
    by_person = SQL(
        """SELECT *, MIN(at) FILTER (WHERE side = 'ours' AND direct)
                      OVER later AS ours_away,
                  MIN(at) FILTER (WHERE side = 'client' AND channel = 'mail')
                      OVER later AS mail_away,
                  MIN(at) FILTER (WHERE side = 'client' AND channel = 'message')
                      OVER later AS message_away,
                  MIN(answer) OVER later AS spoke
             FROM (SELECT client_id, person, contact, at, id, side, direct, channel,
                          model, res_id, own, verdict, word, word_on, ours_here,
                          mail_here, message_here, channel_before,
                          NULL::timestamp AS answer
                     FROM (%s) talk
                    UNION ALL
                   SELECT client_id, person, NULL, at, 0, NULL, NULL, NULL, NULL, NULL,
                          NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, answer
                     FROM (%s) spoken) said
           WINDOW later AS (PARTITION BY client_id, person ORDER BY at DESC, id DESC
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)""",
        by_talk,
        spoken_with(known),
    )
    return SQL(
        """SELECT client_id, id, model, res_id, side, at, channel, channel_before,
                  direct, own, verdict, word, word_on, contact,
                  CASE side WHEN 'ours' THEN LEAST(mail_here, message_here)
                            ELSE ours_here END AS here,
                  CASE side WHEN 'ours' THEN LEAST(mail_away, message_away)
                            ELSE ours_away END AS away,
                  CASE WHEN spoke IS NOT NULL THEN GREATEST(spoke, at) END AS spoke,
                  LEAST(mail_here, mail_away) AS mail,
                  LEAST(message_here, message_away) AS message
             FROM (SELECT client_id, id, MIN(model) AS model, MIN(res_id) AS res_id,
                          MIN(side) AS side, MIN(at) AS at, MIN(channel) AS channel,
                          MIN(channel_before) AS channel_before,
                          BOOL_OR(direct) AS direct, BOOL_OR(own) AS own,
                          MIN(verdict) AS verdict, MIN(word) AS word,
                          MIN(word_on) AS word_on,
                          MIN(contact) FILTER (WHERE direct) AS contact,
                          MIN(ours_here) AS ours_here, MIN(mail_here) AS mail_here,
                          MIN(message_here) AS message_here,
                          MIN(ours_away) FILTER (WHERE direct) AS ours_away,
                          MIN(mail_away) FILTER (WHERE direct) AS mail_away,
                          MIN(message_away) FILTER (WHERE direct) AS message_away,
                          MIN(spoke) FILTER (WHERE direct) AS spoke
                     FROM (%s) said WHERE side IS NOT NULL GROUP BY 1, 2) message""",
        by_person,
    )


def numbered(source: str) -> SQL:
    """SQL: the messages of ``source`` that may ask, with the number of their run: one
    begins a new run unless the one before it is still unanswered then."""
    return SQL(
        """SELECT *, COUNT(*) FILTER (WHERE begins) OVER talk AS run
             FROM (SELECT *, LAG(id) OVER talk IS NULL
                             OR COALESCE(LAG(answer) OVER talk <= at, FALSE) AS begins
                     FROM (SELECT *, LEAST(here, away, spoke) AS answer
                             FROM %s m WHERE direct AND %s) m
                   WINDOW talk AS (PARTITION BY client_id, model, res_id, side
                                   ORDER BY at, id)) m
           WINDOW talk AS (PARTITION BY client_id, model, res_id, side
                           ORDER BY at, id)""",
        SQL.identifier(source),
        ON_RECORD,
    )


def runs(scope: Scope, source: str) -> SQL:
    """SQL: what one side said before it was answered, as known at the end of the day.

    ``asks``: [when, message] of the first that surely asks; ``may``: of the first that
    does not surely close; ``answer`` and the like: the first that came.
    """
    end = scope.end
    word = SQL("word_on < %s", end)
    moment = SQL("ARRAY[(EXTRACT(EPOCH FROM at) * 1e6)::bigint, id]")

    def until(column: SQL) -> SQL:
        return SQL("CASE WHEN %s < %s THEN %s END", column, end, column)

    return SQL(
        """SELECT client_id, model, res_id, side, MIN(at) AS at,
                  MAX(id) FILTER (WHERE begins) AS first_id,
                  MIN(channel) FILTER (WHERE begins) AS channel,
                  MIN(channel_before) FILTER (WHERE begins) AS channel_before,
                  MIN(CASE WHEN mail <= COALESCE(message, 'infinity') THEN 'mail'
                           WHEN message IS NOT NULL THEN 'message' END)
                      FILTER (WHERE begins) AS answer_channel,
                  MIN(answer) AS answer,
                  MIN(%(moment)s) FILTER (WHERE asks) AS asks,
                  MIN(answer) FILTER (WHERE asks) AS asks_answer,
                  MIN(%(moment)s) FILTER (WHERE may) AS may,
                  MIN(answer) FILTER (WHERE may) AS may_answer,
                  MIN(away) FILTER (WHERE may) AS away,
                  BOOL_OR(may AND here IS NOT NULL) AS answered_here
             FROM (SELECT client_id, model, res_id, side, run, begins, at, id, channel,
                          channel_before, %(mail)s AS mail, %(message)s AS message,
                          %(answer)s AS answer, %(here)s AS here, %(away)s AS away,
                          CASE WHEN %(word)s THEN word = 'needs'
                               ELSE COALESCE(verdict = 'asks', FALSE) END AS asks,
                          CASE WHEN %(word)s THEN word = 'needs'
                               ELSE verdict IS DISTINCT FROM 'closes' END AS may
                     FROM %(source)s WHERE at < %(end)s) m
            GROUP BY client_id, model, res_id, side, run""",
        source=SQL.identifier(source),
        end=end,
        word=word,
        moment=moment,
        answer=until(SQL("answer")),
        here=until(SQL("here")),
        away=until(SQL("away")),
        mail=until(SQL("mail")),
        message=until(SQL("message")),
    )


def promised(scope: Scope) -> SQL:
    """SQL: what was agreed with each client, over time: arrays of when agreements
    began and ended and of their hours, the latest first. Who agreed on nothing has no
    row."""
    return SQL(
        """SELECT g.partner_id AS client_id,
                  ARRAY_AGG(g.date_start ORDER BY g.date_start DESC, g.id DESC)
                      AS begun,
                  ARRAY_AGG(COALESCE(g.date_end, 'infinity')
                            ORDER BY g.date_start DESC, g.id DESC) AS ended,
                  ARRAY_AGG(COALESCE(g.client_response_hours, 0)
                            ORDER BY g.date_start DESC, g.id DESC) AS client_hours,
                  ARRAY_AGG(COALESCE(g.our_response_hours, 0)
                            ORDER BY g.date_start DESC, g.id DESC) AS our_hours
             FROM client_agreement g
            WHERE %s AND g.company_id = %s AND g.state IN ('active', 'ended')
            GROUP BY 1""",
        scope.mine(SQL("g.partner_id")),
        scope.company.id,
    )


def agreed(scope: Scope, moment: SQL) -> SQL:
    """SQL: the working hours for an answer to the run ``r``, by the agreement ``p`` in
    force on the day of a moment, else by the settings."""

    def hours(column: str, setting: float) -> SQL:
        return SQL(
            """COALESCE(CASE WHEN p.client_id IS NOT NULL THEN (
                    SELECT NULLIF(a.hours, 0)
                      FROM UNNEST(p.begun, p.ended, %(hours)s) WITH ORDINALITY
                           a(begun, ended, hours, place)
                     WHERE %(day)s BETWEEN a.begun AND a.ended
                     ORDER BY a.place LIMIT 1) END, %(setting)s)""",
            hours=SQL.identifier("p", column),
            day=scope.day(moment),
            setting=setting,
        )

    company = scope.company
    return SQL(
        "CASE r.side WHEN 'ours' THEN %s ELSE %s END",
        hours("client_hours", company.client_health_client_hours),
        hours("our_hours", company.client_health_our_hours),
    )


def first(scope: Scope) -> SQL:
    """SQL: the runs, and the working hours from their first message to the answer."""
    return SQL(
        """SELECT r.*, %(agreed)s AS agreed,
                  EXTRACT(EPOCH FROM r.answer - r.at)::float8 / 3600 AS elapsed,
                  CASE WHEN r.answer IS NOT NULL
                       THEN (%(answered)s - %(asked)s) / 3600 END AS hours
             FROM runs r LEFT JOIN promised p ON p.client_id = r.client_id
            CROSS JOIN calendar""",
        agreed=agreed(scope, SQL("r.at")),
        answered=worked(SQL("r.answer")),
        asked=worked(SQL("r.at")),
    )


def timed(scope: Scope, until: SQL) -> SQL:
    """SQL: the runs as questions, with the working hours that passed until the answer.

    One that was answered within the agreed hours of its first message was asked then.
    Any other was asked by the first that surely asks; without one nobody asked.
    """
    in_time = SQL("COALESCE(elapsed <= agreed OR hours <= agreed, FALSE)")
    return SQL(
        """SELECT client_id, model, record_id, res_id, at, answer, agreed, elapsed,
                  hours, answer IS NOT NULL AS answered,
                  CASE side WHEN 'ours' THEN 'client' ELSE 'ours' END AS waits_for,
                  CASE side WHEN 'client' THEN channel
                            ELSE COALESCE(answer_channel, channel_before, channel)
                   END AS channel
             FROM (
                SELECT client_id, model, res_id AS record_id, side,
                       first_id AS res_id, channel, channel_before, answer_channel,
                       at, answer, agreed, elapsed, hours
                  FROM first WHERE %(in_time)s
                 UNION ALL
                SELECT r.client_id, r.model, r.res_id, r.side, r.asks[2]::int,
                       r.channel, r.channel_before, r.answer_channel,
                       r.asked, r.asks_answer, %(agreed)s,
                       EXTRACT(EPOCH FROM r.asks_answer - r.asked)::float8 / 3600,
                       (%(answered)s - %(began)s) / 3600
                  FROM (SELECT *, %(asked)s AS asked FROM first
                         WHERE asks IS NOT NULL AND NOT %(in_time)s) r
                  LEFT JOIN promised p ON p.client_id = r.client_id
                 CROSS JOIN calendar) questions""",
        in_time=in_time,
        asked=moment_of(SQL("asks")),
        agreed=agreed(scope, SQL("r.asked")),
        began=worked(SQL("r.asked")),
        answered=worked(SQL("COALESCE(r.asks_answer, %s::timestamp)", until)),
    )


def moment_of(place: SQL) -> SQL:
    """SQL: the moment in ``asks`` or ``may`` of a run."""
    return SQL("(TIMESTAMP 'epoch' + %s[1] * INTERVAL '1 microsecond')", place)


# Where it matters when the record closed: whatever was answered at once, in the same
# conversation, was answered before.
SPOTS = SQL(
    """(SELECT DISTINCT model, res_id FROM runs
         WHERE may IS NOT NULL
           AND (asks IS NOT NULL OR may_answer IS NULL OR NOT answered_here)) spots"""
)


def settled(asked: SQL, answer: SQL) -> SQL:
    """SQL condition: the record ``c`` closed after something was asked on it, and
    before that was answered."""
    return SQL(
        "COALESCE(c.at > %s AND c.at < COALESCE(%s, 'infinity'), FALSE)", asked, answer
    )


# In time, or else late or missing by now and not settled.
TURN = SQL(
    """SELECT t.* FROM timed t
         LEFT JOIN closing c ON c.model = t.model AND c.res_id = t.record_id
        WHERE COALESCE(t.answered AND (t.elapsed <= t.agreed OR t.hours <= t.agreed),
                       FALSE)
           OR ((t.answered OR t.hours > t.agreed) AND NOT %s)""",
    settled(SQL("t.at"), SQL("t.answer")),
)


def waits(scope: Scope) -> SQL:
    """SQL: what was asked, or may have been, as it stands: ``state`` is ``waiting``,
    ``answered`` or ``settled`` (its record closed since); ``perhaps``: answered by
    what was written in another record, at most.

    ``res_id`` is the message, ``record_id`` what it stands on, ``surely``: it asks.
    """
    return SQL(
        """SELECT r.client_id, r.model, r.res_id AS record_id,
                  r.asked[2]::int AS res_id,
                  CASE r.side WHEN 'ours' THEN 'client' ELSE 'ours' END AS waits_for,
                  %(at)s AS at, r.surely, r.answer, r.away, %(agreed)s AS agreed,
                  r.answer IS NOT NULL AND NOT r.answered_here
                      AND COALESCE(r.away <= r.answer, FALSE)
                      AND NOT %(settled)s AS perhaps,
                  CASE WHEN %(settled)s THEN 'settled'
                       WHEN r.answer IS NOT NULL THEN 'answered'
                       ELSE 'waiting' END AS state
             FROM (SELECT client_id, model, res_id, side, away, answered_here,
                          asks IS NOT NULL AS surely, COALESCE(asks, may) AS asked,
                          CASE WHEN asks IS NULL THEN may_answer ELSE asks_answer
                           END AS answer
                     FROM runs WHERE may IS NOT NULL) r
             LEFT JOIN promised p ON p.client_id = r.client_id
             LEFT JOIN closing c ON c.model = r.model AND c.res_id = r.res_id""",
        at=moment_of(SQL("r.asked")),
        settled=settled(moment_of(SQL("r.asked")), SQL("r.answer")),
        agreed=agreed(scope, moment_of(SQL("r.asked"))),
    )
