"""After an upgrade that defines figures anew: no alarm because of it, the difference is
told as settings, and one list says whose level it changed."""

from odoo.tools.safe_eval import safe_eval

from .test_alert import AlertCase


class TestRedefined(AlertCase):
    def upgrade(self):
        """Figures mean something else now: another fact, that was not read before."""
        self.env["client.health.config"]._supersede()
        self.check.indicator_ids.formula = "least(open_tasks) / 40"

    def test_a_level_that_falls_by_new_definitions_raises_no_alarm(self):
        before = self.notes()
        self.upgrade()
        self.refresh(self.client)
        self.assertEqual(self.health.level, "critical")
        self.assertEqual(self.notes(), before)
        self.assertFalse(self.todos())

    def test_the_next_fall_does(self):
        self.upgrade()
        self.check.indicator_ids.formula = "stalled_tasks / open_tasks"
        self.check.weight = 11
        self.refresh(self.client)
        self.assertEqual(len(self.fall(6, "critical")), 1)

    def test_who_changed_level_is_in_one_list(self):
        healthy = self.make_client("Stays as it is")
        self.make_tasks(healthy, 0, total=1)
        old = self.ago(1)
        for client in self.client + healthy:
            self.refresh(client)
            self.refresh(client, as_of=old)
        self.env["client.health.snapshot"].search([("date", ">", old)]).unlink()
        self.upgrade()
        self.refresh(self.client + healthy)
        found = self.Health.search([("level_redefined", "=", True)])
        self.assertEqual(found, self.health)
        self.assertTrue(self.health.level_redefined)
        self.assertFalse(healthy.health_id.level_redefined)
        action = self.env.ref("client_health.client_health_redefined_action")
        self.assertIn(self.health, self.Health.search(safe_eval(action.domain)))

    def test_the_difference_is_told_as_settings(self):
        old = self.ago(1)
        self.refresh(self.client, as_of=old)
        snapshot = self.health.snapshot_ids.filtered(lambda s: s.date == old)
        facts = dict(snapshot.facts)
        self.upgrade()
        # what was kept then knows nothing of the new figure
        self.check.indicator_ids.formula = "days_since_task_move / 2"
        self.assertNotIn("days_since_task_move", facts)
        self.refresh(self.client)
        self.assertEqual(self.health.score, 0)
        [row] = self.health.what_changed(old)["checks"]
        self.assertEqual(row["data"], 0)
        self.assertEqual(row["settings"], row["change"])
        self.assertLess(row["change"], 0)
