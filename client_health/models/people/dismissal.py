from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins import company_day
from ..mixins.access import check_user, is_id
from .people import People

LONGEST_REASON = 500


class ClientPeopleDismissal(models.Model):
    """A warning about the people of a client that somebody knows of, and why it needs
    nothing. What is taken back is kept, archived."""

    _name = "client.people.dismissal"
    _description = "Dismissed warning about people"
    _inherit = ["client.access.partner"]
    _order = "id desc"
    _rec_name = "reason"

    health_id = fields.Many2one(
        "client.health", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("one_contact", "Only one contact"),
            ("silent", "Main contact silent"),
            ("bounced", "Mail bounced"),
            ("left", "Our person left"),
        ],
        required=True,
        readonly=True,
    )
    contact_id = fields.Many2one(
        "res.partner", string="About", readonly=True, index=True, ondelete="cascade"
    )
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Dismissed by", readonly=True)
    dismissed_on = fields.Date(readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    @api.model
    def _of(self, health):
        """The dismissals of one health: (kind, contact id) → record, the latest."""
        found = self.sudo().search([("health_id", "=", health.id)], order="id")
        return {(said.kind, said.contact_id.id): said for said in found}

    @api.model
    def _health(self, health_id):
        """The health of an id that the user may read; raises UserError or AccessError
        where there is none."""
        check_user(self.env)
        health = self.env["client.health"].browse(health_id if is_id(health_id) else [])
        if not health.exists():
            raise UserError(
                self.env._("This client is not there any more. Reload the page.")
            )
        health.check_access("read")
        return health

    @api.model
    def people_of(self, health_id):
        """Who of us talks with whom of the client of a health: a mapping as in
        :meth:`.people.People.told`. Raises AccessError for who may not read it."""
        return People(self._health(health_id)).told()

    @api.model
    def dismiss(self, health_id, kind, contact_id, reason):
        """Dismiss a warning, with a reason that is kept.

        ``kind`` one of the kinds, ``contact_id`` whom it is about. Raises UserError
        without a reason; returns the people, as :meth:`people_of`.
        """
        health = self._health(health_id)
        reason = reason.strip()[:LONGEST_REASON] if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Say why: others will read it."))
        told = People(health).told()["warnings"]
        if not any((w["kind"], w["contact"]) == (kind, contact_id) for w in told):
            raise UserError(
                self.env._("This warning is gone already. Reload the page.")
            )
        company = health.sudo().company_id
        self.sudo().create(
            {
                "health_id": health.id,
                "partner_id": health.sudo().partner_id.id,
                "company_id": company.id,
                "kind": kind,
                "contact_id": contact_id,
                "reason": reason,
                "user_id": self.env.uid,
                "dismissed_on": company_day.today(self.env, company),
            }
        )
        return self.people_of(health.id)

    def action_undo(self):
        """Show the warnings again; returns the people of the client."""
        self.ensure_one()
        check_user(self.env)
        self.check_access("read")
        self.sudo().active = False
        return self.people_of(self.health_id.id)
