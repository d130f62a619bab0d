from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixins.access import MANAGER

# Period → its months.
PERIODS = {"month": 1, "quarter": 3, "year": 12}
# What was agreed of them, which changes with a new version only.
SOLD = {"hours_sold", "hours_period", "price"}
MOST_HOURS = 100_000


class ClientSold(models.AbstractModel):
    """How many hours are sold for each period of an agreement, and for how much.

    Periods are counted from the day the agreement starts on (``date_start``).
    """

    _name = "client.sold"
    _description = "Hours sold by period"

    hours_sold = fields.Float(
        string="Hours sold",
        tracking=True,
        aggregator=None,
        help="For each period. Counted are the client's hours, but for those on orders "
        "that are billed by time or milestone or have planned hours of their own. "
        "Empty: not agreed in hours.",
    )
    hours_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="For each",
        default="month",
        required=True,
        tracking=True,
        help="Counted from the first day of the agreement.",
    )
    currency_id = fields.Many2one("res.currency")
    price = fields.Monetary(
        string="Price per period",
        aggregator=None,
        groups=MANAGER,
        help="What the client pays for each period, before tax.",
    )

    @api.constrains("hours_sold", "price")
    def _check_sold(self):
        for record in self.sudo():
            for name, most in (("hours_sold", MOST_HOURS), ("price", 10**12)):
                if not 0 <= record[name] <= most:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of %(agreement)s must be between 0 and "
                            "%(most)s. Empty: not agreed.",
                            field=self._fields[name]._description_string(self.env),
                            agreement=record.display_name,
                            most=most,
                        )
                    )

    def _last_day(self):
        """The end, unless this goes on by itself."""
        goes_on = self.renewal == "tacit" and self.state != "ended"
        return None if goes_on else self.date_end or None

    def _period_of(self, day):
        """First and last day of the period in which a day lies; None for a day on
        which this is not in force. A last period ends with the agreement."""
        self.ensure_one()
        start = self.date_start
        end = self._last_day()
        if day < start or (end and day > end):
            return None
        length = PERIODS[self.hours_period]
        months = (day.year - start.year) * 12 + day.month - start.month
        number = months // length
        if start + relativedelta(months=number * length) > day:
            number -= 1
        first = start + relativedelta(months=number * length)
        last = start + relativedelta(months=(number + 1) * length) - timedelta(days=1)
        return first, min(last, end) if end else last

    def _full_periods(self, since, until):
        """The periods that began on or after a day and ended before another one, each
        as (first day, last day), the latest first."""
        self.ensure_one()
        found = []
        day = until - timedelta(days=1)
        if end := self._last_day():
            day = min(day, end)
        while period := self._period_of(day):
            first, last = period
            if first < since:
                break
            if last < until:
                found.append(period)
            day = first - timedelta(days=1)
        return found
