"""Who wrote when, and who answered in time.

Within a conversation (the messages on one record) the two sides take turns: a
turn starts with the first message of one side after the other's last, and the
other side is to answer it. Answer times are working hours of the company.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from .answers import answer_facts
from .base import EFFORT
from .scope import Found, one_of
from .working_time import calendar, worked

_lt = LazyTranslate(__name__)

# How automatic answers of mail servers begin their subject: three letters, by which
# most mails are told apart quickly, and how it goes on.
AUTOMATIC = {
    "aut": r"o(matic|mated)?[ -]?(reply|response|answer)"
    r"|omatisch(e)? (antwoord|beantwoording)|omatische antwort",
    "out": r"[ -]of[ -](the[ -])?office",
    "afw": r"ezig(heid(smelding)?)?\M",
    "abw": r"esen(d|heit)",
    "rep": r"onse automatique",
    "rép": r"onse automatique",
    "abs": r"ence du bureau",
    "und": r"eliverable|elivered mail",
    "del": r"ivery status notification",
    "mai": r"l delivery",
}

# A message ``m`` on a record, whoever follows it; not in a chat channel.
ON_RECORD = SQL("m.model <> 'discuss.channel' AND m.res_id > 0")

MESSAGES = SQL("mail_message")

# States of a notification that reached nobody.
LOST = ("bounce", "exception", "canceled")

# Part of the clients up to which it is less to look up who last wrote to each than to
# look through all that was ever written: eighty messages take 0.1 to 0.3 ms by index.
FEW = 0.2
LATELY = timedelta(days=90)  # in which both sides of most clients wrote


class ClientHealthFactsMessages(models.AbstractModel):
    _name = "client.health.facts.messages"
    _inherit = "client.health.facts"
    _description = "Facts from messages"

    _requires = ("mail.message", "mail.notification")
    _evidence = {"turn": "mail.message", "message": "mail.message"}
    _timed = frozenset({"turn", "message"})
    _lane = EFFORT
    _found = Found(
        _lt("Messages"),
        "mail.message",
        [("message_type", "in", ("email", "comment")), ("model", "!=", False)],
        "date",
    )

    @api.model
    def _facts(self):
        return answer_facts()

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
        since = scope.since("turn") or scope.memory_start
        if scope.everyone and "turn" not in scope.reach:
            since = scope.as_of - LATELY  # who last wrote is all that is asked
        start = scope.midnight(since + timedelta(days=1))
        preloaded = "said" in scope.preloaded
        said = self._from_preloaded if preloaded else self._from_messages
        turns = SQL(
            """SELECT client_id, id AS res_id, side, at,
                      LEAD(at) OVER talk AS answer,
                      CASE side WHEN 'client' THEN channel
                                ELSE COALESCE(LEAD(channel) OVER talk,
                                              channel_before, channel)
                       END AS channel
                 FROM known
                WHERE before IS DISTINCT FROM side AND at >= %s
               WINDOW talk AS (PARTITION BY client_id, model, res_id
                               ORDER BY at, id)""",
            start,
        )
        return {
            "calendar": calendar(scope, start),
            "terms": self.env["client.health.facts.feedback"]._terms(scope),
            **said(scope, start),
            "turns": turns,
            "timed": self._timed_turns(scope),
            "turn": SQL("SELECT * FROM timed WHERE answered OR hours > agreed"),
        }

    @api.model
    def _from_messages(self, scope, start):
        """Name → SQL: the relation ``message``; ``last``, when one side last wrote;
        ``known``, what was said on records since ``start`` and right before that."""
        lately = SQL("m.date >= %s AND m.date < %s", start, scope.end)
        long_ago = SQL("m.date < %s", start)
        earlier = SQL(
            """SELECT DISTINCT ON (client_id, model, res_id) * FROM (%s) said
                ORDER BY client_id, model, res_id, at DESC, id DESC""",
            self._said(scope, "written_before"),
        )
        return {
            "written": self._written(scope, SQL("m.date < %s", scope.end)),
            "message": SQL(
                "SELECT client_id, id AS res_id, at, channel FROM (%s) said",
                self._said(scope, "written"),
            ),
            "written_lately": self._written(scope, lately),
            "recent": self._said(scope, "written_lately"),
            **self._last(scope, self._written(scope, long_ago)),
            # in order: what is looked up for neighbours is often on the same page
            "talk": SQL(
                "SELECT DISTINCT model, res_id FROM recent m WHERE %s ORDER BY 1, 2",
                ON_RECORD,
            ),
            "written_before": self._written(
                scope, long_ago, SQL("(talk JOIN mail_message USING (model, res_id))")
            ),
            "earlier": earlier,
            "known": self._with_before(
                SQL(
                    "SELECT * FROM recent m WHERE %s UNION ALL SELECT * FROM earlier",
                    ON_RECORD,
                )
            ),
        }

    @api.model
    def _from_preloaded(self, scope, start):
        """As :meth:`_from_messages`, of what both sides ever said."""
        mine = SQL("%s AND m.at < %s", scope.mine(SQL("m.client_id")), scope.end)
        return {
            "message": SQL(
                "SELECT client_id, id AS res_id, at, channel FROM said m WHERE %s", mine
            ),
            "last": SQL("SELECT client_id, at FROM message"),
            "known": SQL(
                "SELECT * FROM said m WHERE %s AND m.at >= %s AND %s",
                mine,
                start,
                ON_RECORD,
            ),
        }

    @api.model
    def _preloaded(self, scope):
        """What both sides ever said, and what was said before on the same record."""
        written = SQL("(%s)", self._written(scope, SQL("TRUE")))
        return {"said": self._with_before(self._of_clients(scope, written))}

    @api.model
    def _with_before(self, said):
        """SQL: rows of ``said``, with the side and the channel of the one before."""
        return SQL(
            """SELECT *, LAG(side) OVER talk AS before,
                      LAG(channel) OVER talk AS channel_before
                 FROM (%s) said
               WINDOW talk AS (PARTITION BY client_id, model, res_id
                               ORDER BY at, id)""",
            said,
        )

    @api.model
    def _timed_turns(self, scope):
        """SQL: the turns with the working hours that passed until the answer."""
        until = min(scope.end, fields.Datetime.now())
        return SQL(
            """SELECT turns.client_id, turns.res_id, turns.channel, turns.at,
                      turns.answer IS NOT NULL AS answered,
                      CASE side WHEN 'ours' THEN 'client' ELSE 'ours' END AS waits_for,
                      CASE side WHEN 'ours' THEN terms.client_hours
                                ELSE terms.our_hours END AS agreed,
                      EXTRACT(EPOCH FROM turns.answer - turns.at)::float8 / 3600
                          AS elapsed,
                      (%(answered)s - %(asked)s) / 3600 AS hours
                 FROM turns JOIN terms ON terms.client_id = turns.client_id
                CROSS JOIN calendar""",
            asked=worked(SQL("turns.at")),
            answered=worked(SQL("COALESCE(turns.answer, %s::timestamp)", until)),
        )

    @api.model
    def _materialized(self, scope):
        """Once for both sides, where everybody's messages are looked through."""
        small = {"recent", "calendar", "turns"}
        dear = {"written_lately", "written_before", "talk", "quiet"}
        return small | dear if scope.everyone else small

    @api.model
    def _written(self, scope, when, among=MESSAGES):
        """SQL: what anybody wrote for the other side, ``when`` (a condition on the
        message ``m``), of the messages ``among`` (SQL)."""
        return SQL(
            """SELECT m.id, m.model, m.res_id, m.date, m.author_id, m.message_type
                 FROM %(among)s m
                WHERE m.message_type IN ('email', 'comment', 'email_outgoing')
                  AND %(when)s AND (m.record_company_id = %(company)s
                                    OR m.record_company_id IS NULL)
                  AND %(countable)s""",
            among=among,
            when=when,
            company=scope.company.id,
            countable=self._countable(scope),
        )

    @api.model
    def _sides(self, scope, written):
        """SQL: the rows of ``written`` that a client wrote, and those that we wrote,
        with whose ``contact`` it was, the ``side`` and the ``channel``.

        A message that notified several contacts comes several times.
        """
        ours_wrote = scope.internal(SQL("m.author_id"))
        theirs = SQL(
            """SELECT m.author_id AS contact, 'client' AS side,
                      CASE m.message_type WHEN 'email' THEN 'mail'
                                          ELSE 'message' END AS channel, m.*
                 FROM %s m
                WHERE m.message_type IN ('email', 'comment') AND NOT %s""",
            written,
            ours_wrote,
        )
        ours = SQL(
            """SELECT n.res_partner_id AS contact, 'ours' AS side,
                      CASE m.model WHEN 'discuss.channel' THEN 'message'
                                   ELSE 'mail' END AS channel, m.*
                 FROM mail_notification n
                 JOIN %(written)s m ON m.id = n.mail_message_id
                WHERE (n.notification_status
                       IN %(lost)s) IS NOT TRUE
                  AND %(author)s AND NOT %(internal)s""",
            written=written,
            lost=LOST,
            author=ours_wrote,
            internal=scope.internal(SQL("n.res_partner_id")),
        )
        return theirs, ours

    @api.model
    def _said(self, scope, written):
        """SQL: what both sides wrote, of the relation ``written``, of the clients."""
        return SQL(
            "SELECT * FROM (%s) m WHERE %s",
            self._of_clients(scope, SQL.identifier(written)),
            scope.mine(SQL("client_id")),
        )

    @api.model
    def _of_clients(self, scope, written):
        """SQL: what both sides wrote, of ``written`` (SQL), with whose client it was.

        The clients are joined to each side by itself, which finds one client's
        messages by their index.
        """
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT p.commercial_partner_id AS client_id, m.id, m.model, m.res_id,
                          m.date AS at, m.side, m.channel
                     FROM (%s) m JOIN res_partner p ON p.id = m.contact""",
                rows,
            )
            for rows in self._sides(scope, written)
        )

    @api.model
    def _last(self, scope, long_ago):
        """Name → SQL: ``last``, when one side last wrote to the other.

        Where everybody is asked for, what was written ``long_ago`` (SQL) is looked
        through for clients with whom nothing was said lately, ``quiet``: one contact
        after the other by the indexes, or all at once where many are quiet.
        """
        if not scope.everyone:
            return {"last": SQL("SELECT client_id, at FROM message")}
        written = SQL("(%s)", long_ago)
        sides = SQL(" UNION ALL ").join(
            SQL("SELECT contact, date FROM (%s) m", rows)
            for rows in self._sides(scope, written)
        )
        quiet = SQL(
            """SELECT p.commercial_partner_id AS client_id, p.id AS contact
                 FROM res_partner p
                 JOIN client ON client.client_id = p.commercial_partner_id
                WHERE NOT EXISTS (
                    SELECT FROM recent WHERE recent.client_id = client.client_id)
                ORDER BY 2"""
        )
        few = SQL(
            "(SELECT COUNT(DISTINCT client_id) FROM quiet) <= %s",
            len(scope.clients) * FEW,
        )
        last = SQL(
            """SELECT client_id, at FROM recent
                UNION ALL
               SELECT client_id, (SELECT MAX(date) FROM (%(sides)s) m
                                   WHERE m.contact = quiet.contact) AS at
                 FROM quiet WHERE %(few)s
                UNION ALL
               SELECT client_id, at
                 FROM (SELECT contact, MAX(date) AS at FROM (%(sides)s) m
                        WHERE NOT %(few)s GROUP BY 1) m
                 JOIN quiet ON quiet.contact = m.contact""",
            sides=sides,
            few=few,
        )
        return {"quiet": quiet, "last": last}

    @api.model
    def _countable(self, scope):
        """SQL: a message ``m`` that one side wrote for the other to read."""
        pattern = "|".join(f"{start}({rest})" for start, rest in AUTOMATIC.items())
        return SQL(
            """(m.is_internal IS NOT TRUE
                AND (m.subtype_id IS NULL OR NOT %(internal)s)
                AND (m.subject IS NULL
                     OR LOWER(LEFT(LTRIM(m.subject, E' \\t\\r\\n'), 3))
                        <> ALL(%(starts)s)
                     OR m.subject !~* %(pattern)s))""",
            internal=one_of(SQL("m.subtype_id"), scope.known.internal_subtypes),
            starts=list(AUTOMATIC),
            pattern=rf"^\s*({pattern})",
        )
