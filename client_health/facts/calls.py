"""Phone calls that were planned as an activity and done."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .scope import Fact, days_since

_lt = LazyTranslate(__name__)

# Records with a client on which calls are planned: model → its table.
CALLED = {
    "crm.lead": "crm_lead",
    "project.project": "project_project",
    "sale.order": "sale_order",
    "account.move": "account_move",
}


class ClientHealthFactsCalls(models.AbstractModel):
    _name = "client.health.facts.calls"
    _inherit = "client.health.facts"
    _description = "Facts from calls"

    _requires = ("mail.activity", "mail.activity.type")
    _evidence = {"call": "mail.activity"}

    @api.model
    def _facts(self):
        return [
            Fact(
                "calls",
                _lt("Calls"),
                _lt("Activities of the kind “call” that were done for the client."),
                "count",
                "call",
                "COUNT(*) {rows}",
            ),
            days_since(
                "days_since_call",
                _lt("Days since the last call"),
                _lt("Days since a call with the client was last done."),
                "call",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Done calls on a contact, opportunity, task, project, order or invoice.

        ``contact``: with whom, where the record names a person.
        """
        params = {
            "mine": scope.mine(SQL("p.commercial_partner_id")),
            "as_of": scope.as_of,
        }
        places = [
            (
                "res.partner",
                SQL("JOIN res_partner p ON p.id = a.res_id"),
                scope.own_or_shared("p"),
            ),
            (
                "project.task",
                SQL(
                    "JOIN project_task d ON d.id = a.res_id"
                    " JOIN project_project pr ON pr.id = d.project_id"
                    " JOIN res_partner p"
                    " ON p.id = COALESCE(d.partner_id, pr.partner_id)"
                ),
                SQL("%s AND %s", scope.own_or_shared("d"), scope.my_task(SQL("d.id"))),
            ),
        ]
        places += [
            (
                model,
                SQL(
                    "JOIN %s d ON d.id = a.res_id"
                    " JOIN res_partner p ON p.id = d.partner_id",
                    SQL.identifier(table),
                ),
                scope.own_or_shared("d"),
            )
            for model, table in CALLED.items()
            if model in self.env
        ]
        calls = [
            SQL(
                """SELECT p.commercial_partner_id AS client_id, a.id AS res_id,
                          a.date_done AS day,
                          NULLIF(p.id, p.commercial_partner_id) AS contact
                     FROM mail_activity a
                     JOIN mail_activity_type kind ON kind.id = a.activity_type_id
                     %(join)s
                    WHERE a.res_model = %(model)s AND kind.category = 'phonecall'
                      AND a.active IS NOT TRUE AND a.date_done <= %(as_of)s
                      AND %(mine)s AND %(company)s""",
                join=join,
                model=model,
                company=company,
                **params,
            )
            for model, join, company in places
        ]
        return {"call": SQL(" UNION ALL ").join(calls)}
