"""Lines of the what-if wizard: settings to try, and the results."""

from odoo import api, fields, models

from ..models.mixins.dialog import open_form
from ..scoring.levels import LEVELS


class ClientHealthWhatIfLine(models.AbstractModel):
    """A record's settings, as loaded and as tried."""

    _name = "client.health.what.if.line"
    _description = "Settings to try"

    wizard_id = fields.Many2one(
        "client.health.what.if", required=True, ondelete="cascade"
    )
    loaded = fields.Json(readonly=True, help="The values as they were loaded.")

    def _changed(self):
        """Name → value of what differs from what was loaded."""
        self.ensure_one()
        loaded = self.loaded if isinstance(self.loaded, dict) else {}
        return {
            name: self[name]
            for name in loaded
            if name in self._fields and self[name] != loaded[name]
        }


class ClientHealthWhatIfCheck(models.TransientModel):
    _name = "client.health.what.if.check"
    _inherit = "client.health.what.if.line"
    _description = "Weight of a check to try"

    check_id = fields.Many2one(
        "client.health.check", required=True, readonly=True, ondelete="cascade"
    )
    weight = fields.Float()
    floor_level = fields.Selection(
        selection=[level for level in LEVELS if level[0] not in ("healthy", "unknown")],
        string="Level when red",
    )

    _finite = models.Constraint(
        "CHECK (abs(weight) < 'Infinity')",
        "Give ordinary numbers, not “infinity” nor what is no number.",
    )

    def _validate(self):
        """Raise what the check itself would raise."""
        for line in self:
            values = {"name": line.check_id.name, "weight": line.weight}
            line.check_id.new(values)._check_weight()


class ClientHealthWhatIfIndicator(models.TransientModel):
    _name = "client.health.what.if.indicator"
    _inherit = "client.health.what.if.line"
    _description = "Limits of an indicator to try"

    indicator_id = fields.Many2one(
        "client.health.indicator", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(related="indicator_id.name")
    check_id = fields.Many2one(related="indicator_id.check_id")
    unit = fields.Selection(related="indicator_id.unit")
    available = fields.Boolean(related="indicator_id.available")
    good = fields.Float(digits=(16, 4))
    watch = fields.Float(string="Warning", digits=(16, 4))
    red = fields.Float(digits=(16, 4))
    in_use = fields.Boolean()
    changed = fields.Boolean(compute="_compute_changed")

    _finite = models.Constraint(
        "CHECK (abs(good::float8) < 'Infinity' AND abs(watch::float8) < 'Infinity'"
        " AND abs(red::float8) < 'Infinity')",
        "Give ordinary numbers, not “infinity” nor what is no number.",
    )

    def _changed(self):
        changed = super()._changed()
        if "in_use" in changed:
            changed["active"] = changed.pop("in_use")
        return changed

    @api.depends("good", "watch", "red", "in_use", "loaded")
    def _compute_changed(self):
        for line in self:
            line.changed = bool(line._changed())

    def _validate(self):
        """Raise what the indicator itself would raise."""
        for line in self:
            values = {name: line[name] for name in ("name", "good", "watch", "red")}
            line.indicator_id.new(values)._check_limits()


class ClientHealthWhatIfLevel(models.TransientModel):
    _name = "client.health.what.if.level"
    _description = "Clients at a level, before and after"

    wizard_id = fields.Many2one(
        "client.health.what.if", required=True, ondelete="cascade"
    )
    level = fields.Selection(LEVELS, readonly=True)
    before = fields.Integer(readonly=True)
    after = fields.Integer(readonly=True)


class ClientHealthWhatIfFlag(models.TransientModel):
    _name = "client.health.what.if.flag"
    _description = "Flags of a check that would be raised and cleared"

    wizard_id = fields.Many2one(
        "client.health.what.if", required=True, ondelete="cascade"
    )
    check_id = fields.Many2one("client.health.check", readonly=True, ondelete="cascade")
    raised = fields.Integer(readonly=True)
    cleared = fields.Integer(readonly=True)


class ClientHealthWhatIfClient(models.TransientModel):
    _name = "client.health.what.if.client"
    _inherit = ["client.dialog"]
    _description = "Client that would change level"

    wizard_id = fields.Many2one(
        "client.health.what.if", required=True, ondelete="cascade"
    )
    health_id = fields.Many2one(
        "client.health", string="Client", readonly=True, ondelete="cascade"
    )
    level_before = fields.Selection(LEVELS, string="Level now", readonly=True)
    level = fields.Selection(LEVELS, string="Level then", readonly=True)
    score_before = fields.Integer(string="Score now", readonly=True)
    score = fields.Integer(string="Score then", readonly=True)
    uncapped = fields.Integer(
        string="Without red flag",
        readonly=True,
        help="What the score would be then, were there no red flag that holds it down.",
    )
    capped_by = fields.Many2one(
        "client.health.check",
        string="Held down by",
        readonly=True,
        ondelete="cascade",
        help="The check whose red flag would decide the level.",
    )

    def action_open(self):
        """Open the client."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.health_id, name=self.health_id.display_name)
