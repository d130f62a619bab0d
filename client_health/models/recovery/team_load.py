"""The load of our own people: what lies before those who worked for a client, and what
they worked above their hours. Sums over people, never one by one."""

from datetime import datetime, time, timedelta

import pytz
from odoo.tools import SQL

from ..mixins import company_day
from .self_review import PERIOD

# Fields of timesheet lines that a day off has: nobody worked then.
DAYS_OFF = ("holiday_id", "global_leave_id")


class TeamLoad:
    """The load for recoveries of clients of one company that start on the day
    ``as_of``; with sudo. The same few queries, whatever the number of clients."""

    def __init__(self, company, as_of):
        self.company, self.as_of, self.env = company, as_of, company.env
        self.first = as_of - timedelta(days=PERIOD - 1)

    def of(self, clients):
        """Client id → ``{"people", "open_hours", "overtime", "overtime_people",
        "measured_on"}``.

        ``people``: who booked hours for the client in the period. ``open_hours``: of
        their open tasks for anybody, allocated less spent, in hours per person; None
        for a past day. ``overtime``: hours of all of them together, booked in a week
        above their working hours in it; of ``overtime_people``, those with fixed
        hours. Empty without timesheets, and for clients without hours.
        """
        lines = self.env["account.analytic.line"] if self._is_there() else None
        if lines is None or not clients:
            return {}
        self.env.flush_all()
        teams = {}
        for client, person in self.env.execute_query(self._who(clients)):
            teams.setdefault(client, set()).add(person)
        people = sorted(set().union(*teams.values())) if teams else []
        today = self.as_of >= company_day.today(self.env, self.company)
        waiting = self._open_hours(people) if today else {}
        over = self._overtime(people)
        return {
            client: {
                "people": len(team),
                "open_hours": sum(waiting.get(p, 0) for p in team) / len(team)
                if today
                else None,
                "overtime": sum(over.get(p, 0) for p in team),
                "overtime_people": len(team & set(over)),
                "measured_on": self.as_of.isoformat(),
            }
            for client, team in teams.items()
        }

    def _is_there(self):
        lines = self.env.get("account.analytic.line")
        return lines is not None and {"employee_id", "task_id"} <= set(lines._fields)

    def _booked(self):
        """SQL condition: the line ``l`` is work of somebody in the period."""
        lines = self.env["account.analytic.line"]
        off = [
            SQL("AND l.%s IS NULL", SQL.identifier(name))
            for name in DAYS_OFF
            if name in lines._fields
        ]
        return SQL(
            """l.employee_id IS NOT NULL AND l.project_id IS NOT NULL
               AND l.date BETWEEN %s AND %s AND l.company_id = %s %s""",
            self.first,
            self.as_of,
            self.company.id,
            SQL(" ").join(off),
        )

    def _who(self, clients):
        """SQL: client and employee, for each who booked hours for it."""
        return SQL(
            """SELECT DISTINCT p.commercial_partner_id, l.employee_id
                 FROM account_analytic_line l JOIN res_partner p ON p.id = l.partner_id
                WHERE p.commercial_partner_id IN %s AND l.unit_amount > 0 AND %s""",
            tuple(clients),
            self._booked(),
        )

    def _open_hours(self, people):
        """Employee id → hours allocated and not spent on open tasks. A task of several
        is divided among them; what a sub-task plans is not counted in its parent."""
        if not people:
            return {}
        query = SQL(
            """WITH task AS (
                 SELECT t.id, t.parent_id,
                        GREATEST(t.allocated_hours - COALESCE(t.effective_hours, 0)
                                 - COALESCE(t.subtask_effective_hours, 0), 0) AS hours
                   FROM project_task t JOIN project_project pr ON pr.id = t.project_id
                  WHERE t.active AND pr.active AND t.allocated_hours > 0
                    AND t.state NOT IN ('1_done', '1_canceled')
                    AND t.is_template IS NOT TRUE AND pr.is_template IS NOT TRUE),
               own AS (
                 SELECT t.id, GREATEST(t.hours - COALESCE(SUM(c.hours), 0), 0) AS hours
                   FROM task t LEFT JOIN task c ON c.parent_id = t.id
                  GROUP BY t.id, t.hours)
               SELECT e.id, SUM(own.hours / n.number)
                 FROM hr_employee e
                 JOIN project_task_user_rel r ON r.user_id = e.user_id
                 JOIN own ON own.id = r.task_id
                 JOIN LATERAL (SELECT COUNT(*) AS number FROM project_task_user_rel x
                                WHERE x.task_id = own.id) n ON TRUE
                WHERE e.id IN %s GROUP BY 1""",
            tuple(people),
        )
        return dict(self.env.execute_query(query))

    def _overtime(self, people):
        """Employee id → hours booked in the weeks of the period above the working hours
        in them; without those who have no fixed hours."""
        if not people:
            return {}
        query = SQL(
            """SELECT l.employee_id, DATE_TRUNC('week', l.date)::date,
                      SUM(l.unit_amount)
                 FROM account_analytic_line l
                WHERE l.employee_id IN %s AND %s GROUP BY 1, 2""",
            tuple(people),
            self._booked(),
        )
        booked = {}
        for person, week, hours in self.env.execute_query(query):
            booked.setdefault(person, {})[week] = hours
        due = self._working_hours(people)
        return {
            person: sum(
                max(hours - due[person].get(week, 0), 0)
                for week, hours in booked.get(person, {}).items()
            )
            for person in people
            if person in due
        }

    def _working_hours(self, people):
        """Employee id → week → hours by the calendar, days off taken out."""
        employees = self.env["hr.employee"].with_context(active_test=False)
        due = {}
        for calendar, team in (
            employees.browse(people).exists().grouped("resource_calendar_id").items()
        ):
            if not calendar or calendar.flexible_hours:
                continue
            zone = pytz.timezone(calendar.tz or "UTC")
            begin = zone.localize(datetime.combine(self.first, time.min))
            end = zone.localize(
                datetime.combine(self.as_of + timedelta(days=1), time.min)
            )
            spells = calendar._work_intervals_batch(begin, end, team.resource_id)
            for employee in team:
                weeks = due.setdefault(employee.id, {})
                for start, stop, _meta in spells[employee.resource_id.id]:
                    day = start.astimezone(zone).date()
                    week = day - timedelta(days=day.weekday())
                    hours = (stop - start).total_seconds() / 3600
                    weeks[week] = weeks.get(week, 0) + hours
        return due
