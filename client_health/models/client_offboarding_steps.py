"""Going through the steps: planned, finished, open again, passed."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .client_offboarding import CLOSED, STEPS

PLAN = "client_health.client_offboarding_plan"
# Steps without a plan: this many days apart, the last one on the end date.
APART = 7
# What comes before the day on which notice must be given.
BEFORE_NOTICE = ("contract", "conversation", "tell")


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    # -- who and by when -------------------------------------------------------

    def _plan_steps(self):
        """Make the five steps and put them in people's lists, as the plan says.

        A template of the activity plan belongs to the step of its activity type;
        without the plan the steps are there and nobody gets an activity.
        """
        self.ensure_one()
        plan = self.env.ref(PLAN, raise_if_not_found=False)
        templates = plan.template_ids if plan and plan.active else []
        by_type = {template.activity_type_id: template for template in templates}
        today = self._today(self.company_id)
        latest = self.date_end
        for sequence, (code, _label) in reversed(list(enumerate(STEPS))):
            kind = self._type_of(code)
            template = by_type.get(kind) if kind else None
            day = self.date_end - timedelta(days=APART * (len(STEPS) - 1 - sequence))
            user = self.user_id
            if template:
                day = template._get_date_deadline(self.date_end)
                user = template._determine_responsible(user, self)["responsible"]
            if code in BEFORE_NOTICE:
                day = min(day, self.date_end - timedelta(days=self.notice_days))
            # what comes before a step is not due after it
            day = latest = min(day, latest)
            step = self.env["client.offboarding.step"].create(
                {
                    "offboarding_id": self.id,
                    "sequence": sequence,
                    "code": code,
                    "user_id": (user or self.user_id).id,
                    "date": max(day, today),
                }
            )
            if template:
                step.activity_id = self._schedule(step, template)
        for template in templates:
            if template not in by_type.values() or not self._step_of(template):
                day = template._get_date_deadline(self.date_end)
                self._schedule_other(template, day)

    def _move_steps(self, delta):
        """Move the steps still to do, and their activities, with the end date."""
        today = self._today(self.company_id)
        for step in self.step_ids.filtered(lambda s: s.date and not s.done_on):
            step.date = max(step.date + delta, today)

    # -- finishing -------------------------------------------------------------

    def action_finish_step(self):
        """Finish the present step and go on with the next one that is open.

        The context may say with ``offboarding_step`` which step the user sees.
        Raises UserError while something blocks it, or when somebody else finished
        it meanwhile. A step before that is open again is gone back to instead.
        """
        self.ensure_one()
        step = self._present_step(self.env.context.get("offboarding_step"))
        self.sudo()._sync_projects()
        reopened = self.sudo()._reopen_broken()
        if reopened:
            return self._say_reopened(reopened)
        blockers = self.sudo()._open_blockers(self.state)
        if blockers:
            raise UserError(
                self.env._(
                    "“%(step)s” of %(offboarding)s cannot be finished yet:\n%(list)s\n"
                    "Settle this first, or let a manager pass it with a reason.",
                    step=step.display_name,
                    offboarding=self.display_name,
                    list="\n".join(f"• {blocker['text']}" for blocker in blockers),
                )
            )
        step.reopened_reason = False
        self._finish(step)
        return True

    def action_reopen_step(self, code):
        """Take up a finished step again. ``code``: the step, such as ``projects``."""
        step = self._finished_step(code)
        self._reopen(step, self.env._("Taken up again by %s", self.env.user.name))
        return True

    def _reopen(self, step, reason):
        """Make a finished step open again, with its activity, and say why."""
        step = step.sudo()
        kind = self._type_of(step.code)
        step.write({"done_on": False, "done_user_id": False, "reopened_reason": reason})
        if kind:
            today = self._today(self.company_id)
            user = step.user_id if step.user_id.active else self.user_id
            step.activity_id = self.sudo().activity_schedule(
                activity_type_id=kind.id,
                date_deadline=max(step.date or today, today),
                user_id=user.id,
                summary=reason,
            )
        self.sudo().state = self._first_open()
        self.sudo()._message_log(
            body=Markup("<p><b>%s</b><br/>%s</p>")
            % (self.env._("Open again: %s", step.display_name), reason)
        )

    def _reopen_broken(self):
        """Reopen finished steps that something blocks again; returns them."""
        reopened = self.env["client.offboarding.step"]
        for step in self.step_ids.filtered("done_on"):
            blockers = self._open_blockers(step.code)
            if blockers:
                self._reopen(step, blockers[0]["text"])
                reopened |= step
        return reopened

    def _say_reopened(self, steps):
        """Notification: which steps are open again, and why."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Open again: %s", steps[0].display_name),
                "message": steps[0].reopened_reason,
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_offboardings(self):
        """Every day: what came in meanwhile, and steps that are open again."""
        for offboarding in self.search([("state", "not in", CLOSED)]):
            company = offboarding.company_id
            offboarding = offboarding.with_company(company)
            offboarding._sync_projects()
            offboarding._reopen_broken()

    # -- passing ---------------------------------------------------------------

    def action_pass(self, key):
        """Open the dialog in which a manager gives the reason to pass a blocker."""
        self._check_manager(self.env._("pass what blocks a step"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pass with a reason"),
            "res_model": "client.offboarding.pass",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_offboarding_id": self.id, "default_key": key},
        }

    @api.private
    def pass_blocker(self, key, reason):
        """Pass one blocker for good; raises UserError without a reason or a blocker."""
        self._only_one()
        self._check_manager(self.env._("pass what blocks a step"))
        blocker = self.sudo()._find_blocker(key)
        if not blocker:
            raise UserError(
                self.env._(
                    "This no longer blocks %s, so there is nothing to pass.",
                    self.display_name,
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is passed: others will ask."))
        self.env["client.offboarding.waiver"].sudo().create(
            {
                "offboarding_id": self.id,
                "key": key,
                "text": blocker["text"],
                "reason": reason.strip(),
                "user_id": self.env.uid,
                "date": fields.Date.context_today(self),
            }
        )
        self._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (self.env._("Passed: %s", blocker["text"]), reason.strip())
        )

    def _find_blocker(self, key):
        for step in [*dict(STEPS), "done"]:
            for blocker in self._open_blockers(step):
                if blocker["key"] == key:
                    return blocker
        return None

    # -- what one person vouches for -------------------------------------------

    def _vouch(self, prefix):
        self._only_one()
        self.sudo().write(
            {
                f"{prefix}_user_id": self.env.uid,
                f"{prefix}_on": self._today(self.company_id),
            }
        )

    def action_check_contract(self):
        """The user read the contract and says that it may be ended like this."""
        self._vouch("legal")

    def action_rehearse(self):
        """The user rehearsed the conversation."""
        self._vouch("rehearsed")

    may_review = fields.Boolean(compute="_compute_may_review")

    @api.depends("speaker_id", "rehearsed_user_id")
    @api.depends_context("uid")
    def _compute_may_review(self):
        """Not the one who tells it, nor the one who rehearsed it."""
        for offboarding in self:
            tellers = offboarding.speaker_id | offboarding.rehearsed_user_id
            offboarding.may_review = self.env.user not in tellers

    def action_ask_review(self):
        """Ask a colleague to review the conversation, by the day of that step."""
        return self._open_ask(
            self.env._("Review the conversation, as a second person"),
            self._some_manager(self.company_id, self.env.user),
            self.sudo()._step("conversation").date or self.date_end,
        )

    def action_review(self):
        """The user, who is not the one who tells it, reviewed the conversation."""
        self.ensure_one()
        if not self.may_review:
            raise UserError(
                self.env._(
                    "Somebody else than %s reviews the conversation: four eyes see "
                    "more than two.",
                    self.env.user.name,
                )
            )
        self._vouch("reviewed")

    def action_cancel(self):
        """Stop the goodbye: the client stays as it was before.

        What was really finished, such as closed projects, stays finished.
        """
        for offboarding in self:
            offboarding._only_one()
            offboarding._check_manager(self.env._("cancel an offboarding"))
            offboarding.sudo()._stop()

    def _stop(self):
        """What cancelling does; with sudo."""
        self.ensure_one()
        self._drop_activities()
        self.write({"state": "cancelled", "cancelled_on": self._today(self.company_id)})
        self._set_phase(self.phase_before or "active")
