"""Projects are really closed, and what else is open is listed."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .case import OffboardingCase


class TestOffboardingProjects(OffboardingCase):
    books = True

    def decide(self, offboarding, task, decision, **values):
        """The client's word on a task; what it wants finished is finished."""
        line = offboarding.deliverable_ids.filtered(lambda d: d.sudo().task_id == task)
        values = {"decision": decision, "becomes": "done", **values}
        line.with_user(self.user).write(values)

    def close(self, offboarding, project):
        offboarding.invalidate_recordset()
        offboarding.project_ids.filtered(
            lambda p: p.sudo().project_id == project
        ).action_close()

    def test_closing_brings_each_task_where_the_client_wants_it(self):
        project = self.make_project(self.client, name="Website")
        finish, hand, drop = (
            self.make_task(project, name=name) for name in ("One", "Two", "Three")
        )
        sub = self.make_task(project, name="Sub", parent_id=drop.id)
        offboarding = self.start()
        self.decide(offboarding, finish, "finish")
        self.decide(offboarding, hand, "hand_over", handed_to="Their new agency")
        self.decide(offboarding, drop, "drop")
        with self.assertRaisesRegex(UserError, "wait for the client's decision"):
            self.close(offboarding, project)
        self.assertEqual(finish.state, "01_in_progress", "nothing half closed")
        self.decide(offboarding, sub, "drop")
        self.close(offboarding, project)
        self.assertEqual(finish.state, "1_done")
        self.assertEqual(hand.state, "1_canceled", "done by others, not by us")
        self.assertEqual((drop | sub).mapped("state"), ["1_canceled", "1_canceled"])
        self.assertEqual(project.last_update_status, "done")
        self.assertTrue(project.sudo().stage_id.fold)
        self.assertTrue(project.active, "closed, not hidden")
        self.assertEqual(offboarding.project_ids.state, "closed")
        self.assertEqual((offboarding.kept_count, offboarding.dropped_count), (2, 2))

    def test_work_that_is_not_finished_is_promised_and_never_done_by_itself(self):
        project = self.make_project(self.client, allow_milestones=True)
        milestone = self.make_milestone(project)
        task = self.make_task(project, name="Report", milestone_id=milestone.id)
        offboarding = self.start()
        offboarding.project_ids.action_finish_rest()
        self.assertEqual(offboarding.project_ids.promised_count, 0)
        self.close(offboarding, project)
        self.assertEqual(offboarding.project_ids.promised_count, 1)
        self.assertEqual(task.state, "01_in_progress")
        self.assertFalse(milestone.is_reached)
        self.assertEqual(offboarding.project_ids.state, "closed")
        self.assertFalse(self.codes(offboarding, "projects"))
        promise = offboarding.promise_ids
        self.assertEqual(promise.sudo().task_id, task)
        self.assertEqual(promise.user_id, self.manager, "whoever is responsible")
        self.blocks(offboarding, "transition", "promise")
        plan = offboarding._exit_plan()
        self.assertFalse(plan["finish"])
        self.assertEqual([p["what"] for p in plan["promises"]], ["Report"])
        seller = self.make_user(
            "seller", "base.group_partner_manager", "client_health.group_user"
        )
        offboarding.sudo()._step("tell").user_id = seller
        with self.assertRaisesRegex(UserError, "may not change the tasks"):
            promise.with_user(seller).action_deliver()
        promise.with_user(self.user).action_deliver()
        self.assertEqual(task.state, "1_done")
        self.assertEqual(offboarding.project_ids.promised_count, 0)
        self.assertTrue(milestone.is_reached)
        self.no_blocks(offboarding, "transition", "promise")
        self.assertTrue(offboarding._exit_plan()["promises"][0]["done"])

    def test_the_dialog_asks_of_each_unfinished_task_what_becomes_of_it(self):
        project = self.make_project(self.client)
        names = ("Keep", "Ready", "Away", "Theirs")
        keep, ready, away, theirs = (self.make_task(project, name=n) for n in names)
        offboarding = self.start()
        self.decide(offboarding, theirs, "hand_over", handed_to="Their new agency")
        offboarding.project_ids.action_finish_rest()
        with self.assertRaisesRegex(UserError, "who may change the project"):
            offboarding.project_ids.with_user(self.user).action_ask_close()
        self.user.group_ids += self.env.ref("project.group_project_manager")
        action = offboarding.project_ids.with_user(self.user).action_ask_close()
        asked = offboarding.deliverable_ids.filtered(lambda d: d.decision == "finish")
        self.assertEqual(
            action["context"]["default_deliverable_ids"], asked.ids, "not theirs"
        )
        becomes = {keep: "deliver", ready: "done", away: "drop"}
        lines = [
            Command.update(d.id, {"becomes": becomes[d.sudo().task_id]}) for d in asked
        ]
        dialog = self.env[action["res_model"]].with_user(self.user)
        dialog = dialog.with_context(**action["context"])
        dialog = dialog.create({"deliverable_ids": [Command.set(asked.ids), *lines]})
        self.assertIn("cancelled here: Theirs", dialog.text)
        self.assertEqual(keep.state, "01_in_progress", "nothing is closed by looking")
        dialog.action_apply()
        self.assertEqual(keep.state, "01_in_progress")
        self.assertEqual(ready.state, "1_done")
        self.assertEqual(away.state, "1_canceled")
        self.assertEqual(theirs.state, "1_canceled")
        self.assertEqual(offboarding.sudo().promise_ids.task_id, keep)
        self.assertEqual(offboarding.dropped_count, 1)

    def test_one_word_for_all_that_is_undecided_leaves_what_was_decided(self):
        project = self.make_project(self.client)
        tasks = [self.make_task(project) for _number in range(3)]
        offboarding = self.start()
        self.decide(offboarding, tasks[0], "finish")
        offboarding.project_ids.with_user(self.user).action_drop_rest()
        words = offboarding.deliverable_ids.sorted("id").mapped("decision")
        self.assertEqual(sorted(words), ["drop", "drop", "finish"])

    def test_handing_over_says_to_whom(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        offboarding = self.start()
        with self.assertRaisesRegex(ValidationError, "to whom"):
            self.decide(offboarding, task, "hand_over")

    def test_a_recurring_task_makes_no_next_one(self):
        project = self.make_project(self.client, allow_recurring_tasks=True)
        task = self.make_task(
            project, recurring_task=True, repeat_interval=1, repeat_unit="week"
        )
        self.assertTrue(task.recurrence_id)
        offboarding = self.start()
        self.decide(offboarding, task, "finish")
        self.close(offboarding, project)
        self.assertEqual(project.with_context(active_test=False).task_ids, task)
        self.assertFalse(task.recurrence_id)
        self.assertEqual(task.state, "1_done")

    def test_a_blocked_task_is_closed_as_well(self):
        project = self.make_project(self.client, allow_task_dependencies=True)
        first = self.make_task(project)
        second = self.make_task(project, depend_on_ids=[Command.link(first.id)])
        offboarding = self.start()
        self.decide(offboarding, first, "drop")
        self.decide(offboarding, second, "finish")
        self.close(offboarding, project)
        self.assertEqual(first.state, "1_canceled")
        self.assertEqual(second.state, "1_done")

    def test_milestones_are_settled_and_dropped_work_reaches_none(self):
        project = self.make_project(self.client, allow_milestones=True)
        reached, dropped = self.make_milestone(project), self.make_milestone(project)
        dropped.deadline = self.today
        done = self.make_task(project, milestone_id=reached.id)
        drop = self.make_task(project, milestone_id=dropped.id)
        offboarding = self.start()
        self.decide(offboarding, done, "finish")
        self.decide(offboarding, drop, "drop")
        self.close(offboarding, project)
        self.assertTrue(reached.is_reached)
        self.assertFalse(dropped.is_reached)
        self.assertFalse(dropped.deadline, "and is late no more")

    def test_hours_are_not_touched(self):
        self.app("project.task:effective_hours")
        project = self.make_project(self.client)
        task = self.make_task(project)
        line = self.log(self.make_employee(50), self.ago(3), 4, task=task)
        self.env.flush_all()  # what is still to be written is the test's own
        before = line.read()
        offboarding = self.start()
        self.decide(offboarding, task, "finish")
        self.close(offboarding, project)
        self.assertEqual(line.read(), before)

    def test_tasks_of_others_and_their_project_are_left_alone(self):
        other = self.make_client("Other")
        shared = self.make_project(self.client, name="Shared")
        mine = self.make_task(shared)
        theirs = self.make_task(shared, client=other)
        offboarding = self.start()
        self.assertEqual(offboarding.sudo().deliverable_ids.task_id, mine)
        self.decide(offboarding, mine, "finish")
        self.close(offboarding, shared)
        self.assertEqual(mine.state, "1_done")
        self.assertEqual(theirs.state, "01_in_progress")
        self.assertNotEqual(shared.last_update_status, "done")
        self.assertFalse(shared.sudo().stage_id.fold)
        self.assertEqual(offboarding.project_ids.state, "closed")

    def test_tasks_in_the_project_of_another_client_are_closed_alone(self):
        other = self.make_client("Other")
        theirs = self.make_project(other)
        mine = self.make_task(theirs, client=self.client)
        rest = self.make_task(theirs)
        offboarding = self.start()
        self.assertEqual(offboarding.sudo().deliverable_ids.task_id, mine)
        self.assertTrue(offboarding.project_ids.goes_on)
        self.decide(offboarding, mine, "drop")
        self.close(offboarding, theirs)
        self.assertEqual(mine.state, "1_canceled")
        self.assertEqual(rest.state, "01_in_progress")
        self.assertNotEqual(theirs.last_update_status, "done")

    def test_the_projects_of_contacts_count(self):
        contact = self.make_contact(self.client)
        project = self.make_project(contact)
        offboarding = self.start()
        self.assertEqual(offboarding.sudo().project_ids.project_id, project)

    def test_the_closing_stage_mails_nobody(self):
        stage = self.env["project.project.stage"].search(
            [("fold", "=", True), ("company_id", "in", [False, self.company.id])],
            limit=1,
        )
        if not stage:
            stage = stage.create({"name": "Over", "fold": True})
        stage.mail_template_id = self.env["mail.template"].create(
            {
                "name": "Over",
                "subject": "Your project is over",
                "model_id": self.env["ir.model"]._get_id("project.project"),
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        project = self.make_project(self.client)
        offboarding = self.start().with_context(
            tracking_disable=False, mail_notrack=False
        )
        before = self.env["mail.mail"].sudo().search_count([])
        self.close(offboarding, project)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        self.assertFalse(
            self.env["mail.message"]
            .search([("model", "=", "project.project"), ("res_id", "=", project.id)])
            .partner_ids
        )

    def test_a_task_reopened_after_closing_opens_the_step_again_and_says_why(self):
        project = self.make_project(self.client, name="Website")
        task = self.make_task(project, name="Front page")
        offboarding = self.walk(self.start(), "transition")
        self.assertEqual(offboarding.state, "transition")
        task.state = "01_in_progress"
        answer = offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "projects")
        self.assertIn("open tasks: 1", answer["params"]["message"])
        step = offboarding.sudo()._step("projects")
        self.assertIn("open again", step.reopened_reason)
        self.assertNotIn("Website", step.reopened_reason, "others read it too")
        self.assertFalse(offboarding.sudo()._step("transition").done_on)

    def test_a_project_that_was_deleted_says_so_and_can_be_taken_off(self):
        project = self.make_project(self.client, name="Website")
        offboarding = self.start()
        project.unlink()
        offboarding.invalidate_recordset()
        self.ready_contract(offboarding)
        offboarding.action_finish_step()
        offboarding.action_do_first("projects")
        with self.assertRaisesRegex(UserError, r"was deleted.*\(Website\)"):
            offboarding.action_finish_step()
        offboarding.project_ids.with_user(self.user).action_remove()
        self.no_blocks(offboarding, "projects", "gone")

    def test_a_project_that_moved_to_another_client_says_so(self):
        project = self.make_project(self.client, name="Website")
        offboarding = self.start()
        with self.assertRaisesRegex(UserError, "still the client's"):
            offboarding.project_ids.action_remove()
        project.partner_id = self.make_client("Other")
        offboarding.invalidate_recordset()
        self.blocks(offboarding, "projects", "moved")
        texts = [need.text for need in self.needs(offboarding, "projects")]
        self.assertIn("somebody else", texts[0])
        offboarding.project_ids.action_remove()
        self.assertFalse(self.codes(offboarding, "projects"))

    def test_a_project_made_meanwhile_opens_the_step_again(self):
        offboarding = self.walk(self.start(), "transition")
        project = self.make_project(self.client, name="One more")
        self.env["client.offboarding"]._cron_offboardings()
        self.assertEqual(offboarding.state, "projects")
        self.assertEqual(offboarding.sudo().project_ids.project_id, project)

    def test_the_second_of_two_who_close_a_project_is_told(self):
        project = self.make_project(self.client)
        offboarding = self.start()
        self.user.group_ids += self.env.ref("project.group_project_manager")
        self.close(offboarding.with_user(self.user), project)
        with self.assertRaisesRegex(UserError, "nothing left to close"):
            self.close(offboarding, project)

    def test_who_may_not_write_the_tasks_does_not_close_them(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        offboarding = self.start()
        self.decide(offboarding, task, "finish")
        seller = self.make_user(
            "seller", "base.group_partner_manager", "client_health.group_user"
        )
        offboarding.sudo()._step("tell").user_id = seller
        with self.assertRaisesRegex(UserError, "may not change the tasks"):
            offboarding.project_ids.with_user(seller).action_close()
        self.assertEqual(task.state, "01_in_progress")

    def test_who_may_write_the_tasks_but_not_the_project_does_not_close_it(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        offboarding = self.start()
        self.decide(offboarding, task, "finish")
        worker = self.make_user(
            "worker",
            "base.group_partner_manager",
            "client_health.group_user",
            "project.group_project_user",
        )
        self.assertTrue(task.with_user(worker).has_access("write"))
        offboarding.sudo()._step("tell").user_id = worker
        with self.assertRaisesRegex(UserError, "may not close"):
            offboarding.project_ids.with_user(worker).action_close()
        self.assertEqual(task.state, "01_in_progress")
        self.assertFalse(project.sudo().stage_id.fold)

    # -- what else is open -----------------------------------------------------

    def open_codes(self, offboarding):
        return {item.source for item in offboarding._open_items().requirements()}

    def test_opportunities_and_meetings_are_listed(self):
        self.make_deal(self.client)
        self.make_deal(self.client, outcome="lost")
        self.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": self.moment(self.today + timedelta(days=3)),
                "stop": self.moment(self.today + timedelta(days=3), hour=13),
                "partner_ids": [Command.set(self.client.ids)],
            }
        )
        offboarding = self.start()
        self.assertEqual(self.open_codes(offboarding), {"opportunities", "meetings"})
        self.blocks(offboarding, "transition", "open_opportunities")
        self.no_blocks(offboarding, "transition", "open_meetings")

    def test_a_step_is_not_finished_past_what_is_open_without_a_word(self):
        self.make_deal(self.client)
        offboarding = self.walk(self.start(), "projects")
        action = offboarding.action_finish_step()
        self.assertEqual(offboarding.state, "projects", "asked first")
        dialog = self.env[action["res_model"]].with_user(self.manager)
        dialog = dialog.with_context(**action["context"]).create({})
        self.assertIn("Open opportunities: 1", dialog.text)
        dialog.action_apply()
        self.assertEqual(offboarding.state, "transition")
        self.assertIn("Open opportunities: 1", offboarding.message_ids[0].body)
        shown = [s for s in offboarding.guide()["steps"] if s["blockers"]]
        self.assertEqual([s["code"] for s in shown], ["transition"])
        self.assertIn(
            "opportunities", [need["source"] for need in shown[0]["blockers"]]
        )

    def test_quotations_are_listed_and_cancelled_by_their_button(self):
        self.app("sale.order")
        order = self.make_order(self.client, self.today, state="sent")
        offboarding = self.start()
        self.assertIn("quotations", self.open_codes(offboarding))
        with self.assertRaises(UserError):
            offboarding.with_user(self.user).action_settle("quotations")
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        offboarding.action_settle("quotations")
        self.assertEqual(order.state, "cancel")
        self.assertNotIn("quotations", self.open_codes(offboarding))

    def test_orders_to_invoice_and_unpaid_invoices_are_listed(self):
        self.app("sale.order", "account.move")
        self.make_order(self.client, self.today)
        self.make_invoice(self.client, self.ago(40), 100)
        offboarding = self.start()
        self.assertLessEqual({"invoice", "unpaid"}, self.open_codes(offboarding))
        self.assertEqual(offboarding.receivable, 100)

    def test_a_user_sees_no_names_of_records_beyond_their_rights(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(40), 100)
        offboarding = self.walk(self.start(), "projects")
        guide = offboarding.with_user(self.user).guide()
        unpaid = [
            item
            for step in guide["steps"]
            for item in step["open"]
            if item["code"] == "unpaid"
        ]
        self.assertEqual(unpaid[0]["hidden"], 1)
        self.assertFalse(unpaid[0]["ids"])
        self.assertNotIn(invoice.name, str(guide))
        # it is asked of who may see it, and not passed
        self.assertTrue(unpaid[0]["ask"])
        self.assertFalse(unpaid[0]["button"])
        clerk = self.make_user(
            "clerk", "client_health.group_user", "account.group_account_invoice"
        )
        action = offboarding.with_user(self.user).action_ask(unpaid[0]["key"])
        self.assertEqual(action["context"]["default_activity_user_id"], clerk.id)
        self.assertIn("Unpaid invoices", action["context"]["default_summary"])

    def test_leaving_costs_revenue_and_margin(self):
        self.app("account.move", "project.task:effective_hours")
        other = self.make_client("Other")
        project = self.make_project(self.client)
        self.make_invoice(self.client, self.ago(40), 1000)
        self.make_invoice(other, self.ago(40), 3000)
        self.log(self.make_employee(50), self.ago(3), 4, project=project)
        self.refresh(other)
        offboarding = self.start()
        self.assertEqual(offboarding.revenue, 1000)
        self.assertEqual(offboarding.revenue_share, 0.25)
        self.assertEqual(offboarding.margin, 800)
        self.assertEqual(offboarding.hours, 4)
