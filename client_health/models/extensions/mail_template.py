from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template(self, res_ids, *args, **kwargs):
        """The mail that tells a client is written when its conversation was prepared,
        whoever or whatever writes it."""
        if self.model == "client.offboarding":
            self.env["client.offboarding"]._check_mail(self, res_ids)
        return super()._generate_template(res_ids, *args, **kwargs)
