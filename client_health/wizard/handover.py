from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.mixins.access import check_user
from ..models.mixins.dialog import open_form
from ..models.people.handover import Handover, who_left


class ClientHandover(models.TransientModel):
    """A client whom somebody leaves behind, and what is still to be done. The list is
    made anew whenever it is opened."""

    _name = "client.handover"
    _inherit = ["client.dialog"]
    _description = "Client to hand over"
    _order = "user_id, last_on desc nulls last, id"
    _rec_name = "health_id"

    user_id = fields.Many2one("res.users", string="Colleague", readonly=True)
    health_id = fields.Many2one("client.health", string="Client", readonly=True)
    level = fields.Selection(related="health_id.level")
    talks = fields.Char(
        string="Talked", readonly=True, help="With the client, in the last year."
    )
    last_on = fields.Date(string="Last", readonly=True)
    activity_count = fields.Integer(string="Activities", readonly=True)
    task_count = fields.Integer(string="Open tasks", readonly=True)
    step_count = fields.Integer(
        string="Steps",
        readonly=True,
        help="Of recoveries and offboardings, open and theirs to do.",
    )
    promise_count = fields.Integer(
        string="Promises",
        readonly=True,
        help="What was promised and is not delivered yet, and what the client is still "
        "to deliver to them.",
    )
    others = fields.Char(
        string="Who else talks with them",
        readonly=True,
        help="Colleagues who talked with the client in the last year.",
    )

    @api.model
    def _open(self, users=None):
        """An action on the clients to hand over: of these users, else of all who
        left. Raises UserError where nobody left."""
        check_user(self.env)
        if users is None:
            users = who_left(self.env)
        users = users.sudo().filtered(lambda user: not user.share)
        if not users:
            raise UserError(
                self.env._("Nobody has left: no user, and no employee, is archived.")
            )
        lines = self.sudo().create(Handover(self.env, users).lines())
        name = self.env._("Hand-over")
        if len(users) == 1:
            name = self.env._("Hand-over of %s", users.name)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "client_health.client_handover_action"
            ),
            "display_name": name,
            "name": name,
            "domain": [("id", "in", lines.ids)],
            "context": {"search_default_group_user": 1} if len(users) > 1 else {},
        }

    def action_open_health(self):
        """Open the client."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.health_id)
