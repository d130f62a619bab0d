from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.mixins.dialog import notification


class ClientRecoveryStart(models.TransientModel):
    """The dialog that starts recoveries. It writes nothing before its button."""

    _name = "client.recovery.start"
    _inherit = ["client.dialog"]
    _description = "Start recovery"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        required=True,
        context={"active_test": False},
    )
    flag_ids = fields.Many2many("client.health.flag", string="Flags")
    skipped_ids = fields.Many2many(
        "res.partner",
        relation="client_recovery_start_skipped_rel",
        string="Skipped, as they are contacts",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Sees to it that it happens, and decides at the review.",
    )
    review_date = fields.Date(
        string="Review on",
        required=True,
        default=lambda self: self.env["client.recovery"]._usual_review_date(),
        help="The day on which we look whether it helped, and decide.",
    )
    reason = fields.Text(
        string="Why", help="What goes wrong, and what should be better in the end."
    )
    open_note = fields.Text(compute="_compute_notes")
    refused_note = fields.Text(compute="_compute_notes")

    @api.depends("partner_ids")
    def _compute_notes(self):
        """Clients in recovery already, and those with which it cannot start, and
        why."""
        for wizard in self:
            found, reasons = wizard._sort_out()
            names = ", ".join(found.partner_id.mapped("display_name"))
            wizard.open_note = names and self.env._(
                "Under way already, and opened as it is: %s", names
            )
            wizard.refused_note = "\n".join(reasons.values())

    def _sort_out(self):
        """(recoveries under way, client id → why it cannot start)."""
        recoveries = self.env["client.recovery"]
        clients = self.env["res.partner"].browse(
            self.partner_ids.commercial_partner_id.ids
        )
        clients.check_access("read")  # before their names are shown
        found = recoveries._open_of(clients)
        others = clients - found.partner_id
        return found, recoveries._why_not(others, self.env.company)

    def action_start(self):
        """Start with every client possible, and name the others."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one client."))
        found, reasons = self._sort_out()
        found |= self._start(found, reasons)
        if not found:
            raise UserError("\n".join(reasons.values()))
        action = found._open()
        if not reasons:
            return action
        title = self.env._("Not started with everybody")
        return notification("\n".join(reasons.values()), title=title, next=action)

    def _start(self, found, reasons):
        clients = self.partner_ids.commercial_partner_id - found.partner_id
        clients = clients.filtered(lambda client: client.id not in reasons)
        return self.env["client.recovery"].create(
            [
                {
                    "partner_id": client.id,
                    "company_id": self.env.company.id,
                    "user_id": self.user_id.id,
                    "review_date": self.review_date,
                    "reason": self.reason,
                    "flag_id": self._flag_of(client).id,
                }
                for client in clients
            ]
        )

    def _flag_of(self, client):
        """The flag from which the recovery of a client is started: the worst one."""
        flags = self.flag_ids.filtered(lambda flag: flag.partner_id == client)
        return flags.sorted(lambda flag: flag.level != "red")[:1]
