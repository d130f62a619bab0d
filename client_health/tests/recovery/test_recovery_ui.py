from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install", "client_health_bare")
class TestRecoveryUi(ScreenCase):
    """Repairing on the screen, in a real browser."""

    def setUp(self):
        super().setUp()
        self.chief = self.make_user(
            "chief",
            "base.group_partner_manager",
            "project.group_project_user",
            "client_health.group_manager",
            company=self.company,
        )
        self.client = self.make_client("Harbour Lights", user_id=self.chief.id)
        project = self.make_project(self.client, day=self.ago(300))
        self.tasks = self.env["project.task"]
        for number in range(4):
            self.tasks += self.make_task(
                project, name=f"Rope {number}", day=self.ago(200), moved=self.ago(150)
            )
        self.health = self.refresh(self.client)

    def start(self):
        """Start from the red flag; returns the recovery."""
        self.start_tour(
            "/odoo/client-health-flags", "client_health_recovery_start", login="chief"
        )
        return self.env["client.recovery"]._open_of(self.client)

    def test_from_a_red_flag_to_recovered(self):
        recovery = self.start()
        self.assertEqual(recovery.flag_id.check_id.code, "progress")
        self.assertEqual(recovery.reason, "Work stands still on both sides")
        recovery.answer_ids[0].text = "We never said what it costs."
        recovery.write({"self_result": "both", "self_note": "Prices come first"})
        self.force(self.tasks, date_last_stage_update=self.moment(self.ago(1)))
        self.refresh(self.client)
        self.start_tour(
            f"/odoo/client-recovery/{recovery.id}",
            "client_health_recovery_recovered",
            login="chief",
        )
        recovery.invalidate_recordset()
        self.assertEqual(recovery.state, "recovered")
        self.assertGreater(recovery.score_change, 0)
        self.assertEqual(self.health.phase, "active")

    def test_to_offboarding(self):
        recovery = (
            self.env["client.recovery"]
            .with_user(self.chief)
            .create({"partner_id": self.client.id, "company_id": self.company.id})
        )
        self.start_tour(
            f"/odoo/client-recovery/{recovery.id}",
            "client_health_recovery_offboard",
            login="chief",
        )
        recovery.invalidate_recordset()
        self.assertEqual(recovery.state, "offboard")
        self.assertEqual(self.health.shown_phase, "offboarding")
        self.assertEqual(recovery.offboarding_id.origin, recovery.display_name)
