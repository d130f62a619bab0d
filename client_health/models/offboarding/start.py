"""Starting a goodbye: with whom, and what comes with it."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

from ..mixins.dialog import dialog
from .offboarding import MARKS

# What a goodbye takes when nobody says otherwise: until the client is told, and from
# then until the end where the agreement asks for less notice.
PREPARE_DAYS = 14
LEAST_NOTICE = 14


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    # -- about whom ------------------------------------------------------------

    @api.model
    def _take_client(self, vals):
        """Refuse whom one cannot say goodbye to, and offer the right record."""
        partner = self.env["res.partner"].sudo().browse(vals.get("partner_id") or [])
        if partner:
            self._refuse_partner(partner.exists())

    @api.model
    def _refuse_partner(self, partner):
        """Raise when ``partner`` is us, one of us, a contact or archived."""
        own = (
            self.env["res.company"]
            .sudo()
            .search([("partner_id", "=", partner.id)], limit=1)
        )
        if own:
            self._refuse(
                self.env._(
                    "%s is a company of ours, no client. Open it under the settings "
                    "of companies instead.",
                    partner.display_name,
                ),
                own,
                self.env._("Open the company"),
            )
        users = partner.with_context(active_test=True).user_ids.filtered(
            lambda user: user._is_internal()
        )
        if users:
            self._refuse(
                self.env._(
                    "%s is a user of ours, no client. To let a colleague go, archive "
                    "the user instead.",
                    partner.display_name,
                ),
                users[:1],
                self.env._("Open the user"),
            )
        client = partner.commercial_partner_id
        if client and client != partner:
            raise RedirectWarning(
                self.env._(
                    "%(contact)s is a contact of %(client)s. A relationship ends with "
                    "the whole company: start the offboarding of %(client)s.",
                    contact=partner.display_name,
                    client=client.display_name,
                ),
                self._open_start(client),
                self.env._("Offboard %s", client.display_name),
            )
        if not partner.active:
            raise UserError(
                self.env._(
                    "%s is archived already. Unarchive it first, if it is a client "
                    "after all.",
                    partner.display_name,
                )
            )

    @api.model
    def _refuse(self, message, record, label):
        """Raise with a button to ``record`` for those who may open it."""
        if not record.sudo(False).has_access("write"):
            raise UserError(message)
        raise RedirectWarning(
            message,
            {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [(False, "form")],
            },
            label,
        )

    @api.model
    def _open_start(self, partners, origin=None):
        """Action: ask what is needed to start with these clients.

        ``origin``: what it is started from, in words, such as a recovery.
        """
        return dialog(
            self.env._("Start offboarding"),
            "client.offboarding.start",
            {
                "default_partner_ids": partners.ids,
                "default_origin": origin or False,
            },
        )

    @api.model
    def _usual_end(self, agreement, company):
        """The first day on which it can end well: notice runs from the day the
        client is told, and telling is prepared first."""
        notice = max(agreement.notice_days, LEAST_NOTICE)
        return self._today(company) + timedelta(days=PREPARE_DAYS + notice)

    # -- what comes with it ----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Start goodbyes: steps, activities, projects and figures come with them.

        Raises RedirectWarning to the right record for whom it is impossible.
        """
        self.check_access("create")
        for vals in vals_list:
            self._refuse_nonsense(vals)
            partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
            partner = partner.exists()
            company = self.env["res.company"].browse(vals.get("company_id") or [])
            company = company or self.env.company
            for named in partner | partner.commercial_partner_id:
                self._refuse_hidden({"partner_id": named.id, "company_id": company.id})
            open_one = partner and self.sudo()._open_of(partner, company)
            if open_one:
                raise RedirectWarning(
                    self.env._(
                        "The offboarding of %s is under way already. Go on with that "
                        "one.",
                        partner.display_name,
                    ),
                    open_one._open(),
                    self.env._("Open it"),
                )
        offboardings = super().create(vals_list)
        self.env["res.partner"].invalidate_model(MARKS, flush=False)
        for offboarding in offboardings.sudo():
            offboarding._begin()
        return offboardings

    def _begin(self):
        """What a new goodbye starts with; nothing of the client changes."""
        self.ensure_one()
        agreement = self.env["client.agreement"]._in_force(
            self.partner_id, self.company_id
        )
        values = {"agreement_id": agreement.id, "speaker_id": self.speaker_id.id}
        if not self.clause:
            values["clause"] = agreement.termination_clause
        if not self.speaker_id:
            values["speaker_id"] = self.user_id.id
        if not self.date_end:
            values["date_end"] = self._usual_end(agreement, self.company_id)
        values["portal_until"] = self.portal_until or values.get(
            "date_end", self.date_end
        )
        self.write(values)
        self._plan_steps()
        self._sync_projects()
        self._measure()
        self.phase_before = self._set_phase("offboarding")


class ClientHealth(models.Model):
    _inherit = "client.health"

    def action_start_offboarding(self):
        """Start saying goodbye to these clients, or go on with the open one."""
        self.check_access("read")
        return self.partner_id.action_start_offboarding()
