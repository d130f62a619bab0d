"""Starting a repair: with whom, how the client stood, and silence from then on."""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date

from ...engine.alerts import ACTIVITY
from ..mixins.dialog import dialog


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    # -- about whom ------------------------------------------------------------

    @api.model
    def _why_not(self, partners, company):
        """Partner id → why no recovery starts with this client now, a sentence.

        ``partners``: commercial entities. Those that it can start with are left
        out, also those in recovery already.
        """
        partners = partners.sudo()
        health = self.env["client.health"].sudo()
        mine = [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
        known = health.search(mine)
        fresh = (partners - known.partner_id).filtered("active")
        if fresh:
            self._refresh_clients([(company, partner) for partner in fresh])
            known = health.search(mine)
        healths = {found.partner_id.id: found for found in known}
        ours = self.env["res.company"].sudo().search([]).partner_id
        leaving = self.env["client.offboarding"].sudo()._open_of(partners, company)
        reasons = {}
        for partner in partners:
            reason = self._obstacle(
                partner, company, healths.get(partner.id), ours, leaving.partner_id
            )
            if reason:
                reasons[partner.id] = reason
        return reasons

    @api.model
    def _obstacle(self, partner, company, health, ours, leaving):
        """Why it cannot start with one client, or None."""
        name = partner.display_name
        users = partner.with_context(active_test=True).user_ids
        if partner in ours:
            return self.env._("%s is a company of ours, no client.", name)
        if any(user._is_internal() for user in users):
            return self.env._("%s is a user of ours, no client.", name)
        if not partner.active:
            return self.env._("%s is archived. Unarchive it first.", name)
        if partner.company_id and partner.company_id != company:
            return self.env._(
                "%(client)s belongs to %(company)s. Switch to that company.",
                client=name,
                company=partner.company_id.display_name,
            )
        if partner in leaving:
            return self.env._(
                "%s is being offboarded. Cancel the offboarding first, if there is "
                "still something to repair.",
                name,
            )
        if not health:
            return self.env._(
                "There was no business with %s in the last two years, so nothing can "
                "be measured.",
                name,
            )
        if health.phase == "ended":
            return self.env._(
                "The relationship with %s ended. Reactivate it first.", name
            )
        return None

    @api.model
    def _complete(self, vals):
        """Refuse whom one cannot start with, and show the one under way."""
        result = super()._complete(vals)
        partner = self.env["res.partner"].browse(vals["partner_id"]).exists()
        company = self.env["res.company"].browse(vals["company_id"])
        open_one = self.sudo()._open_of(partner, company)
        if open_one:
            raise RedirectWarning(
                self.env._(
                    "The recovery of %s is under way already. Go on with that one.",
                    partner.sudo().display_name,
                ),
                open_one._open(),
                self.env._("Open it"),
            )
        for reason in self._why_not(partner, company).values():
            raise UserError(reason)
        vals.setdefault("date_start", self._today(company))
        return result

    @api.model
    def _open_start(self, partners, flags=None):
        """Action: ask what is needed to start with these clients."""
        return dialog(
            self.env._("Start recovery"),
            "client.recovery.start",
            {
                "default_partner_ids": partners.commercial_partner_id.ids,
                "default_flag_ids": flags.ids if flags else [],
            },
        )

    # -- what comes with it ----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Start repairs: the entry, steps and activities come with them.

        Raises RedirectWarning to the one under way, UserError for whom it cannot
        start with.
        """
        recoveries = super().create(vals_list)
        self.env["res.partner"].invalidate_model(["recovery_id"], flush=False)
        for recovery in recoveries:
            recovery.sudo()._begin()
        return recoveries

    def _begin(self):
        """What a new repair starts with; alarms rest from now on."""
        self.ensure_one()
        self._refresh_health()
        self._take_entry()
        self._plan_steps()
        self._set_phase("recovery")
        self.flag_id.filtered(lambda flag: flag.state == "open").with_user(
            self.env.user
        ).sudo().action_acknowledge()
        self._answer_alarm()
        self._say(
            self.env._(
                "A recovery was started. It is reviewed on %s; until it ends, no alarm "
                "is raised.",
                format_date(self.env, self.review_date),
            )
        )

    def _take_entry(self):
        """Remember how the client stood on the day it started.

        Raises UserError when the history does not go back that far.
        """
        past = self.date_start < self._today(self.company_id)
        entry = self._health()._comparison().day(self.date_start if past else None)
        self.write(
            {
                "entry": entry,
                "entry_on": self.date_start,
                "entry_score": entry["score"],
                "entry_level": entry["level"],
            }
        )

    def _answer_alarm(self):
        """The to-do of a drop is answered by what starts now."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        health = self._health()
        told = health.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        if told:
            told.action_feedback(feedback=self.env._("A recovery was started."))

    def _say(self, text):
        """A note on the client and here, without any figure."""
        self._log_on_client(text)
        self._message_log(body=text)

    def _keep_phase(self):
        """Let the health of the clients say that a repair is under way."""
        for company in self.company_id:
            mine = self.filtered(lambda r, c=company: r.company_id == c)
            self.env["client.health"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", mine.partner_id.ids),
                    ("phase", "=", "active"),
                ]
            ).write({"phase": "recovery"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    recovery_id = fields.Many2one(
        "client.recovery",
        compute="_compute_about_client",
        groups="client_health.group_user",
        help="The recovery under way, else the last one.",
    )
    in_recovery = fields.Boolean(
        compute="_compute_about_client", groups="client_health.group_user"
    )

    def _fill_recovery(self, clients):
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.recovery"]._about(clients, here, "id")
        latest = {recovery.partner_id.id: recovery for recovery in found}
        latest.update({r.partner_id.id: r for r in found if r.state not in r._closed})
        for partner in self:
            recovery = latest.get(partner.commercial_partner_id.id, found.browse())
            partner.recovery_id = recovery
            partner.in_recovery = bool(recovery) and (
                recovery.state not in recovery._closed
            )

    def action_start_recovery(self):
        """Start repairing the relationship with these clients, or go on with it."""
        recoveries = self.env["client.recovery"]
        recoveries.check_access("create")
        clients = self.commercial_partner_id
        (self | clients).check_access("read")
        if len(clients) == 1:
            open_one = recoveries._open_of(clients)
            if open_one:
                return open_one._open()
            reasons = recoveries._why_not(clients, self.env.company)
            for reason in reasons.values():
                raise UserError(reason)
        return recoveries._open_start(clients)

    def action_open_recovery(self):
        """Open the recovery under way, else the last one."""
        self.ensure_one()
        return self.recovery_id._open()

    def write(self, vals):
        """A client that is archived is no longer repaired."""
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self.env["client.recovery"].sudo()._stop_archived(self)
        return result


class ClientHealth(models.Model):
    _inherit = "client.health"

    def action_start_recovery(self):
        """Start repairing the relationship with these clients, or go on with it."""
        self.check_access("read")
        return self.partner_id.action_start_recovery()


class ClientHealthFlag(models.Model):
    _inherit = "client.health.flag"

    def action_start_recovery(self):
        """Start repairing what these flags are about, or go on with it."""
        self.check_access("read")
        action = self.partner_id.action_start_recovery()
        if action["res_model"] == "client.recovery.start":
            return self.env["client.recovery"]._open_start(self.partner_id, self)
        return action
