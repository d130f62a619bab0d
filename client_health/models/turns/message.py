import logging
import zlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...facts.automatic import automatic_subject
from ...facts.scope import array, one_of
from ...scoring.asks import judge
from ...scoring.mail_text import MAX_BODY, own_words, without_greeting

_logger = logging.getLogger(__name__)

BATCH = 500  # messages; a quarter of a second of work
# Messages near others in number were written about when those were: that many before
# and after are looked at for the same text.
NEAR = 2000
# A text that goes to more clients than this within an hour is to nobody of them.
MOST_CLIENTS = 5
SENTENCE = 300  # letters of a sentence that are kept
# Models on whose records nobody talks with a client, or nobody else may read.
UNREAD_MODELS = (
    "discuss.channel",
    "mail.group",
    "hr.applicant",
    "hr.employee",
    "hr.expense",
    "hr.expense.sheet",
    "hr.leave",
    "hr.leave.allocation",
    "hr.contract",
    "hr.version",
    "hr.appraisal",
)


class ClientMessage(models.Model):
    """What is known of a message: whether it asks, and what a person said about that.

    Rows are written in bulk, once a message is read: :meth:`_read`. Nothing of it is
    for people as it stands; whoever may read the message and the client learns it from
    ``client.turn``.
    """

    _name = "client.message"
    _description = "What a message asks"
    _log_access = False
    _rec_name = "message_id"

    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    verdict = fields.Selection(
        [
            ("asks", "Surely asks"),
            ("between", "May ask"),
            ("closes", "Surely asks nothing"),
        ],
        required=True,
    )
    sentence = fields.Char(help="The sentence that asks, or may ask.")
    automatic = fields.Boolean(help="No person wrote it.")
    to_many = fields.Boolean(help="One text to many clients.")
    body_hash = fields.Integer(
        aggregator=None, help="The same for the same words; 0 without any."
    )
    read_on = fields.Datetime(required=True)
    word = fields.Selection(
        [("needs", "Needs an answer"), ("not_needed", "Needs no answer")],
        help="What a person said instead.",
    )
    word_user_id = fields.Many2one("res.users", ondelete="set null")
    word_on = fields.Datetime()

    _one_per_message = models.UniqueIndex("(message_id)")
    # what was read lately is at the end of the table
    _read_on = models.Index("USING brin (read_on)")
    _word_on = models.Index("(word_on) WHERE word_on IS NOT NULL")

    # -- reading ---------------------------------------------------------------

    @api.model
    def _unread_models(self):
        """Names of models on whose records messages are not read; others add theirs."""
        return list(UNREAD_MODELS)

    @api.model
    def _readable(self):
        """SQL condition: the message ``m`` can matter: written by somebody for others
        to read, on a record."""
        return SQL(
            """m.message_type IN ('email', 'comment', 'email_outgoing')
               AND m.is_internal IS NOT TRUE AND m.res_id > 0
               AND m.model <> ALL(%s)
               AND (m.subtype_id IS NULL OR m.subtype_id NOT IN (
                    SELECT id FROM mail_message_subtype WHERE internal))""",
            self._unread_models(),
        )

    @api.model
    def _read(self, ids):
        """Read messages (ids of some that nobody read) and keep what they ask.

        Returns how many were read; those that cannot matter are left out.
        """
        self.env.cr.execute(
            SQL(
                """SELECT m.id, LEFT(m.body, %s) FROM mail_message m
                    WHERE %s AND %s
                      AND NOT EXISTS (SELECT FROM client_message v
                                       WHERE v.message_id = m.id)""",
                MAX_BODY,
                one_of(SQL("m.id"), ids),
                self._readable(),
            )
        )
        rows = [self._read_one(*row) for row in self.env.cr.fetchall()]
        if not rows:
            return 0
        numbers, verdicts, sentences, hashes = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_message (
                       message_id, verdict, sentence, body_hash, automatic, to_many,
                       read_on)
                   SELECT m.id, new.verdict, NULLIF(new.sentence, ''), new.body_hash,
                          m.client_health_automatic IS TRUE OR %(automatic)s, FALSE,
                          %(now)s
                     FROM UNNEST(%(ids)s::int[], %(verdicts)s::text[],
                                 %(sentences)s::text[], %(hashes)s::int[])
                          new(id, verdict, sentence, body_hash)
                     JOIN mail_message m ON m.id = new.id
                       ON CONFLICT (message_id) DO NOTHING""",
                automatic=automatic_subject(SQL("m.subject")),
                now=fields.Datetime.now(),
                ids=array(numbers),
                verdicts=array(verdicts),
                sentences=list(sentences),
                hashes=array(hashes),
            )
        )
        self._mark_many(min(numbers), max(numbers))
        return len(rows)

    @api.model
    def _read_one(self, number, body):
        """(id, verdict, sentence, hash of its own words) of a message."""
        words = own_words(body or "")
        found = judge(words)
        sentence = ""
        if found.verdict != "closes":
            sentence = found.sentence.replace("\0", "")[:SENTENCE]
        text = without_greeting(words)
        key = zlib.crc32(text.encode()) if text else 0
        return number, found.verdict, sentence, key - 2**31 if key else 0

    @api.model
    def _mark_many(self, first, last):
        """Mark what was one text to many clients among messages of ours, from one id
        to another: the same text to more than MOST_CLIENTS within an hour, or e-mails
        with the same subject to more than one."""
        self.env.cr.execute(
            SQL(
                """WITH ours AS MATERIALIZED (
                       SELECT partner_id AS id FROM res_users WHERE share IS NOT TRUE),
                   near AS MATERIALIZED (
                       SELECT m.id, m.author_id, m.date AS at, m.message_type,
                              m.subject, v.body_hash
                         FROM client_message v
                         JOIN mail_message m ON m.id = v.message_id
                        WHERE v.message_id BETWEEN %(first)s AND %(last)s
                          AND m.author_id IN (SELECT id FROM ours)),
                   named AS (
                       SELECT n.id, r.res_partner_id AS contact FROM near n
                         JOIN mail_message_res_partner_rel r ON r.mail_message_id = n.id
                        WHERE r.res_partner_id NOT IN (SELECT id FROM ours)),
                   sent AS MATERIALIZED (
                       SELECT DISTINCT near.*, p.commercial_partner_id AS client_id
                         FROM near JOIN (
                           SELECT id, contact FROM named
                            UNION ALL
                           SELECT n.id, f.res_partner_id FROM near n
                             JOIN mail_notification f ON f.mail_message_id = n.id
                            WHERE f.res_partner_id NOT IN (SELECT id FROM ours)
                              AND n.id NOT IN (SELECT id FROM named)) t
                           ON t.id = near.id
                         JOIN res_partner p ON p.id = t.contact),
                   texts AS (
                       SELECT id, author_id, at, client_id, body_hash::text AS key,
                              %(most)s AS most FROM sent WHERE body_hash <> 0
                        UNION ALL
                       SELECT id, author_id, at, client_id, subject, 1 FROM sent
                        WHERE message_type = 'email_outgoing' AND subject <> ''),
                   counted AS (
                       SELECT *, COUNT(*) FILTER (WHERE NOT again) OVER (
                                  PARTITION BY author_id, most, key ORDER BY at
                                  RANGE '1 hour' PRECEDING) AS clients
                         FROM (SELECT *, COALESCE(LAG(at) OVER (
                                      PARTITION BY author_id, most, key, client_id
                                      ORDER BY at, id) >= at - INTERVAL '1 hour', FALSE)
                                      AS again
                                 FROM texts) t),
                   many AS (
                       SELECT id FROM (
                           SELECT id, most, MAX(clients) OVER (
                                  PARTITION BY author_id, most, key ORDER BY at
                                  RANGE BETWEEN CURRENT ROW AND '1 hour' FOLLOWING)
                                  AS clients
                             FROM counted) c
                        WHERE clients > most)
                   UPDATE client_message v SET to_many = TRUE, read_on = %(now)s
                    WHERE v.message_id IN (SELECT id FROM many)
                      AND v.to_many IS NOT TRUE""",
                first=first - NEAR,
                last=last + NEAR,
                most=MOST_CLIENTS,
                now=fields.Datetime.now(),
            )
        )

    # -- what people say -------------------------------------------------------

    @api.model
    def _say(self, messages, word):
        """Keep what a person says about messages: ``needs`` or ``not_needed`` (an
        answer); None takes it back.

        Whoever calls has asked whether that person may. Raises UserError for messages
        that nobody could answer, such as notes.
        """
        self.env.flush_all()
        self._read(messages.ids)
        self.env.cr.execute(
            SQL(
                """UPDATE client_message SET word = %s, word_user_id = %s, word_on = %s
                    WHERE %s""",
                word,
                self.env.uid if word else None,
                fields.Datetime.now() if word else None,
                one_of(SQL("message_id"), messages.ids),
            )
        )
        if self.env.cr.rowcount != len(messages):
            raise UserError(
                self.env._(
                    "Only messages between us and a client can need an answer; notes "
                    "and notifications cannot."
                )
            )
        self.invalidate_model(flush=False)
