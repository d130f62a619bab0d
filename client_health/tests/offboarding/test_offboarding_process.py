"""What holds for all steps of an offboarding, and who may."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, LockError, UserError

from ...models.process.requirement import Requirement
from .case import OffboardingCase


class TestOffboardingProcess(OffboardingCase):
    # -- all steps -------------------------------------------------------------

    def test_of_two_who_finish_a_step_the_second_is_told(self):
        offboarding = self.start()
        self.ready_contract(offboarding)
        offboarding.with_user(self.user).with_context(
            offboarding_step="contract"
        ).action_finish_step()
        with self.assertRaisesRegex(UserError, "finished already, by hand"):
            offboarding.with_context(offboarding_step="contract").action_finish_step()
        self.assertEqual(offboarding.state, "conversation")

    def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(self):
        offboarding = self.start()
        self.ready_contract(offboarding)
        locked = patch.object(
            self.env.registry["client.offboarding"],
            "lock_for_update",
            side_effect=LockError("taken"),
        )
        with locked, self.assertRaisesRegex(UserError, "Somebody else is working"):
            offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "contract")

    def test_a_finished_step_is_taken_up_again_with_its_activity(self):
        offboarding = self.walk(self.start(), "tell")
        offboarding.action_reopen_step("conversation")
        self.assertEqual(offboarding.state, "conversation")
        step = offboarding.sudo()._step("conversation")
        self.assertFalse(step.done_on)
        self.assertTrue(step.activity_id.active)
        self.finish(offboarding)
        self.assertEqual(offboarding.state, "tell", "what was finished stays finished")

    def test_activities_follow_when_dates_and_people_move(self):
        offboarding = self.start(date_end=self.today + timedelta(days=60))
        step = offboarding._step("tell")
        before = step.date
        self.assertEqual(step.activity_id.date_deadline, before)
        offboarding.date_end += timedelta(days=7)
        self.assertEqual(step.activity_id.date_deadline, before + timedelta(days=7))
        step.with_user(self.user).write({"user_id": self.user.id})
        self.assertEqual(step.activity_id.user_id, self.user)

    def test_the_client_hears_it_before_projects_are_closed_or_somebody_chooses(self):
        offboarding = self.start(date_end=self.today + timedelta(days=60))
        steps = {step.code: step for step in offboarding.step_ids}
        self.assertLess(steps["tell"].date, steps["projects"].date)
        with self.assertRaisesRegex(UserError, "something else comes before"):
            offboarding.action_do_first("projects")
        self.walk(offboarding, "conversation")
        first = [s["code"] for s in offboarding.guide()["steps"] if s["first"]]
        self.assertEqual(first, ["projects"])
        with self.assertRaisesRegex(UserError, "something else comes before"):
            offboarding.action_do_first("tell")
        offboarding.action_do_first("projects")
        self.assertEqual(offboarding.state, "projects")
        self.assertLessEqual(steps["projects"].date, steps["conversation"].date)
        self.assertEqual(
            steps["projects"].activity_id.date_deadline, steps["projects"].date
        )
        self.finish(offboarding)
        self.assertEqual(offboarding.state, "conversation")

    def test_a_finished_step_leaves_the_list_of_activities(self):
        offboarding = self.start()
        activity = offboarding.sudo()._step("contract").activity_id
        self.walk(offboarding, "conversation")
        self.assertFalse(activity.active)
        self.assertEqual(activity.state, "done")

    def test_cancelling_leaves_the_client_as_it_was(self):
        project = self.make_project(self.client)
        self.make_task(project)
        health = self.refresh(self.client)
        health.phase = "recovery"
        before = self.client.read(["active", "name"])
        offboarding = self.walk(self.start(), "conversation")
        with self.assertRaisesRegex(UserError, "Only managers"):
            offboarding.with_user(self.user).action_cancel()
        offboarding.action_cancel()
        self.assertEqual(offboarding.state, "cancelled")
        self.assertEqual(health.phase, "recovery")
        self.assertEqual(self.client.read(["active", "name"]), before)
        self.assertEqual(project.task_ids.state, "01_in_progress")
        self.assertFalse(
            self.env["mail.activity"].search(
                [("res_model", "=", offboarding._name), ("res_id", "=", offboarding.id)]
            )
        )
        with self.assertRaisesRegex(UserError, "cancelled already"):
            offboarding.action_finish_step()

    def test_another_module_adds_what_a_step_needs(self):
        offboardings = self.env.registry["client.offboarding"]
        own = offboardings._requirements

        def more(offboarding, step):
            added = [Requirement("lawyer", "Ask the lawyer.")]
            return own(offboarding, step) + (added if step == "contract" else [])

        offboarding = self.start()
        self.ready_contract(offboarding)
        with patch.object(offboardings, "_requirements", more):
            self.assertEqual(self.codes(offboarding, "contract"), {"lawyer"})
            with self.assertRaisesRegex(UserError, "Ask the lawyer"):
                offboarding.action_finish_step()
            offboarding.pass_blocker("lawyer", "She is on holiday")
            offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "conversation")

    def test_where_it_blocks_what_is_open_can_be_settled(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.make_deal(self.client)
        offboarding = self.walk(self.start(), "transition")
        [transition] = [
            s for s in offboarding.guide()["steps"] if s["state"] == "current"
        ]
        items = {item["code"]: item for item in transition["blockers"]}
        item = items["open_opportunities"]
        self.assertEqual((item["source"], len(item["ids"])), ("opportunities", 1))
        self.assertEqual(item["button"], "Mark lost")
        self.assertFalse(transition["open"], "said once")

    # -- rights ----------------------------------------------------------------

    def test_a_user_sees_no_money_and_a_manager_does(self):
        offboarding = self.start()
        names = ["revenue", "revenue_share", "margin", "receivable", "hours"]
        with self.assertRaises(AccessError):
            offboarding.with_user(self.user).read(names)
        self.assertIn("revenue", offboarding.read(names)[0])
        guide = offboarding.with_user(self.user).guide()
        self.assertFalse(guide["manager"])

    def test_buttons_alone_move_it_on(self):
        offboarding = self.start()
        for values in (
            {"state": "done"},
            {"legal_user_id": self.user.id},
            {"reviewed_on": self.today},
            {"revenue": 1},
            {"archived": []},
        ):
            with self.assertRaises(UserError):
                offboarding.with_user(self.user).write(values)
        with self.assertRaises(UserError):
            offboarding._step("contract").with_user(self.user).write(
                {"done_on": self.today}
            )
        with self.assertRaises(AccessError):
            self.env["client.offboarding.waiver"].with_user(self.manager).create(
                {
                    "offboarding_id": offboarding.id,
                    "key": "notice",
                    "text": "x",
                    "reason": "x",
                    "user_id": self.user.id,
                    "date": self.today,
                }
            )

    def test_a_user_neither_archives_nor_reactivates(self):
        offboarding = self.walk(self.start())
        with self.assertRaisesRegex(UserError, "Only managers"):
            offboarding.with_user(self.user).action_done()
        offboarding.action_done()
        with self.assertRaisesRegex(UserError, "Only managers"):
            offboarding.with_user(self.user).action_reactivate()

    def test_without_the_group_there_is_nothing_of_it(self):
        offboarding = self.start()
        plain = self.make_user("plain", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            offboarding.with_user(plain).guide()
        with self.assertRaises(AccessError):
            self.client.with_user(plain).action_start_offboarding()

    def test_other_companies_do_not_see_it(self):
        offboarding = self.start()
        there = self.make_company("There", "Europe/Amsterdam")
        other = self.make_user("there", "client_health.group_manager", company=there)
        found = self.env["client.offboarding"].with_user(other)
        found = found.with_context(allowed_company_ids=there.ids)
        self.assertFalse(found.search([("id", "=", offboarding.id)]))
        with self.assertRaises(AccessError):
            offboarding.with_user(other).with_context(
                allowed_company_ids=there.ids
            ).action_check_contract()

    def test_who_may_not_read_the_client_sees_none_of_it(self):
        self.make_task(self.make_project(self.client))
        offboarding = self.start().sudo()
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.client.id})]",
                "groups": [Command.link(self.env.ref("base.group_user").id)],
            }
        )
        self.env["ir.rule"].search(
            [
                ("model_id.model", "=", "res.partner"),
                ("groups", "=", self.env.ref("base.group_user").id),
                ("name", "!=", "not this one"),
            ]
        ).active = False
        self.user.group_ids = self.env.ref("client_health.group_user")
        lines = [
            offboarding,
            offboarding.step_ids,
            offboarding.project_ids,
            offboarding.deliverable_ids,
        ]
        for records in lines:
            mine = records.with_user(self.user)
            self.assertFalse(mine.search([("id", "in", records.ids)]), records)
            with self.assertRaises(AccessError):
                mine.read(["partner_id"])
        with self.assertRaises(AccessError):
            offboarding.with_user(self.user).guide()
        with self.assertRaises(AccessError):
            offboarding.with_user(self.user).action_check_contract()
        with self.assertRaises(AccessError):
            offboarding.project_ids.with_user(self.user).action_close()

    def test_what_is_over_stays_as_it_was(self):
        offboarding = self.walk(self.start())
        offboarding.action_done()
        with self.assertRaisesRegex(UserError, "is over"):
            offboarding.reaction = "Something else"
        offboarding.return_conditions = "Paid in advance"
        with self.assertRaises(UserError):
            offboarding.unlink()
