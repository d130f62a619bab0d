"""Facts from earlier scores: does communication get better from month to month?"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .base import SCORES
from .scope import MONTHS, Fact

_lt = LazyTranslate(__name__)


class ClientHealthFactsHistory(models.AbstractModel):
    _name = "client.health.facts.history"
    _inherit = "client.health.facts"
    _description = "Facts from earlier scores"

    _lane = SCORES
    _evidence = {"month_end": "client.health.snapshot"}

    @api.model
    def _facts(self):
        slots = ", ".join(
            "COALESCE(ROUND(MAX(e.penalty) FILTER"
            f" (WHERE e.month = {month}) * 1e6) / 1e6, -1)"
            for month in range(1, MONTHS + 1)
        )
        return [
            Fact(
                "communication_months",
                _lt("Communication by month"),
                _lt(
                    "Penalty of the communication check at the last month-ends at "
                    "which it stood at watch or red."
                ),
                "ratio",
                "month_end",
                f"ARRAY[{slots}]::float8[]",
                windowed=False,
                default=None,
                listed=True,
            ),
        ]

    @api.model
    def _materialized(self, scope):
        """Once, so that rows have few columns before they are sorted: 0.6 s instead of
        2 (600,000 month-ends)."""
        return {"month_end"}

    @api.model
    def _relations(self, scope):
        """Month-end snapshots; those at which communication was fine have -1.

        ``month`` counts back from the month of ``as_of`` (0). A month without a
        snapshot counts as one in which communication was fine.
        """
        month_ends = [day - timedelta(days=1) for day in scope.months()[:-1]]
        # few clients: join their health rows, which have an index; all clients: filter
        # by the snapshot's own partner and company, 0.4 s instead of 0.7 (600,000
        # month-ends)
        owner, health = SQL("s"), SQL()
        if not scope.everyone:
            owner = SQL("h")
            health = SQL("JOIN client_health h ON h.id = s.health_id")
        return {
            "month_end": SQL(
                """SELECT client_id, res_id, day,
                          CASE WHEN said->>'level' IN ('watch', 'red')
                               THEN (said->>'penalty')::float8 ELSE -1 END AS penalty,
                          array_position(%(month_ends)s, day) AS month
                     FROM (SELECT %(owner)s.partner_id AS client_id, s.id AS res_id,
                                  s.date AS day, s.points->'communication' AS said
                             FROM client_health_snapshot s %(health)s
                            WHERE %(mine)s AND %(owner)s.company_id = %(company)s
                              AND s.date = ANY(%(month_ends)s)) s""",
                owner=owner,
                health=health,
                mine=scope.mine(SQL("%s.partner_id", owner)),
                company=scope.company.id,
                month_ends=SQL("%s::date[]", month_ends),
            )
        }
