"""Contacts show the offboarding and the recovery of their client, and start them."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResPartner(models.Model):
    _inherit = "res.partner"

    offboarding_id = fields.Many2one(
        "client.offboarding",
        string="Offboarding under way",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )
    left_offboarding_id = fields.Many2one(
        "client.offboarding",
        string="How the relationship ended",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )
    left_note = fields.Text(
        string="Client who left",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )
    recovery_id = fields.Many2one(
        "client.recovery",
        compute="_compute_about_client",
        groups="client_health.group_user",
        help="The recovery under way, else the last one.",
    )
    in_recovery = fields.Boolean(
        compute="_compute_about_client", groups="client_health.group_user"
    )

    def _fill_offboarding(self, clients):
        """The open offboarding of the client, and the one it left with."""
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.offboarding"]._about(clients, here, "id")
        open_ones = {o.partner_id.id: o for o in found if o.state not in o._closed}
        latest = {o.partner_id.id: o for o in found if o.state == "done"}
        for partner in self:
            client = partner.commercial_partner_id.id
            left = latest.get(client, found.browse())
            left = left.filtered(lambda o: not o.reactivated_on)
            partner.offboarding_id = open_ones.get(client)
            partner.left_offboarding_id = left
            partner.left_note = partner._left_words(left) if left else False

    def _left_words(self, left):
        """Why a client left and on which conditions it may come back."""
        reasons = dict(left._fields["reason"]._description_selection(self.env))
        words = self.env._(
            "The relationship with %(client)s ended on %(day)s: %(reason)s.",
            client=left.partner_id.display_name,
            day=format_date(self.env, left.ended_on),
            reason=reasons.get(left.reason, self.env._("no reason given")),
        )
        if left.return_conditions:
            words += "\n" + self.env._(
                "Conditions for a return: %s", left.return_conditions
            )
        return words

    def action_start_offboarding(self):
        """Start ending the relationship with these clients, or go on with it."""
        offboardings = self.env["client.offboarding"]
        offboardings.check_access("create")
        (self | self.commercial_partner_id).check_access("read")
        if len(self) == 1:
            open_one = offboardings._open_of(self)
            if open_one:
                return open_one._open()
            offboardings._refuse_start(self, self.env.company)
        return offboardings._open_start(self)

    def action_open_offboarding(self):
        """Open the offboarding under way, or the one the client left with."""
        self.ensure_one()
        return (self.offboarding_id or self.left_offboarding_id)._open()

    def _fill_recovery(self, clients):
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.recovery"]._about(clients, here, "id")
        latest = {recovery.partner_id.id: recovery for recovery in found}
        latest.update({r.partner_id.id: r for r in found if r.state not in r._closed})
        for partner in self:
            recovery = latest.get(partner.commercial_partner_id.id, found.browse())
            partner.recovery_id = recovery
            partner.in_recovery = bool(recovery) and (
                recovery.state not in recovery._closed
            )

    def action_start_recovery(self):
        """Start a recovery with these clients, or go on with it."""
        recoveries = self.env["client.recovery"]
        recoveries.check_access("create")
        clients = self.commercial_partner_id
        (self | clients).check_access("read")
        if len(clients) == 1:
            open_one = recoveries._open_of(clients)
            if open_one:
                return open_one._open()
            reasons = recoveries._why_not(clients, self.env.company)
            for reason in reasons.values():
                raise UserError(reason)
        return recoveries._open_start(clients)

    def action_open_recovery(self):
        """Open the recovery under way, else the last one."""
        self.ensure_one()
        return self.recovery_id._open()

    def write(self, vals):
        """A client with open projects is not archived; of one that is archived, the
        recovery stops."""
        archived = "active" in vals and not vals["active"]
        if archived:
            self.check_access("write")
            self.env["client.offboarding"]._archive_guard(self).check()
        result = super().write(vals)
        if archived:
            self.env["client.recovery"].sudo()._stop_archived(self)
        return result
