from odoo import api, fields, models
from odoo.exceptions import AccessError

OPEN = ("waiting", "running")


class ClientHealthRun(models.Model):
    """The first run of a company, and how far the work in the background is."""

    _inherit = "client.health.run"

    @api.model
    def _start(self, companies, at_once=False):
        """Score the clients of companies and their last month-ends.

        ``at_once``: now, the past first; else in the background, by the scheduler.
        """
        for company in companies:
            self._plan_history(company)
        if at_once:
            for company in companies:
                self._fill_history(company)
            self.env["client.health"]._refresh()
            return
        asked = self.search([("kind", "=", "night"), ("state", "in", OPEN)]).company_id
        for company in companies - asked:
            self._ask_for(company)
        for name in ("ir_cron_refresh", "ir_cron_history"):
            self.env.ref(f"client_health.{name}").sudo()._trigger()

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("client_health.group_manager"):
            raise AccessError(
                self.env._("Only managers of Client Health may set it up.")
            )

    @api.model
    def action_skip_setup(self):
        """Leave everything as it is and do not ask again in this company."""
        self._check_manager()
        # Settings of a company are the administrator's; these are ours.
        self.env.company.sudo().client_health_setup_on = fields.Datetime.now()

    @api.model
    def get_progress(self):
        """How far the work in the background is, for the company at hand.

        Returns ``{"is_set_up", "clients", "running", "percent", "text", "failed"}``:
        whether the set-up was gone through, the number of clients, whether work
        is under way or waits, its percentage, the same in words, and how many
        clients could not be scored. Empty for others than managers.
        """
        if not self.env.user.has_group("client_health.group_manager"):
            return {}
        company = self.env.company
        mine = [("company_id", "=", company.id)]
        clients = self.env["client.health"].search_count(
            [*mine, ("phase", "!=", "ended")]
        )
        night = self.search([*mine, ("kind", "=", "night")], limit=1)
        months = dict(
            self._read_group([*mine, ("kind", "=", "history")], ["state"], ["__count"])
        )
        left = sum(months.get(state, 0) for state in OPEN)
        total = left + months.get("done", 0)
        parts = []
        if left:
            parts.append(100 * (total - left) / total)
        if night.state in OPEN:
            parts.append(night.progress)
        return {
            "is_set_up": bool(company.client_health_setup_on),
            "clients": clients,
            "running": bool(parts),
            "percent": round(sum(parts) / len(parts)) if parts else 100,
            "text": self._progress_text(night, total, left),
            "failed": night.failed,
        }

    @api.model
    def _progress_text(self, night, total, left):
        """What is under way, in words; empty when nothing is."""
        words = []
        if night.state == "running":
            words.append(
                self.env._(
                    "%(seen)s of %(total)s clients scored.",
                    seen=night.seen + night.failed,
                    total=night.total,
                )
            )
        elif night.state == "waiting":
            words.append(self.env._("Scoring begins in a moment."))
        if left:
            words.append(
                self.env._(
                    "History: %(done)s of %(total)s months.",
                    done=total - left,
                    total=total,
                )
            )
        return " ".join(words)
