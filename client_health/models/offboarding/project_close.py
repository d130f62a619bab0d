"""Projects of a client that leaves are really closed."""

from markupsafe import Markup
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixins.dialog import dialog

# Nothing of it is announced to the client: people tell it, in their words.
QUIET = {
    "mail_notrack": True,
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}


class ClientOffboardingProject(models.Model):
    _inherit = "client.offboarding.project"

    # -- closing ---------------------------------------------------------------

    def action_close(self):
        """Really close: tasks by the client's word, milestones, stage and status.

        Dropped tasks are cancelled, those handed over are done for us, recurring
        ones stop. A task to finish becomes what somebody said of it: without that
        it stays open and is promised, never done by itself. Tasks of other clients,
        and a project they work in, are left alone; hours are never touched. Raises
        UserError while tasks are undecided.
        """
        for line in self:
            line._check_closable()
            line.sudo()._close(self.env.user)
        return True

    def action_ask_close(self):
        """Open the dialog that says of each task what becomes of it."""
        self.ensure_one()
        self._check_closable()
        return dialog(
            self.env._("Close %s", self.name),
            "client.offboarding.close",
            {
                "default_project_line_id": self.id,
                "default_deliverable_ids": self._unfinished().ids,
            },
        )

    def _unfinished(self):
        """What the client wants finished, and is not."""
        return self.deliverable_ids.filtered(
            lambda d: d.is_open and d.decision == "finish" and not d.promised
        )

    def _check_closable(self):
        """Raise UserError unless the user may close the project now."""
        self.ensure_one()
        offboarding = self.offboarding_id
        offboarding._only_one()
        offboarding.sudo()._sync_projects()
        self._check_may_change(self._open_tasks())
        if self.state not in ("open", "again"):
            raise UserError(
                self.env._(
                    "There is nothing left to close in %s. Reload the page.",
                    self.name,
                )
            )
        if self.undecided_count:
            raise UserError(
                self.env._(
                    "%(count)s tasks of %(project)s wait for the client's word: "
                    "finish, hand over or drop. Decide on each, then close.",
                    count=self.undecided_count,
                    project=self.name,
                )
            )

    def action_finish_rest(self):
        """The client wants everything finished that is undecided."""
        self._decide_rest("finish")

    def action_drop_rest(self):
        """The client wants nothing of what is undecided."""
        self._decide_rest("drop")

    def _decide_rest(self, decision):
        for line in self:
            line.offboarding_id._only_one()
            rest = line.deliverable_ids.filtered(lambda d: d.is_open and not d.decision)
            rest.write({"decision": decision})

    def _check_may_change(self, tasks):
        """Raise unless the user may write these tasks, or is our manager."""
        self.ensure_one()
        if self.env.su or self.offboarding_id._is_manager():
            return
        project = self.project_id
        tasks = tasks.sudo(False)
        if project.has_access("read") and tasks.has_access("write"):
            return
        raise UserError(
            self.env._(
                "You may not change the tasks of %s. Ask somebody who works on the "
                "project, or a manager of Client Health, to close it.",
                self.name,
            )
        )

    def _close(self, user):
        """The closing itself, with sudo and without telling anybody."""
        self.ensure_one()
        line = self.with_context(**QUIET)
        tasks = line._open_tasks().with_context(**QUIET)
        goes_on = line._goes_on()
        tasks.filtered("recurring_task").write({"recurring_task": False})
        unfinished = line._unfinished()
        unfinished.filtered(lambda d: d.becomes == "drop").decision = "drop"
        promised = unfinished.filtered(lambda d: d.becomes == "deliver")
        promised.promised = True
        line.offboarding_id.invalidate_recordset(["promise_ids"])
        tasks -= promised.task_id
        dropped = line.deliverable_ids.filtered(lambda d: d.decision == "drop").task_id
        (tasks & dropped).write({"state": "1_canceled"})
        (tasks - dropped).write({"state": "1_done"})
        project = line.project_id
        line._settle_milestones(tasks)
        if not goes_on:
            stage = line._closing_stage()
            if stage:
                project.stage_id = stage
            project.write({"last_update_status": "done"})
        line.write(
            {
                "closed_on": self.offboarding_id._today(self.company_id),
                "closed_user_id": user.id,
            }
        )
        words = self.env._(
            "Closed by %(user)s: %(done)s tasks done, %(dropped)s cancelled.",
            user=user.name,
            done=len(tasks - dropped),
            dropped=len(tasks & dropped),
        )
        if promised:
            names = ", ".join(promised.mapped("name"))
            words += " " + self.env._("Still to deliver: %s", names)
        project._message_log(body=Markup("<p>%s</p>") % words)

    def _finish(self, task):
        """A promised task is delivered: it is done, and its milestone reached.

        Raises UserError for who may not change the task.
        """
        if task:
            self._check_may_change(task)
            line = self.sudo().with_context(**QUIET)
            task = task.sudo().with_context(**QUIET)
            task.state = "1_done"
            line._settle_milestones(task)

    def _closing_stage(self):
        """The first folded stage for the project; of none it stays where it is."""
        project = self.project_id
        if project.stage_id.fold:
            return project.stage_id
        return self.env["project.project.stage"].search(
            Domain("fold", "=", True)
            & Domain("company_id", "in", [project.company_id.id, False]),
            limit=1,
        )

    def _settle_milestones(self, tasks):
        """Reach milestones whose work is done; the others lose their deadline.

        A milestone that is invoiced is never reached when its work was dropped.
        Milestones with open tasks (of others) are left alone.
        """
        milestones = self.project_id.with_context(active_test=False).milestone_ids
        if self._goes_on():
            milestones &= tasks.milestone_id
        for milestone in milestones.filtered(lambda m: not m.is_reached):
            states = set(milestone.task_ids.mapped("state"))
            if states - {"1_done", "1_canceled"}:
                continue
            billed = "sale_line_id" in milestone and milestone.sale_line_id
            if "1_done" in states or (not states and not billed):
                milestone.is_reached = True
            else:
                milestone.deadline = False
                milestone._message_log(
                    body=self.env._("Not reached: the work was dropped.")
                )

    def action_remove(self):
        """Take a project that was deleted, or is another client's, off the list."""
        for line in self:
            line.offboarding_id._only_one()
            if line.state not in ("gone", "moved"):
                raise UserError(
                    self.env._(
                        "%s is still the client's. Close it instead of taking it off "
                        "the list.",
                        line.name,
                    )
                )
            line.sudo().removed_on = self.offboarding_id._today(line.company_id)

    def action_open_project(self):
        """Open the project."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "project.project",
            "res_id": self.project_id.id,
            "views": [(False, "form")],
        }
