from odoo import models
from odoo.exceptions import MissingError, RedirectWarning
from odoo.tools import format_list


class ClientInternalThread(models.AbstractModel):
    """A record whose messages are for colleagues: it is about a client who reads none
    of them by accident."""

    _name = "client.internal.thread"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Messages among colleagues"

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Propose colleagues only, never the client or a contact of it."""
        found = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        partners = self.env["res.partner"].sudo()
        named = {r["partner_id"] for proposed in found.values() for r in proposed}
        colleagues = partners.browse(filter(None, named)).filtered(
            lambda partner: not partner.partner_share
        )
        return {
            record: [r for r in proposed if r["partner_id"] in colleagues.ids]
            for record, proposed in found.items()
        }

    def message_post(self, *, partner_ids=None, message_type="notification", **kwargs):
        """Ask before anybody outside is written to, but for the buttons made for it.

        Raises RedirectWarning that names them and opens the contact to write from. What
        comes in by mail names others too and is kept.
        """
        if message_type != "email":
            self._refuse_outside(partner_ids)
        return super().message_post(
            partner_ids=partner_ids, message_type=message_type, **kwargs
        )

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Refuse to add anybody outside, who would get whatever colleagues write.

        Raises RedirectWarning as :meth:`message_post` does."""
        for record in self:
            record._refuse_outside(partner_ids, always=True)
        return super().message_subscribe(partner_ids, subtype_ids)

    def _may_be_written_to(self):
        """True once the client may get a mail from this record, also by hand."""
        return False

    def _refuse_outside(self, partner_ids, always=False):
        if not isinstance(partner_ids, list | tuple | set):  # refused by Odoo
            return
        if not always and self._may_be_written_to():
            return
        ids = [each for each in partner_ids if isinstance(each, int)]
        partners = self.env["res.partner"].sudo().browse(ids)
        try:  # mostly one who was read before: a night plans many activities
            outside = partners.filtered("partner_share")
        except MissingError:
            outside = partners.exists().filtered("partner_share")
        if not outside:
            return
        raise RedirectWarning(
            self.env._(
                "This would be sent to %(people)s. Messages on “%(record)s” are for "
                "colleagues. Take them out, or write to them from their own page.",
                people=format_list(self.env, outside.mapped("display_name")),
                record=self.display_name,
            ),
            {
                "type": "ir.actions.act_window",
                "res_model": "res.partner",
                "res_id": outside[0].id,
                "views": [(False, "form")],
            },
            self.env._("Open the contact"),
        )
