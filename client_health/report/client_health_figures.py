"""What the figures of clients have in common, over a year and by month."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.staleness import PHASE
from ..facts.figures import BY_MONTH
from ..models.health.figure_evidence import open_column
from ..models.mixins.dialog import open_form
from ..models.mixins.level_order import by_severity
from ..models.mixins.measured import MeasuredFloat, MeasuredMonetary
from ..scoring.levels import LEVELS

# Columns of both reports that are no figures.
CLIENT = SQL(
    """h.id AS health_id, h.partner_id, h.company_id, c.currency_id, h.user_id,
       h.team_id, h.level, h.level_rank, %s AS phase""",
    PHASE,  # managers see every offboarding
)


def rate(money, hours):
    """SQL: money per hour."""
    return SQL("(%s) / NULLIF(%s, 0)", money, hours)


def margin(result, earned):
    """SQL: what is left of what was earned, in percent; −100 at least, and where
    nothing was earned."""
    return SQL(
        """CASE WHEN (%(earned)s) > 0
                THEN GREATEST(-100, 100 * (%(result)s) / (%(earned)s))
                WHEN (%(earned)s) IS NOT NULL THEN -100 END""",
        result=result,
        earned=earned,
    )


def share(part, whole):
    """SQL: a part of a whole in percent."""
    return SQL("100 * (%s) / NULLIF(%s, 0)", part, whole)


def mean(amount, weight):
    """SQL: a weighted mean."""
    return SQL("(%s) / NULLIF(%s, 0)", amount, weight)


# Figures that are no sums: what is divided by what. Of several clients each part is
# summed up first.
RATIOS = {
    "rate": (rate, "measured_money", "measured_hours"),
    "margin": (margin, "measured_result", "measured_earned"),
    "days_late": (mean, "late_amount", "measured_paid"),
    "client_on_time": (share, "client_turns_on_time", "client_turns"),
    "our_on_time": (share, "our_turns_on_time", "our_turns"),
}


class ClientRatios(models.AbstractModel):
    """A report of one row per client, in which a figure of several clients that is no
    sum is worked out of its parts."""

    _name = "client.health.ratios"
    _inherit = ["client.access.partner"]
    _description = "Report of clients"
    _rec_name = "partner_id"

    health_id = fields.Many2one("client.health", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Of today."
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales team", readonly=True, help="Of today."
    )
    tag_ids = fields.Many2many(
        "res.partner.category", string="Tags", related="partner_id.category_id"
    )
    level = fields.Selection(
        LEVELS, readonly=True, group_expand=by_severity, help="Of today."
    )
    level_rank = fields.Integer(readonly=True, aggregator=None)

    def _read_group_select(self, aggregate_spec, query):
        """A figure that is no sum, of several clients: its parts are summed up first.
        As in account.invoice.report of Odoo."""
        name, _colon, how = aggregate_spec.partition(":")
        if name not in RATIOS or how not in ("avg", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        formula, *parts = RATIOS[name]
        sums = []
        for part in parts:
            spec = f"{part}:sum"
            if self._fields[part].type == "monetary":
                spec = f"{part}:sum_currency"
            sums.append(super()._read_group_select(spec, query))
        return formula(*sums)

    def _open(self, column, first=None, last=None):
        self.ensure_one()
        self.check_access("read")
        if not isinstance(column, str) or column not in self._fields:
            raise UserError(
                self.env._("There is no such figure any more. Reload the page.")
            )
        return open_column(self.health_id, column, first, last)

    def action_open_health(self):
        """Open the client as it stands now."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.health_id)


class ClientFigures(models.AbstractModel):
    """Figures of clients that add up: a rate is the sum of money over the sum of hours.

    Of the year they are kept beside the facts; those by month are decoded by the
    database. What is grey, the scoring has said.
    """

    _name = "client.health.figures"
    _inherit = ["client.health.ratios"]
    _description = "Figures of clients"

    revenue = MeasuredMonetary(
        readonly=True,
        help="Invoices less credit notes, before tax, for what the client ordered.",
    )
    earned = MeasuredMonetary(
        readonly=True,
        help="What the work is worth, invoiced yet or not, without what is passed on "
        "at cost.",
    )
    time_cost = MeasuredMonetary(
        string="Cost of hours", readonly=True, help="What the hours cost us."
    )
    other_cost = MeasuredMonetary(
        readonly=True, help="Purchases and other cost of the client's projects."
    )
    cost = MeasuredMonetary(
        readonly=True, help="Cost of hours and other cost, as in the margin."
    )
    result = MeasuredMonetary(readonly=True, help="Earned less cost.")
    hours = MeasuredFloat(readonly=True, digits=(16, 2), help="Hours logged.")
    rate = MeasuredMonetary(
        string="Per hour",
        readonly=True,
        aggregator="avg",
        help="What an hour brings in, after what was bought for it. Of several "
        "clients: the sum of the money over the sum of the hours.",
    )
    margin = MeasuredFloat(
        string="Margin (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="What is left of what was earned. Of several clients: of the sum of what "
        "they earned.",
    )
    measured_hours = MeasuredFloat(
        string="Hours in the rate",
        readonly=True,
        digits=(16, 2),
        help="Hours of the clients whose rate is measured.",
    )
    measured_money = MeasuredMonetary(
        string="Money in the rate",
        readonly=True,
        help="Earned less other cost, of the clients whose rate is measured.",
    )
    measured_earned = MeasuredMonetary(
        string="Earned in the margin",
        readonly=True,
        help="Earned, of the clients whose margin is measured.",
    )
    measured_result = MeasuredMonetary(
        string="Result in the margin",
        readonly=True,
        help="Earned less cost, of the clients whose margin is measured.",
    )

    @api.model
    def _places(self):
        """SQL: the place of each list in the stored text of a client, by codec."""
        lists = [
            SQL("1 + array_position(c.lists, %s) AS %s", name, SQL.identifier(name))
            for names in BY_MONTH.values()
            for name in names
        ]
        return SQL(
            """SELECT c.version, %s
                 FROM (SELECT version,
                              ARRAY(SELECT jsonb_array_elements_text(lists)) AS lists
                         FROM client_health_codec) c""",
            SQL(", ").join(lists),
        )

    @api.model
    def _is_grey(self, code):
        """SQL condition: a figure of the health ``h`` rests on too little."""
        return SQL(
            "COALESCE(%s = ANY(string_to_array(h.grey_figures, ',')), FALSE)", code
        )
