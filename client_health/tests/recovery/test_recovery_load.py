"""The load of our own people, in the self-review."""

from datetime import timedelta

from ...models.recovery.team_load import TeamLoad
from .case import RecoveryCase


class TestTeamLoad(RecoveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.make_project(cls.client)

    def words(self, recovery, user=None):
        recovery = recovery.with_user(user or self.manager)
        return recovery.team_open_words, recovery.team_overtime_words

    def people(self):
        """Two employees who worked for the client, forty-hour weeks."""
        self.app("hr.employee")
        if "timesheet_ids" not in self.env["project.task"]._fields:
            self.skipTest("no timesheets")
        monday = self.ago(14) - timedelta(days=self.ago(14).weekday())
        team = self.env["hr.employee"]
        for name, hours in (("one", 9), ("two", 8)):
            user = self.make_user(f"load_{name}")
            employee = self.make_employee(10)
            employee.user_id = user
            employee.resource_calendar_id = self.company.resource_calendar_id
            for day in range(5):
                self.log(
                    employee, monday + timedelta(days=day), hours, project=self.project
                )
            team |= employee
        return team

    def test_without_hours_it_is_grey_with_its_reason(self):
        recovery = self.start()
        for words in self.words(recovery):
            self.assertIn("nobody booked hours", words)
        self.assertFalse(recovery.with_user(self.manager).team_is_known)

    def test_open_hours_per_person_and_overtime_together(self):
        one, two = self.people()
        elsewhere = self.make_project(self.make_client("Elsewhere"))
        both = (one | two).user_id
        task = self.make_task(elsewhere, allocated_hours=30, user_ids=both.ids)
        self.make_task(elsewhere, parent_id=task.id, allocated_hours=10,
                       user_ids=one.user_id.ids)  # fmt: skip
        self.make_task(elsewhere, allocated_hours=50, user_ids=both.ids,
                       state="1_done")  # fmt: skip
        self.log(one, self.ago(1), 4, task=task)
        recovery = self.start()
        load = recovery.sudo().team_load
        # 30 - 4 of the parent, of which 10 are the sub-task's
        self.assertEqual((load["people"], load["open_hours"]), (2, 13))
        week = self.company.resource_calendar_id.get_work_hours_count(
            *(self.moment(self.ago(d)) for d in (14, 7))
        )
        self.assertAlmostEqual(load["overtime"], max(45 - week, 0) + max(40 - week, 0))
        opened, overtime = self.words(recovery)
        self.assertIn("13 hours per person (people: 2)", opened)
        self.assertIn("in 90 days (people: 2)", overtime)

    def test_work_ahead_is_known_of_the_present_day_only(self):
        self.people()
        load = TeamLoad(self.company, self.ago(3)).of(self.client.ids)[self.client.id]
        self.assertIsNone(load["open_hours"])
        self.assertEqual(load["people"], 2)
