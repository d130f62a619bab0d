"""Who wrote when, and who answered in time.

Within a conversation (the messages on one record) the two sides take turns: a
turn starts with the first message of one side after the other's last, and the
other side is to answer it. Answer times are working hours of the company.
"""

from datetime import datetime, timedelta

import pytz
from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from .base import Fact, Found

_lt = LazyTranslate(__name__)

# How automatic answers of other people's mail servers begin their subject.
AUTOMATIC = (
    r"^\s*(auto(matic|mated)?[ -]?(reply|response|answer)|out[ -]of[ -](the[ -])?office"
    r"|automatisch(e)? (antwoord|beantwoording)|afwezig(heid(smelding)?)?\M"
    r"|abwesen(d|heit)|automatische antwort|r[eé]ponse automatique|absence du bureau"
    r"|undeliverable|undelivered mail|delivery status notification|mail delivery)"
)

# How the client writes → the words of the facts about it.
CHANNELS = {
    "mail": (
        _lt("Mails"),
        _lt("Answers the client owed us by mail"),
        _lt("Answers of the client by mail in time"),
        _lt("The client's answer time by mail"),
    ),
    "message": (
        _lt("Messages"),
        _lt("Answers the client owed us by message"),
        _lt("Answers of the client by message in time"),
        _lt("The client's answer time by message"),
    ),
}


