from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...scoring.levels import AT_RISK_LEVELS, GONE
from ..mixins.access import USER


class Digest(models.Model):
    _inherit = "digest.digest"

    kpi_clients_at_risk = fields.Boolean("Clients at risk", groups="base.group_user")
    kpi_clients_at_risk_value = fields.Integer(
        compute="_compute_kpi_clients_at_risk", groups=USER
    )

    def _compute_kpi_clients_at_risk(self):
        """Clients at risk or critical at the end of the period, for the recipient.

        A level is a state, so the end of each period counts: the digest compares it
        with the day, the week and the month before.
        """
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._("Only users of Client Health see clients at risk.")
            )
        # Odoo gives it a time zone, but the value is in UTC
        end = self.env.context.get("end_datetime") or fields.Datetime.now()
        end = fields.Datetime.context_timestamp(self, end.replace(tzinfo=None))
        counts = self._clients_at_risk(end.date())
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_clients_at_risk_value = counts.get(company.id, 0)

    def _compute_kpis_actions(self, company, user):
        """The figure opens the clients, the worst first."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("client_health.client_health_menu_root").id
        actions["kpi_clients_at_risk"] = (
            f"client_health.client_health_action?menu_id={menu}"
        )
        return actions

    @api.model
    def _clients_at_risk(self, day):
        """company id → how many clients were at risk or critical on ``day``.

        Current clients that the user may see; for a past day, their snapshots.
        """
        here = self.env["client.health"]._search([("phase", "not in", GONE)])
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
