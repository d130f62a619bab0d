from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import SQL

from ..facts.figures import BY_MONTH
from ..models.mixins import company_day
from ..scoring.figures import MARGIN, RATE
from .client_health_figures import CLIENT, RATIOS

MONTHS = 12


class ClientHealthFigureMonth(models.Model):
    """One row per client and month: the last twelve full calendar months in which
    something was invoiced, earned, spent or worked."""

    _name = "client.health.figure.month"
    _inherit = ["client.health.figures"]
    _description = "Figures of a client by month"
    _auto = False
    _order = "date desc, revenue desc nulls last, id desc"
    _depends = {
        "client.health": [
            "partner_id", "company_id", "user_id", "team_id", "level", "phase",
        ],
        "client.offboarding": ["partner_id", "company_id", "state"],
        "client.health.run": ["company_id", "as_of", "state"],
    }  # fmt: skip

    date = fields.Date(string="Month", readonly=True)

    @property
    def _table_query(self):
        decoded, columns = [], {}
        for column, names in BY_MONTH.items():
            for name in names:
                decoded.append(
                    SQL(
                        "NULLIF(split_part(h.encoded_facts, '|', p.%s), 'NULL')"
                        "::float8[] AS %s",
                        SQL.identifier(name),
                        SQL.identifier(name),
                    )
                )
            columns[column] = SQL(" + ").join(
                SQL("COALESCE(v.%s[m.back], 0)", SQL.identifier(name)) for name in names
            )
        ratios = [
            SQL("%s AS %s", formula(*map(SQL.identifier, parts)), SQL.identifier(name))
            for name, (formula, *parts) in RATIOS.items()
            if name in self._fields
        ]
        amounts = SQL(", ").join(
            SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in columns.items()
        )
        return SQL(
            """WITH place AS MATERIALIZED (%(places)s),
               known AS MATERIALIZED (
                   SELECT company_id, MAX(as_of) AS day FROM client_health_run
                    WHERE state = 'done' AND kind <> 'history' GROUP BY 1),
               summed AS (
                   SELECT h.id * %(most)s::bigint + m.back AS id, %(client)s,
                          (date_trunc('month', GREATEST(known.day,
                              (h.computed_on AT TIME ZONE 'UTC'
                               AT TIME ZONE z.tz)::date))
                           - make_interval(months => m.back))::date AS date,
                          %(rate_grey)s AS rate_grey, %(margin_grey)s AS margin_grey,
                          %(amounts)s
                     FROM client_health h
                     JOIN res_company c ON c.id = h.company_id
                     JOIN place p ON p.version = h.codec
                     LEFT JOIN known ON known.company_id = h.company_id
                     LEFT JOIN (VALUES %(zones)s) z(company_id, tz)
                            ON z.company_id = h.company_id
                     CROSS JOIN LATERAL (SELECT %(decoded)s OFFSET 0) v
                     CROSS JOIN generate_series(1, %(months)s) m(back)
                    WHERE h.phase NOT IN ('ended', 'past')),
               measured AS (
                   SELECT summed.*, time_cost + other_cost AS cost,
                          earned - time_cost - other_cost AS result,
                          CASE WHEN NOT rate_grey THEN earned - other_cost
                          END AS measured_money,
                          CASE WHEN NOT rate_grey THEN hours END AS measured_hours,
                          CASE WHEN NOT margin_grey THEN earned END AS measured_earned,
                          CASE WHEN NOT margin_grey
                               THEN earned - time_cost - other_cost
                          END AS measured_result
                     FROM summed
                    WHERE ABS(revenue) + ABS(earned) + ABS(hours) + ABS(time_cost)
                          + ABS(other_cost) > 0.004)
               SELECT measured.*, %(ratios)s FROM measured""",
            places=self._places(),
            client=CLIENT,
            most=MONTHS + 1,
            rate_grey=self._is_grey(RATE),
            margin_grey=self._is_grey(MARGIN),
            amounts=amounts,
            zones=self._zones(),
            decoded=SQL(", ").join(decoded),
            months=MONTHS,
            ratios=SQL(", ").join(ratios),
        )

    def _zones(self):
        """SQL: rows of company and its time zone."""
        facts = self.env["client.health.facts"]
        return SQL(", ").join(
            SQL("(%s, %s)", company.id, facts._zone(company))
            for company in self.env["res.company"].sudo().search([])
        )

    def action_open_figure(self, column):
        """Open the records behind a column of this client and month.

        ``column``: the name of a field. Raises UserError where there are none.
        """
        self.ensure_one()
        self.check_access("read")
        last = self.date + relativedelta(months=1) - timedelta(days=1)
        today = company_day.today(self.env, self.company_id)
        return self._open(column, self.date, min(last, today))
