from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain

from ...scoring.levels import LEVELS


class ClientHealth(models.Model):
    """What the clients screen needs: columns, a panel to search, quick actions."""

    _inherit = "client.health"

    flagged_check_ids = fields.Many2many(
        "client.health.check",
        string="Flagged checks",
        compute="_compute_flagged_check_ids",
        search="_search_flagged_check_ids",
        help="The checks with an open flag.",
    )

    @api.depends("open_flag_ids.check_id")
    def _compute_flagged_check_ids(self):
        for health in self:
            health.flagged_check_ids = health.open_flag_ids.check_id

    @api.model
    def _search_flagged_check_ids(self, operator, value):
        """Who may see the health of a client may see its flags."""
        if operator != "in":
            return NotImplemented
        open_flags = Domain("state", "!=", "cleared")
        flagged = Domain("flag_ids", "any!", open_flags)
        found = Domain("flag_ids", "any!", open_flags & Domain("check_id", "in", value))
        return found | ~flagged if False in value else found

    @api.model
    def _group_expand_level(self, levels, domain):
        """The four levels, also those that nobody has, the worst first; unknown
        when there are such clients."""
        return [key for key, _label in LEVELS if key != "unknown" or key in levels]

    @api.model
    def search_panel_select_multi_range(self, field_name, **kwargs):
        """Count the clients of all flags in one query, not in one for each."""
        if field_name != "flagged_check_ids":
            return super().search_panel_select_multi_range(field_name, **kwargs)
        parts = ("search_domain", "category_domain", "filter_domain")
        healths = self._search(Domain.AND(kwargs.get(part) or [] for part in parts))
        flags = self.env["client.health.flag"].sudo()
        counts = dict(
            flags._read_group(
                [("state", "!=", "cleared"), ("health_id", "in", healths)],
                ["check_id"],
                ["health_id:count_distinct"],
            )
        )
        return {
            "values": [
                {
                    "id": check.id,
                    "display_name": check.display_name,
                    "__count": counts.get(check.sudo(), 0),
                }
                for check in self.env["client.health.check"].search([])
            ]
        }

    # -- quick actions ---------------------------------------------------------

    def action_acknowledge_flags(self):
        """Say that somebody is on the open flags of these clients."""
        self.check_access("read")
        flags = self.env["client.health.flag"].search(
            [("health_id", "in", self.ids), ("state", "=", "open")]
        )
        return flags.action_acknowledge()

    def action_report_incident(self):
        """Open the dialog that reports an incident about this client."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_incident_action_report"
        )
        context = {"default_partner_id": self.partner_id.id}
        return {
            **action,
            "context": {**context, "default_company_id": self.company_id.id},
        }

    def action_start_recovery(self):
        """Start a recovery with these clients, or go on with it."""
        self.check_access("read")
        return self.partner_id.action_start_recovery()

    def action_start_offboarding(self):
        """Start ending the relationship with these clients, or go on with it."""
        self.check_access("read")
        return self.partner_id.action_start_offboarding()

    def action_open_flags(self):
        """Open the flags of this client that are not cleared."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_flag_action"
        )
        return {
            **action,
            "name": self.env._("Red flags of %s", self.display_name),
            "domain": [("health_id", "=", self.id)],
            "context": {"search_default_current": 1},
        }

    # -- nothing there ---------------------------------------------------------

    @api.model
    def get_empty_list_help(self, help_message):
        """In a company without clients, say to each what they can do about it."""
        if self.search_count([("company_id", "in", self.env.companies.ids)], limit=1):
            return super().get_empty_list_help(help_message)
        words = [
            self.env._(
                "A partner becomes a client with its first invoice, order, logged "
                "hour, project or opportunity."
            )
        ]
        if self.env.company.sudo().client_health_setup_on:
            words.append(self.env._("All clients are scored every night."))
        elif self.env.user.has_group("client_health.group_manager"):
            words.append(
                self.env._("Set it up, and they are scored from the records there are.")
            )
        else:
            words.append(
                self.env._("A manager of Client Health has to set it up first.")
            )
        title = self.env._("No clients yet")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            title,
            " ".join(words),
        )
