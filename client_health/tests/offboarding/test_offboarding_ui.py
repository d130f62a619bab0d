from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install", "client_health_bare")
class TestOffboardingUi(ScreenCase):
    """Saying offboarding on the screen, in a real browser."""

    def setUp(self):
        super().setUp()
        self.client = self.make_client("Harbour Lights")
        self.project = self.make_project(self.client, name="Rigging 2027")
        self.task = self.make_task(self.project, name="Rope and rudder")
        self.refresh(self.client)
        for login in ("chief", "hand"):
            self.make_user(
                login,
                "base.group_user",
                "base.group_partner_manager",
                "project.group_project_manager",
                "client_health.group_manager",
                company=self.company,
            )

    def test_the_whole_way_to_the_archived_client_and_back(self):
        contact = f"/odoo/res.partner/{self.client.id}"
        self.start_tour(contact, "client_health_offboarding_prepare", login="chief")
        offboarding = self.env["client.offboarding"].search(
            [("partner_id", "=", self.client.id)]
        )
        self.assertEqual(self.task.state, "1_done")
        self.assertEqual(self.project.last_update_status, "done")
        form = f"/odoo/client-offboarding/{offboarding.id}"
        self.start_tour(form, "client_health_offboarding_review", login="hand")
        self.start_tour(form, "client_health_offboarding_end", login="chief")
        offboarding.invalidate_recordset()
        self.assertEqual(offboarding.state, "done")
        self.assertTrue(offboarding.reactivated_on)
        self.assertTrue(self.client.active)
        self.assertEqual(offboarding.waiver_ids.reason, "The client asked for it")

    def test_the_guard_refuses_in_the_list_and_offers_the_way_out(self):
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Clients",
                "res_model": "res.partner",
                "view_mode": "list,form",
                "path": "guarded-clients",
                "domain": [("id", "=", self.client.id)],
            }
        )
        # the server logs every refusal that offers a button with its traceback
        with self.assertLogs("odoo.http", "ERROR") as log:
            self.start_tour(
                f"/odoo/{action.path}", "client_health_offboarding_guard", login="hand"
            )
        self.assertIn("Harbour Lights still has open projects", log.output[0])
        self.assertTrue(self.client.active)
