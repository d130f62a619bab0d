from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..mixins import company_day

ACTIVITY = "client_health.mail_activity_type_talk"


class ClientTalk(models.Model):
    """The record of a talk with a client: with whom, what was said and agreed.

    Made when an agreement or a target is not kept, or when a relationship is repaired.
    It is for us: the client is never sent it.
    """

    _name = "client.talk"
    _description = "Talk with a client"
    _inherit = ["client.record", "client.internal.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    date = fields.Date(
        string="Held on",
        required=True,
        index=True,
        default=lambda self: company_day.today(self.env, self.env.company),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Held by",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who of us talked with the client.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="With whom",
        index="btree_not_null",
        ondelete="set null",
        domain="['|', ('id', '=', partner_id), "
        "('commercial_partner_id', '=', partner_id)]",
        help="Who at the client. Empty: the client as a whole.",
    )
    reason = fields.Selection(
        [
            ("not_kept", "Something agreed was not kept"),
            ("repair", "To repair the relationship"),
        ],
        string="Why we talked",
        required=True,
        default="not_kept",
    )
    what = fields.Char(string="What was not kept")
    said = fields.Text(
        string="What was said", help="By both sides, in their own words."
    )
    agreed = fields.Text(string="What was agreed")
    next_on = fields.Date(
        string="We come back to it on",
        help="Who held the talk is reminded by an activity on this day.",
    )
    recovery_id = fields.Many2one(
        "client.recovery", index="btree_not_null", ondelete="set null"
    )
    agreement_id = fields.Many2one(
        "client.agreement", index="btree_not_null", ondelete="set null"
    )

    @api.depends("partner_id", "date")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for talk in self._named():
            talk.display_name = self.env._(
                "Talk with %(client)s, %(day)s",
                client=talk.partner_id.display_name or "",
                day=format_date(self.env, talk.date),
            )

    # -- what may be written ---------------------------------------------------

    @api.constrains("said", "agreed", "date", "next_on", "company_id")
    def _check_words(self):
        """Something was said, on a day that has come; we come back to it later."""
        for talk in self.sudo():
            if not ((talk.said or "").strip() or (talk.agreed or "").strip()):
                raise ValidationError(
                    self.env._("Write down what was said or what was agreed.")
                )
            if talk.date > company_day.today(self.env, talk.company_id):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is %(day)s, which is still to come. Record the "
                        "talk when it was held.",
                        field=self._label("date"),
                        day=format_date(self.env, talk.date),
                    )
                )
            if talk.next_on and talk.next_on <= talk.date:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” must be after the day of the talk.",
                        field=self._label("next_on"),
                    )
                )

    @api.constrains(
        "partner_id", "company_id", "contact_id", "recovery_id", "agreement_id"
    )
    def _check_of_client(self):
        """Contact, recovery and agreement are the client's."""
        for talk in self.sudo():
            mine = talk.partner_id, talk.company_id
            wrong = [
                record
                for record in (talk.recovery_id, talk.agreement_id)
                if record and (record.partner_id, record.company_id) != mine
            ]
            contact = talk.contact_id
            if contact and contact.commercial_partner_id != talk.partner_id:
                wrong.append(contact)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(record)s” is not of %(client)s. Choose one that is, or "
                        "leave it empty.",
                        record=wrong[0].display_name,
                        client=talk.partner_id.display_name,
                    )
                )

    @api.model
    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        talks = super().create(vals_list)
        talks._check_named()
        talks._remind()
        return talks

    def write(self, vals):
        result = super().write(vals)
        if {"recovery_id", "agreement_id", "contact_id"} & set(vals):
            self._check_named()
        if {"next_on", "user_id"} & set(vals):
            self._remind()
        return result

    def _check_named(self):
        """Raise AccessError where the user may not read what a talk belongs to."""
        if not self.env.su:
            for records in (self.recovery_id, self.agreement_id, self.contact_id):
                records.check_access("read")

    def _remind(self):
        """One activity for who held the talk, on the day to come back to it."""
        self.sudo().activity_unlink([ACTIVITY], only_automated=False)
        for talk in self.sudo().filtered("next_on"):
            user = talk.user_id
            if not user.active or talk.company_id not in user.company_ids:
                continue
            words = talk.with_context(lang=user.lang).env
            talk.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                date_deadline=talk.next_on,
                user_id=user.id,
                summary=words._(
                    "Was it kept? What was agreed with %s", talk.partner_id.name
                ),
            )
