"""What each client earned us in a year, from the stored facts."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..facts.figures import KEPT, MARGIN, kept
from ..models.mixins.measured import (
    MeasuredFloat,
    MeasuredInteger,
    MeasuredMonetary,
)
from ..scoring.figures import MARGIN as MARGIN_CODE
from ..scoring.figures import RATE, grey_readings
from .client_health_figures import CLIENT, RATIOS, rate


class ClientHealthFigure(models.Model):
    """One row per client: its figures of the last year, as of the last run."""

    _name = "client.health.figure"
    _inherit = ["client.health.figures"]
    _description = "Figures of a client"
    _auto = False
    _order = "revenue desc nulls last, id"
    _depends = {
        "client.health": [
            "partner_id", "company_id", "user_id", "team_id", "level", "phase",
        ],
        "client.offboarding": ["partner_id", "company_id", "state"],
    }  # fmt: skip

    phase = fields.Selection(
        selection=lambda self: self.env["client.health"]._fields["phase"].selection,
        readonly=True,
    )
    revenue_share = MeasuredFloat(
        string="Share of revenue (%)",
        readonly=True,
        digits=(16, 1),
        help="Of the revenue of all clients of the company that you may read, past "
        "ones too.",
    )
    required_rate = MeasuredMonetary(
        string="Required per hour",
        readonly=True,
        aggregator=None,
        help="What an hour should bring in: by the agreement, else by the settings.",
    )
    below_required = fields.Boolean(string="Rate below what is required", readonly=True)
    rate_left_out = MeasuredInteger(
        string="Without a rate",
        readonly=True,
        help="Clients whose rate is not measured and in no total.",
    )
    margin_left_out = MeasuredInteger(
        string="Without a margin",
        readonly=True,
        help="Clients whose margin is not measured and in no total.",
    )
    left_out = fields.Char(
        string="Not measured",
        compute="_compute_left_out",
        help="Why a figure of the client is empty.",
    )
    overdue = MeasuredMonetary(
        readonly=True, help="Past due by more than the days accepted, before tax."
    )
    overdue_days = MeasuredInteger(
        string="Longest overdue (days)", readonly=True, aggregator="max"
    )
    days_late = MeasuredFloat(
        string="Days late",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Days after the due date, weighted by amount, of what was paid and of "
        "what is overdue now.",
    )
    measured_paid = MeasuredMonetary(
        string="Paid or overdue",
        readonly=True,
        help="The amounts by which days late are weighted.",
    )
    late_amount = MeasuredFloat(
        string="Days late × amount", readonly=True, digits=(16, 2)
    )
    client_on_time = MeasuredFloat(
        string="Client answers in time (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Share of our questions that the client answered within the agreed time.",
    )
    our_on_time = MeasuredFloat(
        string="We answer in time (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Share of the client's questions that we answered within the agreed time.",
    )
    client_turns = MeasuredInteger(string="Questions to the client", readonly=True)
    client_turns_on_time = MeasuredInteger(
        string="Answered in time by the client", readonly=True
    )
    our_turns = MeasuredInteger(string="Questions of the client", readonly=True)
    our_turns_on_time = MeasuredInteger(string="Answered in time by us", readonly=True)

    @property
    def _table_query(self):
        numbers = [SQL("%s AS %s", kept(name), SQL.identifier(name)) for name in KEPT]
        greys = [
            SQL("%s AS %s", self._is_grey(code), SQL.identifier(f"{column}_grey"))
            for column, code in {
                "rate": RATE,
                "margin": MARGIN_CODE,
                "late": "days_late",
                "client": "client_on_time",
                "our": "our_on_time",
            }.items()
        ]
        facts = SQL(
            """SELECT h.id, %(client)s, %(numbers)s, %(greys)s
                 FROM client_health h
                 JOIN res_company c ON c.id = h.company_id
                WHERE h.phase NOT IN ('ended', 'past')""",
            client=CLIENT,
            numbers=SQL(", ").join(numbers),
            greys=SQL(", ").join(greys),
        )
        return SQL(
            "WITH whole AS MATERIALIZED (%s), fact AS (%s), summed AS (%s), %s",
            self._whole(),
            facts,
            self._summed(),
            self._shown(),
        )

    @api.model
    def _summed(self):
        """SQL: facts, and what is added up of them."""

        def added(sign):
            names = [name for name, its in MARGIN.items() if its == sign]
            total = SQL(" + ").join(
                SQL("COALESCE(%s, 0)", SQL.identifier(name)) for name in names
            )
            some = SQL(", ").join(map(SQL.identifier, names))
            return SQL("CASE WHEN num_nonnulls(%s) > 0 THEN %s END", some, total)

        return SQL(
            "SELECT fact.*, %s AS earned, %s AS cost FROM fact", added("+"), added("−")
        )

    @api.model
    def _shown(self):
        """SQL: the parts of figures that are no sums, where these are measured; and
        the figures."""
        ratios = [
            SQL(
                "%s AS %s",
                formula(*map(SQL.identifier, parts)),
                SQL.identifier(name),
            )
            for name, (formula, *parts) in RATIOS.items()
        ]
        # the figures that are facts already bear the name of their ratio
        shown = [
            SQL.identifier(name)
            for name in (
                "id", "health_id", "partner_id", "company_id", "currency_id",
                "user_id", "team_id", "level", "level_rank", "phase", "revenue",
                "hours", "other_cost", "required_rate", "overdue", "overdue_days",
                "earned", "cost",
            )
        ]  # fmt: skip
        return SQL(
            """measured AS (
                   SELECT %(kept)s, timesheet_cost AS time_cost,
                          earned - cost AS result,
                          100 * revenue / NULLIF((
                              SELECT whole.revenue FROM whole
                               WHERE whole.company_id = summed.company_id), 0)
                              AS revenue_share,
                          rate_grey::int AS rate_left_out,
                          margin_grey::int AS margin_left_out,
                          CASE WHEN NOT rate_grey
                               THEN earned - COALESCE(other_cost, 0)
                          END AS measured_money,
                          CASE WHEN NOT rate_grey THEN hours END AS measured_hours,
                          CASE WHEN NOT margin_grey THEN earned END AS measured_earned,
                          CASE WHEN NOT margin_grey
                               THEN earned - cost END AS measured_result,
                          CASE WHEN NOT late_grey
                               THEN days_late * paid_amount END AS late_amount,
                          CASE WHEN NOT late_grey AND days_late IS NOT NULL
                               THEN paid_amount END AS measured_paid,
                          CASE WHEN NOT client_grey THEN client_turns
                          END AS client_turns,
                          CASE WHEN NOT client_grey THEN client_turns_on_time
                          END AS client_turns_on_time,
                          CASE WHEN NOT our_grey THEN our_turns END AS our_turns,
                          CASE WHEN NOT our_grey THEN our_turns_on_time
                          END AS our_turns_on_time
                     FROM summed)
               SELECT measured.*, %(ratios)s,
                      COALESCE(%(rate)s < NULLIF(required_rate, 0), FALSE)
                          AS below_required
                 FROM measured""",
            rate=rate(SQL("measured_money"), SQL("measured_hours")),
            kept=SQL(", ").join(shown),
            ratios=SQL(", ").join(ratios),
        )

    @api.model
    def _whole(self):
        """SQL: company and the revenue of its clients, also of those who are past;
        without those that the user may not read, as a share would tell theirs."""
        partners = self.env["res.partner"].sudo(False).with_context(active_test=False)
        return SQL(
            """SELECT h.company_id, SUM(%s) AS revenue FROM client_health h
                WHERE h.partner_id IN (%s) GROUP BY 1""",
            kept("revenue"),
            partners._search([]).subselect(),
        )

    @api.depends("health_id")
    @api.depends_context("lang")
    def _compute_left_out(self):
        indicators = {i.code: i for i in self.env["client.health.indicator"].search([])}
        grey = self.health_id.sudo().filtered("grey_figures")
        assessments = grey.filtered("encoded_facts")._assessments()
        for figure in self:
            health = figure.health_id.sudo()
            figure.left_out = False
            if health.id not in assessments:
                continue
            readings = [
                reading
                for check in assessments[health.id].checks
                for reading in check.readings
            ]
            reasons = {}
            for code, reading in grey_readings(readings, health.facts).items():
                if indicator := indicators.get(code):
                    why = indicator._words().grey_reason(reading.grey, reading.sample)
                    reasons.setdefault(why, []).append(indicator.name)
            figure.left_out = " · ".join(
                f"{', '.join(names)}: {why}" for why, names in reasons.items()
            )

    def action_open_figure(self, column):
        """Open the records behind a column of this client.

        ``column``: the name of a field. Raises UserError where there are none.
        """
        return self._open(column)

    def action_open_sheet(self):
        """Open the sheet on which this client is fixed, repriced or parted with."""
        self.ensure_one()
        self.check_access("read")
        return self.health_id.action_open_sheet()

    def action_by_month(self):
        """Open the last year of these clients, month by month."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_figure_month_action"
        )
        clients = self.partner_id
        name = ", ".join(clients.mapped("display_name")) if len(clients) < 4 else ""
        return {
            **action,
            "display_name": name or action["name"],
            "domain": [("partner_id", "in", clients.ids)],
            "context": {"search_default_group_date": 1},
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
        }
