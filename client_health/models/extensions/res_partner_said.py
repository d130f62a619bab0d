from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

# What there can be about a client, and what shows it on its contacts.
ABOUT = {
    "client.incident": "_fill_incidents",
    "client.agreement": "_fill_agreement",
    "client.recovery": "_fill_recovery",
    "client.offboarding": "_fill_offboarding",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    incident_count = fields.Integer(
        compute="_compute_about_client",
        groups="client_health.group_user",
        help="Incidents with the client that one may see, dismissed ones left out.",
    )
    agreement_id = fields.Many2one(
        "client.agreement",
        string="Agreement in force",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_about_client(self):
        """What people said and did about the clients; most have nothing of it, which
        one look at all its tables tells."""
        known = self._known_about()
        for name, fill in ABOUT.items():
            getattr(self, fill)(known.get(name, []))

    def _known_about(self):
        """Model → ids of the clients of these contacts about whom there is any record.

        Whoever may see it: told much faster than a search with its rules can.
        """
        clients = self.commercial_partner_id.ids
        queries = []
        for name in ABOUT:
            model = self.env[name]
            model.flush_model(["partner_id"])
            queries.append(
                SQL(
                    "SELECT %s, partner_id FROM %s WHERE partner_id = ANY(%s)",
                    name,
                    SQL.identifier(model._table),
                    clients,
                )
            )
        known = {}
        for name, client in self.env.execute_query(SQL(" UNION ").join(queries)):
            known.setdefault(name, []).append(client)
        return known

    def _fill_incidents(self, clients):
        incidents = self.env["client.incident"]
        found = incidents._about(clients, [("state", "!=", "dismissed")])
        counts = Counter(incident.partner_id.id for incident in found)
        for partner in self:
            partner.incident_count = counts[partner.commercial_partner_id.id]

    def _fill_agreement(self, clients):
        agreements = self.env["client.agreement"]._about(
            clients,
            [("company_id", "=", self.env.company.id), ("in_force", "=", True)],
        )
        found = {agreement.partner_id.id: agreement.id for agreement in agreements}
        for partner in self:
            partner.agreement_id = found.get(partner.commercial_partner_id.id)

    def action_open_agreement(self):
        """Open the agreement in force, else the list of the client's agreements."""
        self.ensure_one()
        if self.agreement_id:
            return self.agreement_id._open()
        return self._open_said("client_health.client_agreement_action")

    def action_open_incidents(self):
        """Open the incidents with the client that one may see."""
        self.ensure_one()
        return self._open_said("client_health.client_incident_action")

    def action_open_pulses(self):
        """Open the pulses on the client that one may see."""
        self.ensure_one()
        return self._open_said("client_health.client_pulse_action")

    def _open_said(self, xmlid):
        client = self.commercial_partner_id
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        self.env[action["res_model"]].check_access("read")
        return {
            **action,
            "domain": [("partner_id", "=", client.id)],
            "context": {"default_partner_id": client.id},
        }
