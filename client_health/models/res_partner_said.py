from collections import Counter

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    incident_count = fields.Integer(
        compute="_compute_incident_count",
        groups="client_health.group_user",
        help="Incidents with the client that one may see, dismissed ones left out.",
    )
    agreement_id = fields.Many2one(
        "client.agreement",
        string="Agreement in force",
        compute="_compute_agreement_id",
        groups="client_health.group_user",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_incident_count(self):
        incidents = self.env["client.incident"]
        found = incidents._about(self, [("state", "!=", "dismissed")])
        counts = Counter(incident.partner_id.id for incident in found)
        for partner in self:
            partner.incident_count = counts[partner.commercial_partner_id.id]

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_agreement_id(self):
        agreements = self.env["client.agreement"]._about(
            self, [("company_id", "=", self.env.company.id), ("in_force", "=", True)]
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
