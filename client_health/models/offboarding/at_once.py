"""The short way out: people are protected first, the rest follows."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..mixins import company_day
from .days import written

# The steps that the one page of a short way out finishes together.
TOGETHER = ("contract", "conversation", "tell")
# What a talk needs that is prepared for weeks.
LONG = ("no_topics", "no_talk_on", "no_rehearsed_on", "no_reviewed_on")


class ClientOffboardingAtOnce(models.AbstractModel):
    """The part of an offboarding that ends a relationship at once, after abuse."""

    _name = "client.offboarding.at.once"
    _description = "Short way out"
    _inherit = ["client.process"]

    at_once = fields.Boolean(
        string="End now",
        copy=False,
        help="Contract and telling on one page, without a rehearsal.",
    )
    refuse_user_ids = fields.Many2many(
        "res.users",
        relation="client_offboarding_refuse_rel",
        string="May refuse contact",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        copy=False,
        help="Whoever is in here need not answer the client any more.",
    )
    refuse_since = fields.Date(string="Since", copy=False)

    def _may_skip(self, needs):
        """Requirements without those that a short way out does not have."""
        if not self.at_once:
            return needs
        return [need for need in needs if need.code not in LONG]

    def action_finish_now(self):
        """Finish contract, conversation and telling together.

        Raises UserError that lists what is missing; then nothing is finished.
        """
        self._only_one()
        if not self.at_once or self.state not in TOGETHER:
            raise UserError(
                self.env._("There is nothing left to do here. Reload the page.")
            )
        with self.env.cr.savepoint():
            while self.state in TOGETHER:
                self._finish_step(self.state, asked=True)
        return True

    def _tell_protected(self, before):
        """Tell those who may refuse contact from now on, with an activity. ``before``:
        who might already; with sudo."""
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        since = self.refuse_since or company_day.today(self.env, self.company_id)
        new = self.refuse_user_ids - before
        for user in new if kind else ():
            said = self.with_context(lang=user.lang)
            said.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=since,
                user_id=user.id,
                summary=said.env._(
                    "You may refuse contact with %(client)s since %(day)s",
                    client=self.partner_id.display_name,
                    day=written(said.env, since),
                ),
            )
        if new:
            self._message_log(
                body=self.env._(
                    "May refuse contact since %(day)s: %(names)s",
                    day=written(self.env, since),
                    names=format_list(self.env, new.mapped("name")),
                )
            )
