from odoo import fields, models

from .recovery import STEPS


class ClientRecoveryStep(models.Model):
    _name = "client.recovery.step"
    _inherit = ["client.recovery.part", "client.process.step"]
    _description = "Step of a recovery"
    _order = "recovery_id, sequence, id"

    _process = "recovery_id"

    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)

    _one_each = models.UniqueIndex("(recovery_id, code)", "A recovery has a step once.")

    def action_reopen(self):
        """Take up this finished step again."""
        self.ensure_one()
        return self.recovery_id.action_reopen_step(self.code)


class ClientRecoveryWaiver(models.Model):
    """A requirement without which a step was finished, and why."""

    _name = "client.recovery.waiver"
    _inherit = ["client.recovery.part", "client.process.waiver"]
    _description = "What a step was finished without"

    step = fields.Selection(STEPS, readonly=True)
