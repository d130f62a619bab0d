from odoo import api, fields, models

from ..models.health.evidence import open_records
from ..models.health.money_reader import reader_of


class ClientHealthEvidence(models.TransientModel):
    _name = "client.health.evidence"
    _inherit = ["client.dialog"]
    _description = "Records behind a figure"
    _rec_name = "indicator_id"

    health_id = fields.Many2one("client.health", required=True, readonly=True)
    indicator_id = fields.Many2one(
        "client.health.indicator", required=True, readonly=True
    )
    description = fields.Text(related="indicator_id.description")
    result = fields.Char(readonly=True)
    limits = fields.Char(compute="_compute_limits")
    line_ids = fields.One2many("client.health.evidence.line", "evidence_id")

    @api.depends("indicator_id")
    @api.depends_context("uid", "lang")
    def _compute_limits(self):
        """The limits in words, for those who may see the figure."""
        for evidence in self:
            indicator = evidence.indicator_id.sudo()
            shown = reader_of(evidence.health_id).may_see(indicator)
            evidence.limits = shown and indicator.explanation


class ClientHealthEvidenceLine(models.TransientModel):
    _name = "client.health.evidence.line"
    _description = "One fact behind a figure"

    evidence_id = fields.Many2one(
        "client.health.evidence", required=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True)
    meaning = fields.Char(readonly=True)
    period = fields.Char(readonly=True, help="The days whose records are counted.")
    value = fields.Char(readonly=True)
    model = fields.Char(readonly=True)
    record_ids = fields.Json(readonly=True)
    count = fields.Integer(string="Records", compute="_compute_count")

    def _compute_count(self):
        for line in self:
            line.count = len(line.record_ids or [])

    def action_open(self):
        """Open the records of this line."""
        self.ensure_one()
        self.check_access("read")
        line = self.read(["name", "period", "model", "record_ids"])[0]
        return open_records(self.evidence_id.health_id, line)
