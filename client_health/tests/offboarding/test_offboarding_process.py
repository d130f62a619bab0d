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
        goodbye = self.start()
        self.ready_contract(goodbye)
        goodbye.with_user(self.user).with_context(
            offboarding_step="contract"
        ).action_finish_step()
        with self.assertRaisesRegex(UserError, "finished already, by hand"):
            goodbye.with_context(offboarding_step="contract").action_finish_step()
        self.assertEqual(goodbye.state, "projects")

    def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(self):
        goodbye = self.start()
        self.ready_contract(goodbye)
        locked = patch.object(
            self.env.registry["client.offboarding"],
            "lock_for_update",
            side_effect=LockError("taken"),
        )
        with locked, self.assertRaisesRegex(UserError, "Somebody else is working"):
            goodbye.action_finish_step()
        self.assertEqual(goodbye.state, "contract")

    def test_a_finished_step_is_taken_up_again_with_its_activity(self):
        goodbye = self.walk(self.start(), "tell")
        goodbye.action_reopen_step("conversation")
        self.assertEqual(goodbye.state, "conversation")
        step = goodbye.sudo()._step("conversation")
        self.assertFalse(step.done_on)
        self.assertTrue(step.activity_id.active)
        self.finish(goodbye)
        self.assertEqual(goodbye.state, "tell", "what was finished stays finished")

    def test_activities_follow_when_dates_and_people_move(self):
        goodbye = self.start(date_end=self.today + timedelta(days=60))
        step = goodbye._step("tell")
        before = step.date
        self.assertEqual(step.activity_id.date_deadline, before)
        goodbye.date_end += timedelta(days=7)
        self.assertEqual(step.activity_id.date_deadline, before + timedelta(days=7))
        step.with_user(self.user).write({"user_id": self.user.id})
        self.assertEqual(step.activity_id.user_id, self.user)

    def test_a_finished_step_leaves_the_list_of_activities(self):
        goodbye = self.start()
        activity = goodbye.sudo()._step("contract").activity_id
        self.walk(goodbye, "projects")
        self.assertFalse(activity.active)
        self.assertEqual(activity.state, "done")

    def test_cancelling_leaves_the_client_as_it_was(self):
        project = self.make_project(self.client)
        self.make_task(project)
        health = self.refresh(self.client)
        health.phase = "recovery"
        before = self.client.read(["active", "name"])
        goodbye = self.walk(self.start(), "projects")
        with self.assertRaisesRegex(UserError, "Only managers"):
            goodbye.with_user(self.user).action_cancel()
        goodbye.action_cancel()
        self.assertEqual(goodbye.state, "cancelled")
        self.assertEqual(health.phase, "recovery")
        self.assertEqual(self.client.read(["active", "name"]), before)
        self.assertEqual(project.task_ids.state, "01_in_progress")
        self.assertFalse(
            self.env["mail.activity"].search(
                [("res_model", "=", goodbye._name), ("res_id", "=", goodbye.id)]
            )
        )
        with self.assertRaisesRegex(UserError, "cancelled already"):
            goodbye.action_finish_step()

    def test_another_module_adds_what_a_step_needs(self):
        offboardings = self.env.registry["client.offboarding"]
        own = offboardings._requirements

        def more(offboarding, step):
            added = [Requirement("lawyer", "Ask the lawyer.")]
            return own(offboarding, step) + (added if step == "contract" else [])

        goodbye = self.start()
        self.ready_contract(goodbye)
        with patch.object(offboardings, "_requirements", more):
            self.assertEqual(self.codes(goodbye, "contract"), {"lawyer"})
            with self.assertRaisesRegex(UserError, "Ask the lawyer"):
                goodbye.action_finish_step()
            goodbye.pass_blocker("lawyer", "She is on holiday")
            goodbye.action_finish_step()
        self.assertEqual(goodbye.state, "projects")

    def test_where_it_blocks_what_is_open_can_be_settled(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        self.make_opportunity(self.client)
        goodbye = self.walk(self.start(), "transition")
        [transition] = [s for s in goodbye.guide()["steps"] if s["state"] == "current"]
        items = {item["code"]: item for item in transition["blockers"]}
        item = items["open_opportunities"]
        self.assertEqual((item["source"], len(item["ids"])), ("opportunities", 1))
        self.assertEqual(item["button"], "Mark lost")
        self.assertFalse(transition["open"], "said once")

    # -- rights ----------------------------------------------------------------

    def test_a_user_sees_no_money_and_a_manager_does(self):
        goodbye = self.start()
        names = ["revenue", "revenue_share", "margin", "receivable", "hours"]
        with self.assertRaises(AccessError):
            goodbye.with_user(self.user).read(names)
        self.assertIn("revenue", goodbye.read(names)[0])
        guide = goodbye.with_user(self.user).guide()
        self.assertFalse(guide["manager"])

    def test_buttons_alone_move_it_on(self):
        goodbye = self.start()
        for values in (
            {"state": "done"},
            {"legal_user_id": self.user.id},
            {"reviewed_on": self.today},
            {"revenue": 1},
            {"archived": []},
        ):
            with self.assertRaises(UserError):
                goodbye.with_user(self.user).write(values)
        with self.assertRaises(UserError):
            goodbye._step("contract").with_user(self.user).write(
                {"done_on": self.today}
            )
        with self.assertRaises(AccessError):
            self.env["client.offboarding.waiver"].with_user(self.manager).create(
                {
                    "offboarding_id": goodbye.id,
                    "key": "notice",
                    "text": "x",
                    "reason": "x",
                    "user_id": self.user.id,
                    "date": self.today,
                }
            )

    def test_a_user_neither_archives_nor_reactivates(self):
        goodbye = self.walk(self.start())
        with self.assertRaisesRegex(UserError, "Only managers"):
            goodbye.with_user(self.user).action_done()
        goodbye.action_done()
        with self.assertRaisesRegex(UserError, "Only managers"):
            goodbye.with_user(self.user).action_reactivate()

    def test_without_the_group_there_is_nothing_of_it(self):
        goodbye = self.start()
        plain = self.make_user("plain", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            goodbye.with_user(plain).guide()
        with self.assertRaises(AccessError):
            self.client.with_user(plain).action_start_offboarding()

    def test_other_companies_do_not_see_it(self):
        goodbye = self.start()
        there = self.make_company("There", "Europe/Amsterdam")
        other = self.make_user("there", "client_health.group_manager", company=there)
        found = self.env["client.offboarding"].with_user(other)
        found = found.with_context(allowed_company_ids=there.ids)
        self.assertFalse(found.search([("id", "=", goodbye.id)]))
        with self.assertRaises(AccessError):
            goodbye.with_user(other).with_context(
                allowed_company_ids=there.ids
            ).action_check_contract()

    def test_who_may_not_read_the_client_sees_none_of_it(self):
        self.make_task(self.make_project(self.client))
        goodbye = self.start().sudo()
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
            goodbye,
            goodbye.step_ids,
            goodbye.project_ids,
            goodbye.deliverable_ids,
        ]
        for records in lines:
            mine = records.with_user(self.user)
            self.assertFalse(mine.search([("id", "in", records.ids)]), records)
            with self.assertRaises(AccessError):
                mine.read(["partner_id"])
        with self.assertRaises(AccessError):
            goodbye.with_user(self.user).guide()
        with self.assertRaises(AccessError):
            goodbye.with_user(self.user).action_check_contract()
        with self.assertRaises(AccessError):
            goodbye.project_ids.with_user(self.user).action_close()

    def test_what_is_over_stays_as_it_was(self):
        goodbye = self.walk(self.start())
        goodbye.action_done()
        with self.assertRaisesRegex(UserError, "is over"):
            goodbye.reaction = "Something else"
        goodbye.return_conditions = "Paid in advance"
        with self.assertRaises(UserError):
            goodbye.unlink()
