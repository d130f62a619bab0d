"""Close a project of a client in offboarding, without notifying the client."""

from markupsafe import Markup
from odoo.fields import Domain

from ..mixins import company_day
from . import recurring

# Context without notifications: people tell the client in their own words.
QUIET = {
    "mail_notrack": True,
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}


def unfinished(line):
    """Open deliverables of the line that the client wants finished."""
    return line.deliverable_ids.filtered(
        lambda d: d.is_open and d.decision == "finish" and not d.promised
    )


class ProjectClosing:
    """The closing of one project, with sudo.

    ``line``: of the offboarding; ``tasks``: the client's open tasks in the project;
    ``goes_on``: other clients have tasks in it, so that only these tasks are closed.
    """

    def __init__(self, line, tasks, goes_on):
        self.line = line.sudo().with_context(**QUIET)
        self.env = self.line.env
        self.project = self.line.project_id
        self.tasks = tasks.sudo().with_context(**QUIET)
        self.goes_on = goes_on

    def close(self):
        """Close tasks as the client decided, then milestones, stage and status."""
        promised = self._settle_unfinished()
        tasks = self.tasks - promised.task_id
        words = self.line.deliverable_ids
        offboarding = self.line.offboarding_id
        wanted = words.filtered(lambda d: d.decision == "finish").task_id
        recurring.stop(
            offboarding,
            self.tasks.filtered(
                lambda t: t not in wanted or not recurring.runs_on(offboarding, t)
            ),
        )
        handed = words.filtered(lambda d: d.decision == "hand_over")
        dropped = tasks & words.filtered(lambda d: d.decision == "drop").task_id
        # what others go on with was not done by us: it is neither billed nor a
        # milestone reached
        dropped |= tasks & handed.task_id
        dropped.write({"state": "1_canceled"})
        (tasks - dropped).write({"state": "1_done"})
        for line in handed.filtered(lambda d: d.task_id in tasks):
            line.task_id._message_log(
                body=self.env._("Handed over to %s.", line.handed_to)
            )
        self._settle_milestones(tasks)
        if not self.goes_on:
            if stage := self._closing_stage():
                self.project.stage_id = stage
            self.project.write({"last_update_status": "done"})
        today = company_day.today(self.line.offboarding_id.env, self.line.company_id)
        self.line.write({"closed_on": today, "closed_user_id": self.env.uid})
        self._tell(len(tasks - dropped), len(dropped), promised)

    def deliver(self):
        """Mark promised tasks as done; one that recurs comes again until the last
        day."""
        offboarding = self.line.offboarding_id
        recurring.stop(
            offboarding,
            self.tasks.filtered(lambda t: not recurring.runs_on(offboarding, t)),
        )
        self.tasks.write({"state": "1_done"})
        self._settle_milestones(self.tasks)

    def _settle_unfinished(self):
        """Drop or promise unfinished tasks as chosen in the dialog; returns the
        promised deliverables."""
        left = unfinished(self.line)
        left.filtered(lambda d: d.becomes == "drop").decision = "drop"
        promised = left.filtered(lambda d: d.becomes == "deliver")
        promised.promised = True
        self.line.offboarding_id.invalidate_recordset(["promise_ids"])
        return promised

    def _closing_stage(self):
        """The stage of the project if it is folded, else the first folded one."""
        if self.project.stage_id.fold:
            return self.project.stage_id
        return self.env["project.project.stage"].search(
            Domain("fold", "=", True)
            & Domain("company_id", "in", [self.project.company_id.id, False]),
            limit=1,
        )

    def _settle_milestones(self, tasks):
        """Mark milestones whose tasks are done as reached; the others lose their
        deadline.

        A milestone is reached when all of its tasks are done; one that would be
        invoiced needs one. Milestones with open tasks of others do not change.
        """
        milestones = self.project.with_context(active_test=False).milestone_ids
        if self.goes_on:
            milestones &= tasks.milestone_id
        for milestone in milestones.filtered(lambda m: not m.is_reached):
            states = set(milestone.task_ids.mapped("state"))
            if states - {"1_done", "1_canceled"}:
                continue
            billed = "sale_line_id" in milestone and milestone.sale_line_id
            if states == {"1_done"} or (not states and not billed):
                milestone.is_reached = True
            else:
                milestone.deadline = False
                milestone._message_log(
                    body=self.env._(
                        "Not reached: work of it was dropped or handed over."
                    )
                )

    def _tell(self, done, dropped, promised):
        words = self.env._(
            "Closed by %(user)s. Tasks done: %(done)s, cancelled: %(dropped)s.",
            user=self.env.user.name,
            done=done,
            dropped=dropped,
        )
        if promised:
            names = ", ".join(promised.mapped("own_name"))
            words += " " + self.env._("Still to deliver: %s", names)
        self.project._message_log(body=Markup("<p>%s</p>") % words)
