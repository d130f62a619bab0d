import json
import zlib

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate
from odoo.tools.gc import disabling_gc

from ...scoring.levels import LEVELS
from ..mixins.bulk import assignments, recordset, with_room
from ..mixins.level_order import GRAVITY, level_rank

_lt = LazyTranslate(__name__)

# Columns of client_health that scoring writes, and their database types.
SCORED = {
    "fingerprint": "text",
    "score": "int",
    "level": "text",
    "level_rule": "text",
    "coverage": "int",
    "trend": "int",
    "flag_count": "int",
    "red_flag_count": "int",
    "found": "text",
    "judgement": "text",
    "config_version": "text",
}
# Of these a difference tells that the row must be written; the fingerprint stands
# for the facts.
COMPARED = [name for name in SCORED if name != "found"]
JUDGED = ("score", "level", "coverage", "judgement", "config_version")

# What a person may say instead, until a date.
OVERRIDE = ("override_level", "override_until")


def _overridden(row, scope):
    """True when a person's word replaces the level on the day of ``scope``."""
    return bool(row["override_level"] and row["override_until"] >= scope.as_of)


def levels_of(flags):
    """Key → level of open flags by key, as the scoring takes them."""
    return {key: flag.level for key, flag in flags.items()}


def _points(check):
    """What a snapshot keeps of one check; its figures follow from the facts."""
    return {"points": check.points, "level": check.level, "penalty": check.penalty}


def snapshot_of(result):
    """What history keeps of a day beside the row itself."""
    return {"points": {check.check.code: _points(check) for check in result.checks}}


def _judgement(checks):
    """A short text for what a snapshot says of the checks, its figures left out."""
    said = "".join([
        f"{c.check.code}{c.points}{c.level}{c.driver and c.driver.indicator.code},"
        for c in checks
    ])  # fmt: skip
    return f"{zlib.crc32(said.encode()):08x}"


