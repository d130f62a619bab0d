"""Open projects and tasks of a client, and the lines of an offboarding for them."""

from odoo.fields import Domain

from ..mixins import company_day
from ..process.family import family

OPEN_TASK = Domain("state", "not in", ("1_done", "1_canceled"))


class Projects:
    """Open projects and tasks of a client; with sudo, because not all users may read
    stages and other companies. ``offboarding``: may be empty for :meth:`open`."""

    def __init__(self, offboarding):
        self.offboarding = offboarding.sudo()
        self.env = self.offboarding.env
        self.company = offboarding.company_id

    def is_open(self):
        """Domain: no template, not in a folded stage, not complete."""
        return (
            Domain("is_template", "=", False)
            & (Domain("stage_id", "=", False) | Domain("stage_id.fold", "=", False))
            & Domain("last_update_status", "!=", "done")
        )

    def open(self, partners):
        """Open projects of these partners in all companies, no archived ones."""
        mine = Domain("partner_id", "in", partners.ids)
        return self.env["project.project"].search(mine & self.is_open())

    def tasks(self):
        """Open tasks of the client in this company, wherever they are."""
        clients = family(self.offboarding.partner_id).ids
        own = Domain("partner_id", "in", clients)
        own |= Domain("partner_id", "=", False) & Domain(
            "project_id.partner_id", "in", clients
        )
        return self.env["project.task"].search(
            own
            & Domain("company_id", "in", [self.company.id, False])
            & OPEN_TASK
            & Domain("project_id", "!=", False)
            & Domain("project_id.active", "=", True)
            & Domain("has_template_ancestor", "=", False)
            & Domain("is_template", "=", False)
        )

    def sync(self):
        """Add lines for new projects and tasks, and move tasks to their project."""
        tasks = self.tasks()
        projects = self.open(family(self.offboarding.partner_id))
        mine = projects.filtered(lambda p: p.company_id <= self.company)
        self._add_projects(mine | tasks.project_id)
        lines = {line.project_id: line for line in self.offboarding.project_ids}
        self._add_tasks(tasks, lines)
        for deliverable in self.offboarding.deliverable_ids:
            line = lines.get(deliverable.task_id.project_id)
            if line and deliverable.project_line_id != line:
                deliverable.project_line_id = line

    def _add_projects(self, projects):
        new = projects - self.offboarding.project_ids.project_id
        self.env["client.offboarding.project"].create(
            [
                {
                    "offboarding_id": self.offboarding.id,
                    "project_id": project.id,
                    "own_name": project.display_name,
                }
                for project in new
            ]
        )

    def _add_tasks(self, tasks, lines):
        new = tasks - self.offboarding.deliverable_ids.task_id
        self.env["client.offboarding.deliverable"].create(
            [
                {
                    "offboarding_id": self.offboarding.id,
                    "project_line_id": lines[task.project_id].id,
                    "task_id": task.id,
                    "own_name": task.display_name,
                    **self._whose(task),
                    **self._next_occurrence(task, lines[task.project_id]),
                }
                for task in new
            ]
        )

    def _next_occurrence(self, task, line):
        """Values: the next of a recurring task runs to the last day, though its project
        was closed; it is still to come, and finished like the one before."""
        if not (task.recurrence_id and line.closed_on):
            return {}
        return {"decision": "finish", "promised": True}

    def _whose(self, task):
        """Values: who delivers a task and until when, taken from the task."""
        people = task.user_ids.filtered(lambda user: user.active and not user.share)
        until = task.date_deadline and task.date_deadline.date()
        today = company_day.today(self.offboarding.env, self.company)
        return {
            "user_id": (people[:1] or self.offboarding.user_id).id,
            "date_due": max(until or self.offboarding.date_end or today, today),
        }
