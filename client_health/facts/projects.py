"""Projects: work that moves, work that stands still, results accepted or not."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .base import Fact, Found

_lt = LazyTranslate(__name__)

DONE = "1_done"
CLOSED = (DONE, "1_canceled")
ACCEPTED = ("03_approved", "1_done")
# what a task enters when it moves
MOVES = ("stage_id", "state")
TURNED_DOWN = ("02_changes_requested", "1_canceled")


class ClientHealthFactsProjects(models.AbstractModel):
    _name = "client.health.facts.projects"
    _inherit = "client.health.facts"
    _description = "Facts from projects and tasks"

    _requires = ("project.task", "project.milestone")
    _evidence = {
        "every_task": "project.task",
        "open_task": "project.task",
        "moved_task": "project.task",
        "milestone": "project.milestone",
        "late_task": "project.task",
        "late_milestone": "project.milestone",
    }
    _found = Found(
        _lt("Tasks"), "project.task", [("project_id", "!=", False)], "create_date"
    )

    @api.model
    def _facts(self):
        return [
            Fact(
                "reviews_accepted",
                _lt("Results accepted"),
                _lt("Tasks that were approved or done."),
                "count",
                "every_task",
                "COUNT(*) {rows}",
                where=SQL("e.state IN %s", ACCEPTED),
            ),
            Fact(
                "reviews_turned_down",
                _lt("Results turned down"),
                _lt("Tasks that were cancelled or for which changes were requested."),
                "count",
                "every_task",
                "COUNT(*) {rows}",
                where=SQL("e.state IN %s", TURNED_DOWN),
            ),
            Fact(
                "open_tasks",
                _lt("Open tasks"),
                _lt("Tasks that are neither done nor cancelled."),
                "count",
                "open_task",
                "COUNT(*) {rows}",
                windowed=False,
            ),
            Fact(
                "stalled_tasks",
                _lt("Stalled tasks"),
                _lt("Open tasks that entered no stage or status in the period."),
                "count",
                "open_task",
                "COUNT(*) {rows}",
                span="older",
            ),
            Fact(
                "days_since_task_move",
                _lt("Days since a task moved"),
                _lt("Days since a task last entered a stage or was closed."),
                "days",
                "moved_task",
                "MIN(e.age) {rows}",
                windowed=False,
                default=None,
                latest=True,
            ),
            Fact(
                "days_since_milestone",
                _lt("Days since a milestone"),
                _lt("Days since a milestone was last reached."),
                "days",
                "milestone",
                "MIN(e.age) {rows}",
                windowed=False,
                default=None,
                latest=True,
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

        A task moves on the day it last entered a stage or a status (its first
        stage included), and its result counts on that day. It is open while it and
        its project are not archived and it is not done or cancelled. On a past day
        its status is the one it had then. What is late counts on the last day on
        which it was: that on which it was finished, or else the day itself.
        """
        params = {
            "clients": scope.clients_sql,
            "as_of": scope.as_of,
            "end": scope.end,
        }
        every_task = SQL(
            """SELECT p.commercial_partner_id AS client_id, t.id AS res_id,
                      %(state)s AS state, %(moved)s AS day, %(active)s AS active,
                      %(deadline)s AS deadline
                 FROM project_task t
                 JOIN project_project pr ON pr.id = t.project_id
                 JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)
                WHERE p.commercial_partner_id IN %(clients)s
                  AND %(company)s AND t.create_date < %(end)s
                  AND pr.is_template IS NOT TRUE AND t.id NOT IN %(templates)s""",
            state=self._state(scope),
            moved=scope.day(self._moved("project.task", "t", MOVES, scope)),
            active=SQL(
                "%s AND %s", self._active("t", scope), self._active("pr", scope)
            ),
            deadline=scope.day(SQL("t.date_deadline")),
            company=scope.own_or_shared("t"),
            templates=self._template_tasks(),
            **params,
        )
        open_task = SQL(
            "SELECT * FROM every_task WHERE active AND state NOT IN %s", CLOSED
        )
        moved_task = SQL("SELECT *, %s - day AS age FROM every_task", scope.as_of)
        milestone = SQL(
            """SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                      m.reached_date AS day, %(as_of)s - m.reached_date AS age
                 FROM project_milestone m
                 JOIN project_project pr ON pr.id = m.project_id
                 JOIN res_partner p ON p.id = pr.partner_id
                WHERE p.commercial_partner_id IN %(clients)s
                  AND m.is_reached AND m.reached_date <= %(as_of)s
                  AND %(company)s AND pr.is_template IS NOT TRUE""",
            company=scope.own_or_shared("pr"),
            **params,
        )
        late_task = SQL(
            """SELECT client_id, res_id, day FROM every_task
                WHERE state = %(done)s AND deadline < day
                UNION ALL
               SELECT client_id, res_id, %(as_of)s AS day FROM open_task
                WHERE deadline < %(as_of)s""",
            done=DONE,
            as_of=scope.as_of,
        )
        late_milestone = SQL(
            """SELECT client_id, res_id, LEAST(reached, %(as_of)s) AS day
                 FROM (SELECT p.commercial_partner_id AS client_id, m.id AS res_id,
                              m.deadline,
                              CASE WHEN m.is_reached THEN m.reached_date END AS reached
                         FROM project_milestone m
                         JOIN project_project pr ON pr.id = m.project_id
                         JOIN res_partner p ON p.id = pr.partner_id
                        WHERE p.commercial_partner_id IN %(clients)s
                          AND %(company)s AND pr.is_template IS NOT TRUE
                          AND (%(active)s OR m.is_reached)
                          AND m.create_date < %(end)s) milestones
                WHERE deadline < LEAST(reached, %(as_of)s)""",
            company=scope.own_or_shared("pr"),
            active=self._active("pr", scope),
            **params,
        )
        return {
            "every_task": every_task,
            "open_task": open_task,
            "moved_task": moved_task,
            "late_task": late_task,
            "late_milestone": late_milestone,
            "milestone": milestone,
        }

    @api.model
    def _state(self, scope):
        """SQL: the status a task had at the end of the day.

        Where Odoo says that it moved after the day and the chatter does not say
        from where, it was in progress.
        """
        moved_later = SQL(" OR ").join(
            SQL("%s", self._first_later("project.task", "t", name, scope, SQL("TRUE")))
            for name in MOVES
        )
        otherwise = SQL(
            """CASE WHEN COALESCE(t.date_last_stage_update, '-infinity') < %s
                      OR %s THEN t.state ELSE '01_in_progress' END""",
            scope.end,
            moved_later,
        )
        return self._was("project.task", "t", "state", scope, otherwise)

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
            self._active("pr", scope),
        )
