"""Visits to a client: a model of its own, and what Client Health reads of it."""

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from odoo.addons.client_health.facts.scope import Fact, Found, days_since

_lt = LazyTranslate(__name__)


class Visit(models.Model):
    _name = "client.health.example.visit"
    _description = "Visit to a client"

    partner_id = fields.Many2one("res.partner", required=True, index=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    date = fields.Date(required=True)


class ClientHealthFactsVisits(models.AbstractModel):
    """One row per visit, and two facts that sum the rows up."""

    _name = "client.health.facts.visits"
    _inherit = "client.health.facts"
    _description = "Facts from visits"

    # where these are not installed the facts are absent, never zero
    _requires = ("client.health.example.visit",)
    # relation → the model that its ``res_id`` is of: what *Show records* opens
    _evidence = {"visit": "client.health.example.visit"}
    # what the set-up counts
    _found = Found(_lt("Visits"), "client.health.example.visit", [], "date")

    @api.model
    def _facts(self):
        return [
            Fact(
                "visits",
                _lt("Visits"),
                _lt("Visits to the client."),
                "count",
                "visit",
                "COUNT(*) {rows}",
            ),
            days_since(
                "days_since_visit",
                _lt("Days since the last visit"),
                _lt("Days since somebody of us was there."),
                "visit",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Rows with ``client_id``, ``res_id`` and ``day``: of the clients of the scope
        only, of its company, and none after its day."""
        return {
            "visit": SQL(
                """SELECT p.commercial_partner_id AS client_id, v.id AS res_id,
                          v.date AS day
                     FROM client_health_example_visit v
                     JOIN res_partner p ON p.id = v.partner_id
                    WHERE %s AND %s AND v.date <= %s""",
                scope.mine(SQL("p.commercial_partner_id")),
                scope.own_or_shared("v"),
                scope.as_of,
            )
        }
