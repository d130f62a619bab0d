"""What somebody of us leaves behind: clients, what is still to be done for them, and
who else knows them."""

from collections import defaultdict

from odoo.tools import format_list

from ...facts.people import clients_of, planned, talks
from ..turns.reader import Readable
from .counts import Count, talks_text
from .people import QUIET_PHASES
from .staff import Staff, archived_employees


def who_left(env):
    """The colleagues who left: no user of theirs is in use, or their employee is
    archived; of the companies at hand, with sudo."""
    users = env["res.users"].sudo().with_context(active_test=False)
    users = users.search(
        [
            ("share", "=", False),
            ("id", "!=", env.ref("base.user_root").id),
            ("company_ids", "in", env.companies.ids),
        ]
    )
    gone = users.filtered(lambda user: not user.active)
    archived = archived_employees(env, users)
    return gone | users.filtered(lambda user: user.partner_id.id in archived)


class Handover:
    """The clients of some ``users`` (with sudo), as far as the reader may read them; of
    each company at hand."""

    def __init__(self, env, users):
        self.env = env
        self.users = users
        self.colleagues = users.partner_id

    def lines(self):
        """``[values]``, a line for each colleague and client, in the fields of
        ``client.handover``. A fixed number of queries for each company."""
        lines = []
        for company in self.env.companies:
            lines += self._of_company(company)
        return lines

    def _of_company(self, company):
        facts = self.env["client.health.facts"].sudo()
        scope = facts._scope(company.sudo(), [])
        candidates = clients_of(facts, scope, self.colleagues)
        healths = self.env["client.health"].search_fetch(
            [
                ("partner_id", "in", list(candidates)),
                ("company_id", "=", company.id),
                ("phase", "not in", QUIET_PHASES),
            ],
            ["partner_id"],
        )
        clients = healths.sudo().partner_id.ids
        if not clients:
            return []
        scope = scope._replace(clients=clients)
        counts = self._counts(talks(facts, scope, self.env.user.partner_id.id), scope)
        activities = defaultdict(set)
        for todo in planned(facts, self.colleagues):
            activities[todo.colleague, todo.client].add(todo.activity)
        work = self._work(clients, company)
        names = Staff(self.env, {colleague for _client, colleague in counts})
        ours = set(self.colleagues.ids)
        lines = []
        for health in healths:
            client = health.sudo().partner_id.id
            others = sorted(
                names.names[colleague]
                for of, colleague in counts
                if of == client
                and colleague in names.names
                and colleague not in ours | names.left
            )
            for user in self.users:
                key = (client, user.partner_id.id)
                count = counts.get(key)
                todo = {
                    "activity_count": len(activities[key[1], client]),
                    **work[user.id, client],
                }
                if not count and not any(todo.values()):
                    continue
                lines.append(
                    {
                        "user_id": user.id,
                        "health_id": health.id,
                        "talks": talks_text(self.env, count) if count else "",
                        "last_on": count.last if count else False,
                        "others": format_list(self.env, others) if others else "",
                        **todo,
                    }
                )
        return lines

    def _counts(self, found, scope):
        """(client, colleague) → :class:`.people.Count`, of everybody of us."""
        counts = defaultdict(Count)
        facts = self.env["client.health.facts"].sudo()
        places = {(t.model, t.res_id) for t in found if t.model and t.res_id}
        readable = Readable(self.env, places).names
        for talk in found:
            if talk.colleague:
                day = facts._day_of(talk.at, scope.company)
                is_open = (talk.model, talk.res_id) in readable
                counts[talk.client, talk.colleague].add(talk, day, is_open)
        return counts

    def _work(self, clients, company):
        """(user id, client id) → what is open: steps, promises, requests and tasks; of
        what the reader may read."""
        work = defaultdict(
            lambda: {"step_count": 0, "promise_count": 0, "task_count": 0}
        )
        mine = [("user_id", "in", self.users.ids), ("partner_id", "in", clients)]
        mine += [("company_id", "=", company.id)]
        for model in ("client.offboarding.step", "client.recovery.step"):
            process = self.env[model]._process
            closed = self.env[self.env[model]._fields[process].comodel_name]._closed
            self._add(
                work,
                model,
                [
                    *mine,
                    ("done_on", "=", False),
                    (f"{process}.state", "not in", closed),
                ],
                "step_count",
            )
        self._add(
            work,
            "client.offboarding.deliverable",
            [
                *mine,
                ("done_on", "=", False),
                "|",
                ("kind", "=", "promise"),
                ("promised", "=", True),
            ],
            "promise_count",
        )
        self._add(
            work, "client.request", [*mine, ("state", "=", "open")], "promise_count"
        )
        self._add_tasks(work, clients, company)
        return work

    def _add(self, work, model, domain, column):
        rows = self.env[model]._read_group(
            domain, ["user_id", "partner_id"], ["__count"]
        )
        for user, client, count in rows:
            work[user.id, client.id][column] += count

    def _add_tasks(self, work, clients, company):
        """The open tasks of the clients, by the task or its project."""
        tasks = self.env["project.task"]
        if not tasks.has_access("read"):
            return
        found = tasks.search_fetch(
            [
                ("user_ids", "in", self.users.ids),
                ("is_closed", "=", False),
                ("company_id", "in", [False, company.id]),
                "|",
                ("partner_id.commercial_partner_id", "in", clients),
                ("project_id.partner_id.commercial_partner_id", "in", clients),
            ],
            ["partner_id", "project_id", "user_ids"],
        )
        for task in found.sudo():
            client = task.partner_id or task.project_id.partner_id
            for user in task.with_context(active_test=False).user_ids & self.users:
                work[user.id, client.commercial_partner_id.id]["task_count"] += 1
