"""Hours sold against hours worked, line by line on the sheet of a client."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.reader import read_facts
from ..engine.sold_hours import SoldHours
from ..models.health.evidence import open_records
from ..models.health.figure_evidence import open_column
from ..models.mixins.dialog import open_form
from ..scoring.keys import FactKey

YEAR = 365
HOURS = "account.analytic.line"
MOST = 20  # orders and tasks that are listed, the fullest first


class ClientSheetLine(models.TransientModel):
    _name = "client.sheet.line"
    _inherit = ["client.dialog"]
    _description = "Hours sold and worked"
    _order = "id"

    sheet_id = fields.Many2one("client.sheet", required=True, ondelete="cascade")
    name = fields.Char(string="Sold with", readonly=True)
    first = fields.Date(string="From", readonly=True)
    last = fields.Date(string="Until", readonly=True)
    sold = fields.Float(string="Hours sold", readonly=True, digits=(16, 2))
    used = fields.Float(string="Hours worked", readonly=True, digits=(16, 2))
    percent = fields.Float(
        string="Used (%)", compute="_compute_percent", digits=(16, 0)
    )
    model = fields.Char(readonly=True)
    record_ids = fields.Json(readonly=True)

    @api.depends("sold", "used")
    def _compute_percent(self):
        for line in self:
            line.percent = 100 * line.used / line.sold if line.sold else 0

    def action_open(self):
        """Open the hours that were counted, or the task that has them."""
        self.ensure_one()
        self.check_access("read")
        health = self.sheet_id.health_id
        if not self.record_ids and self.first:
            return open_column(health, "hours", self.first, self.last)
        ids = [i for i in self.record_ids or [] if type(i) is int]
        records = self.env[HOURS if self.model == HOURS else "project.task"].browse(ids)
        records = records.exists()._filtered_access("read")
        if not records:
            raise UserError(
                self.env._(
                    "“%s” rests on no hours, or on none that you may read.", self.name
                )
            )
        if records._name != HOURS and len(records) == 1:
            return open_form(records)
        line = {"name": self.name, "model": records._name, "record_ids": records.ids}
        return open_records(health, line)


class SheetLines:
    """Makes the lines of one sheet."""

    def __init__(self, sheet, today):
        self.sheet = sheet
        self.env = sheet.env
        self.today = today
        health = sheet.health_id.sudo()
        self.company = health.company_id
        self.client = health.partner_id.id
        self.hours = SoldHours(health.env, self.company)

    def make(self):
        """Write the lines: agreements, orders and tasks that run, then all hours."""
        if not self.hours.is_measured:
            return
        running = self.hours.running([self.client], ids=True)
        period = next(((s.first, s.last) for s in running if s.first), None)
        pieces = sorted(
            (found for found in running if not found.first),
            key=lambda found: -found.share,
        )
        values = [self._of_period(found) for found in running if found.first]
        values += self._of_full_periods()
        values += [
            line for found in pieces if (line := self._of_piece(found))
        ][:MOST]  # fmt: skip
        values += self._of_all(period)
        self.env["client.sheet.line"].create(
            [{"sheet_id": self.sheet.id, **line} for line in values]
        )

    def _of_period(self, found):
        return {
            "name": self.env._("Agreement, this period"),
            "first": found.first,
            "last": found.last,
            "sold": found.sold,
            "used": found.used,
            "model": HOURS,
            "record_ids": found.lines or [],
        }

    def _of_full_periods(self):
        """The periods of agreements that lie in the last twelve months, as one line."""
        scope = self.hours.scope([self.client])
        since = self.today - timedelta(days=YEAR)
        found = self.hours.of_periods(
            self.hours.full_periods(scope, since), scope, ids=True
        )
        if not found:
            return []
        return [
            {
                "name": self.env._("Agreement, full periods of twelve months"),
                "first": min(period.first for period in found),
                "last": max(period.last for period in found),
                "sold": sum(period.sold for period in found),
                "used": sum(period.used for period in found),
                "model": HOURS,
                "record_ids": [i for period in found for i in period.lines or []],
            }
        ]

    def _of_piece(self, found):
        """The line of an order or task that the reader may read; else None."""
        record = self.env[found.model].browse(found.res_id)
        if not record.has_access("read"):
            return None
        model = HOURS if found.model == "sale.order" else found.model
        return {
            "name": record.display_name,
            "sold": found.sold,
            "used": found.used,
            "model": model,
            "record_ids": found.lines if model == HOURS else record.ids,
        }

    def _of_all(self, period):
        """All hours of the running period, by the calendar where there is no agreement,
        and of a year."""
        first, last = period or (self.today.replace(day=1), self.today)
        days = {
            self.env._("All hours in this period"): (first, min(last, self.today)),
            self.env._("All hours in twelve months"): (
                self.today - timedelta(days=YEAR - 1),
                self.today,
            ),
        }
        keys = {
            name: FactKey("hours", (until - since).days + 1)
            for name, (since, until) in days.items()
        }
        sources = self.env["client.health.facts"].sudo()
        scope = sources._scope(self.company, [self.client])
        read = read_facts(sources.env, [*keys.values()], scope).get(self.client, {})
        return [
            {
                "name": name,
                "first": since,
                "last": until,
                "used": read.get(str(keys[name]), 0),
            }
            for name, (since, until) in days.items()
        ]
