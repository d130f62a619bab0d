"""What happens to an agreement: activated, followed by a new version, ended."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..mixins import company_day
from ..mixins.access import check_manager
from ..mixins.dialog import dialog, open_form
from .agreement import ACTIVITY, LIVED

WARN_DAYS = 14  # before notice must be given


class ClientAgreement(models.Model):
    _inherit = "client.agreement"

    activate = fields.Boolean(
        compute="_compute_activate",
        inverse="_inverse_activate",
        help="For an import: a draft that is ticked is put in force at once, as its "
        "button does.",
    )

    talk_count = fields.Integer(string="Talks", compute="_compute_talk_count")

    @api.depends("state")
    def _compute_activate(self):
        for agreement in self:
            agreement.activate = agreement.state == "active"

    def _inverse_activate(self):
        """Put the ticked drafts in force; raises what :meth:`action_activate` does."""
        drafts = self.filtered(lambda a: a.activate and a.state == "draft")
        if drafts:
            drafts.action_activate()

    # -- buttons ---------------------------------------------------------------

    def _step(self, states, word):
        """Raise AccessError for others than managers, UserError for an agreement that
        is in none of ``states``. ``word``: what was to be done, as a participle."""
        check_manager(self.env, self.env._("change agreements"))
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for agreement in self:
            if agreement.state not in states:
                raise UserError(
                    self.env._(
                        "%(agreement)s is %(state)s and cannot be %(word)s. Make a new "
                        "version of it.",
                        agreement=agreement.display_name,
                        state=labels[agreement.state].lower(),
                        word=word,
                    )
                )

    def action_activate(self):
        """Put drafts in force on their dates; the previous version ends the day
        before. Raises ValidationError when another agreement is in the way."""
        self._step(("draft",), self.env._("activated"))
        for agreement in self.sudo():
            previous = agreement.previous_id
            if previous.state in LIVED:
                previous._stop(agreement.date_start - timedelta(days=1))
            agreement._renew()
            over = agreement._is_over()
            agreement.write({"state": "ended" if over else "active"})

    def action_end(self):
        """End what is in force: yesterday was the last day."""
        self._step(("active",), self.env._("ended"))
        for agreement in self.sudo():
            agreement._stop(
                company_day.today(self.env, agreement.company_id) - timedelta(days=1)
            )

    def action_refuse(self):
        """The other side does not agree with a draft."""
        self._step(("draft",), self.env._("refused"))
        self.sudo().write({"state": "refused"})

    def action_back_to_draft(self):
        """Take up what was refused again."""
        self._step(("refused",), self.env._("set back to draft"))
        self.sudo().write({"state": "draft"})

    def action_new_version(self):
        """Open a draft of the next version: the one there is, or a new copy."""
        self.ensure_one()
        self._step(("active", "ended", "refused"), self.env._("followed"))
        return self._next_draft()._open()

    def _next_draft(self):
        """The draft of the next version: the one there is, or a new copy.

        It starts after the end of this one, or today, and lasts as long.
        """
        agreement = self.sudo()
        draft = agreement.next_ids.filtered(lambda a: a.state == "draft")[:1]
        if not draft:
            start, end = company_day.today(self.env, agreement.company_id), False
            if agreement.date_end:
                start = max(start, agreement.date_end + timedelta(days=1))
                end = start + (agreement.date_end - agreement.date_start)
            draft = agreement.copy(
                {
                    "previous_id": agreement.id,
                    "version": agreement.version + 1,
                    "date_start": start,
                    "date_end": end,
                }
            )
        return draft.sudo(False)

    @api.model
    def _draft_for(self, client, company):
        """The draft of what is agreed with a client: the next version of what is in
        force, the draft there is, or a new one."""
        mine = [("partner_id", "=", client.id), ("company_id", "=", company.id)]
        agreement = self.search([*mine, ("state", "in", ("active", "draft"))], limit=1)
        if agreement.state == "active":
            return agreement._next_draft()
        return agreement or self.create(
            {"partner_id": client.id, "company_id": company.id}
        )

    def _open(self):
        return open_form(self)

    def action_open_previous(self):
        """Open the version before."""
        self.ensure_one()
        return self.previous_id._open()

    def _period_end(self, told_on):
        """The last day of the period that notice given on a day can still end; the end
        there is for agreements that are not renewed."""
        self.ensure_one()
        end = self.date_end
        if self.renewal != "tacit" or not end or self.renewal_months < 1:
            return end
        last = end + timedelta(days=1)  # of a month: the ends stay so
        whole = last.day == 1
        number, notice = 0, timedelta(days=max(self.notice_days, 0))
        while end - notice < told_on:
            number += 1
            end = self.date_end + relativedelta(months=number * self.renewal_months)
            if whole:
                end += relativedelta(day=31)
        return end

    def _earliest_end(self, told_on):
        """The first day on which an agreement may end when the other side is told on a
        day."""
        self.ensure_one()
        if self.renewal == "tacit" and self.date_end:
            return self._period_end(told_on)
        return told_on + timedelta(days=self.notice_days)

    def _renew(self):
        """Move the end of agreements on whose notice is not given in time any more,
        unless the client was told that we end it."""
        for agreement in self.filtered(lambda a: a.renewal == "tacit" and a.date_end):
            today = company_day.today(self.env, agreement.company_id)
            end = agreement._period_end(today)
            if end != agreement.date_end and not agreement._notice_given():
                agreement.date_end = end

    def _notice_given(self):
        """True where the client was told that the relationship ends."""
        leaving = (
            self.env["client.offboarding"]
            .sudo()
            ._open_of(self.partner_id, self.company_id)
        )
        return bool(leaving.filtered("told_on"))

    def _is_over(self):
        self.ensure_one()
        return bool(
            self.date_end
            and self.date_end < company_day.today(self.env, self.company_id)
        )

    def _stop(self, last_day):
        """End agreements with a day, unless they end sooner.

        An agreement that would not be in force for a single day becomes refused.
        """
        for agreement in self:
            if last_day < agreement.date_start:
                agreement.write({"state": "refused"})
                continue
            last = min(last_day, agreement.date_end or last_day)
            over = last < company_day.today(self.env, agreement.company_id)
            agreement.write(
                {"date_end": last, "state": "ended" if over else agreement.state}
            )

    # -- every day -------------------------------------------------------------

    @api.model
    def _cron_agreements(self):
        """End what is over, and warn before notice must be given."""
        for company in self.env["res.company"].search([]):
            agreements = self.with_company(company)
            today = company_day.today(self.env, company)
            mine = Domain("company_id", "=", company.id)
            mine &= Domain("state", "=", "active")
            agreements.search(mine & Domain("renewal", "=", "tacit"))._renew()
            agreements.search(mine & Domain("date_end", "<", today)).write(
                {"state": "ended"}
            )
            soon = today + timedelta(days=WARN_DAYS)
            due = agreements.search(mine & Domain("notice_date", "<=", soon))
            due.filtered(lambda a: a.warned_for != a.notice_date)._warn()

    def _warn(self):
        """One activity for the person responsible: give notice, or let it go on."""
        quiet = self.sudo().with_context(mail_activity_quick_update=True)
        for agreement in quiet:
            user = agreement.user_id or agreement.partner_id.user_id
            if not user.active or agreement.company_id not in user.company_ids:
                user = self._some_manager(agreement.company_id)
            agreement.warned_for = agreement.notice_date
            if user:
                words = agreement.with_context(lang=user.lang).env
                notice, end = agreement.notice_date, agreement.date_end
                agreement.activity_schedule(
                    ACTIVITY,
                    date_deadline=agreement.notice_date,
                    user_id=user.id,
                    summary=agreement._warning(words, notice, end),
                )

    def _warning(self, words, notice, end):
        """What is to be decided before notice must be given. ``words``: an environment
        in the language of the reader."""
        days = {"notice": format_date(words, notice), "end": format_date(words, end)}
        if self.renewal == "tacit":
            return words._(
                "Give notice by %(notice)s, or it is renewed after %(end)s?", **days
            )
        return words._("Give notice by %(notice)s, or go on after %(end)s?", **days)

    # -- talked about ----------------------------------------------------------

    def _compute_talk_count(self):
        talks = self.env["client.talk"]
        mine = [("agreement_id", "in", self.ids)]
        counts = dict(talks._read_group(mine, ["agreement_id"], ["__count"]))
        for agreement in self:
            agreement.talk_count = counts.get(agreement, 0)

    def action_record_talk(self):
        """Open the dialog that records a talk about what was not kept of it."""
        self.ensure_one()
        self.check_access("read")
        return dialog(
            self.env._("Record the talk"),
            "client.talk",
            {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_agreement_id": self.id,
                "default_reason": "not_kept",
            },
        )

    def action_open_talks(self):
        """Open the talks about it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "client_health.client_talk_action"
        )
        return {**action, "domain": [("agreement_id", "=", self.id)]}
