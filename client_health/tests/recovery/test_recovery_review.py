"""Before and after, beside clients that were left alone."""

from datetime import timedelta

from odoo.exceptions import AccessError

from .case import RecoveryCase

STALLED = "stalled"


class TestRecoveryReview(RecoveryCase):
    """A client repaired for a month, and others at the same level."""

    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Slow Sails")
        cls.tasks = cls.make_tasks(cls.client, 6)  # score 40, critical
        cls.health = cls.measured_before(cls.client)
        # (stalled before, stalled after) of clients nobody repairs
        cls.others = [cls.make_other(6, after) for after in (5, 6, 7, 4, 3)]
        # at another level, in another company, and measured on one day only
        cls.make_other(1, 9)
        cls.there = cls.make_company("There")
        cls.make_other(6, 0, company=cls.there)
        cls.refresh(cls.new_client(6)[0])

    @classmethod
    def new_client(cls, stalled, company=None):
        client = cls.make_client("Other")
        return client, cls.make_tasks(client, stalled, company=company)

    @classmethod
    def measured_before(cls, client, company=None):
        """Its health, as if what it says had been measured 40 days ago."""
        health = cls.refresh(client, company)
        cls.force(health.snapshot_ids, date=cls.ago(40))
        return health

    @classmethod
    def make_other(cls, before, after, company=None):
        client, tasks = cls.new_client(before, company)
        health = cls.measured_before(client, company)
        cls.stall(tasks, after)
        cls.refresh(client, company)
        return health

    def repaired(self, **values):
        """A recovery of 30 days in which two of six tasks moved."""
        recovery = self.start(self.client, date_start=self.ago(30), **values)
        self.stall(self.tasks, 4)
        self.refresh(self.client)
        return recovery

    def row(self, review, code=STALLED):
        return next(row for row in review["checks"] if row["code"] == code)

    def test_change_stands_beside_that_of_similar_clients(self):
        recovery = self.repaired(user=self.manager)
        self.assertEqual((recovery.entry_level, recovery.entry_score), ("critical", 40))
        review = recovery.review()
        self.assertEqual(review["similar"], 5)
        # 50, 40, 30, 60 and 70 less 40 each: 10, 0, -10, 20, 30
        self.assertEqual(
            review["score"],
            {"before": 40, "after": 60, "change": 20, "others": 10.0, "count": 5},
        )
        row = self.row(review)
        self.assertEqual((row["old"]["level"], row["new"]["level"]), ("watch", "ok"))
        self.assertEqual((row["old"]["points"], row["new"]["points"]), (60, 40))
        self.assertEqual((row["change"], row["others"], row["count"]), (20, 10.0, 5))
        self.assertEqual(row["moved"], "better")
        self.assertFalse(review["over"])

    def test_fewer_than_five_are_too_few_to_say(self):
        self.start(self.others[0].partner_id)
        recovery = self.repaired(user=self.manager)
        review = recovery.review()
        self.assertEqual(review["similar"], 4, "one of them is in recovery itself")
        self.assertEqual(
            (review["score"]["others"], review["score"]["count"]), (None, 4)
        )
        self.assertIsNone(self.row(review)["others"])
        second = self.others[1].partner_id
        self.start(second, user=self.manager).set_cancelled()
        self.assertEqual(recovery.review()["similar"], 3, "was in recovery meanwhile")

    def test_a_check_that_is_gone_is_no_longer_measured(self):
        recovery = self.repaired(user=self.manager)
        self.check.indicator_ids.formula = "stalled_tasks / (open_tasks - open_tasks)"
        self.refresh(self.client)
        row = self.row(recovery.review())
        self.assertEqual((row["old"]["level"], row["new"]["level"]), ("watch", "grey"))
        self.assertTrue(row["gone"])
        self.assertIsNone(row["change"])
        self.assertEqual(row["moved"], "unknown")

    def test_what_was_seen_when_it_was_decided_stays(self):
        recovery = self.repaired(user=self.manager)
        seen = recovery.review()
        recovery.set_recovered("Call first")
        self.assertEqual(recovery.score_change, 20)
        self.assertEqual((recovery.better_count, recovery.worse_count), (1, 0))
        self.assertEqual(recovery.duration, 30)
        line = recovery.check_ids.filtered(lambda c: c.check_id == self.check)
        self.assertEqual(
            (line.before, line.after, line.moved), ("watch", "ok", "better")
        )
        self.assertEqual((line.change, line.result), (20, "recovered"))
        self.stall(self.tasks, 9)
        self.refresh(self.client)
        later = recovery.review()
        self.assertTrue(later.pop("over"))
        seen.pop("over")
        self.assertEqual(later, seen)

    def test_the_client_no_longer_measured_is_said(self):
        recovery = self.repaired(user=self.manager)
        self.health.unlink()
        self.assertIsNone(recovery.review())
        recovery.set_recovered()
        self.assertEqual(recovery.state, "recovered")
        self.assertEqual(recovery.score_change, 20, "measured again for the decision")

    def test_a_plain_user_gets_no_figure_about_money_nor_a_way_to_it(self):
        self.app("account.move")
        self.make_check("money", "overdue", 1000, weight=30)
        self.make_invoice(self.client, self.ago(60), 500, due=self.ago(50))
        self.health.snapshot_ids.unlink()
        self.measured_before(self.client)
        recovery = self.repaired(user=self.user)
        full = recovery.with_user(self.manager).review()
        self.assertTrue(self.row(full, "money")["old"]["text"])
        self.assertFalse(full["hidden"])
        for review in (recovery.review(), self.decided(recovery).review()):
            self.assertTrue(review["hidden"])
            for row in review["checks"]:
                for name in ("change", "others", "data", "settings"):
                    self.assertIsNone(row[name], row["code"])
                for side in (row["old"], row["new"]):
                    self.assertIsNone(side["points"])
            money = self.row(review, "money")
            self.assertEqual((money["old"]["value"], money["old"]["text"]), (None, ""))
            self.assertTrue(self.row(review)["old"]["text"], "what is no money stays")
            self.assertTrue(review["score"]["change"] is not None)
        for name in ("entry", "outcome"):
            with self.assertRaises(AccessError):
                recovery.read([name])
        with self.assertRaises(AccessError):
            recovery.check_ids.read(["change"])
        with self.assertRaises(AccessError):
            recovery.check_ids.formatted_read_group([], ["check_id"], ["change:sum"])

    def decided(self, recovery):
        recovery.set_recovered()
        return recovery

    def test_the_number_of_queries_does_not_depend_on_the_clients(self):
        recovery = self.repaired(user=self.manager)

        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            recovery.review()
            return self.cr.sql_log_count - before

        count()
        first = count()
        for _other in range(5):
            self.make_other(6, 5)
        self.assertEqual(count(), first)
        self.assertEqual(recovery.review()["similar"], 10)

    def test_it_starts_from_history_that_is_there(self):
        fresh, _tasks = self.new_client(6)
        self.refresh(fresh)
        from_day = self.today - timedelta(days=10)
        with self.assertRaisesRegex(Exception, "history of Other begins"):
            self.start(fresh, date_start=from_day)
