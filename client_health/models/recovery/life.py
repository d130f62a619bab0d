"""How a recovery starts, is reviewed and ends: its buttons."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.alerts import ACTIVITY
from ...scoring.levels import LEVELS
from ..mixins import company_day
from ..mixins.access import is_manager
from ..mixins.dialog import dialog
from .before_after import unmet, without_money
from .obstacles import Obstacles, clients_among


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    health_level = fields.Selection(
        LEVELS, string="Level now", compute="_compute_health"
    )
    health_badge = fields.Json(
        string="Health badge", compute="_compute_health", exportable=False
    )
    may_decide = fields.Boolean(compute="_compute_may_decide")

    @api.depends("partner_id", "company_id")
    def _compute_health(self):
        """How the clients stand at this moment."""
        clients, companies = self.partner_id.ids, self.company_id.ids
        theirs = [("partner_id", "in", clients), ("company_id", "in", companies)]
        healths = self.env["client.health"].search(theirs)
        found = {(h.partner_id.id, h.company_id.id): h for h in healths}
        for recovery in self:
            ids = (recovery.partner_id.id, recovery.company_id.id)
            health = found.get(ids, healths.browse())
            recovery.health_level = health.level
            recovery.health_badge = health.badge

    # -- how it starts ---------------------------------------------------------

    @api.model
    def _open_start(self, partners, flags=None):
        """Action: the dialog that starts recoveries of these clients."""
        clients, skipped = clients_among(partners)
        return dialog(
            self.env._("Start recovery"),
            "client.recovery.start",
            {
                "default_partner_ids": clients.ids,
                "default_flag_ids": flags.ids if flags else [],
                "default_skipped_ids": skipped.ids,
            },
        )

    @api.model
    def _why_not(self, partners, company):
        """Partner id → why no recovery can start with this client now, a sentence.

        ``partners``: commercial entities.
        """
        return Obstacles(partners, company).reasons()

    @api.model
    def _refuse_start(self, partner, company):
        for reason in self._why_not(partner, company).values():
            raise UserError(reason)

    def _begin(self):
        """Store how the client stands, make the steps, measure our own figures. From
        now on only what is new raises an alarm."""
        for recovery in self:
            recovery._refresh_health()
            recovery._take_entry()
            recovery._schedule().plan()
            recovery._set_phase("recovery")
            flag = recovery.flag_id.filtered(lambda flag: flag.state == "open")
            flag.action_acknowledge()
            recovery._answer_alarm()
            flag._rest(recovery._health(), True)
            recovery._note(
                self.env._(
                    "A recovery was started. It is reviewed on %s; until it ends, what "
                    "was known today raises no alarm. What is new does, and abuse "
                    "always.",
                    format_date(self.env, recovery.review_date),
                )
            )
        self._fill_self_review()

    def _take_entry(self):
        """Store how the client stood on the day it started.

        Raises UserError when the history does not go back that far.
        """
        past = self.date_start < company_day.today(self.env, self.company_id)
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
        """Mark the to-do about a drop in level as done."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        health = self._health()
        told = health.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        if told:
            told.action_feedback(feedback=self.env._("A recovery was started."))

    # -- steps -----------------------------------------------------------------

    def _ask_finish(self, step):
        return self._open_decide("pass", default_step=step.code)

    def action_step_back(self):
        """Reopen the step before the current one."""
        self.ensure_one()
        codes = self._codes()
        before = codes.index(self.state) - 1 if self.state in codes else -1
        if before < 0:
            raise UserError(
                self.env._("%s has no step to go back to.", self.display_name)
            )
        return self.action_reopen_step(codes[before])

    # -- whether it helped -----------------------------------------------------

    def review(self):
        """The client now, compared with the start and with similar clients.

        Returns ``{"from", "to", "over", "score": {"before", "after", "change",
        "others", "count"}, "level": {"before", "after"}, "similar", "similar_level",
        "enough", "settings_changed", "hidden", "points", "checks": [{"code", "name",
        "old", "new", "change", "others", "count", "gone", "moved"}], "targets": […]}``.

        Changes are in points of the score, positive ones are better; ``points``: what
        the checks gained together, whatever a red flag makes of it; ``others`` is the
        mean change of ``count`` clients at the same level at the start that were not in
        recovery, None when there are fewer than ``enough``. Where money drives a check,
        users who may not see it get no points at all. A recovery that is over has the
        figures of its decision. None for a client that is not measured. Raises
        AccessError.
        """
        self.ensure_one()
        self.check_access("read")
        recovery = self.sudo()
        figures = recovery.outcome or recovery._before_after().figures()
        if figures and not is_manager(self.env):
            figures = without_money(self.env, figures)
        return {**figures, "over": self.state in self._closed} if figures else None

    # -- the decision ----------------------------------------------------------

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        """The owner decides, or a manager."""
        for recovery in self:
            owner = recovery.user_id == self.env.user
            recovery.may_decide = owner or is_manager(self.env)

    def _decide(self):
        """Lock it; raises UserError for others than its owner and managers."""
        self._only_one()
        if self.env.su or self.may_decide:
            return
        raise UserError(
            self.env._(
                "%(owner)s decides about %(recovery)s, or a manager of Client Health "
                "does. Ask one of them.",
                owner=self.user_id.display_name,
                recovery=self.display_name,
            )
        )

    def action_ask_decision(self):
        """Ask the owner for a decision by the day of the review, with an activity."""
        return self._open_ask(
            self.env._("Did it help? Decide"), self.user_id, self.review_date
        )

    def _ask(self, what):
        self._decide()
        return self._open_decide(what)

    def _open_decide(self, what, **defaults):
        """Action: the dialog in which ``what`` is confirmed."""
        titles = {
            "pass": self.env._("Pass with a reason"),
            "recovered": self.env._("Recovered"),
            "extend": self.env._("Extend the recovery"),
            "cancel": self.env._("Cancel the recovery"),
        }
        defaults |= {"default_recovery_id": self.id, "default_decision": what}
        return dialog(titles[what], "client.recovery.decide", defaults)

    def action_recovered(self):
        """Open the dialog that ends it with the result *recovered*."""
        return self._ask("recovered")

    def action_extend(self):
        """Open the dialog that extends it. Raises UserError the second time."""
        self._refuse_second_extension()
        return self._ask("extend")

    def action_cancel(self):
        """Open the dialog that cancels it."""
        return self._ask("cancel")

    def action_offboard(self):
        """Open the dialog that starts an offboarding, filled in from this recovery.

        The recovery ends when the offboarding starts.
        """
        self._decide()
        action = self.env["client.offboarding"]._open_start(
            self.partner_id, self.display_name
        )
        action["context"]["default_reason"] = self._leaving_reason()
        return action

    def action_open_offboarding(self):
        """Open the offboarding that it led to."""
        self.ensure_one()
        return self.offboarding_id._open()

    def _refuse_second_extension(self):
        self.ensure_one()
        if self.is_extended:
            raise UserError(
                self.env._(
                    "%s was extended once already, and that is all. Decide now: "
                    "recovered, or offboarding.",
                    self.display_name,
                )
            )

    @api.private
    def set_recovered(self, note=None):
        """End it with the result *recovered*."""
        self._decide()
        self.sudo()._end("recovered", note)

    @api.private
    def set_cancelled(self, note=None):
        """Cancel it; the client stays as it was."""
        self._decide()
        self.sudo()._end("cancelled", note)

    @api.private
    def extend(self, day, reason):
        """Review it on a later day. Raises UserError without a reason, for a day
        that is not later, and the second time."""
        self._decide()
        self._refuse_second_extension()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why more time helps: others will ask."))
        if not day or day <= self.review_date:
            raise UserError(
                self.env._(
                    "“%(field)s” must be after %(day)s, when %(recovery)s was to be "
                    "reviewed.",
                    field=self._label("review_date"),
                    day=self.review_date,
                    recovery=self.display_name,
                )
            )
        self.sudo().write(
            {
                "first_review_date": self.review_date,
                "review_date": day,
                "extension_reason": reason,
            }
        )
        words = self.env._("Extended until %(day)s: %(reason)s")
        until = format_date(self.env, day)
        self._message_log(body=words % {"day": until, "reason": reason})

    def _end(self, result, note=None, offboarding=None):
        """End it with a result; with sudo. From now on alarms are raised again."""
        self.ensure_one()
        today = company_day.today(self.env, self.company_id)
        values = {
            "state": result,
            "ended_on": today,
            "ended_user_id": self.env.uid,
            "offboarding_id": offboarding.id if offboarding else False,
        }
        if note := (note or "").strip():
            values["result_note"] = "\n".join(filter(None, [self.result_note, note]))
        figures = None
        if result != "cancelled":
            self._refresh_health()
            figures = self._before_after().store()
            values["outcome"] = figures or False
            values["score_change"] = figures and figures["points"] or 0
            review = self._step("review")
            review.write({"done_on": today, "done_user_id": self.env.uid})
            self._schedule().tick(review)
        self._schedule().drop()
        self.write(values)
        health = self._health()
        if health.phase == "recovery":
            health.phase = "active"
        self.env["client.health.flag"]._rest(health, False)
        self._note_end(result, figures)

    def _note_end(self, result, figures):
        """Say how it ended, and what is left of it."""
        words = self.env._("The recovery ended: %s.", self._state_label())
        if (
            result == "offboard"
        ):  # everybody reads the health, and the client hears first
            self._message_log(body=words)
        else:
            self._note(words)
        targets = unmet(figures) if result == "recovered" else []
        if targets:
            words = self.env._("Decided while these targets were not met: %s")
            self._message_log(body=words % ", ".join(targets))
        if self.checkin_count:
            words = self.env._(
                "Check-ins still in the calendar: %s. Remove those that are not needed "
                "any more.",
                self.checkin_count,
            )
            self._message_log(body=words)

    # -- archived, offboarded, every day -----------------------------------------

    @api.model
    def _stop_archived(self, partners):
        """Cancel the recoveries of clients that were archived; with sudo."""
        for recovery in self.search(
            [("partner_id", "in", partners.ids), ("state", "not in", self._closed)]
        ):
            recovery._end("cancelled", self.env._("The client was archived."))

    def _lead_to(self, offboarding):
        """End it with the offboarding that starts now. Returns values for the
        offboarding; raises UserError for others than its owner and managers."""
        self.sudo(False)._decide()
        self._end("offboard", offboarding=offboarding)
        return {
            "origin": self.display_name,
            "reason": self._leaving_reason(),
            "topics": self._tried(),
        }

    def _leaving_reason(self):
        """The code of the check of its flag, as the reason to offboard, or False."""
        return self.sudo().flag_id.check_id.code

    def _tried(self):
        """What was tried, as text for the conversation with the client; with sudo."""
        self.ensure_one()
        lines = [
            self.env._(
                "What we tried since %(day)s: %(reason)s",
                day=format_date(self.env, self.date_start),
                reason=self.reason or self.env._("a recovery"),
            )
        ]
        if self.result_note:
            lines.append(self.env._("What we learned: %s", self.result_note))
        return "\n".join(lines)

    @api.model
    def _cron_recoveries(self):
        """Remind of reviews that are due, and correct the phase of the clients."""
        for recovery in self.search([("is_due", "=", True)]):
            recovery._schedule().remind(recovery._step("review"))
        self.search([("state", "not in", self._closed)])._keep_phase()

    def _keep_phase(self):
        """Set the phase *recovery* on the healths of the clients."""
        for company, mine in self.grouped("company_id").items():
            self.env["client.health"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", mine.partner_id.ids),
                    ("phase", "=", "active"),
                ]
            ).write({"phase": "recovery"})

    def _stop(self, why):
        """Cancel it, because its client was merged into another one; with sudo."""
        self._end("cancelled", why)
