from odoo import api, fields, models
from odoo.exceptions import UserError

from ..health.evidence import open_records


class ClientRecoveryPart(models.AbstractModel):
    """A record that belongs to a recovery."""

    _name = "client.recovery.part"
    _inherit = ["client.access.partner"]
    _description = "Part of a recovery"

    recovery_id = fields.Many2one(
        "client.recovery", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="recovery_id.partner_id", store=True)
    company_id = fields.Many2one(related="recovery_id.company_id", store=True)


class ClientRecoveryLine(models.AbstractModel):
    """What people write of a recovery, and what was counted: unchanged once it is
    over."""

    _name = "client.recovery.line"
    _inherit = ["client.recovery.part"]
    _description = "Line of a recovery"

    # What people write of a line; the rest is measured.
    _by_hand = ()

    sequence = fields.Integer()

    def write(self, vals):
        if not self.env.su:
            self.recovery_id._refuse_over()
            forbidden = set(vals) - set(self._by_hand)
            if forbidden:
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(record)s is not written by hand.",
                        field=self._fields[min(forbidden)]._description_string(
                            self.env
                        ),
                        record=self[:1].recovery_id.display_name,
                    )
                )
        return super().write(vals)


class ClientRecoveryCounted(models.AbstractModel):
    """A line that counted records on the day of the start, and stores their ids."""

    _name = "client.recovery.counted"
    _inherit = ["client.recovery.line"]
    _description = "Counted part of a recovery"

    model = fields.Char()
    record_ids = fields.Json()
    record_count = fields.Integer(string="Records", compute="_compute_record_count")

    @api.depends("record_ids")
    def _compute_record_count(self):
        for line in self:
            line.record_count = len(line.record_ids or [])

    def _open_counted(self, name):
        """Action: the records that were counted at the start, called ``name``.

        Raises UserError when there are none, or their app is gone.
        """
        self.ensure_one()
        if not self.record_ids:
            raise UserError(
                self.env._(
                    "No records stand behind “%(figure)s” of %(client)s.",
                    figure=name,
                    client=self.partner_id.display_name,
                )
            )
        if self.model not in self.env:
            raise UserError(
                self.env._(
                    "“%s” is no longer measured: its app was removed, and its records "
                    "with it.",
                    name,
                )
            )
        line = {
            "name": name,
            "model": self.model,
            "record_ids": self.record_ids,
            "as_of": self.recovery_id.date_start.isoformat(),
        }
        client = {"partner_id": self.partner_id.id, "company_id": self.company_id.id}
        return open_records(self.env["client.health"].new(client), line)
