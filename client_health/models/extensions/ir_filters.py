from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# The favourites of data/ir_filters_data.xml, by their name there.
FAVOURITES = {
    "My clients at risk": _lt("My clients at risk"),
    "Lost points this month": _lt("Lost points this month"),
    "Little data": _lt("Little data"),
    "Clients at risk without salesperson": _lt("Clients at risk without salesperson"),
}


class IrFilters(models.Model):
    _inherit = "ir.filters"

    @api.model
    def get_filters(self, model, *args, **kwargs):
        """Name the favourites of this module in the language of the user: Odoo stores
        the name of a favourite in one language only."""
        filters = super().get_filters(model, *args, **kwargs)
        if model == "client.health":
            for favourite in filters:
                name = FAVOURITES.get(favourite["name"])
                if name and not favourite["user_ids"]:
                    favourite["name"] = self.env._(name)
        return filters
