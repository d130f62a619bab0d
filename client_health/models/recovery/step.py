"""The steps of a repair: who, by when; planned, finished, taken up again."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .recovery import CLOSED, STEPS

PLAN = "client_health.client_recovery_plan"
# Days after the start, where the plan says nothing of a step.
AFTER = {"self_review": 3, "channel": 7, "agreement": 14}


class ClientRecoveryStep(models.Model):
    _name = "client.recovery.step"
    _inherit = ["client.guided.step"]
    _description = "Step of a recovery"
    _order = "recovery_id, sequence, id"

    _guided = "recovery_id"

    recovery_id = fields.Many2one(
        "client.recovery", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="recovery_id.partner_id", store=True)
    company_id = fields.Many2one(related="recovery_id.company_id", store=True)
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)

    _one_each = models.UniqueIndex("(recovery_id, code)", "A recovery has a step once.")

    def action_reopen(self):
        """Take up this finished step again."""
        self.ensure_one()
        return self.recovery_id.action_reopen_step(self.code)


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    # -- who and by when -------------------------------------------------------

    def _plan_steps(self):
        """Make the steps and put them in people's lists, as the plan says.

        What the plan has *after* its date counts from the start, what it has
        *before* it from the review, which is always on the review date or sooner.
        """
        self.ensure_one()
        plan = self.env.ref(PLAN, raise_if_not_found=False)
        templates = plan.template_ids if plan and plan.active else []
        by_type = {template.activity_type_id: template for template in templates}
        for sequence, (code, _label) in enumerate(STEPS):
            kind = self._type_of(code)
            template = by_type.get(kind) if kind else None
            user = self.user_id
            if template:
                day = self._day_of(template)
                user = template._determine_responsible(user, self)["responsible"]
            elif code == "review":
                day = self.review_date
            else:
                day = fields.Date.add(self.date_start, days=AFTER[code])
            step = self.env["client.recovery.step"].create(
                {
                    "recovery_id": self.id,
                    "sequence": sequence,
                    "code": code,
                    "user_id": (user or self.user_id).id,
                    "date": self._work_day(min(day, self.review_date)),
                }
            )
            if template:
                step.activity_id = self._schedule(step, template)
        for template in templates:
            if not self._step_of(template):
                self._schedule_other(template, self._day_of(template))

    def _day_of(self, template):
        """The day that an activity template of the plan means here."""
        before = template.delay_from == "before_plan_date"
        base = self.review_date if before else self.date_start
        return template._get_date_deadline(base)

    def _move_steps(self):
        """The review stands on its date, and nothing to do comes after it."""
        for step in self.step_ids.filtered(lambda s: not s.done_on):
            late = step.date and step.date > self.review_date
            if step.code == "review" or late:
                step.date = self._work_day(self.review_date)

    def _hand_steps(self, owner):
        """What the owner before had still to do goes to the new one."""
        left = self.step_ids.filtered(lambda s: not s.done_on and s.user_id == owner)
        left.write({"user_id": self.user_id.id})

    # -- finishing -------------------------------------------------------------

    def _step_missing(self, code):
        """What belongs to a step and is not there, as a list of sentences: it may be
        finished without it, with a reason.

        ``code``: the step; called with sudo. Other parts of the recovery add
        theirs.
        """
        self.ensure_one()
        return []

    def _step_to_finish(self, seen):
        """The present step. ``seen``: the one on the user's screen, if known.

        Raises UserError when somebody else finished it meanwhile; the review ends
        with a decision only.
        """
        step = self._present_step(seen)
        if step.code == "review":
            raise UserError(
                self.env._(
                    "The review of %s ends with a decision: recovered, extended once, "
                    "or offboarding.",
                    self.display_name,
                )
            )
        return step

    def action_finish_step(self):
        """Finish the present step and go on with the next one; ask why, where
        something of it is missing.

        The context may say with ``recovery_step`` which step the user sees. Raises
        UserError for what :meth:`_step_to_finish` refuses.
        """
        self.ensure_one()
        step = self._step_to_finish(self.env.context.get("recovery_step"))
        if self.sudo()._step_missing(step.code):
            return self._open_decide("pass", default_step=step.code)
        self._finish(step)
        return True

    @api.private
    def finish_without(self, seen, reason):
        """Finish the step ``seen`` without what is missing of it; the chatter keeps
        the reason. UserError without one, or for :meth:`_step_to_finish`."""
        step = self._step_to_finish(seen)
        missing = self.sudo()._step_missing(step.code)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is passed: others will ask."))
        self._finish(step)
        self._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (self.env._("Passed: %s", " ".join(missing)), reason.strip())
        )

    def action_step_back(self):
        """Take up the step before the present one again."""
        self.ensure_one()
        codes = list(dict(STEPS))
        before = codes.index(self.state) - 1 if self.state in codes else -1
        if before < 0:
            raise UserError(
                self.env._("%s has no step to go back to.", self.display_name)
            )
        return self.action_reopen_step(codes[before])

    def action_reopen_step(self, code):
        """Take up a finished step again. ``code``: the step, such as ``channel``."""
        step = self._finished_step(code)
        step.write({"done_on": False, "done_user_id": False})
        step.date = max(step.date, self._today(self.company_id))
        self.sudo()._remind(step)
        self.sudo().state = self._first_open()
        self._message_log(body=self.env._("Open again: %s", step.display_name))
        return True

    def _remind(self, step):
        """Put a step in the list of whoever takes it, else of the owner or a
        manager: once."""
        kind = self._type_of(step.code)
        if not kind or step.activity_id.active:
            return
        user = step.user_id
        if not self._may_own(user):
            user = self.user_id
        if not self._may_own(user):
            user = self._some_manager(self.company_id)
        if user:
            quiet = self.with_context(mail_activity_quick_update=True, lang=user.lang)
            step.activity_id = quiet.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=step.date,
                user_id=user.id,
                summary=kind.with_context(lang=user.lang).summary,
            )

    # -- every day -------------------------------------------------------------

    @api.model
    def _cron_recoveries(self):
        """Remind of the reviews that are due, and see that the phase says so."""
        for recovery in self.search([("is_due", "=", True)]):
            recovery._remind(recovery._step("review"))
        self.search([("state", "not in", CLOSED)])._keep_phase()
