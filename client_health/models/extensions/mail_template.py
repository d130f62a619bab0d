from odoo import models

from ..offboarding.telling import TEMPLATE, refuse_unprepared


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template(self, res_ids, *args, **kwargs):
        """The mail that tells a client of the end can be generated only once the step
        Conversation is finished, also by code and server actions."""
        offboardings = self.env["client.offboarding"]
        telling = self.model == offboardings._name and self.env.ref(
            TEMPLATE, raise_if_not_found=False
        )
        if self == telling:
            refuse_unprepared(offboardings.browse(res_ids).exists())
        return super()._generate_template(res_ids, *args, **kwargs)
