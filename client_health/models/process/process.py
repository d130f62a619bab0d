from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mixins import company_day
from ..mixins.access import is_manager
from ..mixins.dialog import notification
from .asking import who_may
from .guide import Guide
from .requirement import bullets
from .schedule import Schedule


class ClientProcess(models.AbstractModel):
    """Work with a client in steps, each with an activity; one is open per client and
    company.

    Its state is the first step that is not finished. A step can be finished when no
    requirement blocks it; a waiver passes a requirement, with a reason. Models that
    inherit this have a ``state``, ``step_ids`` (of ``client.process.step``) and
    ``waiver_ids`` (of ``client.process.waiver``), and override ``_requirements``.
    """

    _name = "client.process"
    _description = "Process with a client"
    _inherit = ["client.one.open"]

    # The steps as (code, label), in the usual order.
    _steps = ()
    # Step → steps that are finished before it; who is not in here is not moved.
    _after = {}
    # xmlids: of the activity plan, and of the activity type of a step (% its code).
    _plan = ""
    _step_type = ""
    # Context key in which a button passes the step that its user sees.
    _seen_step = ""
    # True where managers may pass blocking requirements, and where finishing a step
    # with open requirements needs a reason.
    _managers_pass = False
    _asks_reason = False

    # -- to override -----------------------------------------------------------

    def _requirements(self, step):
        """The requirements of a step, passed ones too: a list of ``Requirement``; with
        sudo.

        ``step``: its code. Other modules add theirs to the list of ``super``.
        """
        return []

    def _schedule(self):
        """The days of the steps and their activities."""
        return Schedule(self)

    def _guide(self, needs):
        """What the form shows; ``needs``: step code → requirements not passed."""
        return Guide(self, needs)

    def _codes(self):
        """Codes that have requirements: those of the steps."""
        return [*dict(self._steps)]

    def _catch_up(self):
        """Update the record with what changed elsewhere, before a step is finished."""

    def _ask_finish(self, step):
        """Action: the dialog that lists what stays open and finishes the step."""
        raise NotImplementedError

    # -- steps and what they need ----------------------------------------------

    def _step(self, code):
        return self.step_ids.filtered(lambda step: step.code == code)

    def _first_open(self):
        """The first step not finished, in the order of this record; the last one when
        all are."""
        steps = self.sudo().step_ids.sorted("sequence")
        left = steps.filtered(lambda step: not step.done_on)
        return (left[:1] or steps[-1:]).code or self._steps[-1][0]

    def _may_be_first(self, step):
        """True for an open step that people may do before the present one."""
        if step.done_on or step.code == self.state or step.code not in self._after:
            return False
        done = self.step_ids.filtered("done_on").mapped("code")
        return {*self._after[step.code]} <= {*done}

    def action_do_first(self, code):
        """Do a step before those that are open. ``code``: the step; its day, and those
        of the others, follow. Raises UserError where others come before it."""
        self._only_one()
        record = self.sudo()
        step = record._step(code)
        if not record._may_be_first(step):
            raise UserError(
                self.env._(
                    "“%s” cannot be done first: something else comes before it.",
                    step.display_name or code,
                )
            )
        open_steps = record.step_ids.filtered(lambda s: not s.done_on)
        order = record.step_ids - open_steps + step + (open_steps - step)
        for sequence, one in enumerate(order):
            one.sequence = sequence
        record.state = record._first_open()
        record._schedule().move()
        record._message_log(body=self.env._("%s is done first now.", step.display_name))
        return True

    def _open_requirements(self, step):
        """The requirements of a step that are not passed; none for an unknown step."""
        self.ensure_one()
        if step not in self._codes():
            return []
        passed = set(self.sudo().waiver_ids.mapped("key"))
        return [need for need in self._requirements(step) if need.key not in passed]

    def _blocking(self, step):
        return [need for need in self._open_requirements(step) if need.blocking]

    @api.readonly
    def guide(self):
        """What the form shows: ``{"steps": [mapping], "over", "manager", "may_pass",
        "may_change", "asks_reason"}``.

        One mapping per step, with ``code``, ``name``, ``who``, ``date``, ``late``;
        ``state`` is ``done``, ``passed`` (done, with something passed), ``current``,
        ``again`` or ``todo``; ``again`` says why it is open again. ``blockers`` keep
        it open, ``questions`` are asked when it is finished, ``passed`` is what was
        passed with a reason, ``open`` what else is open. Names are those of records
        that the user may read; no money is among it.
        """
        self.ensure_one()
        self.check_access("read")
        record = self.sudo()
        codes = [] if record.state in self._closed else record._codes()
        needs = {code: record._open_requirements(code) for code in codes}
        manager = is_manager(self.env)
        return {
            **self._guide(needs).content(),
            "manager": manager,
            "may_change": self.may_change,
            "may_pass": manager and self._managers_pass,
            "asks_reason": self._asks_reason,
        }

    # -- finishing -------------------------------------------------------------

    def action_finish_step(self):
        """Finish the present step and go on with the next one that is open.

        The context may tell which step the user sees. Raises UserError while something
        blocks the step, or when somebody else has finished it. When an earlier step is
        open again, it becomes the current one instead. When something is open that does
        not block the step, a dialog asks first.
        """
        return self._finish_step(self.env.context.get(self._seen_step))

    def _finish_step(self, seen, asked=False, reason=None):
        """See :meth:`action_finish_step`. ``seen``: the step on the user's screen;
        ``asked``: the dialog was shown; ``reason``: why something stays open."""
        self.ensure_one()
        step = self._present_step(seen)
        self.sudo()._catch_up()
        reopened = self.sudo()._reopen_broken()
        if reopened:
            return self._say_reopened(reopened)
        needs = self.sudo()._open_requirements(step.code)
        self._refuse_blocked(step, [need for need in needs if need.blocking])
        if needs and not asked:
            return self._ask_finish(step)
        if needs and self._asks_reason:
            self._waive(step.code, needs, reason)
        self._finish(step)
        if needs and not self._asks_reason:
            self._message_log(
                body=Markup("<p>%s<br/>%s</p>")
                % (
                    self.env._("“%s” was finished with this open:", step.display_name),
                    Markup("<br/>").join(need.text for need in needs),
                )
            )
        return True

    def _present_step(self, seen):
        """The step to finish now. ``seen``: the step on the user's screen, if known.

        Raises UserError when it is over, or somebody else finished that step.
        """
        self._only_one()
        step = self.sudo()._step(self.state)
        seen = seen or self.state
        if seen != self.state or step.done_on:
            other = self.sudo()._step(seen)
            raise UserError(
                self.env._(
                    "The step “%(step)s” of %(record)s was finished already, by "
                    "%(user)s. Reload the page to go on from there.",
                    step=other.display_name,
                    record=self.display_name,
                    user=other.done_user_id.name or self.env._("somebody else"),
                )
            )
        return step

    def _refuse_blocked(self, step, blocking):
        """Raise UserError that lists the blocking requirements, if there are any."""
        if not blocking:
            return
        words = [
            self.env._(
                "“%(step)s” of %(record)s cannot be finished yet:",
                step=step.display_name,
                record=self.display_name,
            ),
            bullets(self.env, blocking),
        ]
        if self._managers_pass:
            words.append(
                self.env._("Settle this first, or let a manager pass it with a reason.")
            )
        raise UserError("\n".join(words))

    def _finish(self, step):
        """Mark a step as finished by the user, and go to the next open one."""
        step.write(
            {
                "done_on": company_day.today(self.env, self.company_id),
                "done_user_id": self.env.uid,
                "reopened_reason": False,
            }
        )
        self.sudo()._schedule().tick(step)
        self.sudo().state = self._first_open()

    def _waive(self, step, requirements, reason):
        """Create waivers for these requirements of a step.

        Raises UserError without a reason.
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is passed: others will ask."))
        kept = {
            "step": step,
            "reason": reason,
            "user_id": self.env.uid,
            "date": company_day.today(self.env, self.company_id),
        }
        self.sudo().waiver_ids = [
            Command.create({**kept, "key": need.key, "text": need.text})
            for need in requirements
        ]
        texts = " ".join(need.text for need in requirements)
        self._message_log(
            body=Markup("<p>%s<br/>%s</p>") % (self.env._("Passed: %s", texts), reason)
        )

    # -- asking ----------------------------------------------------------------

    def action_ask(self, key):
        """Ask somebody who may settle a requirement, with an activity: what one may not
        see is asked, and not passed.

        Raises UserError when it is settled already.
        """
        self._only_one()
        needs = [
            (step, need)
            for step in self._codes()
            for need in self.sudo()._open_requirements(step)
            if need.key == key
        ]
        if not needs:
            raise UserError(
                self.env._("There is nothing left to do here. Reload the page.")
            )
        step, need = needs[0]
        company, me = self.company_id, self.env.user
        able = need.record and who_may(need.record, company, me)
        return self._open_ask(
            self.env._("Can you settle this? %s", need.text),
            able or self._some_manager(company, me),
            self.sudo()._step(step).date,
        )

    # -- open again ------------------------------------------------------------

    def action_reopen_step(self, code):
        """Reopen a finished step. ``code``: the step.

        Raises UserError when it is not finished.
        """
        self._only_one()
        step = self.sudo()._step(code)
        if not step.done_on:
            raise UserError(
                self.env._(
                    "This step of %s is not finished, so there is nothing to reopen.",
                    self.display_name,
                )
            )
        self._reopen(step, self.env._("Taken up again by %s", self.env.user.name))
        return True

    def _reopen(self, step, reason):
        """Reopen a finished step and its activity, and log why."""
        today = company_day.today(self.env, self.company_id)
        step = step.sudo()
        step.write(
            {
                "done_on": False,
                "done_user_id": False,
                "reopened_reason": reason,
                "date": max(step.date or today, today),
            }
        )
        self.sudo()._schedule().remind(step, reason)
        self.sudo().state = self._first_open()
        self.sudo()._message_log(
            body=Markup("<p><b>%s</b><br/>%s</p>")
            % (self.env._("Open again: %s", step.display_name), reason)
        )

    def _reopen_broken(self):
        """Reopen finished steps that something blocks again; returns them."""
        reopened = self.step_ids.browse()
        for step in self.step_ids.filtered("done_on"):
            blocking = self._blocking(step.code)
            if blocking:
                self._reopen(step, blocking[0].text)
                reopened |= step
        return reopened

    def _say_reopened(self, steps):
        """Notification: which steps are open again, and why."""
        return notification(
            steps[0].reopened_reason,
            title=self.env._("Open again: %s", steps[0].display_name),
            next={"type": "ir.actions.client", "tag": "soft_reload"},
        )
