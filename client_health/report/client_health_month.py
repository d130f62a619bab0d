from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.store import level_rank
from ..models.mixins import company_day
from ..models.mixins.dialog import open_form
from ..models.mixins.level_order import by_severity
from ..scoring.levels import LEVELS


class ClientHealthMonth(models.Model):
    """One row per client and month: its snapshot at the month's end, its health today
    for the current month."""

    _name = "client.health.month"
    _inherit = ["client.access.partner"]
    _description = "Health of a client by month"
    _auto = False
    _order = "date desc, level_rank, uncapped_score, id desc"
    _rec_name = "partner_id"
    _depends = {
        "client.health": [
            "partner_id", "company_id", "user_id", "team_id", "score", "level",
            "coverage", "uncapped_score",
            "phase",
        ],
        "client.health.snapshot": [
            "health_id", "date", "score", "uncapped_score", "level", "coverage",
        ],
    }  # fmt: skip

    health_id = fields.Many2one("client.health", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Of today."
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales team", readonly=True, help="Of today."
    )
    date = fields.Date(string="Month", readonly=True)
    score = fields.Integer(readonly=True, aggregator="avg")
    uncapped_score = fields.Integer(
        string="Score without cap", readonly=True, aggregator=None
    )
    level = fields.Selection(LEVELS, readonly=True, group_expand=by_severity)
    level_rank = fields.Integer(readonly=True, aggregator=None)
    coverage = fields.Integer(string="Measured (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return self._month_sql(company_day.today(self.env, self.env.company))

    @api.model
    def _month_sql(self, today):
        """SQL: the month-ends before this month, and today."""
        columns = SQL(
            """h.id AS health_id, h.partner_id, h.company_id, h.user_id, h.team_id"""
        )
        first = today.replace(day=1)
        return SQL(
            """SELECT 2 * s.id AS id, %(columns)s, s.date, s.score, s.level, s.coverage,
                      COALESCE(s.uncapped_score, s.score) AS uncapped_score,
                      %(rank)s AS level_rank
                 FROM client_health_snapshot s
                 JOIN client_health h ON h.id = s.health_id
                WHERE EXTRACT(DAY FROM s.date + 1) = 1 AND s.date < %(first)s
                UNION ALL
               SELECT 2 * h.id + 1 AS id, %(columns)s, %(today)s, h.score, h.level,
                      h.coverage, h.uncapped_score, h.level_rank
                 FROM client_health h WHERE h.phase NOT IN ('ended', 'past')""",
            columns=columns,
            rank=level_rank(SQL("s.level")),
            first=first,
            today=today,
        )

    def action_open_health(self):
        """Open the client as it stands now."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.health_id)
