"""Projects, tasks, hours, milestones and opportunities."""

from collections import defaultdict
from datetime import timedelta

from .clients import CLIENTS

STAGES = {
    "stage_todo": ("To plan", False),
    "stage_doing": ("In progress", False),
    "stage_review": ("With the client", False),
    "stage_done": ("Done", True),
}
STAGE_OF = {
    "01_in_progress": "stage_doing",
    "02_changes_requested": "stage_review",
    "1_done": "stage_done",
    "1_canceled": "stage_done",
}
TASKS = [
    "Interviews with customers", "Structure of the site", "Page templates",
    "Photo session", "Newsletter", "Landing page", "Poster series",
    "Texts for the home page", "Search terms", "Price list", "Welcome mails",
    "Social calendar", "Brand guide", "Invitation", "Folder", "Film of one minute",
    "Questionnaire", "Press kit",
]  # fmt: skip
TASK_DAYS = 25  # from the birth of a task to its last move
HOUR_DAYS = (4, 9, 14, 19, 24)  # days of a month on which hours are logged


def make_projects(builder):
    """One project per client, its stages and its milestones."""
    stages, _new = builder.make(
        "project.task.type",
        {
            name: {"name": label, "fold": fold, "sequence": number, "user_id": False}
            for number, (name, (label, fold)) in enumerate(STAGES.items())
        },
    )
    builder.stages = stages
    clients = [client for client in CLIENTS if client.project]
    values = {}
    for client in clients:
        partner = builder.partners[client.key]
        start = builder.ago(9)
        if client.months:
            start = builder.in_month(max(client.months), 2)
        values[f"project_{client.key}"] = {
            "name": client.project,
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "company_id": builder.company.id,
            "date_start": start,
            "date": builder.today + timedelta(days=120),
            "type_ids": [(6, 0, [stage.id for stage in stages.values()])],
            "allow_milestones": True,
            **builder.known("project.project", allow_timesheets=True),
        }
    records, new = builder.make("project.project", values)
    projects = builder.env["project.project"].union(*new.values())
    builder.backdate(
        projects, "create_date", [builder.at(p.date_start) for p in projects]
    )
    for client in clients:
        builder.projects[client.key] = records[f"project_{client.key}"]
    _make_milestones(builder, clients)


def _make_milestones(builder, clients):
    values = {}
    for client in clients:
        project = builder.projects[client.key]
        for days in client.reached:
            day = builder.ago(days)
            first = days == max(client.reached)
            values[f"milestone_{client.key}_{days}"] = {
                "name": "Kick-off" if first else f"Review of {day:%B %Y}",
                "project_id": project.id,
                "deadline": builder.ago(days - 3),
                "is_reached": True,
                "reached_date": day,
            }
        left = -35 if client.missed is None else client.missed
        values[f"milestone_{client.key}_next"] = {
            "name": "Launch",
            "project_id": project.id,
            "deadline": builder.ago(left),
        }
    _records, new = builder.make("project.milestone", values)
    for name, milestone in new.items():
        if values[name].get("reached_date"):
            milestone.reached_date = values[name]["reached_date"]


def _hours(builder, client):
    """The hours of a client: [(external id, day, hours, employee number)]."""
    lines = []
    for month, work in client.months.items():
        for number, day_of_month in enumerate(HOUR_DAYS):
            day = builder.in_month(month, day_of_month)
            if day <= builder.today:
                name = f"hours_{client.key}_{day:%Y%m}_{number}"
                lines.append((name, day, work.hours / len(HOUR_DAYS), number))
    return lines


def _task_of(builder, client, day, number):
    """Index of the task that was worked on: the next to be done, else an open one."""
    done = [
        (builder.ago(task.moved), index)
        for index, task in enumerate(client.tasks)
        if task.state == "1_done" and builder.ago(task.moved) >= day
    ]
    if done:
        return min(done)[1]
    left = [
        i
        for i, task in enumerate(client.tasks)
        if task.state not in ("1_done", "1_canceled")
    ]
    return left[number % len(left)]


