from odoo import fields, models

from .offboarding import STEPS


class ClientOffboardingStep(models.Model):
    _name = "client.offboarding.step"
    _inherit = ["client.process.step"]
    _description = "Step of an offboarding"
    _order = "offboarding_id, sequence, id"

    _process = "offboarding_id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)

    _one_each = models.UniqueIndex(
        "(offboarding_id, code)", "An offboarding has each step once."
    )


class ClientOffboardingWaiver(models.Model):
    """A blocking requirement that a manager passed, and why."""

    _name = "client.offboarding.waiver"
    _inherit = ["client.process.waiver"]
    _description = "Blocker passed with a reason"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    step = fields.Selection([*STEPS, ("done", "Archive the client")], readonly=True)
