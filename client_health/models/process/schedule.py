"""The days of the steps, and their places in people's activity lists."""

from datetime import timedelta

from odoo.fields import Command, Domain

from ..mixins import company_day
from ..mixins.access import USER


def work_day(company, day, today):
    """The day, or the last working day of the company before it; never before
    ``today``."""
    calendar = company.sudo().resource_calendar_id
    if calendar:
        week = [day - timedelta(days=back) for back in range(7)]
        day = next(filter(calendar._works_on_date, week), day)
    return max(day, today)


def may_own(user, company):
    """True for somebody at work in the company who uses Client Health."""
    return user.active and company in user.company_ids and user.has_group(USER)


class Schedule:
    """Who takes the steps of a process, on which days, as its activity plan says.

    A template of the plan belongs to the step of its activity type; without the plan
    the steps are there and nobody gets an activity. ``process``: one record.
    """

    def __init__(self, process):
        self.process = process.sudo()
        self.env = process.env
        self.company = process.company_id
        self.today = company_day.today(process.env, process.company_id)

    # -- for each process to say -----------------------------------------------

    def days(self, of_step):
        """Step code → its day. ``of_step``: code → template, where there is one."""
        raise NotImplementedError

    def day_of(self, template):
        """The day of something that a firm added to the plan besides the steps."""
        raise NotImplementedError

    # -- the plan --------------------------------------------------------------

    def plan(self):
        """Make the steps, and put them and the rest of the plan in people's lists."""
        templates = self._templates()
        of_step = self.of_step()
        days = self.days(of_step)
        self.process.step_ids = [
            Command.create(
                {
                    "sequence": sequence,
                    "code": code,
                    "user_id": self._responsible(of_step.get(code)).id,
                    "date": days[code],
                }
            )
            for sequence, (code, _label) in enumerate(self.process._steps)
        ]
        for step in self.process.step_ids:
            if template := of_step.get(step.code):
                step.activity_id = self._schedule_step(step, template)
        for template in templates:
            if template not in of_step.values():
                self._schedule_other(template)

    def of_step(self):
        """Step code → its template in the plan, of the steps that have one."""
        codes = {self._kind(code): code for code, _label in self.process._steps}
        found = {codes.get(t.activity_type_id): t for t in self._templates()}
        return {code: template for code, template in found.items() if code}

    def _templates(self):
        plan = self.env.ref(self.process._plan, raise_if_not_found=False)
        templates = self.env["mail.activity.plan.template"]
        return plan.template_ids if plan and plan.active else templates

    def _kind(self, code):
        """The activity type of a step, or None."""
        return self.env.ref(self.process._step_type % code, raise_if_not_found=False)

    def _responsible(self, template):
        owner = self.process.user_id
        if not template:
            return owner
        return (
            template._determine_responsible(owner, self.process)["responsible"] or owner
        )

    def _schedule_step(self, step, template):
        """The activity of a step, in the language of its user."""
        language = step.user_id.lang
        process = self.process.with_context(
            lang=language, mail_activity_quick_update=True
        )
        words = template.with_context(lang=language)
        return process.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=step.date,
            user_id=step.user_id.id,
            summary=words.summary,
            note=words.note,
        )

    def _schedule_other(self, template):
        self.process.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=max(self.day_of(template), self.today),
            user_id=self._responsible(template).id,
            summary=template.summary,
            note=template.note,
        )

    # -- afterwards ------------------------------------------------------------

    def remind(self, step, news=None):
        """Put a step in the list of whoever takes it, else of the owner or a manager:
        once. ``news``: why it is open again; Odoo tells them so by mail."""
        kind = self._kind(step.code)
        if not kind or step.activity_id.active:
            return
        user = self._at_work(step.user_id)
        if user:
            process = self.process.with_context(
                lang=user.lang, mail_activity_quick_update=not news
            )
            step.activity_id = process.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=step.date,
                user_id=user.id,
                summary=news or kind.with_context(lang=user.lang).summary,
            )

    def _at_work(self, user):
        for candidate in (user, self.process.user_id):
            if may_own(candidate, self.company):
                return candidate
        return self.process._some_manager(self.company)

    def tick(self, step):
        """Tick the activity of a step off."""
        activity = step.activity_id.sudo()
        if activity.active:
            activity.action_feedback()

    def drop(self):
        """Remove what the process put into people's lists."""
        mine = Domain("res_model", "=", self.process._name)
        mine &= Domain("res_id", "in", self.process.ids)
        self.env["mail.activity"].sudo().search(mine).unlink()
