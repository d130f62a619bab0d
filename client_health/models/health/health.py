from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ...engine.flags import Flags, held_levels
from ...engine.history import History
from ...engine.night import Night
from ...engine.reader import read_facts
from ...engine.sql import with_room
from ...scoring.levels import LEVELS, SEVERITY_ORDER
from ..mixins import company_day
from .comparison import Comparison
from .evidence import Evidence
from .explanation import Explanation, level_reason
from .page import Relationship

_lt = LazyTranslate(__name__)


class ClientHealth(models.Model):
    """How the relationship with one client is doing, for one company. Rows are written
    by the engine, in bulk and only when something changed; nothing is tracked."""

    _name = "client.health"
    _description = "Client health"
    _inherit = [
        "client.access.partner",
        "client.health.encoded",
        "client.health.shown.phase",
        "client.internal.thread",
    ]
    _order = "level_rank, uncapped_score, id"
    _rec_names_search = ["partner_id"]
    _mail_post_access = "read"

    partner_id = fields.Many2one(  # the unique index begins with it
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    score = fields.Integer(
        readonly=True,
        aggregator="avg",
        falsy_value=None,  # no score is not a score of 0
        prefetch="badge",  # contacts, leads and projects read no more than its parts
        help="0 to 100, higher is healthier: 100 less the points that its checks lose, "
        "and within the level that a red flag allows. None while the level is unknown.",
    )
    uncapped_score = fields.Integer(
        string="Score without cap",
        readonly=True,
        aggregator=None,
        falsy_value=None,
        prefetch="badge",
        help="100 less the points that its checks lose: the score, were there no red "
        "flag that holds it down.",
    )
    level = fields.Selection(
        LEVELS,
        readonly=True,
        default="unknown",
        group_expand="_group_expand_level",
        prefetch="badge",
    )
    level_rank = fields.Integer(
        string="Severity", compute="_compute_level_rank", store=True, aggregator=None
    )
    level_rule = fields.Selection(
        [
            ("score", "Score"),
            ("floor", "Red flag"),
            ("coverage", "Too little evidence"),
            ("nothing", "Nothing measured"),
            ("override", "Override"),
            ("quiet", "Quiet"),
            ("past", "Past client"),
        ],
        readonly=True,
        prefetch="badge",
        default="nothing",
        help="What decided the level.",
    )
    level_check = fields.Char(
        string="Deciding check",
        readonly=True,
        prefetch="badge",
        help="The code of the check whose red flag decided the level.",
    )
    level_reason = fields.Char(
        compute="_compute_level_reason", help="The rule that decided the level."
    )
    trend = fields.Integer(
        readonly=True,
        aggregator=None,
        falsy_value=None,
        prefetch="badge",
        help="Points gained or lost against about 30 days ago.",
    )
    direction = fields.Selection(
        [("falling", "Falling"), ("steady", "Steady"), ("rising", "Rising")],
        compute="_compute_direction",
        store=True,
        help="Whether points were lost or gained against about 30 days ago.",
    )
    coverage = fields.Integer(
        string="Measured (%)",
        readonly=True,
        aggregator="avg",
        prefetch="badge",
        help="Share of the checks' weight that rests on evidence, in percent.",
    )
    # how the scoring tells what changed: no figures for people
    fingerprint = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Changes whenever one of the facts does.",
    )
    judgement = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Changes whenever level, points or driver of one of the checks do.",
    )
    turn_mark = fields.Integer(groups=fields.NO_ACCESS, aggregator=None)
    config_version = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    flag_ids = fields.One2many("client.health.flag", "health_id")
    open_flag_ids = fields.One2many(
        "client.health.flag", "health_id", domain=[("state", "!=", "cleared")]
    )
    flag_count = fields.Integer(string="Open flags", readonly=True)
    red_flag_count = fields.Integer(string="Red flags", readonly=True, falsy_value=None)
    snapshot_ids = fields.One2many("client.health.snapshot", "health_id")
    phase = fields.Selection(
        [
            ("active", "Active"),
            ("recovery", "In recovery"),
            ("offboarding", "Offboarding"),
            ("ended", "Ended"),
            ("quiet", "Quiet"),
            ("past", "Past client"),
        ],
        default="active",
        required=True,
        readonly=True,
    )
    computed_on = fields.Datetime(
        string="Changed on", readonly=True, help="When a figure last changed."
    )
    as_of = fields.Date(
        compute="_compute_as_of", help="The day up to which records are counted."
    )
    user_id = fields.Many2one(
        related="partner_id.user_id",
        store=True,
        string="Salesperson",
        index=True,
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
    )
    team_id = fields.Many2one(
        related="user_id.sale_team_id",
        store=True,
        string="Sales team",
        index=True,
        falsy_value_label=_lt("Without team"),  # pylint: disable=translation-field
    )

    override_level = fields.Selection(LEVELS, readonly=True)
    override_reason = fields.Char(readonly=True)
    override_until = fields.Date(readonly=True)
    override_user_id = fields.Many2one(
        "res.users", string="Override by", readonly=True, ondelete="set null"
    )

    _one_per_client = models.UniqueIndex(
        "(partner_id, company_id)", "This client already has a health in this company."
    )
    _score_range = models.Constraint(
        "CHECK (score BETWEEN 0 AND 100)", "A score lies between 0 and 100."
    )

    def init(self):
        self.env.cr.execute(with_room(self._table))

    @api.depends("partner_id")
    def _compute_display_name(self):
        for health in self:
            health.display_name = health.partner_id.display_name

    @api.depends("level")
    def _compute_level_rank(self):
        """Worst first, unknown last."""
        for health in self:
            health.level_rank = SEVERITY_ORDER.index(health.level or "unknown")

    @api.depends("trend")
    def _compute_direction(self):
        for health in self:
            trend = health.trend
            health.direction = (
                "falling" if trend < 0 else "rising" if trend > 0 else "steady"
            )

    @api.depends(
        "level_rule", "level_check", "score", "uncapped_score", "coverage",
        "override_reason",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_level_reason(self):
        checks = self.env["client.health.check"].sudo().with_context(active_test=False)
        names = {check.code: check.name for check in checks.search([])}
        for health in self:
            health.level_reason = level_reason(health, names)

    def _compute_as_of(self):
        """The day of the last complete run, or of a later change, where the company
        is."""
        facts = self.env["client.health.facts"]
        latest = dict(
            self.env["client.health.run"]
            .sudo()
            ._read_group([("state", "=", "done")], ["company_id"], ["as_of:max"])
        )
        for health in self:
            days = [latest.get(health.company_id)]
            if health.computed_on:
                days.append(facts._day_of(health.computed_on, health.company_id))
            health.as_of = max(filter(None, days), default=False)

    # -- the one entrance ------------------------------------------------------

    @api.model
    def _refresh(self, partners=None, as_of=None):
        """Compute health from records and store what changed.

        ``partners``: whose health, as any contacts of the clients; in the
        companies of the environment. Without it all clients of all companies are
        scored, in batches; under the scheduler each batch is committed and an
        interrupted run goes on where it stopped. ``as_of``: a date; a past one
        writes history only and leaves the present health alone.

        Returns the health records of ``partners`` (all of them without).
        Raises UserError when a run over all clients is already under way.
        """
        self = self.sudo()
        today = company_day.today(self.env, self.env.company)
        present = as_of is None or as_of >= today
        if partners is None and present:
            for company in self.env["res.company"].search([]):
                if not self._night(company).run():
                    break
            return self.search([])
        clients = partners.sudo().commercial_partner_id.ids if partners else None
        found = self.browse()
        for company in self.env.companies:
            found |= self._night(company).refresh(clients, as_of)
        return found

    @api.model
    def _night(self, company):
        """What scores the clients of a company; other modules give another."""
        return Night(self.with_company(company).env, company)

    @api.model
    def _history(self, company):
        """What scores the clients of a company as of the month-ends of the past."""
        return History(self.with_company(company).env, company)

    @api.model
    def _read_facts(self, keys, company, clients, as_of=None):
        """Some facts of clients (ids) from the tables: client id → key → number or
        list. ``keys``: each a ``FactKey``."""
        self.env.flush_all()
        scope = self.env["client.health.facts"]._scope(company, clients, as_of)
        return read_facts(self.env, keys, scope)

    def _refresh_these(self):
        """Compute exactly these rows again, each in its own company."""
        for company in self.company_id:
            mine = self.filtered(lambda h, company=company: h.company_id == company)
            mine.with_context(allowed_company_ids=company.ids)._refresh(mine.partner_id)

    @api.model
    def _refresh_soon(self):
        """Limits, weights or checks changed: have all clients scored in the
        background.

        What is kept of the settings is forgotten now, and once more when they are
        committed: until then others read the old ones and keep those.
        """
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        cron = self.env.ref("client_health.ir_cron_refresh", raise_if_not_found=False)
        if cron:
            cron.sudo().with_context(allowed_company_ids=None)._trigger()

    @api.model
    def _cron_refresh(self):
        """The night: every company, resumable."""
        self._refresh()

    # -- what it tells ---------------------------------------------------------

    def _explanation(self):
        """What tells the reasons behind this health; other modules give another."""
        return Explanation(self)

    def _comparison(self):
        """What compares days in its history."""
        return Comparison(self)

    def _page(self):
        """What the Relationship page shows."""
        return Relationship(self)

    def _evidence(self, indicator_code):
        """What finds the records behind a figure."""
        return Evidence(self, indicator_code)

    def _assessments(self):
        """Health id → the judgement of the client, made again from its stored facts."""
        settings = self.env["client.health.config"].sudo()
        healths, flags = self.sudo(), Flags(self.env).open(self.ids)
        found = {}
        for company, theirs in healths.grouped("company_id").items():
            config = settings._current(company)
            for health in theirs:
                held = held_levels(flags.get(health.id, {}))
                lacked = health.level_rule == "coverage"
                found[health.id] = config.assess(health.facts or {}, held, lacked)
        return found

    def _held_levels(self):
        """The levels of the open flags: (check code, side) → level."""
        return held_levels(Flags(self.env).open(self.ids).get(self.id, {}))

    def explain(self):
        """What a person or a program needs to understand this health, as a mapping:
        see :meth:`.explanation.Explanation.told`. Raises AccessError without read
        access."""
        self.ensure_one()
        self.check_access("read")
        return self._explanation().told()

    def what_changed(self, date_from, date_to=None):
        """Compare two days of this client's history, as a mapping: see
        :meth:`.comparison.Comparison.told`.

        ``date_from``, ``date_to``: dates (or text as YYYY-MM-DD); without ``date_to``
        the present. Raises UserError when there is no history that far back,
        AccessError without read access.
        """
        self.ensure_one()
        self.check_access("read")
        return self._comparison().told(date_from, date_to)

    def relationship(self):
        """What the Relationship page shows, as a mapping: see
        :meth:`.page.Relationship.told`. Raises AccessError without read access."""
        self.ensure_one()
        return self._page().told()

    def action_show_records(self, indicator_code):
        """Open the records that an indicator counted for this client.

        ``indicator_code``: the code of an indicator. Returns an action: the
        records themselves, or, where several kinds of records made the figure or
        their list does not say enough, a page that lists them. Raises UserError when
        there are none, or none that the user may read.
        """
        self.ensure_one()
        self.check_access("read")
        return self._evidence(indicator_code).action()

    def action_refresh(self):
        """Compute the health of these clients again, now."""
        self.check_access("read")
        self._refresh_these()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Clients computed again: %s.", len(self)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_partner(self):
        """Open the client's own form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
