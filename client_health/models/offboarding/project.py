from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixins import company_day
from ..mixins.access import is_manager
from ..mixins.dialog import dialog, open_form
from .closing import ProjectClosing, unfinished
from .deliverable import INTERNAL
from .projects import OPEN_TASK


class ClientOffboardingProject(models.Model):
    """A project to be closed, or the client's part of one that goes on."""

    _name = "client.offboarding.project"
    _inherit = ["client.offboarding.named"]
    _description = "Project of an offboarding"
    _order = "id"
    _called_after = "project_id"

    offboarding_id = fields.Many2one(readonly=True)
    project_id = fields.Many2one(
        "project.project",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    name = fields.Char(readonly=True)
    client_name = fields.Char(
        string="Name for the client",
        help="How the exit plan calls the project. Empty: by its own name.",
    )
    deliverable_ids = fields.One2many(
        "client.offboarding.deliverable", "project_line_id"
    )
    closed_on = fields.Date(readonly=True)
    closed_user_id = fields.Many2one("res.users", string="Closed by", readonly=True)
    removed_on = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("again", "Open again"),
            ("closed", "Closed"),
            ("gone", "Deleted"),
            ("moved", "Of another client"),
            ("removed", "Off the list"),
        ],
        compute="_compute_state",
    )
    open_task_count = fields.Integer(string="Open tasks", compute="_compute_state")
    undecided_count = fields.Integer(string="Undecided", compute="_compute_state")
    promised_count = fields.Integer(
        string="Still to deliver",
        compute="_compute_state",
        help="What was not finished when the project was closed, and the client counts "
        "on: see Transition.",
    )
    goes_on = fields.Boolean(
        compute="_compute_state",
        help="Others have a part in the project: only the client's tasks are closed.",
    )

    may_close = fields.Boolean(compute="_compute_may_close")

    _one_each = models.UniqueIndex(
        "(offboarding_id, project_id)", "A project is on the list once."
    )

    def write(self, vals):
        """People write the name for the client; buttons do the rest."""
        if not self.env.su:
            if set(vals) - {"client_name"}:
                raise UserError(
                    self.env._(
                        "Of a project only its name for the client is written here. "
                        "Use the buttons of the offboarding."
                    )
                )
            self.offboarding_id._refuse_over()
        return super().write(vals)

    def _no_name(self):
        return self.env._("A project that you may not see")

    def _name_in_plan(self):
        """How the exit plan calls it; what the client may see, by its own name."""
        line = self.sudo()
        hidden = line.project_id.privacy_visibility in (False, *INTERNAL)
        return self.client_name or (self.name if hidden else line.own_name) or ""

    @api.depends(
        "closed_on",
        "removed_on",
        "project_id.active",
        "project_id.partner_id",
        "project_id.company_id",
        "project_id.stage_id.fold",
        "project_id.last_update_status",
        "project_id.task_ids.state",
        "project_id.task_ids.partner_id",
        "deliverable_ids.decision",
        "deliverable_ids.promised",
        "deliverable_ids.task_id",
    )
    def _compute_state(self):
        for line in self.sudo():
            tasks = line._open_tasks()
            decided = line.deliverable_ids.filtered("decision").task_id
            line.open_task_count = len(tasks)
            line.undecided_count = len(tasks - decided)
            line.promised_count = len(
                line.deliverable_ids.filtered(lambda d: d.promised and d.is_open)
            )
            line.goes_on = line._goes_on()
            line.state = line._state(tasks)

    @api.depends("state", "goes_on", "project_id")
    @api.depends_context("uid")
    def _compute_may_close(self):
        """Whether the user may press *Close project*."""
        for line, known in zip(self, self.sudo(), strict=True):
            tasks = known._open_tasks()
            line.may_close = line._may_change(tasks) and line._may_close()

    def _state(self, tasks):
        """The state of the project; ``tasks``: the client's open tasks in it."""
        self.ensure_one()
        if self.removed_on and not tasks:
            return "removed"
        if not self.project_id:
            return "gone"
        if self._is_elsewhere() and not tasks and not self.closed_on:
            return "moved"
        if not self._is_owned() and not tasks and not self.closed_on:
            ours = self.deliverable_ids.task_id
            return "closed" if ours else "moved"
        still = tasks or (
            self._is_owned()
            and not self._others_tasks()
            and self.offboarding_id._projects().open(
                self.project_id.with_context(active_test=False).partner_id
            )
            & self.project_id
        )
        if still:
            return "again" if self.closed_on else "open"
        return "closed"

    def _is_elsewhere(self):
        """True when the project is another company's of ours."""
        self.ensure_one()
        company = self.sudo().project_id.company_id
        return bool(company) and company != self.company_id

    @api.private
    def asks_whose(self):
        """The other companies that work with the client of a project of no company:
        closing it would close it for them too."""
        self.ensure_one()
        project = self.sudo().project_id
        if project.company_id or not project:
            return self.env["res.company"]
        return self.offboarding_id._keepers()

    def _is_owned(self):
        """True when the project itself is the client's."""
        self.ensure_one()
        owner = self.project_id.partner_id.commercial_partner_id
        return owner == self.offboarding_id.partner_id

    def _open_tasks(self):
        """The client's open tasks in these projects, sub-tasks too; with sudo.

        Without promised tasks, which are listed under Transition.
        """
        tasks = self.env["project.task"].sudo()
        lines = self.sudo()
        for offboarding in lines.offboarding_id:
            mine = lines.filtered(lambda x, o=offboarding: x.offboarding_id == o)
            tasks |= (
                offboarding._projects()
                .tasks()
                .filtered(lambda task, lines=mine: task.project_id in lines.project_id)
            )
        return tasks - self.sudo().deliverable_ids.filtered("promised").task_id

    def _others_tasks(self):
        """Open tasks of other clients in the project."""
        self.ensure_one()
        mine = Domain("project_id", "=", self.project_id.id)
        client = self.offboarding_id.partner_id
        return (
            self.env["project.task"]
            .sudo()
            .search(mine & OPEN_TASK)
            .filtered("partner_id")
        ).filtered(lambda task: task.partner_id.commercial_partner_id != client)

    def _goes_on(self):
        self.ensure_one()
        return bool(self.project_id and (not self._is_owned() or self._others_tasks()))

    # -- closing ---------------------------------------------------------------

    def action_close(self):
        """Close the projects: tasks as the client decided, milestones, stage, status.

        Dropped tasks are cancelled, tasks handed over are done, recurring ones stop. A
        task to finish gets what was chosen for it in the dialog; without a choice it
        stays open and is promised. Tasks of other clients, and a project with such
        tasks, stay open; hours do not change. Raises UserError while tasks are
        undecided.
        """
        for line in self:
            line._check_closable()
            line._closing(line._open_tasks()).close()
            line.offboarding_id.sudo()._catch_up()  # the next of what recurs
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
                "default_deliverable_ids": unfinished(self).ids,
            },
        )

    def _check_closable(self):
        """Raise UserError unless the user may close the project now."""
        self.ensure_one()
        offboarding = self.offboarding_id
        offboarding._only_one()
        offboarding.sudo()._catch_up()
        self._check_may_change(self._open_tasks())
        self._check_may_close()
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
                    "Tasks of %(project)s that wait for the client's decision: "
                    "%(count)s. Choose finish, hand over or drop for each, then close.",
                    count=self.undecided_count,
                    project=self.name,
                )
            )

    def action_finish_rest(self):
        """Decide *finish* for all undecided tasks."""
        self._decide_rest("finish")

    def action_drop_rest(self):
        """Decide *drop* for all undecided tasks."""
        self._decide_rest("drop")

    def _decide_rest(self, decision):
        for line in self:
            line.offboarding_id._only_one()
            rest = line.deliverable_ids.filtered(lambda d: d.is_open and not d.decision)
            rest.write({"decision": decision})

    def _may_change(self, tasks):
        """True for who may write these tasks of the project, and for our managers."""
        self.ensure_one()
        if self.env.su or is_manager(self.env):
            return True
        project = self.sudo().project_id.sudo(False)
        return project.has_access("read") and tasks.sudo(False).has_access("write")

    def _may_close(self):
        """True for who may write the project, where it is closed as a whole."""
        whole = not (self.env.su or self.goes_on)
        project = self.sudo().project_id.sudo(False)
        return not whole or project.has_access("write")

    def _check_may_change(self, tasks):
        """Raise unless the user may write these tasks, or is our manager."""
        if self._may_change(tasks):
            return
        raise UserError(
            self.env._(
                "You may not change the tasks of %s. Ask somebody who works on the "
                "project, or a manager of Client Health, to close it.",
                self.name,
            )
        )

    def _check_may_close(self):
        """Raise unless the user may write the project, which is closed as a whole."""
        if not self._may_close():
            raise UserError(
                self.env._(
                    "You may not close %s. Ask somebody who may change the project.",
                    self.name,
                )
            )

    def _closing(self, tasks):
        """The :class:`ProjectClosing` of these tasks and the project."""
        return ProjectClosing(self, tasks, self.sudo()._goes_on())

    def _deliver(self, task):
        """Mark a promised task as done and reach its milestone.

        Raises UserError for users who may not change the task.
        """
        if task:
            self._check_may_change(task)
            self._closing(task).deliver()

    def action_remove(self):
        """Remove a project that was deleted, or belongs to another client now."""
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
            line.sudo().removed_on = company_day.today(
                self.offboarding_id.env, line.company_id
            )

    def action_open_project(self):
        """Open the project."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.sudo().project_id, name=self.name)
