"""Advice: a flag names its next steps, and remembers those that were taken."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..stories.money_case import MoneyCase
from .test_flag import FlagCase


@tagged("post_install", "-at_install")
class TestAdvice(FlagCase):
    def keys(self, flag):
        return [step["key"] for step in flag.next_steps]

    def test_steps_are_chosen_by_the_driver(self):
        self.assertEqual(self.keys(self.by(self.manager)), ["meet", "recovery"])
        buying = self.env.ref("client_health.indicator_buying_gap")
        self.force(self.flag, driver_id=buying.id)
        self.env.invalidate_all()
        self.assertEqual(
            self.keys(self.by(self.manager)), ["call", "opportunity", "recovery"]
        )

    def test_what_does_not_apply_is_no_step(self):
        waiting = self.env.ref("client_health.indicator_our_on_time")
        self.force(self.flag, driver_id=waiting.id)
        self.assertEqual(self.keys(self.by(self.user)), ["meet"])
        lead = self.make_deal(self.client)
        message = lead.message_post(body="Call me?", message_type="comment")
        self.env["client.turn"].create(
            {
                "health_id": self.health.id,
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "contact_id": self.client.id,
                "message_id": message.id,
                "res_model": lead._name,
                "res_id": lead.id,
                "sentence": "Call me?",
                "waits_for": "ours",
                "state": "waiting",
                "surely": True,
            }
        )
        self.env.invalidate_all()
        [answer, meet] = self.by(self.user).next_steps
        self.assertEqual((answer["key"], meet["key"]), ("answer", "meet"))
        self.assertIn("1", answer["label"])
        action = self.by(self.user).action_step("answer")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.message_id, message)

    def test_the_step_that_was_taken_is_remembered(self):
        flag = self.by(self.user)
        self.assertFalse(flag.last_step)
        flag.action_step("recovery")
        [taken] = self.flag.steps_taken
        self.assertEqual((taken["key"], taken["user_id"]), ("recovery", self.user.id))
        self.assertIn(self.user.name, self.flag.last_step)
        page = self.health.with_user(self.user).relationship()
        [told] = [found for found in page["flags"] if found["id"] == flag.id]
        self.assertEqual(told["done"], flag.last_step)
        self.assertEqual([s["key"] for s in told["steps"]], ["meet", "recovery"])

    def test_every_step_there_is_leads_somewhere(self):
        flag = self.by(self.manager)
        for driver in self.env["client.health.indicator"].search([]):
            self.force(self.flag, driver_id=driver.id)
            self.env.invalidate_all()
            for key in self.keys(flag):
                if key == "records":
                    continue  # there are none here
                action = flag.action_step(key)
                self.assertTrue(action["type"].startswith("ir.actions."), key)

    def test_only_a_step_that_is_offered_can_be_taken(self):
        for key in ("chase", "no_such", "__class__", None, 3, ["meet"]):
            with self.assertRaises(UserError):
                self.by(self.user).action_step(key)
        self.assertFalse(self.flag.steps_taken)

    def test_a_cleared_flag_has_no_steps(self):
        self.force(self.flag, state="cleared", cleared_on=self.today)
        self.assertFalse(self.by(self.user).next_steps)
        with self.assertRaises(UserError):
            self.by(self.user).action_step("meet")

    def test_nobody_writes_by_hand_what_was_done(self):
        with self.assertRaises(AccessError):
            self.by(self.user).write({"steps_taken": []})

    def test_the_weekly_mail_names_the_steps(self):
        links = self.by(self.user)._steps_as_links()
        self.assertIn("Start recovery", links)
        self.assertIn(f"client-health-flags/{self.flag.id}", links)


@tagged("post_install", "-at_install")
class TestAdviceAboutMoney(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in (3, 4):
            cls.make_invoice(cls.client, cls.month(number), 1000)
        cls.health = cls.refresh(cls.client)
        cls.flag = cls.health.open_flag_ids.filtered(
            lambda flag: flag.check_id.code == "profit"
        )
        cls.seller = cls.make_user("seller", "client_health.group_user")
        cls.reader = cls.make_user(
            "reader", "client_health.group_user", "account.group_account_invoice"
        )
        cls.boss = cls.make_user(
            "boss", "client_health.group_manager", "account.group_account_invoice"
        )

    def steps(self, user):
        flag = self.flag.with_user(user).with_context(
            allowed_company_ids=self.company.ids
        )
        return {step["key"]: step["label"] for step in flag.next_steps}

    def test_overdue_money_is_named_with_its_invoices(self):
        self.assertEqual(self.flag.driver_id.code, "overdue")
        chase = self.steps(self.boss)["chase"]
        self.assertIn("2,000", chase)
        self.assertIn("2", chase)
        flag = self.flag.with_user(self.boss)
        action = flag.with_context(allowed_company_ids=self.company.ids).action_step(
            "chase"
        )
        moves = self.env["account.move"].search(action["domain"])
        self.assertEqual(sum(moves.mapped("amount_untaxed")), 2000)

    def test_who_may_not_read_invoices_chases_none(self):
        self.assertNotIn("chase", self.steps(self.seller))
        self.assertIn("chase", self.steps(self.reader))

    def test_steps_do_not_tell_a_user_which_figure_of_money_it_is(self):
        before = self.steps(self.reader), self.steps(self.seller)
        for code in ("margin", "loss_months", "days_late", "overdue"):
            indicator = self.env.ref(f"client_health.indicator_{code}")
            self.force(self.flag, driver_id=indicator.id)
            self.env.invalidate_all()
            self.assertEqual((self.steps(self.reader), self.steps(self.seller)), before)

    def test_steps_of_many_flags_take_no_more_queries(self):
        others = [self.make_client(f"Other {number}") for number in range(3)]
        for other in others:
            self.make_invoice(other, self.ago(100), 500)
            self.refresh(other)
        flags = self.env["client.health.flag"].search(
            [("company_id", "=", self.company.id), ("check_id.code", "=", "profit")]
        )
        self.assertGreater(len(flags), 3)
        counts = []
        for some in (flags[:1], flags):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("next_steps")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 3)

    def test_a_paid_invoice_is_chased_no_more(self):
        self.pay(
            self.env["account.move"].search([("partner_id", "=", self.client.id)]),
            self.today - timedelta(days=1),
        )
        self.env.invalidate_all()
        self.assertNotIn("chase", self.steps(self.boss))
