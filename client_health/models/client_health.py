import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from .bulk import assignments, recordset
from .client_health_check import LEVELS

_lt = LazyTranslate(__name__)

TREND_DAYS = 30

# Columns of client_health that scoring writes, and their database types.
SCORED = {
    "score": "int",
    "level": "text",
    "level_rule": "text",
    "coverage": "int",
    "trend": "int",
    "flag_count": "int",
    "red_flag_count": "int",
    "facts": "jsonb",
    "config_version": "text",
}

# What a person may say instead, until a date.
OVERRIDE = ("override_level", "override_until")


def _overridden(row, scope):
    """True when a person's word replaces the level on the day of ``scope``."""
    until = row["override_until"]
    return bool(row["override_level"] and scope.present and until >= scope.as_of)


def _points(check):
    """What a snapshot keeps of one check."""
    return {
        "points": check.points,
        "level": check.level,
        "penalty": check.penalty,
        "driver": check.driver and check.driver.indicator.code,
        "value": check.driver and check.driver.value,
    }


class ClientHealth(models.Model):
    """How the relationship with one client is doing, for one company.

    Rows are written by :meth:`_refresh` only, in bulk and only when something
    changed; nothing here is tracked and nothing of it sits on the partner.
    """

    _name = "client.health"
    _description = "Client health"
    _inherit = ["client.of.partner", "mail.activity.mixin"]
    _order = "level_rank, score, id"
    _rec_names_search = ["partner_id"]

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    score = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="0 to 100, higher is healthier: 100 less the points that its checks lose.",
    )
    level = fields.Selection(
        LEVELS,
        readonly=True,
        default="unknown",
        group_expand="_group_expand_level",
        index=True,
    )
    level_rank = fields.Integer(
        compute="_compute_level_rank", store=True, aggregator=None
    )
    level_rule = fields.Char(readonly=True)
    level_reason = fields.Char(
        compute="_compute_level_reason", help="The rule that decided the level."
    )
    level_capped = fields.Boolean(
        string="Level by a red flag",
        compute="_compute_level_capped",
        help="A red flag, not the score, decides the level.",
    )
    trend = fields.Integer(
        readonly=True,
        aggregator=None,
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
    facts = fields.Json(readonly=True, groups="client_health.group_manager")
    config_version = fields.Char(readonly=True)
    flag_ids = fields.One2many("client.health.flag", "health_id")
    open_flag_ids = fields.One2many(
        "client.health.flag", "health_id", domain=[("state", "!=", "cleared")]
    )
    flag_count = fields.Integer(string="Open flags", readonly=True)
    red_flag_count = fields.Integer(string="Red flags", readonly=True)
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

    @api.depends("partner_id")
    def _compute_display_name(self):
        for health in self:
            health.display_name = health.partner_id.display_name

    @api.depends("level")
    def _compute_level_rank(self):
        """Worst first, unknown last."""
        ranks = {"critical": 0, "at_risk": 1, "watch": 2, "healthy": 3}
        for health in self:
            health.level_rank = ranks.get(health.level, 4)

    @api.depends("trend")
    def _compute_direction(self):
        for health in self:
            trend = health.trend
            health.direction = (
                "falling" if trend < 0 else "rising" if trend > 0 else "steady"
            )

    def _compute_as_of(self):
        """The day of the last complete run, or of a later change."""
        latest = dict(
            self.env["client.health.run"]
            .sudo()
            ._read_group([("state", "=", "done")], ["company_id"], ["as_of:max"])
        )
        for health in self:
            days = [latest.get(health.company_id)]
            if health.computed_on:
                days.append(health.computed_on.date())
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
        background."""
        self.env.registry.clear_cache()
        cron = self.env.ref("client_health.ir_cron_refresh", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_refresh(self):
        """The night: every company, resumable."""
        self._refresh()

    # -- facts → score → store -------------------------------------------------

    @api.model
    def _score_clients(self, company, clients, as_of=None):
        """Facts → score → store for some clients of one company.

        The number of queries does not depend on the number of clients. Returns
        how many rows changed.
        """
        self.env.flush_all()
        config = self.env["client.health.config"]._current(company)
        sources = self.env["client.health.facts"]
        scope = sources._scope(company, clients, as_of)
        facts = sources._read_facts(config.keys, scope)
        stored = self._stored_rows(company, clients, scope)
        if not scope.present:
            return self._score_past(config, facts, stored, scope)
        flags = self.env["client.health.flag"]
        open_flags = flags._open_flags([old["id"] for old in stored.values()])
        rows, flagged, month_end = [], [], []
        for client, old in stored.items():
            held = open_flags.get(old["id"], {})
            if self._is_unchanged(old, held, facts[client], config, scope):
                if scope.is_month_end:
                    month_end.append(old["id"])
                continue
            levels = {key: flag["level"] for key, flag in held.items()}
            result = config.assess(facts[client], levels)
            row = self._row(result, old, facts[client], config, scope)
            flagged.append((old["id"], held, result))
            if scope.is_month_end or any(row[name] != old[name] for name in SCORED):
                rows.append(row)
        flags._reconcile(flagged, config, scope.as_of)
        if rows:
            self.env["client.health.config"]._remember(config)
        self._store_rows(rows)
        self._store_snapshots(rows, scope.as_of)
        self._copy_snapshots(month_end, scope.as_of)
        self._alert([(stored[row["client"]], row) for row in rows])
        return len(rows)

    @api.model
    def _score_past(self, config, facts, stored, scope):
        """Write history only: what can be said of the clients for a past day."""
        rows = []
        for client, old in stored.items():
            result = config.assess(facts[client])
            if result.score is not None:
                rows.append(self._row(result, old, facts[client], config, scope))
        if rows:
            self.env["client.health.config"]._remember(config)
        self._store_snapshots(rows, scope.as_of)
        return len(rows)

    @api.model
    def _is_unchanged(self, old, held, facts, config, scope):
        """True when scoring a client again could only say the same."""
        return (
            old["facts"] == facts
            and old["config_version"] == config.version
            and old["flag_count"] == len(held)
            and old["seen_trend_score"] == old["trend_score"]
            and (old["level_rule"] == "override") == _overridden(old, scope)
        )

    @api.model
    def _stored_rows(self, company, clients, scope):
        """What is stored of these clients: client id → row as a mapping.

        ``trend_score`` is the score of about 30 days ago, None without history.
        """
        names = [*SCORED, *OVERRIDE, "phase", "user_id", "computed_on"]
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id, h.id, %(columns)s, old.score AS trend_score
                     FROM client_health h
                     LEFT JOIN LATERAL (
                        SELECT s.score FROM client_health_snapshot s
                         WHERE s.health_id = h.id AND s.date <= %(then)s
                         ORDER BY s.date DESC LIMIT 1) old ON TRUE
                    WHERE h.company_id = %(company)s
                      AND h.partner_id = ANY(%(clients)s)""",
                columns=SQL(", ").join(SQL.identifier("h", name) for name in names),
                then=scope.as_of - timedelta(days=TREND_DAYS),
                company=company.id,
                clients=list(clients),
            )
        )
        names = ["partner_id", "id", *names, "trend_score"]
        rows = {}
        for values in self.env.cr.fetchall():
            row = dict(zip(names, values, strict=True))
            seen = row["score"] is not None and row["trend_score"] is not None
            row["seen_trend_score"] = row["score"] - row["trend"] if seen else None
            rows[row["partner_id"]] = row
        return rows

    @api.model
    def _row(self, result, old, facts, config, scope):
        """The columns of SCORED, and those of a snapshot, for one assessment."""
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
            "client": old["partner_id"],
            "facts": facts,
            "config_version": config.version,
            "score": result.score,
            "level": level,
            "level_rule": rule,
            "coverage": result.coverage,
            "trend": result.score - before if known else 0,
            "flag_count": len(raised),
            "red_flag_count": sum(check.level == "red" for check in result.checks),
            "points": {check.check.code: _points(check) for check in result.checks},
        }

    @api.model
    def _store_rows(self, rows):
        """Write scored rows in one statement."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE client_health h SET %s, computed_on = %s,
                       level_rank = CASE new.level WHEN 'critical' THEN 0
                           WHEN 'at_risk' THEN 1 WHEN 'watch' THEN 2
                           WHEN 'healthy' THEN 3 ELSE 4 END,
                       direction = CASE WHEN new.trend < 0 THEN 'falling'
                           WHEN new.trend > 0 THEN 'rising' ELSE 'steady' END
                     FROM jsonb_to_recordset(%s::jsonb) AS new(%s)
                    WHERE h.id = new.id""",
                assignments(SCORED),
                fields.Datetime.now(),
                json.dumps(rows),
                recordset(SCORED),
            )
        )
        names = [*SCORED, "computed_on", "level_rank", "direction"]
        self.browse(row["id"] for row in rows).invalidate_recordset(names, flush=False)

    @api.model
    def _store_snapshots(self, rows, day):
        """Remember rows as the history of a day; a second time replaces it."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_health_snapshot (
                       health_id, partner_id, company_id, date, score, level, coverage,
                       facts, points, config_version)
                   SELECT new.id, h.partner_id, h.company_id, %s, new.score, new.level,
                          new.coverage, new.facts, new.points, new.config_version
                     FROM jsonb_to_recordset(%s::jsonb) AS new(
                       id int, score int, level text, coverage int, facts jsonb,
                       points jsonb, config_version text)
                     JOIN client_health h ON h.id = new.id
                   ON CONFLICT (health_id, date) DO UPDATE SET
                       score = EXCLUDED.score, level = EXCLUDED.level,
                       coverage = EXCLUDED.coverage, facts = EXCLUDED.facts,
                       points = EXCLUDED.points,
                       config_version = EXCLUDED.config_version""",
                day,
                json.dumps(rows),
            )
        )
        self.env["client.health.snapshot"].invalidate_model(flush=False)

    @api.model
    def _copy_snapshots(self, health_ids, day):
        """Give unchanged rows their snapshot of a month-end: the last one again."""
        if not health_ids:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_health_snapshot (
                       health_id, partner_id, company_id, date, score, level, coverage,
                       facts, points, config_version)
                   SELECT DISTINCT ON (health_id) health_id, partner_id, company_id,
                          %(day)s, score, level, coverage, facts, points,
                          config_version
                     FROM client_health_snapshot
                    WHERE health_id = ANY(%(ids)s) AND date < %(day)s
                    ORDER BY health_id, date DESC
                   ON CONFLICT (health_id, date) DO NOTHING""",
                day=day,
                ids=health_ids,
            )
        )
        self.env["client.health.snapshot"].invalidate_model(flush=False)