class ClientHealth(models.Model):
    """How the relationship with one client is doing, for one company.

    Rows are written by :meth:`_refresh` only, in bulk and only when something
    changed; nothing here is tracked and nothing of it sits on the partner.
    """

    _name = "client.health"
    _description = "Client health"
    _inherit = [
        "client.of.partner",
        "client.health.found",
        "mail.activity.mixin",
    ]
    _order = "level_rank, score, id"
    _rec_names_search = ["partner_id"]

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
        help="0 to 100, higher is healthier: 100 less the points that its checks lose.",
    )
    level = fields.Selection(
        LEVELS,
        readonly=True,
        default="unknown",
        group_expand="_group_expand_level",
        prefetch="badge",
    )
    level_rank = fields.Integer(
        compute="_compute_level_rank", store=True, aggregator=None
    )
    level_rule = fields.Char(readonly=True, prefetch="badge")
    level_reason = fields.Char(
        compute="_compute_level_reason", help="The rule that decided the level."
    )
    badge = fields.Char(
        string="Health badge",
        compute="_compute_badge",
        exportable=False,
        help="What a badge shows: the level, the score, the points gained or lost, and "
        "“flag” or “person” where that decides the level and not the score.",
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
        readonly=True,
        aggregator="avg",
        help="Share of the checks' weight that rests on evidence, in percent.",
    )
    fingerprint = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="Changes whenever one of the facts does.",
    )
    judgement = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="Changes whenever level, points or driver of one of the checks do.",
    )
    config_version = fields.Char(readonly=True)
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
            health.level_rank = GRAVITY.index(health.level or "unknown")

    @api.depends("trend")
    def _compute_direction(self):
        for health in self:
            trend = health.trend
            health.direction = (
                "falling" if trend < 0 else "rising" if trend > 0 else "steady"
            )

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
        today = fields.Date.context_today(self)
        present = as_of is None or as_of >= today
        if partners is None and present:
            for company in self.env["res.company"].search([]):
                run = self.env["client.health.run"].with_company(company)
                if not run._run_company(company):
                    break
            return self.search([])
        found = self.browse()
        for company in self.env.companies:
            clients = partners.sudo().commercial_partner_id.ids if partners else None
            self._census(company, clients, as_of)
            domain = [("company_id", "=", company.id)]
            if clients is not None:
                domain.append(("partner_id", "in", clients))
            healths = self.search(domain)
            self.with_company(company)._score_clients(
                company, healths.partner_id.ids, as_of
            )
            found |= healths
        return found

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

    # -- facts → score → store -------------------------------------------------

    @api.model
    def _score_clients(self, company, clients, as_of=None, gathered=None):
        """Facts → score → store for some clients of one company.

        The number of queries does not depend on the number of clients.
        ``gathered``: what :meth:`_gather`, or for a past day :meth:`_read_past`,
        found for them. Returns how many rows changed.
        """
        self.env.flush_all()
        if not clients:
            return 0
        config = self.env["client.health.config"]._current(company)
        scope = self.env["client.health.facts"]._scope(company, clients, as_of)
        with disabling_gc():  # many small objects, none of them in a circle
            if not scope.present:
                return self._score_past(config, scope, gathered)
            gathered = gathered or self._facts_now(config, scope)
            stored = self._to_score(gathered, config, scope)
            changed = self._score_present(gathered, config, stored, scope)
        if gathered.versions is not None:
            moved = sorted(set(clients) - {old["partner_id"] for old in stored})
            return changed + self._score_clients(company, moved, as_of)
        return changed

    @api.model
    def _score_present(self, gathered, config, stored, scope):
        """Judge clients, and bring flags, health and history in line with that."""
        flags = self.env["client.health.flag"]
        open_flags = flags._open_flags([old["id"] for old in stored])
        rows, flagged = [], []
        for old in stored:
            held = open_flags.get(old["id"], {})
            old["levels"] = levels_of(held)
            result = config.assess(gathered.facts(old["partner_id"]), old["levels"])
            row = self._row(result, old, gathered, config, scope)
            flagged.append((old["id"], held, result))
            row["changed"] = any(row[name] != old[name] for name in COMPARED)
            # figures that move without moving a point are no history
            row["history"] = scope.is_month_end or any(
                row[name] != old[name] for name in JUDGED
            )
            if row["history"]:
                row |= snapshot_of(result)
            if row["changed"] or row["history"]:
                rows.append(row)
        flags._reconcile(flagged, config, scope.as_of)
        self._store(rows, config, gathered.layout, scope)
        self._alert(_pairs(stored, rows), gathered, config)
        return len(rows)

    @api.model
    def _stored_names(self):
        """Columns of a stored row that scoring looks at."""
        return (
            "id", "partner_id", *COMPARED, *OVERRIDE, "phase", "user_id", "computed_on",
        )  # fmt: skip

    @api.model
    def _row(self, result, old, gathered, config, scope):
        """The columns of SCORED for one assessment."""
        raised = [
            level
            for check in result.checks
            for level in (check.level, check.ours_level)
            if level in ("watch", "red")
        ]
        before = old["trend_score"]
        known = before is not None and result.score is not None
        level, rule = result.level, result.rule
        if _overridden(old, scope):
            level, rule = old["override_level"], "override"
        return {
            "id": old["id"],
            "found": gathered.known[old["partner_id"]],
            "fingerprint": old["new_fingerprint"],
            "judgement": _judgement(result.checks),
            "config_version": config.version,
            "score": result.score,
            "level": level,
            "level_rule": rule,
            "coverage": result.coverage,
            "trend": result.score - before if known else 0,
            "flag_count": len(raised),
            "red_flag_count": sum(check.level == "red" for check in result.checks),
        }

    @api.model
    def _store(self, rows, config, layout, scope):
        """Write scored rows: those that changed, and what is new of them as the
        history of their day; a second time replaces it."""
        if not rows:
            return
        self.env["client.health.config"]._remember(config)
        self.env["client.health.layout"]._remember(layout)
        self.env.cr.execute(
            SQL(
                """WITH new AS MATERIALIZED (
                       SELECT * FROM json_to_recordset(%(rows)s) AS new(
                           %(columns)s, changed bool, history bool, points jsonb)),
                   written AS (
                       UPDATE client_health h SET %(assignments)s,
                           layout = %(layout)s,
                           computed_on = %(now)s,
                           level_rank = %(rank)s,
                           direction = CASE WHEN new.trend < 0 THEN 'falling'
                               WHEN new.trend > 0 THEN 'rising' ELSE 'steady' END
                         FROM new WHERE h.id = new.id AND new.changed)
                   INSERT INTO client_health_snapshot (
                       health_id, partner_id, company_id, date, score, level, coverage,
                       found, layout, points, config_version)
                   SELECT new.id, h.partner_id, h.company_id, %(day)s, new.score,
                          new.level, new.coverage, new.found, %(layout)s, new.points,
                          new.config_version
                     FROM new JOIN client_health h ON h.id = new.id
                    WHERE new.history
                   ON CONFLICT (health_id, date) DO UPDATE SET
                       score = EXCLUDED.score, level = EXCLUDED.level,
                       coverage = EXCLUDED.coverage, found = EXCLUDED.found,
                       layout = EXCLUDED.layout, points = EXCLUDED.points,
                       config_version = EXCLUDED.config_version""",
                rows=json.dumps(rows),
                columns=recordset(SCORED),
                assignments=assignments(SCORED),
                layout=layout.version,
                now=fields.Datetime.now(),
                day=scope.as_of,
                rank=level_rank(SQL("new.level")),
            )
        )
        self.env["client.health.snapshot"].invalidate_model(flush=False)
        names = [*SCORED, "layout", "facts", "computed_on", "level_rank", "direction"]
        changed = self.browse(row["id"] for row in rows if row["changed"])
        changed.invalidate_recordset(names, flush=False)


def _pairs(stored, rows):
    """The stored and the new row of each of ``rows``."""
    old = {row["id"]: row for row in stored}
    return [(old[row["id"]], row) for row in rows]
