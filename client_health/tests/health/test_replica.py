"""Facts from a read replica: at night alone, the same, and never older than a score.

The replica here is the same database by a cursor that may not write; one that lags
says so by the moment up to which it follows. ``make test-replica`` has a real one.
"""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from ...engine.reader import Reader
from .test_refresh import RefreshCase


class TestReplica(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.make_client("One") + cls.make_client("Other")
        cls.tasks = cls.make_tasks(cls.clients[0], 8)
        cls.make_tasks(cls.clients[1], 2)

    @contextmanager
    def replica(self, moment=None, found=None):
        """There is a replica; yields the list of what was read from it of our clients.

        ``moment``: up to which it follows; ``found``: the facts that it still has.
        """
        read = []
        original = Reader._read_beside

        def read_beside(reader, scope, *args):
            now, _moment = original(reader, scope, *args)
            if scope.company == self.company:
                read.append(now)
                now = found or now
            return now, moment

        with (
            patch.object(Reader, "_has_replica", lambda reader: True),
            patch.object(Reader, "_read_beside", read_beside),
        ):
            yield read

    def night(self):
        """The scheduler's turn; the figures after it."""
        with self.enter_registry_test_mode():
            self.env.ref("client_health.ir_cron_refresh").method_direct_trigger()
        return self.figures()

    def figures(self):
        names = ["partner_id", "score", "level", "coverage", "facts", "flag_count"]
        found = self.Health.search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", self.clients.ids),
            ]
        )
        return found.sorted("partner_id").read(names, load=None)

    def forget(self):
        self.env.cr.execute(
            SQL(
                "UPDATE client_health SET score = NULL, encoded_facts = NULL,"
                " fingerprint = NULL, computed_on = NULL WHERE company_id = %s",
                self.company.id,
            )
        )
        self.env.invalidate_all()

    def test_a_night_says_the_same_by_a_cursor_that_may_not_write(self):
        plain = self.night()
        self.assertEqual(plain[0]["score"], 20)  # one in five stalled: 0.8
        self.forget()
        with self.replica() as read:
            self.assertEqual(self.night(), plain)
        self.assertTrue(read)

    def test_a_night_after_which_nothing_changed_writes_no_row(self):
        with self.replica():
            self.night()
            before = self.row_versions("client_health")
            self.night()
        self.assertEqual(self.row_versions("client_health"), before)

    def test_whoever_waits_for_an_answer_reads_the_database_itself(self):
        with self.replica() as read:
            self.refresh(self.clients)
            self.run_all()
        self.assertFalse(read)
        self.assertEqual(self.figures()[0]["score"], 20)

    def test_history_reads_the_database_itself(self):
        runs = self.env["client.health.run"]
        with self.replica() as read, self.enter_registry_test_mode():
            runs.create(
                {
                    "company_id": self.company.id,
                    "kind": "history",
                    "state": "waiting",
                    "as_of": self.today.replace(day=1) - timedelta(days=1),
                }
            )
            self.env.ref("client_health.ir_cron_history").method_direct_trigger()
        self.assertFalse(read)

    def test_facts_of_a_replica_that_lags_are_taken_as_of_then(self):
        with self.replica() as read:
            self.night()
        self.stall(self.tasks, 0)
        with self.replica(fields.Datetime.now() + timedelta(hours=1), read[-1]):
            self.assertEqual(self.night()[0]["score"], 20)
        with self.replica():
            self.assertEqual(self.night()[0]["score"], 100)

    def test_a_score_is_never_replaced_by_older_facts(self):
        """Somebody refreshed a client whose change the replica does not have yet."""
        with self.replica() as read:
            self.night()
        old = read[-1]
        self.stall(self.tasks, 0)
        self.refresh(self.clients[0])
        self.assertEqual(self.figures()[0]["score"], 100)
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        with self.replica(hour_ago, old):
            self.assertEqual(self.night()[0]["score"], 100)
