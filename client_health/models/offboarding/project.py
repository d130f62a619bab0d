"""Projects of a client that leaves, and how they are really closed."""

from odoo import api, fields, models
from odoo.fields import Domain

OPEN_TASK = Domain("state", "not in", ("1_done", "1_canceled"))


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    @api.model
    def _is_open_project(self):
        """Domain: neither a template, nor in a closing stage, nor complete."""
        return (
            Domain("is_template", "=", False)
            & (Domain("stage_id", "=", False) | Domain("stage_id.fold", "=", False))
            & Domain("last_update_status", "!=", "done")
        )

    @api.model
    def _open_projects(self, partners):
        """Open projects of these partners in all companies, no archived ones.

        Call it with sudo: stages and other companies are not for everybody.
        """
        mine = Domain("partner_id", "in", partners.ids)
        return self.env["project.project"].search(mine & self._is_open_project())

    def _client_tasks(self):
        """Open tasks of the client in this company, wherever they are."""
        family = self._family().ids
        mine = Domain("company_id", "in", [self.company_id.id, False])
        own = Domain("partner_id", "in", family)
        own |= Domain("partner_id", "=", False) & Domain(
            "project_id.partner_id", "in", family
        )
        return (
            self.env["project.task"]
            .sudo()
            .search(
                own
                & mine
                & OPEN_TASK
                & Domain("project_id", "!=", False)
                & Domain("project_id.active", "=", True)
                & Domain("has_template_ancestor", "=", False)
                & Domain("is_template", "=", False)
            )
        )

    def _sync_projects(self):
        """Bring lines up to date: new projects come in, new tasks become lines."""
        self.ensure_one()
        tasks = self._client_tasks()
        projects = (
            self.sudo()
            ._open_projects(self._family())
            .filtered(
                lambda p: p.company_id in (self.company_id, self.env["res.company"])
            )
        )
        projects |= tasks.project_id
        known = self.project_ids.project_id
        self.env["client.offboarding.project"].sudo().create(
            [
                {"offboarding_id": self.id, "project_id": p.id, "name": p.display_name}
                for p in projects - known
            ]
        )
        lines = {line.project_id: line for line in self.sudo().project_ids}
        self.env["client.offboarding.deliverable"].sudo().create(
            [
                {
                    "offboarding_id": self.id,
                    "project_line_id": lines[task.project_id].id,
                    "task_id": task.id,
                    "name": task.display_name,
                    **self._whose(task),
                }
                for task in tasks - self.sudo().deliverable_ids.task_id
            ]
        )
        for deliverable in self.sudo().deliverable_ids:
            line = lines.get(deliverable.task_id.project_id)
            if line and deliverable.project_line_id != line:
                deliverable.project_line_id = line

    def _whose(self, task):
        """Who delivers a task and until when, as far as the task says."""
        people = task.user_ids.filtered(lambda user: user.active and not user.share)
        until = task.date_deadline and task.date_deadline.date()
        today = self._today(self.company_id)
        return {
            "user_id": (people[:1] or self.user_id).id,
            "date_due": max(until or self.date_end or today, today),
        }

    def action_sync_projects(self):
        """Look again which projects and tasks the client has."""
        self._only_one()
        self.sudo()._sync_projects()


class ClientOffboardingProject(models.Model):
    """A project to be closed, or the client's part of one that goes on."""

    _name = "client.offboarding.project"
    _inherit = ["client.of.partner"]
    _description = "Project of an offboarding"
    _order = "id"

    offboarding_id = fields.Many2one(
        "client.offboarding", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    partner_id = fields.Many2one(related="offboarding_id.partner_id", store=True)
    company_id = fields.Many2one(related="offboarding_id.company_id", store=True)
    project_id = fields.Many2one(
        "project.project", readonly=True, index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(required=True, readonly=True)
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

    _one_each = models.UniqueIndex(
        "(offboarding_id, project_id)", "A project is on the list once."
    )

    @api.depends(
        "closed_on",
        "removed_on",
        "project_id.active",
        "project_id.partner_id",
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

    def _state(self, tasks):
        """What has become of the project; ``tasks``: the client's open ones."""
        self.ensure_one()
        if self.removed_on and not tasks:
            return "removed"
        if not self.project_id:
            return "gone"
        if not self._is_owned() and not tasks and not self.closed_on:
            ours = self.deliverable_ids.task_id
            return "closed" if ours else "moved"
        still = tasks or (
            self._is_owned()
            and not self._others_tasks()
            and self.offboarding_id._open_projects(
                self.project_id.with_context(active_test=False).partner_id
            )
            & self.project_id
        )
        if still:
            return "again" if self.closed_on else "open"
        return "closed"

    def _is_owned(self):
        """True when the project itself is the client's."""
        self.ensure_one()
        owner = self.project_id.partner_id.commercial_partner_id
        return owner == self.offboarding_id.partner_id

    def _open_tasks(self):
        """The client's open tasks in these projects, sub-tasks too; with sudo.

        Without those that are promised: they have their place under Transition.
        """
        tasks = self.env["project.task"].sudo()
        for offboarding in self.sudo().offboarding_id:
            mine = self.filtered(lambda x, o=offboarding: x.offboarding_id == o)
            tasks |= offboarding._client_tasks().filtered(
                lambda task, lines=mine: task.project_id in lines.project_id
            )
        return tasks - self.sudo().deliverable_ids.filtered("promised").task_id

    def _others_tasks(self):
        """Open tasks of other clients in the project."""
        self.ensure_one()
        return (
            self.env["project.task"]
            .sudo()
            .search(Domain("project_id", "=", self.project_id.id) & OPEN_TASK)
            .filtered(
                lambda task: (
                    task.partner_id
                    and task.partner_id.commercial_partner_id
                    != self.offboarding_id.partner_id
                )
            )
        )

    def _goes_on(self):
        self.ensure_one()
        return bool(self.project_id and (not self._is_owned() or self._others_tasks()))

    def _blockers(self):
        """What keeps the step open because of these projects."""
        found = []
        for line in self:
            blocker = line.offboarding_id._blocker
            project = line.project_id
            if line.state == "gone":
                text = self.env._(
                    "The project %s was deleted. Take it off the list when nothing "
                    "of it is owed.",
                    line.name,
                )
                found.append(blocker("gone", text, line, "projects"))
            elif line.state == "moved":
                text = self.env._(
                    "The project %(project)s belongs to %(client)s now. Take it off "
                    "the list, or give it back to the client.",
                    project=line.name,
                    client=project.partner_id.display_name or self.env._("nobody"),
                )
                found.append(blocker("moved", text, line, "projects"))
            elif line.state in ("open", "again"):
                found.append(blocker("project", line._open_text(), project, "projects"))
        return found

    def _open_text(self):
        self.ensure_one()
        if self.state == "again":
            tasks = self._open_tasks()[:3]
            return self.env._(
                "The project %(project)s is open again after it was closed: %(tasks)s",
                project=self.name,
                tasks=", ".join(tasks.mapped("name"))
                or self.env._("it left its closing stage"),
            )
        if self.undecided_count:
            return self.env._(
                "The project %(project)s is open: %(count)s tasks wait for the "
                "client's word.",
                project=self.name,
                count=self.undecided_count,
            )
        return self.env._("The project %s is ready to be closed.", self.name)
