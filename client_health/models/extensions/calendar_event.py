from odoo import api, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        """Link a meeting that was made from an offboarding to it."""
        wanted = self.env.context.get("default_offboarding_id")
        self = self.with_context(default_offboarding_id=None) if wanted else self
        events = super().create(vals_list)
        offboarding = wanted and self.env["client.offboarding"].browse(wanted).exists()
        if offboarding and offboarding.has_access("write"):
            offboarding.sudo(False).event_id = events[:1]
        return events
