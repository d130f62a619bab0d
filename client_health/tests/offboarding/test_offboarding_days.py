"""An offboarding fits life: its days, recurring work, the portal, other owners."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .case import OffboardingCase


class TestOffboardingDays(OffboardingCase):
    def later(self, days):
        return self.today + timedelta(days=days)

    def portal_user(self, **values):
        contact = self.make_contact(self.client, name="Ann")
        return self.env["res.users"].create(
            {
                "login": "ann@harbour.example",
                "partner_id": contact.id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                **values,
            }
        )

    def night(self):
        self.env["client.offboarding"]._cron_offboardings()

    # -- days ------------------------------------------------------------------

    def test_days_to_come_are_not_in_the_past(self):
        offboarding = self.start(date_end=self.later(30))
        for name in ("date_end", "talk_on", "portal_until"):
            with self.assertRaisesRegex(UserError, "is past"):
                offboarding[name] = self.ago(1)
        offboarding.write({"talk_on": self.today, "portal_until": self.later(3)})

    def test_another_last_day_asks_about_what_hangs_on_it(self):
        offboarding = self.start(date_end=self.later(30))
        offboarding.action_check_contract()
        offboarding.portal_until = self.later(40)
        self.env["client.offboarding.deliverable"].with_user(self.user).create(
            {
                "offboarding_id": offboarding.id,
                "kind": "promise",
                "name": "The annual report",
                "user_id": self.user.id,
                "date_due": self.later(25),
            }
        )
        end = str(self.later(20))
        asked = offboarding.onchange({"date_end": end}, ["date_end"], {"date_end": {}})
        message = asked["warning"]["message"]
        for words in ("The annual report", "Portal access", "checked the contract"):
            self.assertIn(words, message)

    # -- recurring work --------------------------------------------------------

    def weekly(self, **values):
        project = self.make_project(self.client, allow_recurring_tasks=True)
        day = self.moment(self.later(1))
        return self.make_task(
            project,
            recurring_task=True,
            repeat_interval=1,
            repeat_unit="week",
            date_deadline=day,
            **values,
        )

    def test_recurring_work_runs_to_the_last_day_and_is_kept(self):
        task = self.weekly()
        recurrence = task.recurrence_id
        offboarding = self.start(date_end=self.later(12))
        offboarding.deliverable_ids.write({"decision": "finish", "becomes": "done"})
        offboarding.project_ids.action_close()
        following = recurrence.task_ids - task
        self.assertEqual(len(following), 1, "one more before the last day")
        self.assertEqual(offboarding.sudo().promise_ids.task_id, following)
        self.assertEqual(offboarding.project_ids.state, "closed")
        offboarding.promise_ids.action_deliver()
        self.assertEqual(following.state, "1_done")
        self.assertFalse(following.recurrence_id, "the next would be too late")
        self.assertTrue(recurrence.exists())

    def test_what_no_longer_recurs_recurs_again_when_it_is_cancelled(self):
        task = self.weekly()
        recurrence = task.recurrence_id
        offboarding = self.start()
        offboarding.deliverable_ids.write({"decision": "drop"})
        offboarding.project_ids.action_close()
        self.assertFalse(task.recurring_task)
        offboarding.action_cancel()
        self.assertTrue(task.recurring_task)
        self.assertEqual(task.recurrence_id, recurrence)

    def test_what_no_longer_recurs_comes_back_with_the_client(self):
        task = self.weekly()
        recurrence = task.recurrence_id
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertFalse(task.recurrence_id)
        offboarding.action_reactivate()
        self.assertEqual(task.recurrence_id, recurrence)

    # -- the portal ------------------------------------------------------------

    def test_portal_access_ends_after_the_promised_day_and_comes_back(self):
        user = self.portal_user()
        offboarding = self.walk(self.start(date_end=self.later(30)), "transition")
        offboarding.portal_until = self.later(1)
        self.night()
        told = offboarding.activity_ids.filtered(lambda a: "Ann" in (a.summary or ""))
        self.assertEqual(told.user_id, self.manager)
        self.assertTrue(user.active)
        self.force(offboarding, portal_until=self.ago(1))
        self.night()
        self.assertFalse(user.active)
        self.assertTrue(user.partner_id.active)
        offboarding.action_cancel()
        self.assertTrue(user.active)
        self.assertTrue(user._is_portal())

    def test_nobody_loses_access_before_the_client_was_told(self):
        user = self.portal_user()
        offboarding = self.start(date_end=self.later(30))
        self.force(offboarding, portal_until=self.ago(1))
        self.night()
        self.assertTrue(user.active)

    # -- other owners ----------------------------------------------------------

    def test_another_owner_takes_over_steps_activities_and_the_telling(self):
        other = self.make_user(
            "other", "base.group_partner_manager", "client_health.group_manager"
        )
        offboarding = self.start()
        mine = offboarding.step_ids.filtered(lambda s: s.user_id == self.manager)
        offboarding.user_id = other
        self.assertEqual(mine.user_id, other)
        self.assertEqual(mine.activity_id.user_id, other)
        self.assertEqual(offboarding.speaker_id, other)
        theirs = offboarding.step_ids - mine
        self.assertEqual(theirs.user_id, self.user, "what others do stays theirs")

    def test_an_owner_who_left_hands_over_to_a_manager(self):
        leaver = self.make_user(
            "leaver", "base.group_partner_manager", "client_health.group_user"
        )
        offboarding = self.start(user=leaver, user_id=leaver.id)
        leaver.active = False
        self.night()
        self.assertTrue(offboarding.user_id.has_group("client_health.group_manager"))
        self.assertNotIn(leaver, offboarding.step_ids.user_id)

    # -- who sees it -----------------------------------------------------------

    def test_until_the_client_knows_only_who_has_a_part_sees_it(self):
        stranger = self.make_user(
            "stranger", "base.group_partner_manager", "client_health.group_user"
        )
        offboarding = self.start()
        theirs = offboarding.with_user(stranger)
        self.assertFalse(theirs.has_access("read"))
        self.assertFalse(theirs.deliverable_ids._filtered_access("read"))
        for user in (self.manager, self.user):
            self.assertTrue(offboarding.with_user(user).has_access("write"))
        self.walk(offboarding, "transition")
        self.assertTrue(theirs.has_access("read"))
        with self.assertRaises(AccessError):
            theirs.reaction = "Angry"

    def test_who_is_asked_to_review_sees_it(self):
        asked = self.make_user(
            "asked", "base.group_partner_manager", "client_health.group_user"
        )
        offboarding = self.start()
        offboarding.activity_schedule(
            "mail.mail_activity_data_todo", user_id=asked.id, summary="Review it"
        )
        self.assertTrue(offboarding.with_user(asked).has_access("read"))

    # -- meetings --------------------------------------------------------------

    def test_a_meeting_with_others_goes_on_without_the_clients_people(self):
        other = self.make_client("Other")
        start = self.moment(self.later(3))
        meeting, alone = self.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": [Command.set((self.client | more).ids)],
                }
                for name, more in (("Together", other), ("Alone", other.browse()))
            ]
        )
        offboarding = self.walk(self.start())
        mails = self.env["mail.mail"].search_count([])
        offboarding.action_done()
        self.assertTrue(meeting.active)
        self.assertEqual(meeting.partner_ids, other)
        self.assertFalse(alone.active)
        self.assertIn("Together", offboarding.outcome_words)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        offboarding.action_reactivate()
        self.assertEqual(meeting.partner_ids, self.client | other)
        self.assertTrue(alone.active)

    # -- who left stays known --------------------------------------------------

    def onchange(self, model, values, user):
        record = self.env[model].with_user(user)
        record = record.with_context(allowed_company_ids=self.company.ids)
        return record.onchange(values, list(values), dict.fromkeys(values, {}))

    def test_who_resembles_a_client_who_left_is_warned_about(self):
        offboarding = self.walk(self.start(return_conditions="Paid in advance"))
        offboarding.action_done()
        seller = self.make_user(
            "seller", "base.group_partner_manager", "sales_team.group_sale_salesman"
        )
        told = self.onchange("res.partner", {"email": "new@harbour.example"}, seller)
        self.assertIn("Paid in advance", told["warning"]["message"])
        self.assertIn("mail domain", told["warning"]["message"])
        other = self.onchange("res.partner", {"email": "new@other.example"}, seller)
        self.assertNotIn("warning", other)
        twin = self.make_client("Harbour Two", email="bob@harbour.example")
        told = self.onchange("crm.lead", {"partner_id": twin.id}, seller)
        self.assertIn("Harbour Two resembles", told["warning"]["message"])
        offboarding.action_reactivate()
        again = self.onchange("crm.lead", {"partner_id": twin.id}, seller)
        self.assertNotIn("warning", again)

    def test_a_mailbox_anybody_has_resembles_nobody(self):
        self.client.email = "harbour@gmail.com"
        self.walk(self.start()).action_done()
        told = self.onchange("res.partner", {"email": "ann@gmail.com"}, self.manager)
        self.assertNotIn("warning", told)
