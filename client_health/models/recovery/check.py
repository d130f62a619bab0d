from odoo import fields, models

from ..mixins.access import MANAGER

LEVELS = [
    ("red", "Red"),
    ("watch", "Warning"),
    ("ok", "Fine"),
    ("grey", "Not measured"),
]


class ClientRecoveryCheck(models.Model):
    """One check of a client, before and after a recovery that ended."""

    _name = "client.recovery.check"
    _inherit = ["client.recovery.part"]
    _description = "Check before and after a recovery"
    _order = "recovery_id desc, id"
    _rec_name = "check_id"

    recovery_id = fields.Many2one(readonly=True)
    result = fields.Selection(related="recovery_id.state", store=True, string="Result")
    ended_on = fields.Date(related="recovery_id.ended_on", store=True)
    check_id = fields.Many2one(
        "client.health.check", required=True, readonly=True, ondelete="cascade"
    )
    before = fields.Selection(LEVELS, readonly=True)
    after = fields.Selection(LEVELS, readonly=True)
    moved = fields.Selection(
        [
            ("better", "Better"),
            ("same", "The same"),
            ("worse", "Worse"),
            ("unknown", "Not measured"),
        ],
        readonly=True,
        help="Between red, warning and fine.",
    )
    change = fields.Integer(
        string="Points gained",
        readonly=True,
        aggregator="avg",
        groups=MANAGER,
    )
