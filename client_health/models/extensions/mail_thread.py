from odoo import models

from ...facts.automatic import is_automatic


class MailThread(models.AbstractModel):
    """The gateway keeps with a mail whether a person wrote it, as its headers say."""

    _inherit = "mail.thread"

    def message_parse(self, message, save_original=False):
        parsed = super().message_parse(message, save_original=save_original)
        if is_automatic(message):
            parsed["client_health_automatic"] = True
        return parsed

    def _get_message_create_valid_field_names(self):
        names = super()._get_message_create_valid_field_names()
        return names | {"client_health_automatic"}
