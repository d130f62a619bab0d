"""Projects really closed, the client archived last, and brought back exactly."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessDenied, RedirectWarning, UserError, ValidationError

from .test_offboarding import OffboardingCase


class TestOffboardingProjects(OffboardingCase):
    books = True

    def decide(self, goodbye, task, decision, **values):
        """The client's word on a task; what it wants finished is finished."""
        line = goodbye.deliverable_ids.filtered(lambda d: d.task_id == task)
        values = {"decision": decision, "becomes": "done", **values}
        line.with_user(self.user).write(values)

    def close(self, goodbye, project):
        goodbye.invalidate_recordset()
        goodbye.project_ids.filtered(lambda p: p.project_id == project).action_close()

    def test_closing_brings_each_task_where_the_client_wants_it(self):
        project = self.make_project(self.client, name="Website")
        finish, hand, drop = (
            self.make_task(project, name=name) for name in ("One", "Two", "Three")
        )
        sub = self.make_task(project, name="Sub", parent_id=drop.id)
        goodbye = self.start()
        self.decide(goodbye, finish, "finish")
        self.decide(goodbye, hand, "hand_over", handed_to="Their new agency")
        self.decide(goodbye, drop, "drop")
        with self.assertRaisesRegex(UserError, "wait for the client's word"):
            self.close(goodbye, project)
        self.assertEqual(finish.state, "01_in_progress", "nothing half closed")
        self.decide(goodbye, sub, "drop")
        self.close(goodbye, project)
        self.assertEqual((finish | hand).mapped("state"), ["1_done", "1_done"])
        self.assertEqual((drop | sub).mapped("state"), ["1_canceled", "1_canceled"])
        self.assertEqual(project.last_update_status, "done")
        self.assertTrue(project.sudo().stage_id.fold)
        self.assertTrue(project.active, "closed, not hidden")
        self.assertEqual(goodbye.project_ids.state, "closed")
        self.assertEqual((goodbye.kept_count, goodbye.dropped_count), (2, 2))

    def test_work_that_is_not_finished_is_promised_and_never_done_by_itself(self):
        project = self.make_project(self.client, allow_milestones=True)
        milestone = self.make_milestone(project)
        task = self.make_task(project, name="Report", milestone_id=milestone.id)
        goodbye = self.start()
        goodbye.project_ids.action_finish_rest()
        self.assertEqual(goodbye.project_ids.promised_count, 0)
        self.close(goodbye, project)
        self.assertEqual(goodbye.project_ids.promised_count, 1)
        self.assertEqual(task.state, "01_in_progress")
        self.assertFalse(milestone.is_reached)
        self.assertEqual(goodbye.project_ids.state, "closed")
        self.assertFalse(self.codes(goodbye, "projects"))
        promise = goodbye.promise_ids
        self.assertEqual(promise.task_id, task)
        self.assertEqual(promise.user_id, self.manager, "whoever is responsible")
        self.blocks(goodbye, "transition", "promise")
        plan = goodbye._exit_plan()
        self.assertFalse(plan["finish"])
        self.assertEqual([p["what"] for p in plan["promises"]], ["Report"])
        seller = self.make_user(
            "seller", "base.group_partner_manager", "client_health.group_user"
        )
        with self.assertRaisesRegex(UserError, "may not change the tasks"):
            promise.with_user(seller).action_deliver()
        promise.with_user(self.user).action_deliver()
        self.assertEqual(task.state, "1_done")
        self.assertEqual(goodbye.project_ids.promised_count, 0)
        self.assertTrue(milestone.is_reached)
        self.no_blocks(goodbye, "transition", "promise")
        self.assertTrue(goodbye._exit_plan()["promises"][0]["done"])

    def test_the_dialog_asks_of_each_unfinished_task_what_becomes_of_it(self):
        project = self.make_project(self.client)
        names = ("Keep", "Ready", "Away", "Theirs")
        keep, ready, away, theirs = (self.make_task(project, name=n) for n in names)
        goodbye = self.start()
        self.decide(goodbye, theirs, "hand_over", handed_to="Their new agency")
        goodbye.project_ids.action_finish_rest()
        action = goodbye.project_ids.with_user(self.user).action_ask_close()
        asked = goodbye.deliverable_ids.filtered(lambda d: d.decision == "finish")
        self.assertEqual(
            action["context"]["default_deliverable_ids"], asked.ids, "not theirs"
        )
        becomes = {keep: "deliver", ready: "done", away: "drop"}
        lines = [Command.update(d.id, {"becomes": becomes[d.task_id]}) for d in asked]
        dialog = self.env[action["res_model"]].with_user(self.user)
        dialog = dialog.with_context(**action["context"])
        dialog = dialog.create({"deliverable_ids": [Command.set(asked.ids), *lines]})
        self.assertIn("done for us: Theirs", dialog.text)
        self.assertEqual(keep.state, "01_in_progress", "nothing is closed by looking")
        dialog.action_apply()
        self.assertEqual(keep.state, "01_in_progress")
        self.assertEqual(ready.state, "1_done")
        self.assertEqual(away.state, "1_canceled")
        self.assertEqual(theirs.state, "1_done")
        self.assertEqual(goodbye.promise_ids.task_id, keep)
        self.assertEqual(goodbye.dropped_count, 1)

    def test_one_word_for_all_that_is_undecided_leaves_what_was_decided(self):
        project = self.make_project(self.client)
        tasks = [self.make_task(project) for _number in range(3)]
        goodbye = self.start()
        self.decide(goodbye, tasks[0], "finish")
        goodbye.project_ids.with_user(self.user).action_drop_rest()
        words = goodbye.deliverable_ids.sorted("id").mapped("decision")
        self.assertEqual(sorted(words), ["drop", "drop", "finish"])

    def test_handing_over_says_to_whom(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        goodbye = self.start()
        with self.assertRaisesRegex(ValidationError, "to whom"):
            self.decide(goodbye, task, "hand_over")

    def test_a_recurring_task_makes_no_next_one(self):
        project = self.make_project(self.client, allow_recurring_tasks=True)
        task = self.make_task(
            project, recurring_task=True, repeat_interval=1, repeat_unit="week"
        )
        self.assertTrue(task.recurrence_id)
        goodbye = self.start()
        self.decide(goodbye, task, "finish")
        self.close(goodbye, project)
        self.assertEqual(project.with_context(active_test=False).task_ids, task)
        self.assertFalse(task.recurrence_id)
        self.assertEqual(task.state, "1_done")

    def test_a_blocked_task_is_closed_as_well(self):
        project = self.make_project(self.client, allow_task_dependencies=True)
        first = self.make_task(project)
        second = self.make_task(project, depend_on_ids=[Command.link(first.id)])
        goodbye = self.start()
        self.decide(goodbye, first, "drop")
        self.decide(goodbye, second, "finish")
        self.close(goodbye, project)
        self.assertEqual(first.state, "1_canceled")
        self.assertEqual(second.state, "1_done")

    def test_milestones_are_settled_and_dropped_work_reaches_none(self):
        project = self.make_project(self.client, allow_milestones=True)
        reached, dropped = self.make_milestone(project), self.make_milestone(project)
        dropped.deadline = self.today
        done = self.make_task(project, milestone_id=reached.id)
        drop = self.make_task(project, milestone_id=dropped.id)
        goodbye = self.start()
        self.decide(goodbye, done, "finish")
        self.decide(goodbye, drop, "drop")
        self.close(goodbye, project)
        self.assertTrue(reached.is_reached)
        self.assertFalse(dropped.is_reached)
        self.assertFalse(dropped.deadline, "and is late no more")

    def test_hours_are_not_touched(self):
        self.app("project.task:effective_hours")
        project = self.make_project(self.client)
        task = self.make_task(project)
        line = self.log(self.make_employee(50), self.ago(3), 4, task=task)
        before = line.read()
        goodbye = self.start()
        self.decide(goodbye, task, "finish")
        self.close(goodbye, project)
        self.assertEqual(line.read(), before)

    def test_tasks_of_others_and_their_project_are_left_alone(self):
        other = self.make_client("Other")
        shared = self.make_project(self.client, name="Shared")
        mine = self.make_task(shared)
        theirs = self.make_task(shared, client=other)
        goodbye = self.start()
        self.assertEqual(goodbye.deliverable_ids.task_id, mine)
        self.decide(goodbye, mine, "finish")
        self.close(goodbye, shared)
        self.assertEqual(mine.state, "1_done")
        self.assertEqual(theirs.state, "01_in_progress")
        self.assertNotEqual(shared.last_update_status, "done")
        self.assertFalse(shared.sudo().stage_id.fold)
        self.assertEqual(goodbye.project_ids.state, "closed")

    def test_tasks_in_the_project_of_another_client_are_closed_alone(self):
        other = self.make_client("Other")
        theirs = self.make_project(other)
        mine = self.make_task(theirs, client=self.client)
        rest = self.make_task(theirs)
        goodbye = self.start()
        self.assertEqual(goodbye.deliverable_ids.task_id, mine)
        self.assertTrue(goodbye.project_ids.goes_on)
        self.decide(goodbye, mine, "drop")
        self.close(goodbye, theirs)
        self.assertEqual(mine.state, "1_canceled")
        self.assertEqual(rest.state, "01_in_progress")
        self.assertNotEqual(theirs.last_update_status, "done")

    def test_the_projects_of_contacts_count(self):
        contact = self.make_contact(self.client)
        project = self.make_project(contact)
        goodbye = self.start()
        self.assertEqual(goodbye.project_ids.project_id, project)

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
        goodbye = self.start().with_context(tracking_disable=False, mail_notrack=False)
        before = self.env["mail.mail"].sudo().search_count([])
        self.close(goodbye, project)
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
        goodbye = self.walk(self.start(), "tell")
        self.assertEqual(goodbye.state, "tell")
        task.state = "01_in_progress"
        self.ready_tell(goodbye)
        answer = goodbye.action_finish_step()
        self.assertEqual(goodbye.state, "projects")
        self.assertIn("Front page", answer["params"]["message"])
        step = goodbye.sudo()._step("projects")
        self.assertIn("Website", step.reopened_reason)
        self.assertFalse(goodbye.sudo()._step("tell").done_on)

    def test_a_project_that_was_deleted_says_so_and_can_be_taken_off(self):
        project = self.make_project(self.client, name="Website")
        goodbye = self.start()
        project.unlink()
        goodbye.invalidate_recordset()
        self.ready_contract(goodbye)
        goodbye.action_finish_step()
        with self.assertRaisesRegex(UserError, "Website was deleted"):
            goodbye.action_finish_step()
        goodbye.project_ids.with_user(self.user).action_remove()
        self.no_blocks(goodbye, "projects", "gone")

    def test_a_project_that_moved_to_another_client_says_so(self):
        project = self.make_project(self.client, name="Website")
        goodbye = self.start()
        with self.assertRaisesRegex(UserError, "still the client's"):
            goodbye.project_ids.action_remove()
        project.partner_id = self.make_client("Other")
        goodbye.invalidate_recordset()
        self.blocks(goodbye, "projects", "moved")
        texts = [need.text for need in self.needs(goodbye, "projects")]
        self.assertIn("Other", texts[0])
        goodbye.project_ids.action_remove()
        self.assertFalse(self.codes(goodbye, "projects"))

    def test_a_project_made_meanwhile_opens_the_step_again(self):
        goodbye = self.walk(self.start(), "conversation")
        project = self.make_project(self.client, name="One more")
        self.env["client.offboarding"]._cron_offboardings()
        self.assertEqual(goodbye.state, "projects")
        self.assertEqual(goodbye.project_ids.project_id, project)

    def test_the_second_of_two_who_close_a_project_is_told(self):
        project = self.make_project(self.client)
        goodbye = self.start()
        self.close(goodbye.with_user(self.user), project)
        with self.assertRaisesRegex(UserError, "nothing left to close"):
            self.close(goodbye, project)

    def test_who_may_not_write_the_tasks_does_not_close_them(self):
        project = self.make_project(self.client)
        task = self.make_task(project)
        goodbye = self.start()
        self.decide(goodbye, task, "finish")
        seller = self.make_user(
            "seller", "base.group_partner_manager", "client_health.group_user"
        )
        with self.assertRaisesRegex(UserError, "may not change the tasks"):
            goodbye.project_ids.with_user(seller).action_close()
        self.assertEqual(task.state, "01_in_progress")

    # -- what else is open -----------------------------------------------------

    def open_codes(self, goodbye):
        return {item.source for item in goodbye._open_items().requirements()}

    def test_opportunities_and_meetings_are_listed(self):
        self.make_opportunity(self.client)
        self.make_opportunity(self.client, outcome="lost")
        self.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": self.moment(self.today + timedelta(days=3)),
                "stop": self.moment(self.today + timedelta(days=3), hour=13),
                "partner_ids": [Command.set(self.client.ids)],
            }
        )
        goodbye = self.start()
        self.assertEqual(self.open_codes(goodbye), {"opportunities", "meetings"})
        self.blocks(goodbye, "transition", "open_opportunities")
        self.no_blocks(goodbye, "transition", "open_meetings")

    def test_a_step_is_not_finished_past_what_is_open_without_a_word(self):
        self.make_opportunity(self.client)
        goodbye = self.walk(self.start(), "projects")
        action = goodbye.action_finish_step()
        self.assertEqual(goodbye.state, "projects", "asked first")
        dialog = self.env[action["res_model"]].with_user(self.manager)
        dialog = dialog.with_context(**action["context"]).create({})
        self.assertIn("Open opportunities: 1", dialog.text)
        dialog.action_apply()
        self.assertEqual(goodbye.state, "conversation")
        self.assertIn("Open opportunities: 1", goodbye.message_ids[0].body)
        shown = [s for s in goodbye.guide()["steps"] if s["open"]]
        self.assertEqual([s["code"] for s in shown], ["conversation"])
        self.assertEqual(shown[0]["open"][0]["code"], "opportunities")

    def test_quotations_are_listed_and_cancelled_by_their_button(self):
        self.app("sale.order")
        order = self.make_order(self.client, self.today, state="sent")
        goodbye = self.start()
        self.assertIn("quotations", self.open_codes(goodbye))
        with self.assertRaises(UserError):
            goodbye.with_user(self.user).action_settle("quotations")
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        goodbye.action_settle("quotations")
        self.assertEqual(order.state, "cancel")
        self.assertNotIn("quotations", self.open_codes(goodbye))

    def test_orders_to_invoice_and_unpaid_invoices_are_listed(self):
        self.app("sale.order", "account.move")
        self.make_order(self.client, self.today)
        self.make_invoice(self.client, self.ago(40), 100)
        goodbye = self.start()
        self.assertLessEqual({"invoice", "unpaid"}, self.open_codes(goodbye))
        self.assertEqual(goodbye.receivable, 100)

    def test_a_user_sees_no_names_of_records_beyond_their_rights(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(40), 100)
        goodbye = self.walk(self.start(), "projects")
        guide = goodbye.with_user(self.user).guide()
        unpaid = [
            item
            for step in guide["steps"]
            for item in step["open"]
            if item["code"] == "unpaid"
        ]
        self.assertEqual(unpaid[0]["hidden"], 1)
        self.assertFalse(unpaid[0]["ids"])
        self.assertNotIn(invoice.name, str(guide))

    def test_leaving_costs_revenue_and_margin(self):
        self.app("account.move", "project.task:effective_hours")
        other = self.make_client("Other")
        project = self.make_project(self.client)
        self.make_invoice(self.client, self.ago(40), 1000)
        self.make_invoice(other, self.ago(40), 3000)
        self.log(self.make_employee(50), self.ago(3), 4, project=project)
        self.refresh(other)
        goodbye = self.start()
        self.assertEqual(goodbye.revenue, 1000)
        self.assertEqual(goodbye.revenue_share, 0.25)
        self.assertEqual(goodbye.margin, 800)
        self.assertEqual(goodbye.hours, 4)