class ClientHealthFactsMessages(models.AbstractModel):
    _name = "client.health.facts.messages"
    _inherit = "client.health.facts"
    _description = "Facts from messages"

    _requires = ("mail.message", "mail.notification")
    _evidence = {"turn": "mail.message", "message": "mail.message"}
    _found = Found(
        _lt("Messages"),
        "mail.message",
        [("message_type", "in", ("email", "comment")), ("model", "!=", False)],
        "date",
    )

    @api.model
    def _facts(self):
        theirs = SQL("e.waits_for = 'client'")
        ours = SQL("e.waits_for = 'ours'")
        on_time = SQL("e.answered AND e.hours <= e.agreed")
        count = {"unit": "count", "relation": "turn", "sql": "COUNT(*) {rows}"}
        return [
            Fact(
                "client_turns",
                _lt("Answers the client owed us"),
                _lt("Our turns that the client answered, or should have by now."),
                where=theirs,
                **count,
            ),
            Fact(
                "client_turns_on_time",
                _lt("Answers of the client in time"),
                _lt("Our turns answered within the agreed working hours."),
                where=SQL("%s AND %s", theirs, on_time),
                **count,
            ),
            Fact(
                "our_turns",
                _lt("Answers we owed the client"),
                _lt("The client's turns that we answered, or should have by now."),
                where=ours,
                **count,
            ),
            Fact(
                "our_turns_on_time",
                _lt("Our answers in time"),
                _lt("The client's turns we answered within the agreed working hours."),
                where=SQL("%s AND %s", ours, on_time),
                **count,
            ),
            *self._answer_facts(),
            *self._channel_facts(),
            Fact(
                "days_since_message",
                _lt("Days since the last message"),
                _lt("Days since one side last wrote to the other."),
                "days",
                "message",
                "MIN(e.age) {rows}",
                windowed=False,
                default=None,
                latest=True,
            ),
        ]

    @api.model
    def _answer_facts(self):
        """How long answers took, and which never came, on either side."""
        hours = {
            "unit": "hours",
            "relation": "turn",
            "sql": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.hours) {rows}",
            "default": None,
        }
        return [
            Fact(
                "our_answer_hours",
                _lt("Our answer time"),
                _lt("Median working hours until we answered the client."),
                where=SQL("e.waits_for = 'ours' AND e.answered"),
                **hours,
            ),
            Fact(
                "our_unanswered",
                _lt("Turns of ours left unanswered"),
                _lt("The client's turns that we should have answered and did not."),
                "count",
                "turn",
                "COUNT(*) {rows}",
                where=SQL("e.waits_for = 'ours' AND NOT e.answered"),
            ),
        ]

    @api.model
    def _channel_facts(self):
        """How the client answers by mail, and by messages (portal and comments)."""
        facts = []
        for channel, (count, turns, on_time, hours) in CHANNELS.items():
            mine = SQL("e.channel = %s", channel)
            theirs = SQL("%s AND e.waits_for = 'client'", mine)
            facts += [
                Fact(
                    f"{channel}_count",
                    count,
                    _lt("What both sides wrote to each other this way."),
                    "count",
                    "message",
                    "COUNT(*) {rows}",
                    where=mine,
                ),
                Fact(
                    f"{channel}_turns",
                    turns,
                    _lt("Our turns that the client answered, or should have by now."),
                    "count",
                    "turn",
                    "COUNT(*) {rows}",
                    where=theirs,
                ),
                Fact(
                    f"{channel}_turns_on_time",
                    on_time,
                    _lt("Our turns answered within the agreed working hours."),
                    "count",
                    "turn",
                    "COUNT(*) {rows}",
                    where=SQL("%s AND e.answered AND e.hours <= e.agreed", theirs),
                ),
                Fact(
                    f"{channel}_hours",
                    hours,
                    _lt("Median working hours until the client answered us."),
                    "hours",
                    "turn",
                    "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.hours) {rows}",
                    where=SQL("%s AND e.answered", theirs),
                    default=None,
                ),
            ]
        return facts

    @api.model
    def _relations(self, scope):
        """Messages of both sides, and the turns that they make.

        The client's: e-mails and comments written by one of its contacts. Ours:
        e-mails and comments of internal users that notified one of its contacts,
        who may not be an internal user himself; what never arrived notified
        nobody. Internal notes, tracking, automatic replies and out-of-office
        messages never count. An unanswered turn counts once the agreed time is
        over. In a chat channel nobody is notified, so it has no turns. The client
        writes a mail, or else a message; ours is a mail wherever a record is
        written on, and our turn went the way that the client answered it, or else
        wrote before.
        """
        start = datetime.combine(scope.as_of, datetime.min.time()) - timedelta(
            days=scope.lookback
        )
        until = min(scope.end, fields.Datetime.now())
        params = {
            "clients": scope.clients_sql,
            "company": scope.company.id,
            "end": scope.end,
            "countable": self._countable(),
        }
        theirs = SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id, m.model, m.res_id,
                      m.date, 'client' AS side,
                      CASE m.message_type WHEN 'email' THEN 'mail'
                                          ELSE 'message' END AS channel
                 FROM mail_message m
                 JOIN res_partner p ON p.id = m.author_id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND m.message_type IN ('email', 'comment') AND m.date < %(end)s
                  AND (m.record_company_id = %(company)s
                       OR m.record_company_id IS NULL)
                  AND NOT %(internal)s AND %(countable)s""",
            internal=self._internal("p.id"),
            **params,
        )
        ours = SQL(
            """SELECT DISTINCT p.commercial_partner_id AS client_id, m.id, m.model,
                      m.res_id, m.date, 'ours' AS side,
                      CASE m.model WHEN 'discuss.channel' THEN 'message'
                                   ELSE 'mail' END AS channel
                 FROM mail_notification n
                 JOIN res_partner p ON p.id = n.res_partner_id
                 JOIN mail_message m ON m.id = n.mail_message_id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND (n.notification_status
                       IN ('bounce', 'exception', 'canceled')) IS NOT TRUE
                  AND m.message_type IN ('email', 'comment', 'email_outgoing')
                  AND m.date < %(end)s
                  AND (m.record_company_id = %(company)s
                       OR m.record_company_id IS NULL)
                  AND %(author)s AND NOT %(internal)s AND %(countable)s""",
            author=self._internal("m.author_id"),
            internal=self._internal("p.id"),
            **params,
        )
        message = SQL(
            """SELECT client_id, id AS res_id, channel, %(day)s AS day,
                      %(as_of)s - %(day)s AS age FROM said_by_both""",
            day=scope.day(SQL("date")),
            as_of=scope.as_of,
        )
        turn = SQL(
            """SELECT client_id, id AS res_id, side, date,
                      LEAD(date) OVER talk AS answer,
                      CASE side WHEN 'client' THEN channel
                                ELSE COALESCE(LEAD(channel) OVER talk,
                                              channel_before, channel)
                       END AS channel
                 FROM (SELECT *, LAG(side) OVER talk AS before,
                              LAG(channel) OVER talk AS channel_before
                         FROM said_by_both
                        WHERE model <> 'discuss.channel' AND res_id > 0
                       WINDOW talk AS (PARTITION BY client_id, model, res_id
                                       ORDER BY date, id)) said
                WHERE before IS DISTINCT FROM side AND date >= %s
               WINDOW talk AS (PARTITION BY client_id, model, res_id
                               ORDER BY date, id)""",
            start,
        )
        timed = SQL(
            """SELECT turns.client_id, turns.res_id, turns.channel, %(day)s AS day,
                      turns.answer IS NOT NULL AS answered,
                      CASE side WHEN 'ours' THEN 'client' ELSE 'ours' END AS waits_for,
                      CASE side WHEN 'ours' THEN terms.client_hours
                                ELSE terms.our_hours END AS agreed,
                      (%(answered)s - %(asked)s) / 3600 AS hours
                 FROM turns JOIN terms ON terms.client_id = turns.client_id
                CROSS JOIN calendar""",
            day=scope.day(SQL("turns.date")),
            asked=self._worked(SQL("turns.date")),
            answered=self._worked(SQL("COALESCE(turns.answer, %s::timestamp)", until)),
        )
        return {
            "calendar": self._calendar(scope, start),
            "terms": self.env["client.health.facts.said"]._terms(scope),
            "said_by_both": SQL("%s UNION ALL %s", theirs, ours),
            "message": message,
            "turns": turn,
            "timed": timed,
            "turn": SQL("SELECT * FROM timed WHERE answered OR hours > agreed"),
        }

    @api.model
    def _internal(self, partner):
        """SQL: the partner is one of our own people."""
        return SQL(
            "EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = %s"
            " AND u.share IS NOT TRUE)",
            SQL(partner),
        )

    @api.model
    def _countable(self):
        """SQL: a message ``m`` that one side wrote for the other to read."""
        return SQL(
            """(m.is_internal IS NOT TRUE
                AND NOT EXISTS (SELECT 1 FROM mail_message_subtype s
                                 WHERE s.id = m.subtype_id AND s.internal)
                AND (m.subject IS NULL OR m.subject !~* %s))""",
            AUTOMATIC,
        )

    @api.model
    def _calendar(self, scope, start):
        """SQL: one row of arrays with the working time of the company.

        When each spell of work begins and ends (epoch) and how many seconds of
        work lie before it, from ``start`` on, as its calendar and its days off
        say; empty arrays where there is no calendar.
        """
        calendar = scope.company.resource_calendar_id
        intervals = []
        if calendar:
            zone = pytz.timezone(scope.tz)
            intervals = calendar._work_intervals_batch(
                pytz.utc.localize(start),
                pytz.utc.localize(scope.end + timedelta(days=1)),
                tz=zone,
                domain=[
                    ("time_type", "=", "leave"),
                    ("company_id", "in", (False, scope.company.id)),
                ],
            )[False]
        starts, ends, before, total = [], [], [], 0.0
        for begin, finish, _records in intervals:
            starts.append(begin.timestamp())
            ends.append(finish.timestamp())
            before.append(total)
            total += (finish - begin).total_seconds()
        return SQL(
            "SELECT %s::float8[] AS starts, %s::float8[] AS ends,"
            " %s::float8[] AS before",
            *map(_array, (starts, ends, before)),
        )

    @api.model
    def _worked(self, moment):
        """SQL: working seconds up to a timestamp, by the relation ``calendar``.

        The difference of two values is the working time between them, exact
        because whole seconds are. Without a calendar all time counts.
        """
        return SQL(
            """(SELECT CASE WHEN starts = '{}' THEN i.t
                            WHEN i.n = 0 THEN 0
                            ELSE before[i.n] + LEAST(i.t, ends[i.n]) - starts[i.n] END
                  FROM (SELECT width_bucket(s.t, NULLIF(starts, '{}')) AS n, s.t
                          FROM (SELECT EXTRACT(EPOCH FROM %s)::float8 AS t) s) i)""",
            moment,
        )


def _array(numbers):
    """A PostgreSQL array as text: read much faster than a list of parameters."""
    return "{" + ",".join(map(repr, numbers)) + "}"
