from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...scoring.levels import AT_RISK_LEVELS
from ..mixins.access import USER


class Digest(models.Model):
    _inherit = "digest.digest"

    kpi_clients_at_risk = fields.Boolean("Clients at risk", groups="base.group_user")
    kpi_clients_at_risk_value = fields.Integer(
        compute="_compute_kpi_clients_at_risk", groups=USER
    )

    def _compute_kpi_clients_at_risk(self):
        """Clients at risk or critical at the end of the period, for the recipient.

        A level is a state and no event: the end of the period counts, so that the
        digest compares with the day before, the week before and the month before.
        """
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._("Only users of Client Health see clients at risk.")
            )
        # in UTC, whatever time zone Odoo puts on it
        end = self.env.context.get("end_datetime") or fields.Datetime.now()
        end = fields.Datetime.context_timestamp(self, end.replace(tzinfo=None))
        counts = self._clients_at_risk(end.date())
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_clients_at_risk_value = counts.get(company.id, 0)

    def _compute_kpis_actions(self, company, user):
        """The figure leads to the clients, the worst first."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("client_health.client_health_menu_root").id
        actions["kpi_clients_at_risk"] = (
            f"client_health.client_health_action?menu_id={menu}"
        )
        return actions

    @api.model
    def _clients_at_risk(self, day):
        """company id → how many clients were at risk or critical on ``day``.

        Of those the user may see and who have not left; a past day as the history
        has it.
        """
        here = self.env["client.health"]._search([("phase", "!=", "ended")])
        # ``day`` is one of the recipient, who may work in several companies
        if day >= fields.Date.context_today(self):
            level = SQL("h.level")
        else:
            level = SQL(
                """(SELECT s.level FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date <= %s
                     ORDER BY s.date DESC LIMIT 1)""",
                day,
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT h.company_id, count(*) FROM client_health h
                    WHERE h.id IN %s AND %s = ANY(%s) GROUP BY h.company_id""",
                here.subselect(),
                level,
                list(AT_RISK_LEVELS),
            )
        )
        return dict(rows)
