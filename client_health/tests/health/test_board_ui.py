from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install", "client_health_bare")
class TestBoardUi(ScreenCase):
    """A manager's week, a limit changed with care, and the very first day."""

    def setUp(self):
        super().setUp()
        self.manager = self.make_user(
            "keeper", "client_health.group_manager", "project.group_project_user"
        )
        self.client = self.make_client("Harbour Lights", user_id=self.manager.id)
        project = self.make_project(self.client, day=self.ago(300))
        for number in range(4):
            self.make_task(
                project,
                name=f"Rope and rudder {number}",
                day=self.ago(200),
                moved=self.ago(150),
            )

    def tour(self, name, path="/odoo/client-health"):
        self.start_tour(path, f"client_health_{name}", login="keeper")

    def test_the_weekly_review_of_a_manager(self):
        self.company.client_health_setup_on = self.now()
        for days in (95, 64, 31):
            self.refresh(self.client, as_of=self.ago(days))
        self.refresh(self.client)
        self.tour("weekly_review")
        flag = self.client.with_company(self.company).health_id.flag_ids
        self.assertEqual((flag.state, flag.feedback), ("snoozed", "known"))

    def test_a_limit_is_changed_after_a_look_at_what_it_does(self):
        self.works_everywhere(self.manager)
        self.company.client_health_setup_on = self.now()
        self.refresh(self.client)
        indicator = self.env.ref("client_health.indicator_stalled_tasks")
        before = indicator.red
        self.tour("change_limit", "/odoo/client-health-indicators")
        self.assertEqual((before, indicator.red), (0.8, 0.95))

    def test_the_first_run_is_set_up_and_shown_until_it_is_done(self):
        self.tour("first_run")
        self.assertEqual(self.company.client_health_required_rate, 95)
        runs = self.env["client.health.run"].search(
            [("company_id", "=", self.company.id), ("state", "=", "waiting")]
        )
        self.assertEqual(set(runs.mapped("kind")), {"night", "history"})
        for run in runs.filtered(lambda run: run.kind == "night"):
            self.Health._night(run.company_id).run()
        self.Health._history(self.company).fill()
        self.tour("first_run_done")
