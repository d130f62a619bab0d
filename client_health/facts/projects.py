"""Projects: work that moves, work that stands still, results accepted or not."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .chatter import entered, last_move, later, tracked, was_active
from .due_tasks import DONE, IS_OPEN, due_task
from .scope import Fact, Found, Scope, days_since

_lt = LazyTranslate(__name__)

ACCEPTED = ("03_approved", DONE)
# what a task enters when it moves
MOVES = ("stage_id", "state")
TURNED_DOWN = "02_changes_requested"
REVIEWED = (*ACCEPTED, TURNED_DOWN)


def task_made_on(scope: Scope) -> SQL:
    """SQL: the day by which the client of the task ``t`` is told: one with a client of
    its own is of that client on the day it was made, any other goes with its project
    ``pr``."""
    return SQL(
        "CASE WHEN t.partner_id <> pr.partner_id THEN %s ELSE %s END",
        scope.day(SQL("t.create_date")),
        scope.day(SQL("pr.create_date")),
    )


class ClientHealthFactsProjects(models.AbstractModel):
    _name = "client.health.facts.projects"
    _inherit = "client.health.facts"
    _description = "Facts from projects and tasks"

    _requires = ("project.task", "project.milestone")
    _evidence = {
        "task": "project.task",
        "due_task": "project.task",
        "reviewed": "project.task",
        "milestone": "project.milestone",
        "late_task": "project.task",
        "late_milestone": "project.milestone",
    }
    _timed = frozenset({"task", "due_task", "reviewed", "late_task"})
    _found = Found(
        _lt("Tasks"), "project.task", [("project_id", "!=", False)], "create_date"
    )

    @api.model
    def _facts(self):
        return [
            Fact(
                "reviews_accepted",
                _lt("Results accepted"),
                _lt("Tasks whose last review was their approval or completion."),
                "count",
                "reviewed",
                "COUNT(*) {rows}",
                where=SQL("e.state IN %s", ACCEPTED),
            ),
            Fact(
                "reviews_turned_down",
                _lt("Results turned down"),
                _lt("Tasks for which changes were requested at their last review."),
                "count",
                "reviewed",
                "COUNT(*) {rows}",
                where=SQL("e.state = %s", TURNED_DOWN),
            ),
            Fact(
                "open_tasks",
                _lt("Open tasks"),
                _lt("Tasks that are neither done nor cancelled."),
                "count",
                "task",
                "COUNT(*) {rows}",
                where=IS_OPEN,
                windowed=False,
            ),
            Fact(
                "due_tasks",
                _lt("Tasks due to move"),
                _lt(
                    "Open tasks that wait for no other task, have no deadline to come "
                    "and whose turn it is, where they recur."
                ),
                "count",
                "due_task",
                "COUNT(*) {rows}",
                windowed=False,
            ),
            Fact(
                "stalled_tasks",
                _lt("Stalled tasks"),
                _lt(
                    "Tasks due to move that saw no change of stage or status, no hour "
                    "and no message in the period, nor did their sub-tasks."
                ),
                "count",
                "due_task",
                "COUNT(*) {rows}",
                span="older",
            ),
            days_since(
                "days_since_task_move",
                _lt("Days since a task moved"),
                _lt("Days since a task last entered a stage or was closed."),
                "task",
            ),
            days_since(
                "days_since_milestone",
                _lt("Days since a milestone"),
                _lt("Days since a milestone was last reached."),
                "milestone",
            ),
            Fact(
                "late_tasks",
                _lt("Tasks late"),
                _lt("Tasks that were open past their deadline and not cancelled."),
                "count",
                "late_task",
                "COUNT(*) {rows}",
            ),
            Fact(
                "late_milestones",
                _lt("Milestones late"),
                _lt("Milestones that were not reached on their day."),
                "count",
                "late_milestone",
                "COUNT(*) {rows}",
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Tasks under their own client, else under their project's.

        A task enters a stage or a status last on the day ``at`` (its first stage
        included), and its result counts on that day. It is open while it and its
        project are not archived and it is not done or cancelled. On a past day its
        status is the one it had then. What is late counts on the last day on which it
        was: that on which it was finished, or else the day itself.
        """
        made = scope.day(SQL("pr.create_date"))
        of_project = scope.client_of("p", made)
        params = {
            "mine": scope.may_be_mine("p"),
            "owner": of_project,
            "theirs": scope.mine(of_project),
            "company": scope.own_or_shared("pr"),
            "active": was_active("pr", scope),
            "as_of": scope.as_of,
            "end": scope.end,
        }
        of_task = scope.client_of("p", task_made_on(scope))
        mine = SQL(
            "SELECT t.id FROM project_task t WHERE %s", scope.my_task(SQL("t.id"))
        )
        task = SQL(
            """SELECT %(client)s AS client_id, t.id AS res_id,
                      %(state)s AS state, %(moved)s AS at,
                      %(task_active)s AND %(active)s AS active, t.date_deadline
                 FROM project_task t
                 JOIN project_project pr ON pr.id = t.project_id
                 JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)
                 %(before)s
                WHERE %(mine)s AND %(of_client)s AND %(my_task)s AND %(own)s
                  AND t.create_date < %(end)s
                  AND pr.is_template IS NOT TRUE AND %(no_template)s""",
            client=of_task,
            of_client=scope.mine(of_task),
            state=self._state(scope),
            moved=last_move("t", "moved", scope),
            task_active=was_active("t", scope),
            before=self._before(scope, mine),
            my_task=scope.my_task(SQL("t.id")),
            own=scope.own_or_shared("t"),
            no_template=scope.no_template(SQL("t.id")),
            **params,
        )
        late_task = SQL(
            """SELECT e.client_id, e.res_id,
                      CASE WHEN e.state = %(done)s THEN e.at
                           ELSE %(today)s::timestamp END AS at
                 FROM task e
                WHERE (e.state = %(done)s AND %(deadline)s < %(moved)s)
                   OR (%(open)s AND %(deadline)s < %(as_of)s)""",
            done=DONE,
            open=IS_OPEN,
            deadline=scope.day(SQL("e.date_deadline")),
            moved=scope.day(SQL("e.at")),
            today=scope.midnight(scope.as_of),
            **params,
        )
        milestone = SQL(
            """SELECT %(owner)s AS client_id, m.id AS res_id,
                      m.reached_date AS day
                 FROM project_milestone m
                 JOIN project_project pr ON pr.id = m.project_id
                 JOIN res_partner p ON p.id = pr.partner_id
                WHERE %(mine)s AND %(theirs)s
                  AND m.is_reached AND m.reached_date <= %(as_of)s
                  AND %(company)s AND pr.is_template IS NOT TRUE""",
            **params,
        )
        late_milestone = SQL(
            """SELECT client_id, res_id, LEAST(reached, %(as_of)s) AS day
                 FROM (SELECT %(owner)s AS client_id, m.id AS res_id, m.deadline,
                              CASE WHEN m.is_reached THEN m.reached_date END AS reached
                         FROM project_milestone m
                         JOIN project_project pr ON pr.id = m.project_id
                         JOIN res_partner p ON p.id = pr.partner_id
                        WHERE %(mine)s AND %(theirs)s
                          AND %(company)s AND pr.is_template IS NOT TRUE
                          AND (%(active)s OR m.is_reached)
                          AND m.create_date < %(end)s) milestones
                WHERE deadline < LEAST(reached, %(as_of)s)""",
            **params,
        )
        return {
            "task": task,
            "reviewed": self._reviewed(scope),
            "blocker": self._blocker(scope),
            "due_task": due_task(self.env, scope),
            "late_task": late_task,
            "late_milestone": late_milestone,
            "milestone": milestone,
        }

    @api.model
    def _materialized(self, scope):
        return ("task",)

    @api.model
    def _reviewed(self, scope):
        """SQL: each task by its last review, with the ``state`` that it was given.

        Changes that were requested stand until the task is approved or done, also
        while they are worked on: then only the chatter tells of them.
        """
        records = SQL("SELECT res_id FROM task")
        last = entered(self.env, "project.task", "state", REVIEWED, records, scope)
        return SQL(
            """SELECT client_id, res_id, state, at FROM task WHERE state IN %(states)s
                UNION ALL
               SELECT e.client_id, e.res_id, last.value AS state, last.at
                 FROM task e JOIN (%(last)s) last ON last.res_id = e.res_id
                WHERE e.state NOT IN %(states)s AND last.value = %(turned_down)s""",
            states=REVIEWED,
            last=last,
            turned_down=TURNED_DOWN,
        )

    @api.model
    def _blocker(self, scope):
        """SQL: the tasks that others wait for, whosever they are, with the status they
        had and when they last moved."""
        blockers = SQL("SELECT depends_on_id FROM task_dependencies_rel")
        return SQL(
            """SELECT t.id, %(state)s AS state, %(moved)s AS at
                 FROM project_task t %(before)s
                WHERE t.id IN (%(blockers)s) AND t.create_date < %(end)s""",
            state=self._state(scope),
            moved=last_move("t", "moved", scope),
            before=self._before(scope, blockers),
            blockers=blockers,
            end=scope.end,
        )

    @api.model
    def _before(self, scope, records):
        """SQL: what the chatter of the task ``t``, one of ``records`` (SQL of ids),
        tells of a past day."""
        if scope.present:
            return SQL()
        task = "project.task"
        return SQL(
            """LEFT JOIN (%s) later_state ON later_state.res_id = t.id
               LEFT JOIN (%s) later_stage ON later_stage.res_id = t.id
               LEFT JOIN (%s) moved ON moved.res_id = t.id""",
            later(self.env, task, "state", records, scope),
            later(self.env, task, "stage_id", records, scope),
            tracked(self.env, task, MOVES, records, scope),
        )

    @api.model
    def _state(self, scope):
        """SQL: the status a task had at the end of the day.

        Where Odoo says that it moved after the day and the chatter does not say
        from where, it was in progress.
        """
        if scope.present:
            return SQL("t.state")
        return SQL(
            """COALESCE(later_state.was,
                 CASE WHEN COALESCE(t.date_last_stage_update, '-infinity') < %s
                        OR later_stage.was THEN t.state ELSE '01_in_progress' END)""",
            scope.end,
        )

    @api.model
    def _business(self, scope):
        """A project that begins."""
        return SQL(
            """SELECT p.commercial_partner_id AS client_id, %s AS day
                 FROM project_project pr JOIN res_partner p ON p.id = pr.partner_id
                WHERE pr.is_template IS NOT TRUE AND pr.create_date < %s
                  AND %s AND %s""",
            scope.day(SQL("pr.create_date")),
            scope.end,
            scope.own_or_shared("pr"),
            scope.mine(SQL("p.commercial_partner_id")),
        )

    @api.model
    def _population(self, scope):
        """Clients of a project that began in the period or is still open."""
        return SQL(
            """SELECT p.commercial_partner_id
                 FROM project_project pr
                 JOIN res_partner p ON p.id = pr.partner_id
                WHERE %s AND pr.create_date < %s AND pr.is_template IS NOT TRUE
                  AND (%s > %s OR %s)""",
            scope.own_or_shared("pr"),
            scope.end,
            scope.day(SQL("pr.create_date")),
            scope.memory_start,
            was_active("pr", scope),
        )
