"""Who asked whom, who answered in time, and when the client was last heard.

Within a conversation (the messages on one record) each side asks the other. Answer
times are working hours of the company. The steps are in :mod:`.sides` (who said what),
:mod:`.replies` (what was answered) and :mod:`.heard`.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from ..scoring.keys import FactKey
from . import heard, replies, sides
from .answers import answer_facts
from .base import TALK
from .changed import UNION, by_messages, on_places
from .places import closings, known_places
from .scope import Found
from .working_time import calendar

_lt = LazyTranslate(__name__)

LATELY = timedelta(days=90)  # in which both sides of most clients wrote
# Up to so many clients, planning the two steps takes longer than reading everything.
FEW = 50
# Before what is asked for: what was said then may be answered within the agreed time.
MOST_HOURS = timedelta(days=60)

# Documents that are mailed from these say nothing that waits for an answer.
DOCUMENTS = (
    "account.move",
    "account.payment",
    "sale.order",
    "purchase.order",
    "stock.picking",
    "credit.control.communication",
    "repair.order",
)
# The messages themselves, before anything is known of them.
MESSAGES = SQL("mail_message m")


class ClientHealthFactsMessages(models.AbstractModel):
    _name = "client.health.facts.messages"
    _inherit = "client.health.facts"
    _description = "Facts from messages"

    _requires = ("mail.message", "mail.notification", "client.message")
    _evidence = {
        "turn": "mail.message",
        "message": "mail.message",
        "last_message": "mail.message",
        "heard_message": "mail.message",
        "unheard": "mail.message",
        "waits": "mail.message",
    }
    _timed = frozenset(_evidence)
    _lane = TALK
    _always = frozenset({FactKey("turn_mark", replies.WAITS_DAYS)})
    _found = Found(
        _lt("Messages"),
        "mail.message",
        [("message_type", "in", ("email", "comment")), ("model", "!=", False)],
        "date",
    )

    @api.model
    def _facts(self):
        return answer_facts()

    # -- what others may add to ------------------------------------------------

    @api.model
    def _places(self):
        """Records that are about a client: a list of :class:`.places.Place`.

        A module adds its own::

            def _places(self):
                return [*super()._places(), of_contact("my.ticket", "my_ticket")]
        """
        return known_places(self.env)

    @api.model
    def _document_models(self):
        """Models from which documents are mailed: names, installed or not."""
        return list(DOCUMENTS)

    @api.model
    def _unread_models(self):
        """Names of models on whose records nobody reads what is written."""
        return self.env["client.message"]._unread_models()

    @api.model
    def _changed(self, since):
        """Also of whatever else was written on a record that people talk on."""
        places = self._places()
        return UNION.join([by_messages(places, since), on_places(places, since)])

    # -- relations -------------------------------------------------------------

    @api.model
    def _relations(self, scope):
        """Messages of both sides, the questions that they make, and when the client
        was heard.

        Internal notes, tracking, automatic answers and one text to many never count;
        documents ask nothing. A late or missing answer counts where the message
        surely asks, a missing one once the agreed time is over, unless its record
        closed. In a chat channel nobody is notified, so it asks nothing. The client
        writes a mail, or else a message; ours is a mail wherever a record is written
        on, and our question went the way that the client answered it, or else wrote
        before.
        """
        since = scope.since("turn", "waits", "message") or scope.memory_start
        if not {"turn", "waits", "message"}.intersection(scope.reach):
            since = scope.as_of - LATELY  # who was heard last is all that is asked
        start = scope.midnight(since + timedelta(days=1))
        until = min(scope.end, fields.Datetime.now())
        return {
            "calendar": calendar(scope, start - MOST_HOURS),
            "terms": self.env["client.health.facts.feedback"]._terms(scope),
            "promised": replies.promised(scope),
            **self._messages(scope, start),
            "runs": replies.runs(scope, "numbered"),
            "closing": closings(self._places(), self.env, replies.SPOTS, scope),
            "first": replies.first(scope),
            "timed": replies.timed(scope, until),
            "turn": replies.TURN,
            "waits": replies.waits(scope),
            **self._silence(scope, start),
        }

    @api.model
    def _messages(self, scope, start):
        """Name → SQL: ``uttered``, each message once, and ``numbered``, those that may
        ask, with their answers and runs; complete from the moment ``start`` on."""
        if "uttered" in scope.preloaded:
            mine = scope.mine(SQL("client_id"))
            return {
                "spoken": SQL("SELECT * FROM spoken WHERE %s", mine),
                "uttered": SQL("SELECT * FROM uttered WHERE %s", mine),
                "numbered": SQL(
                    """SELECT * FROM uttered
                        WHERE run IS NOT NULL AND run_until >= %s AND %s""",
                    start,
                    mine,
                ),
            }
        known, since = self._theirs, SQL("'-infinity'::timestamp")
        if self._lately_first(scope):
            known = self._in_two_steps
            since = SQL(
                """(SELECT CASE WHEN EXISTS (SELECT FROM deep) THEN '-infinity'
                                ELSE %s END)::timestamp""",
                start,
            )
        return {
            **known(scope, start),
            "spoken": self._spoken(scope, since),
            "replied": replies.replied("asked"),
            "numbered": replies.numbered("replied"),
            "uttered": SQL("SELECT * FROM known"),
        }

    @api.model
    def _preloaded(self, scope):
        """What both sides ever said, with its answers, and calls and meetings."""
        spoken = self._spoken(scope, SQL("'-infinity'::timestamp"))
        relations = {
            **self._said(scope, "", MESSAGES, SQL("TRUE"), SQL("TRUE")),
            "known": SQL("SELECT * FROM said"),
            "spoken": spoken,
            "replied": replies.replied("known"),
            "numbered": replies.numbered("replied"),
        }
        big = {"written", "place", "known", "spoken", "replied"}
        ctes = SQL(", ").join(
            SQL(
                "%s AS %s (%s)",
                SQL.identifier(name),
                SQL("MATERIALIZED" if name in big else "NOT MATERIALIZED"),
                body,
            )
            for name, body in relations.items()
        )
        return {
            "spoken": spoken,
            "uttered": SQL(
                """WITH %s SELECT r.*, n.answer, n.begins, n.run, MAX(n.at) OVER (
                              PARTITION BY n.client_id, n.model, n.res_id, n.side, n.run
                            ) AS run_until
                     FROM replied r
                     LEFT JOIN numbered n
                       ON n.client_id = r.client_id AND n.id = r.id""",
                ctes,
            ),
        }

    @api.model
    def _theirs(self, scope, start):
        """Name → SQL: all that was said with a few clients."""
        end = SQL("m.date < %s", scope.end)
        return {
            "base": sides.base(scope, self._places(), scope.mine, end),
            **self._said(
                scope,
                "",
                SQL("base JOIN mail_message m ON m.id = base.id"),
                end,
                scope.mine(SQL("client_id")),
            ),
            "known": SQL("SELECT * FROM said"),
            "asked": SQL("SELECT * FROM known"),
        }

    @api.model
    def _lately_first(self, scope):
        """Whether what was said lately is read first, and the rest where it is needed;
        else all that was ever said with the clients is read."""
        return scope.everyone or len(scope.clients) > FEW

    @api.model
    def _in_two_steps(self, scope, start):
        """Name → SQL: what was said with many clients since ``start``, and before on
        the same records; all that was said with those who need it, ``deep``: they
        were not heard since, or go on (``goes_on``) with what they said before.
        ``asked``: of ``known`` what tells who asked what since then.
        """
        mine = scope.mine(SQL("client_id"))
        lately = SQL("m.date >= %s AND m.date < %s", start, scope.end)
        among, base = MESSAGES, {}
        if not scope.everyone:
            among = SQL("base JOIN mail_message m ON m.id = base.id")
            base["base"] = sides.base(scope, self._places(), scope.mine, lately)
        long_ago = SQL("m.date < %s", start)
        in_deep = SQL("SELECT client_id FROM deep")
        deep = SQL(
            """SELECT client_id FROM client
                WHERE client_id NOT IN (
                      SELECT client_id FROM said_lately WHERE side = 'client')
               UNION
               SELECT client_id FROM goes_on"""
        )
        goes_on = SQL(
            """SELECT DISTINCT b.client_id
                 FROM (SELECT DISTINCT ON (client_id, model, res_id) *
                         FROM said_earlier
                        ORDER BY client_id, model, res_id, at DESC, id DESC) b
                 JOIN (SELECT DISTINCT ON (client_id, model, res_id) *
                         FROM said_lately
                        ORDER BY client_id, model, res_id, at, id) a
                USING (client_id, model, res_id, side)"""
        )
        return {
            **base,
            **self._said(scope, "_lately", among, lately, mine),
            # in order: what is looked up for neighbours is often on the same page
            "talk": SQL(
                """SELECT DISTINCT model, res_id FROM said_lately m WHERE %s
                    ORDER BY 1, 2""",
                sides.ON_RECORD,
            ),
            **self._said(
                scope,
                "_earlier",
                SQL("talk JOIN mail_message m USING (model, res_id)"),
                long_ago,
                mine,
                where="place_lately",
            ),
            "goes_on": goes_on,
            "deep": deep,
            "base_deep": sides.base(
                scope,
                self._places(),
                lambda column: SQL("%s IN (%s)", column, in_deep),
                SQL("m.date < %s", scope.end),
            ),
            **self._said(
                scope,
                "_deep",
                SQL("base_deep b JOIN mail_message m ON m.id = b.id"),
                SQL("m.date < %s", scope.end),
                SQL("client_id IN (%s)", in_deep),
            ),
            "known": sides.with_all_of("deep"),
            "asked": sides.with_all_of("goes_on"),
        }

    @api.model
    def _said(self, scope, suffix, among, when, clients, where=None):
        """Name → SQL: the steps from messages to what was said with ``clients``;
        ``where``: the relation of places, where another step has one."""
        written = f"written{suffix}"
        relations = {
            written: sides.written(
                scope, self._document_models(), self._unread_models(), when, among
            )
        }
        if not where:
            where = f"place{suffix}"
            relations[where] = sides.place(self._places(), written)
        return {
            **relations,
            f"told{suffix}": sides.told(scope, written),
            f"signed{suffix}": sides.signed(scope, written, where),
            f"said{suffix}": sides.said(scope, suffix, where, clients),
        }

    @api.model
    def _spoken(self, scope, since):
        """SQL: calls done and meetings held with the clients."""
        nobody = SQL(
            """SELECT NULL::int AS client_id, NULL::int AS contact, NULL::date AS day,
                      NULL::timestamp AS at WHERE FALSE"""
        )
        calls = meetings = nobody
        source = self.env["client.health.facts.calls"]
        if source._available():
            calls = source._relations(scope)["call"]
        source = self.env["client.health.facts.meetings"]
        if source._available():
            meetings = SQL(
                "WITH meeting AS (%(meeting)s) %(held)s", **source._relations(scope)
            )
        return replies.spoken(scope, calls, meetings, since)

    @api.model
    def _silence(self, scope, start):
        """Name → SQL: what tells how long the client was not heard."""
        theirs = SQL("SELECT client_id, at FROM uttered WHERE side = 'client'")
        own = SQL("%s AND own AND at < %s", theirs, scope.end)
        if self._lately_first(scope) and not scope.preloaded:
            own = self._own_lately(scope)
        ours = SQL(
            """SELECT client_id, id AS res_id, at FROM uttered
                WHERE side = 'ours' AND direct AND at < %s""",
            scope.end,
        )
        message = SQL(
            """SELECT client_id, id AS res_id, at, channel FROM uttered
                WHERE (direct OR side = 'client') AND at < %s""",
            scope.end,
        )
        return {
            "message": message,
            "last_message": SQL("SELECT * FROM message"),
            "heard": heard.heard(theirs),
            "heard_message": SQL(
                """SELECT client_id, id AS res_id, at FROM uttered
                    WHERE side = 'client' AND at < %(end)s
                    UNION ALL
                   SELECT client_id, NULL, answer FROM spoken WHERE answer < %(end)s""",
                end=scope.end,
            ),
            "last_heard": heard.last_heard(scope),
            "habit": heard.habit(scope, own),
            "unheard": heard.unheard(ours),
        }

    @api.model
    def _own_lately(self, scope):
        """SQL: what the contacts of quiet clients wrote in the months before they were
        last heard."""
        when = SQL("m.date >= b.since AND m.date < %s", scope.end)
        among = SQL(
            """(SELECT p.id AS contact, l.client_id,
                       l.at - INTERVAL '%s months' AS since
                  FROM last_heard l
                  JOIN res_partner p ON p.commercial_partner_id = l.client_id
                 WHERE l.quiet) b
               JOIN mail_message m ON m.author_id = b.contact""",
            heard.HABIT_MONTHS + 1,
        )
        written = sides.written(scope, [], [], when, among)
        return SQL(
            """SELECT p.commercial_partner_id AS client_id, w.at FROM (%s) w
                 JOIN res_partner p ON p.id = w.author_id
                WHERE NOT w.ours AND w.message_type <> 'email_outgoing'""",
            written,
        )

    @api.model
    def _materialized(self, scope):
        """What is read more than once, and what others are looked up in."""
        return {
            "calendar", "known", "asked", "spoken", "runs", "first", "last_heard",
            "written", "place", "terms", "closing", "written_lately", "place_lately",
            "said_lately", "talk", "deep", "goes_on", "written_earlier", "said_earlier",
            "written_deep", "place_deep", "numbered", "timed",
        }  # fmt: skip
