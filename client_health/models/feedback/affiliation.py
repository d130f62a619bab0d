from odoo import api, fields, models
from odoo.tools import SQL

from ..mixins import company_day


class ClientAffiliation(models.Model):
    """Of which client a contact was, and until when.

    Written when a contact moves; what is dated before stays with the client that it was
    of then.
    """

    _name = "client.affiliation"
    _description = "Where a contact worked"
    _inherit = ["client.access.partner"]
    _order = "until desc, id desc"
    _rec_name = "contact_id"

    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    until = fields.Date(
        required=True,
        readonly=True,
        help="The day on which the contact moved to another client.",
    )

    _one_a_day = models.UniqueIndex(
        "(contact_id, until)", "A contact moves once a day at most."
    )

    @api.model
    def _moved(self, contacts, until=None):
        """Keep where contacts were: contact id → id of the client until a day, else
        until today."""
        if not contacts:
            return
        until = until or company_day.today(self.env, self.env.company)
        rows = SQL(", ").join(
            SQL("(%s, %s, %s)", contact, client, until)
            for contact, client in contacts.items()
        )
        # of two moves on a day the first says where the contact was before
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_affiliation (contact_id, partner_id, until)
                   VALUES %s ON CONFLICT (contact_id, until) DO NOTHING""",
                rows,
            )
        )
        self.invalidate_model()