def make_tasks(builder):
    """Tasks with allocated time that fits the hours, moved on their days."""
    values, moved = {}, {}
    for offset, client in enumerate(CLIENTS):
        spent = defaultdict(float)
        for _name, day, hours, number in _hours(builder, client):
            spent[_task_of(builder, client, day, number)] += hours
        for index, task in enumerate(client.tasks):
            name = f"task_{client.key}_{index}"
            partner = builder.partners[client.key]
            allocated = round(spent[index] / client.over) or 12
            deadline = task.moved if task.state.startswith("1_") else task.moved - 45
            values[name] = {
                "name": TASKS[(index + 5 * offset) % len(TASKS)],
                "project_id": builder.projects[client.key].id,
                "partner_id": partner.id,
                "company_id": builder.company.id,
                "user_ids": [(6, 0, partner.user_id.ids)],
                "stage_id": builder.stages[STAGE_OF[task.state]].id,
                "state": task.state,
                "allocated_hours": allocated,
                "date_deadline": builder.moment_ago(deadline, 17),
            }
            moved[name] = task.moved
    records, new = builder.make("project.task", values)
    tasks = builder.env["project.task"].union(*new.values())
    days = [moved[name] for name in new]
    born = [builder.moment_ago(day + TASK_DAYS) for day in days]
    builder.backdate(tasks, "create_date", born)
    entered = [builder.moment_ago(d) for d in days]
    builder.backdate(tasks, "date_last_stage_update", entered)
    closed = tasks.filtered(lambda task: task.state in ("1_done", "1_canceled"))
    ends = dict(zip(tasks.ids, entered, strict=True))
    builder.backdate(closed, "date_end", [ends[task.id] for task in closed])
    for client in CLIENTS:
        builder.tasks[client.key] = [
            records[f"task_{client.key}_{index}"]
            for index, _task in enumerate(client.tasks)
        ]


def make_timesheets(builder):
    """Five lines a month and client, at the hourly cost of who did the work."""
    if not builder.staff or not builder.has("account.analytic.line", "task_id"):
        return
    values = {}
    for client in CLIENTS:
        for name, day, hours, number in _hours(builder, client):
            month = (builder.today.year - day.year) * 12
            month += builder.today.month - day.month
            team = builder.staff[client.months[month].staff]
            index = _task_of(builder, client, day, number)
            task = builder.tasks[client.key][index]
            values[name] = {
                "name": task.name,
                "date": day,
                "unit_amount": hours,
                "project_id": task.project_id.id,
                "task_id": task.id,
                "employee_id": team[number % len(team)].id,
            }
    builder.make("account.analytic.line", values)


def make_opportunities(builder):
    """Opportunities, open, won or lost on their days."""
    values, told = {}, {}
    for client in CLIENTS:
        for number, lead in enumerate(client.leads):
            name = f"lead_{client.key}_{number}"
            told[name] = lead
            values[name] = {
                "name": f"{client.name}: {lead.title}",
                "type": "opportunity",
                "partner_id": builder.partners[client.key].id,
                "user_id": builder.partners[client.key].user_id.id,
                "company_id": builder.company.id,
                "expected_revenue": lead.revenue,
                **builder.known("crm.lead", iap_enrich_done=True),
            }
    _records, new = builder.make("crm.lead", values)
    reason = builder.env.ref("crm.lost_reason_1", raise_if_not_found=False)
    proposal = builder.env.ref("crm.stage_lead3", raise_if_not_found=False)
    for name, lead in new.items():
        if told[name].fate == "won":
            lead.action_set_won()
        elif told[name].fate == "lost":
            lead.action_set_lost(lost_reason_id=reason.id if reason else False)
        elif proposal:
            lead.stage_id = proposal
    leads = builder.env["crm.lead"].union(*new.values())
    born = [builder.moment_ago(told[name].born) for name in new]
    moved = [builder.moment_ago(told[name].moved) for name in new]
    for column in ("create_date", "date_open", "date_conversion"):
        builder.backdate(leads, column, born)
    builder.backdate(leads, "date_last_stage_update", moved)
    closed = [(r, told[n].moved) for n, r in new.items() if told[n].fate != "open"]
    builder.backdate(
        builder.env["crm.lead"].union(*(record for record, _days in closed)),
        "date_closed",
        [builder.moment_ago(days) for _record, days in closed],
    )
