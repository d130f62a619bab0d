from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...scoring.levels import GONE, LEVELS
from ..mixins.access import USER

# Who is no client any more is no longer on a team's list.
CURRENT_CLIENTS = Domain("phase", "not in", GONE)
# Flags that wait for somebody: neither cleared nor snoozed.
OPEN = ("open", "acknowledged")


class CrmTeam(models.Model):
    _inherit = "crm.team"

    client_health_figures = fields.Json(
        compute="_compute_client_health_figures",
        groups=USER,
        help="Clients of the team by level, and how many flags are open on them.",
    )

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_client_health_figures(self):
        """``{"clients": n, "flags": n, "levels": [{"level", "label", "count"}]}``,
        worst level first; False for a team without clients.

        One query for all teams, of the clients the user may see, in the companies
        that are switched on.
        """
        healths = self.env["client.health"]
        mine = healths._search(CURRENT_CLIENTS & Domain("team_id", "in", self.ids))
        flags = self.env["client.health.flag"]
        flags.flush_model(["health_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT h.team_id, h.level, count(*), sum(coalesce(f.open, 0))::int
                     FROM client_health h
                     LEFT JOIN (
                        SELECT health_id, count(*) AS open FROM client_health_flag
                         WHERE state = ANY(%s) GROUP BY health_id
                     ) f ON f.health_id = h.id
                    WHERE h.id IN %s
                    GROUP BY h.team_id, h.level""",
                list(OPEN),
                mine.subselect(),
            )
        )
        found = {}
        for team, level, count, open_flags in rows:
            figures = found.setdefault(team, {"clients": 0, "flags": 0, "count": {}})
            figures["clients"] += count
            figures["flags"] += open_flags
            figures["count"][level] = count
        labels = healths._fields["level"]._description_selection(self.env)
        for team in self:
            figures = found.get(team.id)
            if figures:
                counts = figures.pop("count")
                figures["levels"] = [
                    {"level": level, "label": label, "count": counts[level]}
                    for level, label in labels
                    if level in counts
                ]
            team.client_health_figures = figures or False

    def action_open_client_health(self, level=None):
        """Open the clients of these teams, those of one ``level`` or all."""
        domain = CURRENT_CLIENTS & Domain("team_id", "in", self.ids)
        if level in [code for code, _label in LEVELS]:
            domain &= Domain("level", "=", level)
        return self._open_of_teams("client_health.client_health_action", domain)

    def action_open_client_flags(self):
        """Open the flags on clients of these teams that wait for somebody."""
        domain = Domain("state", "in", OPEN) & Domain(
            "health_id", "any", CURRENT_CLIENTS & Domain("team_id", "in", self.ids)
        )
        return self._open_of_teams("client_health.client_health_flag_action", domain)

    def _open_of_teams(self, action, domain):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(action)
        self.env[action["res_model"]].check_access("read")
        name = ", ".join(filter(None, self.mapped("name")))
        return {
            **action,
            "display_name": f"{action['name']}: {name}",
            "domain": list(domain),
            "context": {},
        }
