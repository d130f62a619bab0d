from odoo import models


class ClientHealth(models.Model):
    """Activities on a health, such as the question for a pulse, need a thread."""

    _name = "client.health"
    _inherit = ["client.health", "mail.thread"]
    _mail_post_access = "read"
