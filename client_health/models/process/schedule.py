"""Dates and activities of the steps of a process."""

from datetime import timedelta

from odoo.fields import Command, Domain

from ..mixins import company_day
from ..mixins.access import USER

# The kind of an activity that belongs to no step.
ACTIVITY = "mail.mail_activity_data_todo"


def work_day(company, day, today):
    """``day``, or the last working day of the company before it; not before
    ``today``."""
    calendar = company.sudo().resource_calendar_id
    if calendar:
        week = [day - timedelta(days=back) for back in range(7)]
        day = next(filter(calendar._works_on_date, week), day)
    return max(day, today)


def next_work_day(company, day):
    """``day``, or the first working day of the company after it."""
    calendar = company.sudo().resource_calendar_id
    week = [day + timedelta(days=ahead) for ahead in range(7)]
    return next(filter(calendar._works_on_date, week), day) if calendar else day


def may_own(user, company):
    """True for an active user of Client Health who works in the company."""
    return user.active and company in user.company_ids and user.has_group(USER)


class Schedule:
    """Makes the steps of one process, with users, dates and activities of its plan.

    A template of the plan belongs to the step with its activity type. Without a plan
    there are steps and no activities.
    """

    def __init__(self, process):
        self.process = process.sudo()
        self.env = process.env
        self.company = process.company_id
        self.today = company_day.today(process.env, process.company_id)

    # -- to override -----------------------------------------------------------

    def days(self, of_step):
        """Step code → date. ``of_step``: step code → template, where there is one."""
        raise NotImplementedError

    def day_of(self, template):
        """The date of a template that belongs to no step."""
        raise NotImplementedError

    def move(self):
        """Move the open steps to another end, or another order; nothing by default."""

    # -- the plan --------------------------------------------------------------

    def plan(self):
        """Create the steps, and the activities of the whole plan."""
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
        """Step code → template, for steps with a template in the plan."""
        codes = {self._kind(code): code for code, _label in self.process._steps}
        found = {codes.get(t.activity_type_id): t for t in self._templates()}
        return {code: template for code, template in found.items() if code}

    def _templates(self):
        plan = self.env.ref(self.process._plan, raise_if_not_found=False)
        templates = self.env["mail.activity.plan.template"]
        return plan.template_ids if plan and plan.active else templates

    def _kind(self, code):
        """The activity type of a step, None where it was deleted."""
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
        return process.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=step.date,
            user_id=step.user_id.id,
            summary=self._summary(template, language),
            note=template.note,
        )

    def _summary(self, template, language):
        """The summary of a template, translated where it is that of its activity type:
        Odoo stores the summary of a template in one language only."""
        kind = template.activity_type_id
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        known = {kind.with_context(lang=code).summary for code in installed}
        if template.summary not in known:
            return template.summary
        return kind.with_context(lang=language).summary

    def _schedule_other(self, template):
        self.process.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=max(self.day_of(template), self.today),
            user_id=self._responsible(template).id,
            summary=template.summary,
            note=template.note,
        )

    # -- changes ---------------------------------------------------------------

    def remind(self, step, news=None):
        """Create the activity of a step, unless it is open: for its user, else the
        owner or a manager. ``news``: why it is open again; with it Odoo sends a
        mail."""
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
        """Mark the activity of a step as done."""
        activity = step.activity_id.sudo()
        if activity.active:
            activity.action_feedback()

    def drop(self):
        """Delete the activities of the process."""
        mine = Domain("res_model", "=", self.process._name)
        mine &= Domain("res_id", "in", self.process.ids)
        self.env["mail.activity"].sudo().search(mine).unlink()
