from odoo import fields, models

from .order import STEPS


class ClientOffboardingPart(models.AbstractModel):
    """A record that belongs to an offboarding."""

    _name = "client.offboarding.part"
    _inherit = ["client.access.partner"]
    _description = "Part of an offboarding"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)


class ClientOffboardingStep(models.Model):
    _name = "client.offboarding.step"
    _inherit = ["client.offboarding.part", "client.process.step"]
    _description = "Step of an offboarding"
    _order = "offboarding_id, sequence, id"

    _process = "offboarding_id"

    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)

    _one_each = models.UniqueIndex(
        "(offboarding_id, code)", "An offboarding has each step once."
    )


class ClientOffboardingWaiver(models.Model):
    """A blocking requirement that a manager passed, and why."""

    _name = "client.offboarding.waiver"
    _inherit = ["client.offboarding.part", "client.process.waiver"]
    _description = "Blocker passed with a reason"

    step = fields.Selection([*STEPS, ("done", "Archive the client")], readonly=True)
