"""Messages from before the module was there are read in the background."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .test_waiting import ASKS, THANKS, WaitingCase

BOOKMARK = "odoo.addons.client_health.models.turns.bookmark"


@tagged("post_install", "-at_install")
class TestOlderMessages(WaitingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookmark = cls.env["client.message.bookmark"]
        cls.cron = cls.env.ref("client_health.ir_cron_read_messages")
        cls.cr.execute("DELETE FROM client_message")
        cls.bookmark.search([]).unlink()
        # two years old is too old for anybody to read
        cls.cr.execute(
            "UPDATE mail_message SET date = %s", (cls.moment(cls.ago(1000)),)
        )
        cls.older = [
            cls.they(cls.moment(cls.ago(days)), body=ASKS)
            for days in (400, 300, 200, 100, 800)
        ]
        cls.env.flush_all()
        cls.cr.execute("DELETE FROM client_message")
        cls.bookmark._mark()

    def known(self):
        """Whether each of the older ones is read; they came in this order."""
        found = self.env["client.message"].search([])
        return [message in found.message_id for message in self.older]

    def stopped(self, after):
        """Read in batches of one, until the time of the scheduler is up."""
        calls = []

        def commit(_read):
            calls.append(1)
            return len(calls) < after

        with patch(f"{BOOKMARK}.BATCH", 1):
            return self.bookmark._read_old(commit)

    def test_the_newest_first_and_on_from_where_it_stopped(self):
        self.assertFalse(self.stopped(2))
        self.assertEqual(self.bookmark._progress(), (2, 4))
        self.assertEqual(self.known(), [False, False, True, True, False])
        self.assertTrue(self.stopped(9))
        self.assertEqual(self.known(), [True] * 4 + [False], "two years back")
        self.assertIsNone(self.bookmark._progress())

    def test_a_new_one_is_read_before_the_older_ones(self):
        new = self.they(fields.Datetime.now() - timedelta(minutes=5), body=THANKS)
        self.env.flush_all()
        self.bookmark._read_new()
        self.assertEqual(self.env["client.message"].search([]).message_id, new)
        self.assertEqual(self.bookmark._progress()[0], 0)

    def test_history_is_told_again_once_all_is_read(self):
        run = self.env["client.health.run"].create(
            {
                "company_id": self.company.id,
                "as_of": self.ago(60),
                "kind": "history",
                "state": "done",
            }
        )
        with self.enter_registry_test_mode():
            self.cron.sudo().method_direct_trigger()
        self.assertEqual(self.known(), [True] * 4 + [False])
        self.assertEqual(run.state, "waiting")
        run.state = "done"
        with self.enter_registry_test_mode():
            self.cron.sudo().method_direct_trigger()
        self.assertEqual(run.state, "done", "once")

    def test_the_page_says_how_far_it_is(self):
        self.stopped(1)
        manager = self.make_user("boss", "client_health.group_manager")
        progress = (
            self.env["client.health.run"]
            .with_user(manager)
            .with_context(allowed_company_ids=self.company.ids)
            .get_progress()
        )
        self.assertTrue(progress["running"])
        self.assertIn("1", progress["text"])
        self.assertLess(progress["percent"], 100)
