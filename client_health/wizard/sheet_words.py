"""What a sheet says in words, in the language of its reader."""

from odoo.tools import format_date, formatLang

from ..models.health.words import format_figure, short
from ..scoring import sheet


class SheetWords:
    """The sentences of one sheet."""

    def __init__(self, record):
        self.record = record
        self.env = record.env

    def basis(self):
        """Which figures these are."""
        record = self.record
        day = format_date(self.env, record.as_of, date_format="d MMMM y")
        if record.months == 12:
            return self.env._("As in Figures on %s, over twelve months.", day)
        return self.env._(
            "As in Figures on %(day)s, over the time that it is a client "
            "(months: %(months)s).",
            day=day,
            months=record.months,
        )

    def freed(self):
        """What each month has more, and less, without this client."""
        record = self.record
        months = record.months or 1
        return self.env._(
            "%(hours)s hours and %(cost)s of cost; %(earned)s less is earned",
            hours=short(self.env, record.hours_worked / months),
            cost=self.money(record.cost / months),
            earned=self.money(record.earned / months),
        )

    def alone(self):
        """What the price, the hours and the scope must be, each alone; three times
        False where nothing can be worked out."""
        record = self.record
        if not record._is_known():
            return False, False, False
        year, target = record._year(), record._target()
        price = self.env._(
            "%(then)s instead of %(now)s",
            then=self.units(sheet.by_price(year, target).price),
            now=self.units(year.earned),
        )
        if year.earned <= 0:
            why = self.env._("Not possible: nothing was earned.")
            return price, why, why
        hours = sheet.by_hours(year, target).hours
        if not hours:
            why = self.env._("Not possible: the other cost alone takes too much.")
            return price, why, self._scope(year, target)
        fewer = self.env._(
            "%(then)s instead of %(now)s hours",
            then=short(self.env, sheet.amount_of(hours, sheet.HUNDREDTHS)),
            now=short(self.env, record.hours_worked),
        )
        return price, fewer, self._scope(year, target)

    def _scope(self, year, target):
        return self.env._(
            "%s of the work for the same price",
            self.share(sheet.by_scope(year, target).scope),
        )

    def units(self, number):
        """So many cents as money."""
        return self.money(sheet.amount_of(number, self.record._digits()))

    def money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.record.currency_id)

    def share(self, thousandths):
        return format_figure(self.env, "ratio", thousandths / sheet.WHOLE, exact=True)
