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
    def _places(self):
        """Where calls are planned: model, SQL of its rows ``d`` (and the activities
        ``a`` on them) with their contact ``p``."""
        task = SQL(
            "JOIN project_task d ON d.id = a.res_id"
            " JOIN project_project pr ON pr.id = d.project_id"
            " JOIN res_partner p ON p.id = COALESCE(d.partner_id, pr.partner_id)"
        )
        contact = SQL(
            "JOIN res_partner d ON d.id = a.res_id JOIN res_partner p ON p.id = d.id"
        )
        others = [
            (
                model,
                SQL(
                    "JOIN %s d ON d.id = a.res_id"
                    " JOIN res_partner p ON p.id = d.partner_id",
                    SQL.identifier(table),
                ),
            )
            for model, table in CALLED.items()
            if model in self.env
        ]
        return [("res.partner", contact), ("project.task", task), *others]

    @api.model
    def _done(self, model, rows, client, which):
        """SQL: the ``client`` (SQL) of calls that were done on records of a model."""
        return SQL(
            """SELECT %s AS client_id, a.id AS res_id, a.date_done AS day,
                      NULLIF(p.id, p.commercial_partner_id) AS contact
                 FROM mail_activity a
                 JOIN mail_activity_type kind ON kind.id = a.activity_type_id
                 %s
                WHERE a.res_model = %s AND kind.category = 'phonecall'
                  AND a.active IS NOT TRUE AND a.date_done IS NOT NULL AND %s""",
            client,
            rows,
            model,
            which,
        )

    @api.model
    def _changed(self, since):
        lately = SQL("a.write_date >= %s", since)
        own = SQL("p.commercial_partner_id")
        calls = [self._done(*place, own, lately) for place in self._places()]
        return SQL("SELECT client_id FROM (%s) calls", SQL(" UNION ALL ").join(calls))

    @api.model
    def _relations(self, scope):
        """Done calls on a contact, opportunity, task, project, order or invoice.

        ``contact``: with whom, where the record names a person.
        """
        calls = []
        for model, rows in self._places():
            which = [
                SQL("a.date_done <= %s", scope.as_of),
                scope.was_mine("p", SQL("a.date_done")),
                scope.own_or_shared("d"),
            ]
            if model == "project.task":
                which.append(scope.my_task(SQL("d.id")))
            client = scope.client_of("p", SQL("a.date_done"))
            calls.append(self._done(model, rows, client, SQL(" AND ").join(which)))
        return {"call": SQL(" UNION ALL ").join(calls)}
