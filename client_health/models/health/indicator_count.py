from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, ormcache

from ...scoring.thresholds import check_level


class ClientHealthIndicator(models.Model):
    """How many clients are beyond each limit now, from the stored facts."""

    _inherit = "client.health.indicator"

    watch_count = fields.Integer(
        string="Clients with a warning",
        compute="_compute_client_counts",
        groups="client_health.group_manager",
        help="Clients whose figure is now beyond the limit for a warning, not yet for "
        "red.",
    )
    red_count = fields.Integer(
        string="Clients at red",
        compute="_compute_client_counts",
        groups="client_health.group_manager",
        help="Clients whose figure is now beyond the limit for red.",
    )
    measured_count = fields.Integer(
        string="Clients measured",
        compute="_compute_client_counts",
        groups="client_health.group_manager",
        help="Clients for whom there is enough data to measure it.",
    )
    counted_words = fields.Char(
        string="Now",
        compute="_compute_client_counts",
        groups="client_health.group_manager",
    )

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_client_counts(self):
        """For the companies at hand, all indicators in one go."""
        total = {}
        for company in self.env.companies:
            for code, counts in self._count_clients(company).items():
                before = total.get(code, (0, 0, 0))
                total[code] = tuple(map(sum, zip(before, counts, strict=True)))
        for indicator in self:
            measured, watch, red = total.get(indicator.code, (0, 0, 0))
            indicator.measured_count = measured
            indicator.watch_count = watch
            indicator.red_count = red
            if not measured:
                indicator.counted_words = self.env._("Measured for no client now.")
                continue
            indicator.counted_words = self.env._(
                "Of %(measured)s clients measured, %(watch)s with a warning and "
                "%(red)s red.",
                measured=measured,
                watch=watch,
                red=red,
            )

    @api.model
    def _count_clients(self, company):
        """Indicator code → (measured, at watch, red) over the clients of a company.

        Counted once after each run or change of settings.
        """
        names = ["encoded_facts", "computed_on", "company_id", "phase"]
        self.env["client.health"].flush_model(names)
        [state] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), MAX(computed_on) FROM client_health
                    WHERE company_id = %s AND phase <> 'ended'""",
                company.id,
            )
        )
        config = self.env["client.health.config"].sudo()._current(company)
        return self._counted(company.id, config.version, state)

    @api.model
    @ormcache("company_id", "version", "state")
    def _counted(self, company_id, version, state):
        company = self.env["res.company"].browse(company_id)
        counts = {}
        for indicator, _client, penalty in self._readings(company):
            measured, watch, red = counts.get(indicator, (0, 0, 0))
            counts[indicator] = (
                measured + 1,
                watch + (check_level(penalty) == "watch"),
                red + (check_level(penalty) == "red"),
            )
        return counts

    @api.model
    def _readings(self, company, codes=None):
        """Yield (indicator code, client id, penalty) of what is measured now.

        ``codes``: of these indicators only.
        """
        config = self.env["client.health.config"].sudo()._current(company)
        indicators = [
            indicator
            for check in config.checks
            for indicator in check.indicators
            if codes is None or indicator.code in codes
        ]
        for client, facts in self.env["client.health.codec"]._facts_of(company):
            for indicator in indicators:
                penalty = indicator.measure(facts).penalty
                if penalty is not None:
                    yield indicator.code, client, penalty

    def action_show_clients(self):
        """Open the clients that are beyond a limit of this indicator now.

        The context may say with ``beyond`` which one: ``watch`` or ``red``; else
        both. Raises AccessError for others than managers.
        """
        self.ensure_one()
        if not self.env.user.has_group("client_health.group_manager"):
            raise AccessError(
                self.env._("Only managers of Client Health see who is beyond a limit.")
            )
        beyond = self.env.context.get("beyond")
        wanted = {"red": ("red",), "watch": ("watch",)}.get(beyond, ("watch", "red"))
        clients = [
            client
            for company in self.env.companies
            for _code, client, penalty in self._readings(company, {self.code})
            if check_level(penalty) in wanted
        ]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_action"
        )
        return {
            **action,
            "name": self.env._("Clients beyond “%s”", self.name),
            "domain": [("partner_id", "in", clients)],
            "context": {},
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }


class ClientHealthCheck(models.Model):
    """What a check weighs and how many clients it stands out for."""

    _inherit = "client.health.check"

    weight_share = fields.Float(
        string="Share of the score",
        compute="_compute_weight_share",
        groups="client_health.group_manager",
        help="Its weight in the weight of all active checks. Checks that cannot be "
        "measured for a client leave their share to the others.",
    )
    watch_count = fields.Integer(
        string="Clients with a warning", compute="_compute_client_counts"
    )
    red_count = fields.Integer(
        string="Clients at red", compute="_compute_client_counts"
    )

    @api.depends("weight", "active")
    def _compute_weight_share(self):
        total = sum(self._active_checks().mapped("weight"))
        for check in self:
            counts = check.active and total
            check.weight_share = check.weight / total if counts else 0

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_client_counts(self):
        """From the open flags of the clients that the user may see and that did not
        leave."""
        groups = self.env["client.health.flag"]._read_group(
            [
                ("check_id", "in", self.ids),
                ("state", "!=", "cleared"),
                ("side", "=", "client"),
                ("company_id", "in", self.env.companies.ids),
                ("health_id", "any", [("phase", "!=", "ended")]),
            ],
            ["check_id", "level"],
            ["__count"],
        )
        counts = {(check.id, level): count for check, level, count in groups}
        for check in self:
            check.watch_count = counts.get((check.id, "watch"), 0)
            check.red_count = counts.get((check.id, "red"), 0)

    def action_show_flags(self):
        """Open the flags of this check that are not cleared."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_flag_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("check_id", "=", self.id)],
            "context": {"search_default_current": 1},
        }
