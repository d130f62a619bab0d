from odoo import api, fields, models
from odoo.tools import SQL

from ..mixins import company_day


class ClientHealthRun(models.Model):
    """The runs of the day over what changed, and up to when all was seen."""

    _inherit = "client.health.run"

    _seen = models.Index("(company_id, seen_until) WHERE seen_until IS NOT NULL")

    @api.model
    def _oldest_open(self):
        """The moment (UTC) at which the oldest transaction that is open began: rows
        that are not to be seen yet were written after it."""
        [[moment]] = self.env.execute_query(
            SQL(
                """SELECT LEAST(NOW(), MIN(xact_start)) AT TIME ZONE 'UTC'
                     FROM pg_stat_activity
                    WHERE datname = CURRENT_DATABASE()
                      AND backend_type = 'client backend'"""
            )
        )
        return moment.replace(microsecond=0)

    @api.model
    def _seen_until(self, company):
        """Up to when everything written is counted; None before the first night."""
        [[moment]] = self.env.execute_query(
            SQL(
                """SELECT MAX(seen_until) FROM client_health_run
                    WHERE company_id = %s AND seen_until IS NOT NULL
                      AND state = 'done'""",
                company.id,
            )
        )
        return moment

    @api.model
    def _catch_up(self, company, until, total):
        """A new run over so many clients; one that was interrupted is given up."""
        now = fields.Datetime.now()
        mine = [("company_id", "=", company.id), ("kind", "=", "catch_up")]
        self.search([*mine, ("state", "=", "running")]).state = "failed"
        return self.create(
            {
                "company_id": company.id,
                "as_of": company_day.today(self.env, company),
                "kind": "catch_up",
                "state": "running",
                "date_start": now,
                "seen_until": until,
                "total": total,
            }
        )
