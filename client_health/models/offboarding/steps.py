"""Going through the steps: planned, finished, open again, passed."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.dialog import dialog
from .offboarding import CLOSED, STEPS

PLAN = "client_health.client_offboarding_plan"
# Steps without a plan: this many days apart, the last one on the end date.
APART = 7


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    # -- who and by when -------------------------------------------------------

    def _plan_steps(self):
        """Make the five steps and put them in people's lists, as the plan says.

        A template of the activity plan belongs to the step of its activity type;
        without the plan the steps are there and nobody gets an activity.
        """
        self.ensure_one()
        templates = self._plan_templates()
        of_step = self._by_step(templates)
        days = self._step_days(of_step)
        for sequence, (code, _label) in enumerate(STEPS):
            template, user = of_step.get(code), self.user_id
            if template:
                user = template._determine_responsible(user, self)["responsible"]
            step = self.env["client.offboarding.step"].create(
                {
                    "offboarding_id": self.id,
                    "sequence": sequence,
                    "code": code,
                    "user_id": (user or self.user_id).id,
                    "date": days[code],
                }
            )
            if template:
                step.activity_id = self._schedule(step, template)
        for template in templates:
            if template not in of_step.values():
                day = template._get_date_deadline(self.date_end)
                self._schedule_other(template, day)

    def _plan_again(self):
        """The days of the steps still to do follow a new end date."""
        days = self._step_days(self._by_step(self._plan_templates()))
        for step in self.step_ids.filtered(lambda s: not s.done_on):
            step.date = days[step.code]

    @api.model
    def _plan_templates(self):
        plan = self.env.ref(PLAN, raise_if_not_found=False)
        templates = self.env["mail.activity.plan.template"]
        return plan.template_ids if plan and plan.active else templates

    def _by_step(self, templates):
        """Step code → its template, of the steps that have one."""
        codes = {self._type_of(code): code for code, _label in STEPS}
        found = {codes.get(t.activity_type_id): t for t in templates}
        return {code: template for code, template in found.items() if code}

    def _step_days(self, of_step):
        """Step code → its day, a working one, rising from today to the end.

        ``of_step``: code → template of the plan, which says how many days before
        the end. The client is told in time for the notice; where there is no room
        for the days before that, they come closer together.
        """
        end, today = self.date_end, self._today(self.company_id)
        ahead = {}  # days before the end
        for place, (code, _label) in enumerate(reversed(STEPS)):
            template = of_step.get(code)
            day = template and template._get_date_deadline(end)
            ahead[code] = (end - day).days if day else APART * place
        told = end - timedelta(days=max(ahead["tell"], self.notice_days))
        told = max(told, today)
        days = {
            "tell": told,
            "transition": max(end - timedelta(days=ahead["transition"]), told),
        }
        before, room = {}, (told - today).days  # days before the client is told
        for code in ("conversation", "projects", "contract"):
            before[code] = max(ahead[code] - ahead["tell"], *before.values(), 0)
        for code, gap in before.items():
            gap = gap * room // max(before["contract"], room, 1)
            days[code] = told - timedelta(days=gap)
        return {code: self._work_day(day) for code, day in days.items()}

    # -- finishing -------------------------------------------------------------

    def action_finish_step(self):
        """Finish the present step and go on with the next one that is open.

        The context may say with ``offboarding_step`` which step the user sees.
        Raises UserError while something blocks it, or when somebody else finished
        it meanwhile. A step before that is open again is gone back to instead, and
        where something is open that does not block it, a dialog asks first.
        """
        return self._finish_step(self.env.context.get("offboarding_step"))

    def _finish_step(self, seen, asked=False):
        """``seen``: the step on the user's screen; ``asked``: who finishes it was
        told what stays open. See :meth:`action_finish_step`."""
        self.ensure_one()
        step = self._present_step(seen)
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
        questions = self._questions(step.code)
        if questions and not asked:
            return self._ask_finish(step)
        step.reopened_reason = False
        self._finish(step)
        if questions:
            self._message_log(
                body=Markup("<p>%s<br/>%s</p>")
                % (
                    self.env._("“%s” was finished with this open:", step.display_name),
                    Markup("<br/>").join(item["text"] for item in questions),
                )
            )
        return True

    def _ask_finish(self, step):
        """Action: name what is open and ask whether to finish all the same."""
        return dialog(
            self.env._("Finish “%s”?", step.display_name),
            "client.offboarding.finish",
            {"default_offboarding_id": self.id, "default_step": step.code},
        )

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
        return dialog(
            self.env._("Pass with a reason"),
            "client.offboarding.pass",
            {"default_offboarding_id": self.id, "default_key": key},
        )

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
                "step": blocker["step"],
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
                    return {**blocker, "step": step}
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
        """The user rehearsed the conversation, and is no second person any more."""
        self._vouch("rehearsed")
        if self.reviewed_user_id == self.env.user:
            self.sudo().write({"reviewed_user_id": False, "reviewed_on": False})

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
