from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

MONTHS = 24


class ClientHealthRun(models.Model):
    """The past: one run per month-end, the oldest first, in the background."""

    _inherit = "client.health.run"

    @api.model
    def _month_ends(self, company):
        """The last MONTHS month-ends before today, the oldest first."""
        day = self._today(company).replace(day=1) - timedelta(days=1)
        days = []
        for _month in range(MONTHS):
            days.append(day)
            day = day.replace(day=1) - timedelta(days=1)
        return days[::-1]

    @api.model
    def _plan_history(self, company):
        """Put the month-ends that have no history yet on the list."""
        history = [("company_id", "=", company.id), ("kind", "=", "history")]
        there = self.search([*history, ("state", "!=", "failed")]).mapped("as_of")
        return self.create(
            [
                {
                    "company_id": company.id,
                    "kind": "history",
                    "state": "waiting",
                    "as_of": day,
                }
                for day in self._month_ends(company)
                if day not in there
            ]
        )

    @api.model
    def _fill_history(self, company):
        """Work through the list, the oldest month-end first.

        Each month-end goes on after the last client that is done. Returns True
        when the list is empty, False when time is up or another run is at it.
        """
        if not self._lock(company, "history"):
            return False
        try:
            waiting = self.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "history"),
                    ("state", "in", ("waiting", "running")),
                ],
                order="as_of",
            )
            for run in waiting.with_company(company):
                if run.state == "waiting":
                    run._retrying(run._begin_month)
                if not run._work():
                    return False
            if waiting:
                self.env["client.health.flag"]._date_back(company)
            return True
        finally:
            self._unlock(company, "history")

    def _begin_month(self):
        """Find the clients of that time and open the run."""
        self.env["client.health"]._census(self.company_id, as_of=self.as_of)
        self.write(
            {
                "state": "running",
                "date_start": fields.Datetime.now(),
            }
        )

    @api.model
    def _cron_history(self):
        """Fill in the history of every company; resumable."""
        done = [
            self._fill_history(company)
            for company in self.env["res.company"].sudo().search([])
        ]
        if all(done):
            # trends look back at the history that is there now
            self.env["client.health"]._refresh_soon()
        else:
            self.env.ref("client_health.ir_cron_history")._trigger()

    def action_fill_history(self):
        """Have the history of the company filled in, in the background.

        Raises AccessError for others than managers.
        """
        if not self.env.user.has_group("client_health.group_manager"):
            raise AccessError(
                self.env._("Only managers of Client Health may fill in the history.")
            )
        self.check_access("read")
        runs = self.sudo()
        planned = sum(
            (runs._plan_history(company) for company in self.env.companies),
            runs.browse(),
        )
        self.env.ref("client_health.ir_cron_history").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s month-ends are on the list. You can leave this page; the list "
                    "shows how far it is.",
                    len(planned),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
