"""The client is archived last, and brought back exactly; the guard before that."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessDenied, UserError

from .case import OffboardingCase


class TestOffboardingEnd(OffboardingCase):
    books = True

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
        offboarding = self.walk(self.start(), "transition")
        with self.assertRaisesRegex(UserError, "“Transition” is not finished"):
            offboarding.action_done()
        self.ready_transition(offboarding)
        offboarding.action_finish_step()
        offboarding.date_end = self.today + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "lasts until"):
            offboarding.action_done()
        self.assertTrue(self.client.active)
        offboarding.pass_blocker("not_over", "The client asked for it")
        offboarding.action_done()
        self.assertFalse(self.client.active)

    def test_portal_access_lasts_as_long_as_promised(self):
        self.portal_user(self.client, "portal-client")
        offboarding = self.walk(self.start())
        offboarding.portal_until = self.today + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "portal was promised"):
            offboarding.action_done()

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
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertEqual(offboarding.state, "done")
        self.assertFalse((self.client | contact | colleague).filtered("active"))
        self.assertFalse(portal.active or activity.active or event.active)
        self.assertFalse(portal._is_portal())
        self.assertTrue(ours.partner_id.active)
        self.assertIn(ours.partner_id.display_name, offboarding.outcome_words)
        self.assertIn("users of ours", offboarding.outcome_words)
        self.env["res.lang"]._activate_lang("nl_NL")
        here = offboarding.with_context(lang="nl_NL")
        self.assertNotIn(
            "users of ours", here.outcome_words, "said as the reader speaks"
        )
        health = self.Health.search([("partner_id", "=", self.client.id)])
        self.assertEqual(health.mapped("phase") or ["ended"], ["ended"])
        offboarding.action_reactivate()
        self.env.invalidate_all()
        after = [self.snapshot(record) for record in records]
        self.assertEqual(after, before)
        self.assertFalse(gone.active, "what was archived before stays so")
        self.assertEqual(offboarding.reactivated_user_id, self.manager)
        with self.assertRaisesRegex(UserError, "taken back already"):
            offboarding.action_reactivate()

    def test_who_moved_or_joined_us_is_left_alone(self):
        mover = self.make_contact(self.client, "Mover", email="m@harbour.example")
        portal = self.portal_user(mover, "portal-mover")
        joiner = self.make_contact(self.client, "Joiner", email="j@harbour.example")
        stayer = self.make_contact(self.client, "Stayer")
        offboarding = self.walk(self.start())
        offboarding.action_done()
        mover.parent_id = self.make_client("Elsewhere")
        self.make_user("joiner").partner_id = joiner
        offboarding.action_reactivate()
        self.assertTrue(self.client.active and stayer.active)
        self.assertFalse(portal.active, "no login for who is with another firm now")
        self.assertFalse(portal._is_portal())
        [note] = offboarding.message_ids.filtered(lambda m: "left alone" in m.body)
        self.assertIn("Mover", note.body)
        self.assertIn("Joiner", note.body)

    def test_cancelling_leaves_them_alone_and_names_them_too(self):
        mover = self.make_contact(self.client, "Mover", email="m@harbour.example")
        portal = self.portal_user(mover, "portal-mover")
        offboarding = self.start().sudo()
        offboarding.archived = offboarding._archiving().end_access(portal)
        mover.parent_id = self.make_client("Elsewhere")
        offboarding.with_user(self.manager).action_cancel()
        self.assertFalse(portal.active, "no login for who is with another firm now")
        [note] = offboarding.message_ids.filtered(lambda m: "left alone" in m.body)
        self.assertIn("Mover", note.body)

    def test_groups_given_meanwhile_stay(self):
        contact = self.make_contact(self.client, "Contact", email="c@harbour.example")
        portal = self.portal_user(contact, "portal-groups")
        offboarding = self.walk(self.start())
        offboarding.action_done()
        given = self.env["res.groups"].create({"name": "Given meanwhile"})
        portal.group_ids += given
        offboarding.action_reactivate()
        self.assertTrue(portal.active and portal._is_portal())
        self.assertIn(given, portal.group_ids)

    def test_what_was_not_chosen_is_left(self):
        activity = self.client.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id
        )
        offboarding = self.walk(self.start(close_activities=False))
        offboarding.action_done()
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
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.env.flush_all()
        with self.assertRaises(AccessDenied):
            login()
        offboarding.action_reactivate()
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
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertTrue(news.opt_out)
        offboarding.action_reactivate()
        self.assertEqual(self.snapshot(news | old), before)

    def test_a_subscriber_without_a_name_is_told_by_the_address(self):
        self.app("mailing.subscription")
        news = self.env["mailing.list"].create({"name": "News"})
        contact = self.env["mailing.contact"].create({"email": self.client.email})
        subscription = self.env["mailing.subscription"].create(
            {"contact_id": contact.id, "list_id": news.id}
        )
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertTrue(subscription.opt_out)
        self.assertIn("ended: info@harbour.example", offboarding.outcome_words)

    def test_a_failure_in_the_middle_leaves_nothing_half_archived(self):
        contact = self.make_contact(self.client)
        portal = self.portal_user(contact, "portal-half")
        offboarding = self.walk(self.start())
        partners = self.env.registry["res.partner"]
        write = partners.write

        def fail(records, vals):
            if vals.get("active") is False and self.client in records:
                raise ValueError("the roof falls in")
            return write(records, vals)

        with patch.object(partners, "write", fail):
            with self.assertRaisesRegex(ValueError, "the roof"):
                offboarding.action_done()
        self.env.invalidate_all()
        self.assertTrue(contact.active and portal.active and self.client.active)
        self.assertTrue(portal._is_portal())
        self.assertEqual(offboarding.state, "transition")
        self.assertFalse(offboarding.sudo().archived)

    def test_a_company_that_keeps_the_client_keeps_the_partner(self):
        there = self.make_company("There", "Europe/Amsterdam")
        self.make_project(self.client, company=there)
        contact = self.make_contact(self.client)
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertEqual(offboarding.state, "done")
        self.assertTrue(self.client.active and contact.active)
        words = offboarding.outcome_words
        self.assertIn("other companies of ours still work with this client (1)", words)
        self.assertNotIn("There", words)
        self.assertFalse(offboarding.sudo().archived)

    def test_what_is_chosen_happens_to_what_our_company_planned(self):
        there = self.make_company("There", "Europe/Amsterdam")
        self.make_project(self.client, company=there)
        shared = self.make_project(self.client, name="Of nobody")
        shared.company_id = False
        boss = self.make_user("boss there", "base.group_user", company=there)
        start = self.moment(self.ago(-3))
        meetings = [
            self.env["calendar.event"].create(
                {
                    "name": "Talk",
                    "start": start,
                    "stop": start,
                    "user_id": user.id,
                    "partner_ids": [Command.set(self.client.ids)],
                }
            )
            for user in (self.manager, boss)
        ]
        offboarding = self.start()
        needs = self.needs(offboarding, "projects")
        self.assertIn("A project has no company", needs[0].text)
        shared.company_id = there
        offboarding.invalidate_recordset()
        offboarding.project_ids.invalidate_recordset()
        self.assertEqual(self.codes(offboarding, "projects"), {"moved"})
        offboarding.project_ids.action_remove()
        self.walk(offboarding).action_done()
        self.assertEqual([event.active for event in meetings], [False, True])
        self.assertTrue(self.client.active)

    def test_the_last_company_to_end_archives_the_client(self):
        there = self.make_company("There", "Europe/Amsterdam")
        self.make_deal(self.client, company=there)
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
        offboarding = (
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
        offboarding.sudo()._step("transition").user_id = hand
        self.user = hand.with_context(allowed_company_ids=there.ids)
        self.walk(offboarding)
        offboarding.action_done()
        self.assertFalse(self.client.active)

    def test_old_business_of_another_company_keeps_nobody(self):
        there = self.make_company("There", "Europe/Amsterdam")
        project = self.make_project(self.client, company=there)
        project.last_update_status = "done"
        old = self.make_deal(self.client, company=there, day=self.ago(900))
        self.force(old, create_date=self.moment(self.ago(900)))
        offboarding = self.walk(self.start())
        self.assertFalse(offboarding.sudo()._keepers())

    def test_a_project_that_goes_on_with_others_is_no_obstacle_and_is_counted(self):
        project = self.make_project(self.client, name="Shared board")
        self.make_task(project)
        self.make_task(project, client=self.make_client("Other"))
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertFalse(self.client.active)
        self.assertTrue(project.active)
        self.assertIn("Projects that go on", offboarding.outcome_words)
        self.assertNotIn("Shared board", offboarding.outcome_words)

    def test_records_of_no_company_keep_nobody(self):
        self.make_company("There", "Europe/Amsterdam")
        self.make_deal(self.client, shared=True, outcome="won")
        offboarding = self.walk(self.start())
        self.assertFalse(offboarding.sudo()._keepers())

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
        models += ["sale.order"] if "sale.order" in self.env else []
        offboarding = self.walk(self.start(return_conditions="Paid in advance"))
        for model in models:
            self.assertNotIn("warning", self.onchange(model))
        offboarding.action_done()
        for model in models:
            warning = self.onchange(model)["warning"]
            self.assertIn("Paid in advance", warning["message"])
        plain = self.make_user("plain", "sales_team.group_sale_salesman")
        told = self.onchange("crm.lead", plain)["warning"]["message"]
        self.assertIn("Paid in advance", told, "whatever role they have")
        self.assertNotIn("does not move forward", told, "why is for our users")
        self.assertIn("Paid in advance", self.client.with_user(self.manager).left_note)
        offboarding.action_reactivate()
        self.assertNotIn("warning", self.onchange("crm.lead"))
        self.client.invalidate_recordset()
        self.assertFalse(self.client.with_user(self.manager).left_note)