class TestOffboardingEnd(OffboardingCase):
    books = True

    def portal_user(self, partner, login):
        """A user of the client's who logs in to the portal."""
        user = self.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        return user

    def snapshot(self, records):
        """What the records say, without who wrote them when."""
        names = [
            name
            for name, field in records._fields.items()
            if field.store and field.type not in ("one2many", "binary")
            and name not in ("write_date", "write_uid", "own_health_id")
        ]  # fmt: skip
        return records.read(names)

    def test_the_end_needs_every_step_and_the_last_day(self):
        goodbye = self.walk(self.start(), "transition")
        with self.assertRaisesRegex(UserError, "“Transition” is not finished"):
            goodbye.action_done()
        self.ready_transition(goodbye)
        goodbye.action_finish_step()
        goodbye.date_end = self.today + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "lasts until"):
            goodbye.action_done()
        self.assertTrue(self.client.active)
        goodbye.pass_blocker("not_over", "The client asked for it")
        goodbye.action_done()
        self.assertFalse(self.client.active)

    def test_portal_access_lasts_as_long_as_promised(self):
        self.portal_user(self.client, "portal-client")
        goodbye = self.walk(self.start())
        goodbye.portal_until = self.today + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "portal was promised"):
            goodbye.action_done()

    def test_everything_is_archived_last_and_comes_back_exactly(self):
        contact = self.make_contact(self.client, "Contact", email="c@harbour.example")
        gone = self.make_contact(self.client, "Gone before", active=False)
        colleague = self.make_contact(self.client, "Colleague")
        self.make_user("colleague").partner_id.parent_id = self.client
        ours = self.env["res.users"].search([("login", "=", "colleague")])
        portal = self.portal_user(contact, "portal-contact")
        activity = self.client.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id
        )
        event = self.env["calendar.event"].create(
            {
                "name": "Talk",
                "start": self.moment(self.today + timedelta(days=3)),
                "stop": self.moment(self.today + timedelta(days=3), hour=13),
                "partner_ids": [Command.set(contact.ids)],
            }
        )
        records = [
            self.client | contact | gone | colleague | ours.partner_id,
            portal,
            activity,
            event,
        ]
        self.env.flush_all()
        before = [self.snapshot(record) for record in records]
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.assertEqual(goodbye.state, "done")
        self.assertFalse((self.client | contact | colleague).filtered("active"))
        self.assertFalse(portal.active or activity.active or event.active)
        self.assertFalse(portal._is_portal())
        self.assertTrue(ours.partner_id.active)
        self.assertIn(ours.partner_id.display_name, goodbye.outcome_words)
        self.assertIn("users of ours", goodbye.outcome_words)
        self.env["res.lang"]._activate_lang("nl_NL")
        here = goodbye.with_context(lang="nl_NL")
        self.assertNotIn(
            "users of ours", here.outcome_words, "said as the reader speaks"
        )
        health = self.Health.search([("partner_id", "=", self.client.id)])
        self.assertEqual(health.mapped("phase") or ["ended"], ["ended"])
        goodbye.action_reactivate()
        self.env.invalidate_all()
        after = [self.snapshot(record) for record in records]
        self.assertEqual(after, before)
        self.assertFalse(gone.active, "what was archived before stays so")
        self.assertEqual(goodbye.reactivated_user_id, self.manager)
        with self.assertRaisesRegex(UserError, "taken back already"):
            goodbye.action_reactivate()

    def test_what_was_not_chosen_is_left(self):
        activity = self.client.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id
        )
        goodbye = self.walk(self.start(close_activities=False))
        goodbye.action_done()
        self.assertTrue(activity.active)

    def test_a_portal_user_cannot_log_in_afterwards_until_reactivated(self):
        self.portal_user(self.client, "portal-login")
        credential = {
            "login": "portal-login",
            "password": "portal-login",
            "type": "password",
        }
        Users = self.env["res.users"].sudo()

        def login():
            return Users._login(credential, {"interactive": False})

        self.assertTrue(login())
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.env.flush_all()
        with self.assertRaises(AccessDenied):
            login()
        goodbye.action_reactivate()
        self.env.flush_all()
        self.assertTrue(login())

    def test_mailing_subscriptions_end_and_come_back(self):
        self.app("mailing.subscription")
        lists = self.env["mailing.list"].create([{"name": "News"}, {"name": "Old"}])
        contact = self.env["mailing.contact"].create(
            {"name": "Harbour", "email": "info@harbour.example"}
        )
        news, old = self.env["mailing.subscription"].create(
            [
                {"contact_id": contact.id, "list_id": lists[0].id},
                {"contact_id": contact.id, "list_id": lists[1].id, "opt_out": True},
            ]
        )
        before = self.snapshot(news | old)
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.assertTrue(news.opt_out)
        goodbye.action_reactivate()
        self.assertEqual(self.snapshot(news | old), before)

    def test_a_subscriber_without_a_name_is_told_by_the_address(self):
        self.app("mailing.subscription")
        news = self.env["mailing.list"].create({"name": "News"})
        contact = self.env["mailing.contact"].create({"email": self.client.email})
        subscription = self.env["mailing.subscription"].create(
            {"contact_id": contact.id, "list_id": news.id}
        )
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.assertTrue(subscription.opt_out)
        self.assertIn("ended: info@harbour.example", goodbye.outcome_words)

    def test_a_failure_in_the_middle_leaves_nothing_half_archived(self):
        contact = self.make_contact(self.client)
        portal = self.portal_user(contact, "portal-half")
        goodbye = self.walk(self.start())
        partners = self.env.registry["res.partner"]
        write = partners.write

        def fail(records, vals):
            if vals.get("active") is False and self.client in records:
                raise ValueError("the roof falls in")
            return write(records, vals)

        with patch.object(partners, "write", fail):
            with self.assertRaisesRegex(ValueError, "the roof"):
                goodbye.action_done()
        self.env.invalidate_all()
        self.assertTrue(contact.active and portal.active and self.client.active)
        self.assertTrue(portal._is_portal())
        self.assertEqual(goodbye.state, "transition")
        self.assertFalse(goodbye.sudo().archived)

    def test_a_company_that_keeps_the_client_keeps_the_partner(self):
        there = self.make_company("There")
        self.make_project(self.client, company=there)
        contact = self.make_contact(self.client)
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.assertEqual(goodbye.state, "done")
        self.assertTrue(self.client.active and contact.active)
        self.assertIn("There still works with this client", goodbye.outcome_words)
        self.assertFalse(goodbye.sudo().archived)

    def test_the_last_company_to_end_archives_the_client(self):
        there = self.make_company("There")
        self.make_opportunity(self.client, company=there)
        self.refresh(self.client, there)
        self.walk(self.start()).action_done()
        self.assertTrue(self.client.active)
        lead = self.env["crm.lead"].search([("partner_id", "=", self.client.id)])
        lead.action_set_lost()
        chief = self.make_user(
            "chief there",
            "base.group_partner_manager",
            "client_health.group_manager",
            company=there,
        )
        hand = self.make_user("hand there", "client_health.group_user", company=there)
        self.user = hand
        goodbye = (
            self.env["client.offboarding"]
            .with_user(chief)
            .with_context(allowed_company_ids=there.ids)
            .create(
                {
                    "partner_id": self.client.id,
                    "company_id": there.id,
                    "date_end": self.today,
                }
            )
        )
        self.user = hand.with_context(allowed_company_ids=there.ids)
        self.walk(goodbye)
        goodbye.action_done()
        self.assertFalse(self.client.active)

    def test_old_business_of_another_company_keeps_nobody(self):
        there = self.make_company("There")
        project = self.make_project(self.client, company=there)
        project.last_update_status = "done"
        old = self.make_opportunity(self.client, company=there, day=self.ago(900))
        self.force(old, create_date=self.moment(self.ago(900)))
        goodbye = self.walk(self.start())
        self.assertFalse(goodbye.sudo()._keepers())

    def test_a_project_that_goes_on_with_others_is_no_obstacle_and_is_named(self):
        project = self.make_project(self.client, name="Shared board")
        self.make_task(project)
        self.make_task(project, client=self.make_client("Other"))
        goodbye = self.walk(self.start())
        goodbye.action_done()
        self.assertFalse(self.client.active)
        self.assertTrue(project.active)
        self.assertIn("Shared board", goodbye.outcome_words)

    def test_records_of_no_company_keep_nobody(self):
        self.make_company("There")
        self.make_opportunity(self.client, shared=True, outcome="won")
        goodbye = self.walk(self.start())
        self.assertFalse(goodbye.sudo()._keepers())

    # -- afterwards ------------------------------------------------------------

    def onchange(self, model, user=None):
        record = self.env[model].with_user(user or self.manager)
        record = record.with_context(allowed_company_ids=self.company.ids)
        return record.onchange(
            {"partner_id": self.client.id}, ["partner_id"], {"partner_id": {}}
        )

    def test_new_work_for_a_client_who_left_warns(self):
        groups = self.env.ref("sales_team.group_sale_salesman")
        groups += self.env.ref("project.group_project_manager")
        self.manager.group_ids += groups
        models = ["crm.lead", "project.project"]
        goodbye = self.walk(self.start(return_conditions="Paid in advance"))
        for model in models:
            self.assertNotIn("warning", self.onchange(model))
        goodbye.action_done()
        for model in models:
            warning = self.onchange(model)["warning"]
            self.assertIn("Paid in advance", warning["message"])
        plain = self.make_user("plain", "sales_team.group_sale_salesman")
        self.assertNotIn("warning", self.onchange("crm.lead", plain))
        self.assertIn("Paid in advance", self.client.with_user(self.manager).left_note)
        goodbye.action_reactivate()
        self.assertNotIn("warning", self.onchange("crm.lead"))
        self.client.invalidate_recordset()
        self.assertFalse(self.client.with_user(self.manager).left_note)

    def test_the_exit_plan_shows_the_client_nothing_internal(self):
        project = self.make_project(self.client, name="Website")
        self.make_task(project, name="Front page")
        goodbye = self.start(reason="abuse", topics="Our doubts", date_end=self.today)
        goodbye.deliverable_ids.write({"decision": "finish", "note": "They shout"})
        self.env["client.offboarding.deliverable"].with_user(self.user).create(
            {
                "offboarding_id": goodbye.id,
                "kind": "promise",
                "name": "The annual report",
                "user_id": self.user.id,
                "date_due": self.today,
                "note": "They never read it",
            }
        )
        report = self.env["ir.actions.report"].with_user(self.user)
        html = report._render_qweb_html("client_health.exit_plan", goodbye.ids)[0]
        html = html.decode()
        self.assertIn("Front page", html)
        self.assertIn("The annual report", html)
        for secret in ("They shout", "never read", "Our doubts", "Abuse"):
            self.assertNotIn(secret, html)

    def test_the_exit_plan_speaks_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.client.lang = "nl_NL"
        goodbye = self.start()
        report = self.env["ir.actions.report"].with_user(self.manager)
        html = report._render_qweb_html("client_health.exit_plan", goodbye.ids)[0]
        self.assertIn(self.today.strftime("%d-%m-%Y"), html.decode())


