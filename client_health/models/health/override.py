from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...scoring.levels import LEVELS

MAX_DAYS = 366


class ClientHealth(models.Model):
    """A person's word instead of the level: with a reason, until a date."""

    _inherit = "client.health"

    override_level = fields.Selection(LEVELS, readonly=True)
    override_reason = fields.Char(readonly=True)
    override_until = fields.Date(readonly=True)
    override_user_id = fields.Many2one(
        "res.users", string="Override by", readonly=True, ondelete="set null"
    )

    @api.private
    def set_override(self, level, reason, until):
        """Put a level in place of the computed one, until a date.

        Raises UserError for a missing reason or a date that is past or more than
        a year away; AccessError for others than managers.
        """
        self._check_manager()
        companies = self.company_id or self.env.company
        today = max(map(self.env["client.health.run"]._today, companies))
        try:
            until = fields.Date.to_date(until)
        except (ValueError, TypeError):
            until = None
        if level not in dict(LEVELS) or level == "unknown":
            raise UserError(self.env._("Choose the level that the client should have."))
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why the level is overridden: others will ask.")
            )
        if not until or not today <= until <= today + timedelta(days=MAX_DAYS):
            raise UserError(
                self.env._(
                    "Choose an end date within a year from today: an override ends by "
                    "itself, so that no judgement is forgotten."
                )
            )
        self.sudo().write(
            {
                "override_level": level,
                "override_reason": reason.strip(),
                "override_until": until,
                "override_user_id": self.env.uid,
            }
        )
        self._refresh_these()

    def action_end_override(self):
        """Give the level back to the score."""
        self._check_manager()
        self.sudo().write(dict.fromkeys(self._override_fields(), False))
        self._refresh_these()

    @api.model
    def _override_fields(self):
        return (
            "override_level",
            "override_reason",
            "override_until",
            "override_user_id",
        )

    def _check_manager(self):
        """Raise AccessError unless the user decides about overrides here."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "client_health.group_manager"
        ):
            raise AccessError(
                self.env._("Only managers of Client Health may override a level.")
            )

    def _refresh_these(self):
        """Compute exactly these rows again, each in its own company."""
        for company in self.company_id:
            mine = self.filtered(lambda h, company=company: h.company_id == company)
            mine.with_context(allowed_company_ids=company.ids)._refresh(mine.partner_id)
