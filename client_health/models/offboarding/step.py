"""The five steps of a goodbye: who, by when, done by whom, passed by whom."""

from odoo import fields, models

from .offboarding import STEPS


class ClientOffboardingStep(models.Model):
    _name = "client.offboarding.step"
    _inherit = ["client.guided.step"]
    _description = "Step of an offboarding"
    _order = "offboarding_id, sequence, id"

    _guided = "offboarding_id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)
    reopened_reason = fields.Char(readonly=True)

    _one_each = models.UniqueIndex(
        "(offboarding_id, code)", "An offboarding has each step once."
    )


class ClientOffboardingWaiver(models.Model):
    """A blocker that a manager passed, and why. Never changed, never deleted."""

    _name = "client.offboarding.waiver"
    _inherit = ["client.of.partner"]
    _description = "Blocker passed with a reason"
    _order = "id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    step = fields.Selection([*STEPS, ("done", "Archive the client")], readonly=True)
    key = fields.Char(required=True, readonly=True)
    text = fields.Char(string="What", required=True, readonly=True)
    reason = fields.Char(string="Why", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Who", required=True, readonly=True)
    date = fields.Date(string="When", required=True, readonly=True)
