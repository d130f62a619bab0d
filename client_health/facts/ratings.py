"""What the client's people rated."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate, format_date

from .evidence import each_row
from .scope import Fact, Found

_lt = LazyTranslate(__name__)


class ClientHealthFactsRatings(models.AbstractModel):
    _name = "client.health.facts.ratings"
    _inherit = "client.health.facts"
    _description = "Facts from ratings"

    _requires = ("rating.rating",)
    _evidence = {"rating": "rating.rating"}
    _timed = frozenset({"rating"})
    _found = Found(
        _lt("Ratings"), "rating.rating", [("consumed", "=", True)], "rated_on"
    )

    @api.model
    def _facts(self):
        return [
            Fact(
                "rating",
                _lt("Rating"),
                _lt("Mean of the ratings that the client's people gave, 1 to 5."),
                "rating",
                "rating",
                "AVG(e.rating) {rows}",
                default=None,
            ),
            Fact(
                "ratings",
                _lt("Ratings"),
                _lt("Number of ratings that the client's people gave."),
                "count",
                "rating",
                "COUNT(*) {rows}",
            ),
        ]

    @api.model
    def _each(self, fact, window, scope):
        if fact.name != "rating":
            return super()._each(fact, window, scope)
        rows = each_row(
            self,
            SQL("e.res_id, %s, e.rating", scope.day(SQL("e.at"))),
            SQL("e.rating, e.at DESC, e.res_id"),
            fact,
            window,
            scope,
        )
        return [
            (record, self.env._("Rated on %s", format_date(self.env, day)), rating)
            for record, day, rating in rows
        ]

    @api.model
    def _changed(self, since):
        return SQL(
            """SELECT p.commercial_partner_id FROM rating_rating r
                 JOIN res_partner p ON p.id = r.partner_id WHERE r.write_date >= %s""",
            since,
        )

    @api.model
    def _relations(self, scope):
        """Filled-in ratings; those of a project's tasks in the project's company."""
        rated = SQL("COALESCE(r.rated_on, r.write_date)")
        return {
            "rating": SQL(
                """SELECT %(client)s AS client_id, r.id AS res_id,
                          %(rated)s AS at, r.rating::float8 AS rating
                     FROM rating_rating r
                     JOIN res_partner p ON p.id = r.partner_id
                     LEFT JOIN project_project pr ON pr.id = r.parent_res_id
                          AND r.parent_res_model = 'project.project'
                    WHERE %(mine)s AND %(needed)s
                      AND r.consumed AND r.rating >= 1
                      AND %(rated)s < %(end)s
                      AND %(company)s""",
                rated=rated,
                needed=scope.needed_at(rated, "rating"),
                client=scope.client_of("p", scope.day(rated)),
                mine=scope.was_mine("p", scope.day(rated)),
                end=scope.end,
                company=scope.own_or_shared("pr"),
            )
        }
