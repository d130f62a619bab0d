"""Who looks after the client, and how often that changed."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .scope import Fact

_lt = LazyTranslate(__name__)


class ClientHealthFactsStaff(models.AbstractModel):
    _name = "client.health.facts.staff"
    _inherit = "client.health.facts"
    _description = "Facts about who looks after the client"

    _requires = ("mail.message", "mail.tracking.value")
    _evidence = {"change": "mail.message"}

    @api.model
    def _facts(self):
        return [
            Fact(
                "staff_changes",
                _lt("Changes of responsible person"),
                _lt(
                    "Times the salesperson, a project manager or an assignee of a task "
                    "was replaced or taken off. The first one is no change."
                ),
                "count",
                "change",
                "COUNT(*) {rows}",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """One row per change that the chatter of client, project or task tells.

        Of assignees the chatter keeps the names: somebody left when one of the old
        names is not among the new.
        """
        params = {
            "mine": scope.mine(SQL("p.commercial_partner_id")),
            "end": scope.end,
        }
        replaced = SQL("v.old_value_integer > 0")
        left = SQL(
            "v.old_value_char <> '' AND NOT string_to_array(v.old_value_char, ', ')"
            " <@ string_to_array(COALESCE(v.new_value_char, ''), ', ')"
        )
        field = self.env["ir.model.fields"]._get
        sources = [
            (
                "res.partner",
                "user_id",
                replaced,
                SQL("JOIN res_partner p ON p.id = m.res_id"),
                SQL("p.id = p.commercial_partner_id AND %s", scope.own_or_shared("p")),
            ),
            (
                "project.project",
                "user_id",
                replaced,
                SQL(
                    "JOIN project_project pr ON pr.id = m.res_id"
                    " JOIN res_partner p ON p.id = pr.partner_id"
                ),
                SQL("pr.is_template IS NOT TRUE AND %s", scope.own_or_shared("pr")),
            ),
            (
                "project.task",
                "user_ids",
                left,
                SQL(
                    "JOIN project_task t ON t.id = m.res_id"
                    " JOIN project_project pr ON pr.id = t.project_id"
                    " JOIN res_partner p"
                    " ON p.id = COALESCE(t.partner_id, pr.partner_id)"
                ),
                SQL(
                    "pr.is_template IS NOT TRUE AND %s AND %s AND %s",
                    scope.own_or_shared("t"),
                    scope.my_task(SQL("t.id")),
                    scope.no_template(SQL("t.id")),
                ),
            ),
        ]
        changes = [
            SQL(
                """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                          %(day)s AS day
                     FROM mail_tracking_value v
                     JOIN mail_message m ON m.id = v.mail_message_id
                     %(join)s
                    WHERE m.model = %(model)s AND v.field_id = %(field)s
                      AND m.date < %(end)s AND %(changed)s AND %(where)s
                      AND %(mine)s""",
                day=scope.day(SQL("m.date")),
                model=model,
                field=field(model, name).id,
                changed=changed,
                join=join,
                where=where,
                **params,
            )
            for model, name, changed, join, where in sources
        ]
        return {"change": SQL(" UNION ALL ").join(changes)}
