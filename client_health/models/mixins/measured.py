"""Numbers that may be unknown: empty then, on screens and in exports, and never 0."""

from odoo import fields


class _Measured:
    """Reads NULL as False, which the screens leave blank. For columns of reports, which
    nobody writes."""

    falsy_value = None

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value


class MeasuredFloat(_Measured, fields.Float):
    pass


class MeasuredInteger(_Measured, fields.Integer):
    pass


class MeasuredMonetary(_Measured, fields.Monetary):
    pass