class TestArchiveGuard(OffboardingCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(self.client, name="Website")
        self.plain = self.make_user(
            "plain", "base.group_user", "base.group_partner_manager"
        )

    def archive(self, user, partners=None):
        partners = (partners or self.client).with_user(user)
        return partners.with_context(allowed_company_ids=self.company.ids)

    def test_who_may_start_an_offboarding_gets_the_button(self):
        with self.assertRaisesRegex(RedirectWarning, "Website") as caught:
            self.archive(self.user).action_archive()
        message, action, label = caught.exception.args[:3]
        self.assertIn("Harbour Lights", message)
        self.assertEqual(label, "Start offboarding")
        self.assertEqual(action["context"]["default_partner_ids"], self.client.ids)
        self.assertTrue(self.client.active)

    def test_an_offboarding_under_way_is_what_the_button_opens(self):
        goodbye = self.start()
        with self.assertRaises(RedirectWarning) as caught:
            self.archive(self.user).action_archive()
        self.assertEqual(caught.exception.args[1]["res_id"], goodbye.id)
        self.assertEqual(caught.exception.args[2], "Open the offboarding")

    def test_others_get_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "Website") as caught:
            self.archive(self.plain).write({"active": False})
        self.assertIn("ask a colleague", caught.exception.args[0])

    def test_an_import_is_refused_with_a_sentence(self):
        partner = self.archive(self.user).with_context(import_file=True)
        result = partner.load([".id", "active"], [[str(self.client.id), "False"]])
        self.assertIn("Website", result["messages"][0]["message"])
        self.assertTrue(self.client.active)

    def test_a_selection_with_one_such_client_archives_none(self):
        other = self.make_client("Other")
        with self.assertRaises(RedirectWarning):
            self.archive(self.user, self.client | other).action_archive()
        self.assertTrue(other.active)

    def test_a_private_project_is_counted_and_not_named(self):
        self.project.privacy_visibility = "followers"
        with self.assertRaises(ValidationError) as caught:
            self.archive(self.plain).action_archive()
        self.assertNotIn("Website", caught.exception.args[0])
        self.assertIn("1 that you may not see", caught.exception.args[0])

    def test_the_project_of_a_contact_guards_the_client_and_not_the_contact(self):
        contact = self.make_contact(self.client)
        self.project.partner_id = contact
        with self.assertRaises(ValidationError):
            self.archive(self.plain).action_archive()
        self.archive(self.plain, contact).action_archive()
        self.assertFalse(contact.active)

    def test_without_open_projects_a_partner_is_archived_as_ever(self):
        for values in (
            {"last_update_status": "done"},
            {"active": False},
            {"is_template": True},
        ):
            client = self.make_client("Other")
            project = self.make_project(client)
            project.write(values)
            self.archive(self.plain, client).action_archive()
            self.assertFalse(client.active, values)

    def test_a_project_without_a_stage_guards_too(self):
        self.project.sudo().stage_id = False
        with self.assertRaises(ValidationError):
            self.archive(self.plain).action_archive()

    def test_a_project_of_another_company_guards_too(self):
        there = self.make_company("There")
        client = self.make_client("Other")
        self.make_project(client, company=there)
        with self.assertRaises(ValidationError):
            self.archive(self.plain, client).action_archive()

    def test_the_setting_turns_the_guard_off(self):
        self.company.client_health_archive_guard = False
        self.archive(self.plain).action_archive()
        self.assertFalse(self.client.active)

    def test_a_client_of_an_offboarding_that_passed_its_project_is_archived(self):
        goodbye = self.start()
        self.ready_contract(goodbye)
        goodbye.action_finish_step()
        key = f"project:project.project:{self.project.id}"
        goodbye.pass_blocker(key, "The client keeps the board")
        goodbye.action_finish_step()
        for step in ("conversation", "tell", "transition"):
            getattr(self, f"ready_{step}")(goodbye)
            self.finish(goodbye)
        states = {step["code"]: step["state"] for step in goodbye.guide()["steps"]}
        self.assertEqual(states["projects"], "passed")
        self.assertEqual(states["conversation"], "done")
        goodbye.action_done()
        self.assertFalse(self.client.active)
