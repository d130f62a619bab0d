from odoo import fields, models

from ...scoring.levels import LEVELS
from ..mixins.access import MANAGER


class ClientHealthSnapshot(models.Model):
    _name = "client.health.snapshot"
    _inherit = ["client.access.partner", "client.health.encoded"]
    _description = "Health of a client on a past day"
    _order = "date desc, id desc"
    _rec_name = "date"

    health_id = fields.Many2one(  # the unique index begins with it
        "client.health", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="health_id.partner_id", store=True)
    company_id = fields.Many2one(related="health_id.company_id", store=True)
    date = fields.Date(required=True)
    score = fields.Integer(aggregator="avg")
    uncapped_score = fields.Integer(
        string="Score without cap",
        aggregator=None,
        help="What the points of the checks leave, were there no red flag that holds "
        "the score down.",
    )
    level = fields.Selection(LEVELS)
    level_check = fields.Char(
        string="Deciding check",
        help="The code of the check whose red flag decided the level.",
    )
    coverage = fields.Integer(string="Measured (%)", aggregator="avg")
    points = fields.Json(groups=MANAGER, help="Points lost, per check code.")
    config_version = fields.Char(
        groups=fields.NO_ACCESS, help="Which limits and weights were in force."
    )

    def _held_levels(self):
        """The levels of the checks at watch or red: (check code, side) → level."""
        return {
            (code, "client"): said["level"]
            for code, said in (self.points or {}).items()
            if said.get("level") in ("watch", "red")
        }

    _one_a_day = models.UniqueIndex(
        "(health_id, date)", "There is already a snapshot of this client for this day."
    )
