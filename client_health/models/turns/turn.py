from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ...facts import waiting
from ...facts.replies import WAITS_DAYS
from ...facts.scope import array
from ...facts.working_time import calendar
from ..health.words import short
from .reader import Readable

_lt = LazyTranslate(__name__)


class ClientTurn(models.Model):
    """A question between us and a client that waits for an answer, or waited.

    Rows are written by the engine, in bulk, for the clients where something changed
    (``engine/turns.py``). Who may read the client sees that something waits, and where;
    what it says is for those who may read the record that it was written on.
    """

    _name = "client.turn"
    _description = "Question that waits for an answer"
    _inherit = ["client.access.partner"]
    _order = "due_on, asked_on, id"
    _rec_names_search = ["partner_id"]
    _rec_name = "asks"
    _log_access = False

    health_id = fields.Many2one(
        "client.health", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(  # the unique index begins with it
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    waits_for = fields.Selection(
        [("ours", "For us"), ("client", "For them")],
        string="Waits",
        required=True,
        readonly=True,
        help="Whose answer it waits for.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("answered", "Answered"),
            ("settled", "Settled"),
            ("not_needed", "Needs no answer"),
        ],
        required=True,
        readonly=True,
        help="Settled: what it was about was closed after it was asked.",
    )
    surely = fields.Boolean(
        readonly=True,
        help="It surely asks. What only may ask is shown last, and never counted.",
    )
    due = fields.Selection(
        [
            ("beyond", "Beyond the agreed time"),
            ("today", "Today"),
            ("week", "This week"),
            ("later", "Later"),
            ("may", "May wait"),
        ],
        string="Answer",
        readonly=True,
        group_expand="_group_expand_due",
        help="How soon an answer is due, as last looked at.",
    )
    asked_on = fields.Datetime(string="Since", readonly=True)
    due_on = fields.Datetime(
        string="Due", readonly=True, help="When the agreed working hours are over."
    )
    agreed = fields.Float(
        string="Agreed (working hours)", readonly=True, aggregator=None
    )
    answered_on = fields.Datetime(readonly=True)
    perhaps = fields.Boolean(
        string="Perhaps answered",
        readonly=True,
        help="The same people wrote to each other elsewhere since.",
    )
    looked_on = fields.Datetime(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="When somebody said that this was the answer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
        help="Who asked; else who looks after the record, or the client.",
    )
    is_mine = fields.Boolean(
        string="Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="In one's own name, or for us on a record that one is assigned to.",
    )
    team_id = fields.Many2one(related="health_id.team_id")
    res_model = fields.Char(readonly=True)

    # for those who may read the record
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        index=True,
        ondelete="cascade",
        groups=fields.NO_ACCESS,
    )
    elsewhere_id = fields.Many2one(
        "mail.message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    res_id = fields.Integer(readonly=True, aggregator=None, groups=fields.NO_ACCESS)
    sentence = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    asks = fields.Char(
        compute="_compute_content", help="The sentence that asks, or may ask."
    )
    contact_name = fields.Char(string="Contact", compute="_compute_content")
    record = fields.Reference(
        selection="_selection_record", compute="_compute_record", string="On"
    )
    record_name = fields.Char(string="Record", compute="_compute_content")
    is_hidden = fields.Boolean(
        compute="_compute_content", help="One may not read what it was written on."
    )
    beyond_hours = fields.Float(
        string="Beyond (working hours)",
        compute="_compute_beyond",
        help="Working hours since the agreed time was over.",
    )
    lateness = fields.Char(
        string="Beyond",
        compute="_compute_beyond",
        help="How far it is beyond the agreed time, in working hours.",
    )

    _one_per_message = models.UniqueIndex("(partner_id, company_id, message_id)")
    _open = models.Index(
        "(company_id, waits_for, due_on) WHERE state = 'waiting' OR perhaps"
    )

    # -- what a line tells -----------------------------------------------------

    @api.model
    def _selection_record(self):
        models_ = self.env["ir.model"].sudo().search([("is_mail_thread", "=", True)])
        return [(model.model, model.name) for model in models_]

    @api.model
    def _group_expand_due(self, _values, _domain):
        return [key for key, _name in self._fields["due"].selection]

    @api.depends("res_model", "res_id", "sentence", "contact_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_content(self):
        told = self._told()
        places = {
            (turn.res_model, told[turn.id][0]) for turn in self if turn.id in told
        }
        readable = Readable(self.env, places)
        for turn in self:
            record, sentence, contact = told.get(turn.id, (None, None, None))
            name = readable.names.get((turn.res_model, record))
            turn.is_hidden = name is None
            model = readable.model_name(turn.res_model) if turn.is_hidden else ""
            turn.record_name = name or model
            turn.contact_name = contact if not model else False
            turn.asks = sentence
            if turn.is_hidden:
                turn.asks = self.env._("Something waits in %s.", model)

    def _told(self):
        """Id → (id of the record, sentence, name of the contact), for nobody to read
        as it stands."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT t.id, t.res_id, t.sentence, p.name FROM client_turn t
                     LEFT JOIN res_partner p ON p.id = t.contact_id
                    WHERE t.id = ANY(%s::int[])""",
                array(self._origin.ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.depends("res_model", "res_id", "is_hidden")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record(self):
        for turn, told in zip(self, self.sudo(), strict=True):
            place = f"{turn.res_model},{told.res_id}"
            turn.record = False if turn.is_hidden else place

    @api.depends("due_on", "state", "surely", "company_id")
    @api.depends_context("lang")
    def _compute_beyond(self):
        late = self.filtered(lambda turn: turn._is_late())
        hours = late._hours_beyond()
        for turn in self:
            turn.beyond_hours = hours.get(turn.id, 0)
            turn.lateness = False
            if turn in late:
                number = short(self.env, turn.beyond_hours)
                turn.lateness = (
                    self.env._("1 working hour")
                    if number == "1"
                    else self.env._("%s working hours", number)
                )

    def _is_late(self):
        now = fields.Datetime.now()
        waits = self.state == "waiting" and self.surely
        return bool(waits and self.due_on and self.due_on <= now)

    def _hours_beyond(self):
        """Id → working hours from when an answer was due until now."""
        found = {}
        facts = self.env["client.health.facts"].sudo()
        for company, turns in self.sudo().grouped("company_id").items():
            scope = facts._scope(company, [])
            first = min(turn.due_on for turn in turns) - timedelta(days=1)
            due = SQL(
                "SELECT UNNEST(%s::int[]) AS number, UNNEST(%s::timestamp[]) AS at",
                array(turns.ids),
                [turn.due_on for turn in turns],
            )
            found |= dict(
                self.env.execute_query(
                    SQL(
                        "WITH calendar AS (%s), due AS (%s) %s",
                        calendar(scope, first),
                        due,
                        waiting.beyond(SQL("%s::timestamp", fields.Datetime.now())),
                    )
                )
            )
        return found

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.search([("id", "in", self.ids), ("is_mine", "=", True)])
        for turn in self:
            turn.is_mine = turn in mine

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        places = self.env["client.health.facts.messages"]._places()
        among = SQL(
            """(SELECT t.id FROM client_turn t JOIN (%s) a
                    ON a.model = t.res_model AND a.res_id = t.res_id
                 WHERE t.waits_for = 'ours')""",
            waiting.assigned(self.env, places, self.env.uid),
        )
        mine = Domain("user_id", "=", self.env.uid) | Domain("id", "in", among)
        return mine if True in value else ~mine

    # -- counts ----------------------------------------------------------------

    @api.model
    def get_counts(self):
        """How many questions surely wait in the companies at hand, of clients one may
        read: ``{"ours", "client", "beyond", "mine"}``; ``beyond`` and ``mine`` are of
        those that wait for us: beyond the agreed time, and in one's own name.

        Raises AccessError for whoever may not see clients' health.
        """
        self.check_access("read")
        return self._counts([])

    @api.model
    def _counts(self, domain):
        """:meth:`get_counts` of the questions in a domain."""
        asks = [
            ("state", "=", "waiting"),
            ("surely", "=", True),
            ("health_id.phase", "!=", "ended"),
            ("partner_id.active", "=", True),
            *domain,
        ]
        rows = self._read_group(asks, ["waits_for", "due"], ["__count"])
        found = {"ours": 0, "client": 0, "beyond": 0}
        for waits_for, due, count in rows:
            found[waits_for] += count
            if waits_for == "ours":
                found["beyond"] += count if due == "beyond" else 0
        mine = [("waits_for", "=", "ours"), ("is_mine", "=", True)]
        return {**found, "mine": self.search_count([*asks, *mine])}

    @api.autovacuum
    def _gc_turns(self):
        """Delete what nobody is reminded of any more, and what was answered as long
        ago."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=WAITS_DAYS)
        self.env.cr.execute(
            """DELETE FROM client_turn
                WHERE CASE WHEN state = 'waiting' THEN asked_on
                           ELSE COALESCE(answered_on, asked_on) END < %s""",
            (limit,),
        )
