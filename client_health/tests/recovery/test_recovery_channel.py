"""Ways to communicate: what each brought, another one, and regular check-ins."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError

from ...wizard.recovery_checkin import usual_people
from ..facts.oracle_people import PeopleOracle
from .test_recovery_self import RecoveryCase


class TestChannel(RecoveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = [cls.ago(n) for n in (14, 21, 28)]
        mondays = [day - timedelta(days=day.weekday()) for day in days]
        # by mail in two hours and in two weeks, in the portal in one
        for monday, wait, kind in zip(
            mondays,
            (timedelta(hours=2), timedelta(days=14), timedelta(hours=1)),
            ("email", "email", "comment"),
            strict=True,
        ):
            record = cls.make_record()
            cls.we(cls.at(monday), record)
            cls.they(cls.at(monday) + wait, record, message_type=kind)
        events = cls.env["calendar.event"].with_context(no_mail_to_attendees=True)
        cls.meetings = events.create(
            [
                {
                    "name": "Talk",
                    "start": cls.moment(cls.ago(n)),
                    "stop": cls.moment(cls.ago(n), hour=13),
                    "partner_ids": [Command.set(cls.contact.ids)],
                }
                for n in (3, 4, 120)
            ]
        )
        call = cls.env.ref("mail.mail_activity_data_call")
        planned = [
            (cls.contact if n else cls.record).activity_schedule(
                activity_type_id=call.id, date_deadline=cls.ago(n)
            )
            for n in (0, 1, 2)
        ]
        for activity, done in zip(planned, (5, 100, None), strict=True):
            if done:
                activity.action_feedback()
                cls.force(activity, date_done=cls.ago(done))
        cls.call = planned[0]
        cls.recovery = cls.start(user=cls.mia)

    def way(self, code, recovery=None):
        recovery = recovery or self.recovery
        return recovery.channel_ids.filtered(lambda c: c.code == code)

    def draft(self):
        return self.recovery.new_agreement_id

    # -- what each brought ---------------------------------------------------------

    def test_the_figures_of_each_way(self):
        slow = PeopleOracle(self.env).facts(self.client, self.company, self.today)
        for code in ("mail", "message"):
            way = self.way(code)
            self.assertEqual(way.count, slow[f"{code}_count_90"])
            self.assertEqual(way.turns, slow[f"{code}_turns_90"])
            self.assertAlmostEqual(way.hours, slow[f"{code}_hours_90"], 3)
            on_time = slow[f"{code}_turns_on_time_90"] / slow[f"{code}_turns_90"]
            self.assertAlmostEqual(way.on_time, on_time, 3)
        self.assertEqual((self.way("mail").turns, self.way("mail").on_time), (2, 0.5))
        self.assertEqual(self.way("mail").on_time_text, "50\u00a0% of 2")
        self.assertEqual(self.way("message").hours_text, "1 hour")
        self.assertEqual(self.way("meeting").count, 2)
        self.assertEqual(self.way("call").count, 1)
        self.assertIn("on the spot", self.way("call").hours_text)
        self.way("call").sudo().count = 0
        self.assertIn("nothing of it", self.way("call").hours_text)
        action = self.way("meeting").action_show_records()
        self.assertEqual(action["domain"], [("id", "in", self.meetings[:2].ids)])
        action = self.way("call").action_show_records()
        self.assertEqual(action["domain"], [("id", "in", self.call.ids)])

    def test_a_person_says_how_it_went(self):
        way = self.way("mail").with_user(self.anna)
        way.write({"went": "badly", "note": "Long threads"})
        self.assertEqual(way.went, "badly")
        with self.assertRaisesRegex(UserError, "“How much” of .* not written by hand"):
            way.count = 5

    # -- another way ---------------------------------------------------------------

    def test_choosing_a_way_drafts_the_first_agreement(self):
        self.way("call").action_choose()
        self.assertEqual((self.draft().state, self.draft().version), ("draft", 1))
        self.assertEqual(self.draft().channel, "phone")
        self.assertEqual(self.way("call").status, "proposed")
        first = self.draft()
        self.way("meeting").action_choose()
        self.assertEqual((self.draft(), first.channel), (first, "meeting"))
        self.assertFalse(self.recovery.sudo()._open_requirements("channel"))
        self.assertFalse(self.way("call").status)

    def test_choosing_a_way_drafts_the_next_version_of_what_is_in_force(self):
        agreement = self.make_agreement(channel="email", our_response_hours=4)
        self.env.invalidate_all()
        self.assertEqual(self.way("mail").status, "agreed")
        with self.assertRaisesRegex(UserError, "is what is agreed with Client already"):
            self.way("mail").action_choose()
        self.way("meeting").action_choose()
        self.assertEqual(self.draft().previous_id, agreement)
        self.assertEqual((self.draft().channel, self.draft().version), ("meeting", 2))
        self.assertEqual(self.draft().our_response_hours, 4)
        self.assertEqual((agreement.channel, agreement.state), ("email", "active"))

    def test_only_managers_choose(self):
        with self.assertRaisesRegex(UserError, "Only managers"):
            self.way("call").with_user(self.anna).action_choose()
        self.assertFalse(self.draft())

    # -- check-ins -----------------------------------------------------------------

    def plan(self, user=None, **values):
        """The wizard as a person opens it, with some values of ours."""
        recovery = self.as_seen(self.recovery, user or self.mia)
        context = recovery.action_plan_checkins()["context"]
        wizards = recovery.env["client.recovery.checkin"].with_context(
            **context,
            active_model=recovery._name,  # as the web client adds
            active_id=recovery.id,
        )
        return wizards.create(values)

    def test_a_check_in_every_week_or_every_two(self):
        self.assertTrue(self.recovery.sudo()._open_requirements("channel"))
        start = self.at(self.today + timedelta(days=7), 10)
        for every, user in (("1", self.mia), ("2", self.anna)):
            until = self.today + timedelta(days=7 + 28)
            mails = self.env["mail.mail"].sudo().search_count([])
            self.recovery.sudo().checkin_id = False
            wizard = self.plan(user, every=every, start=start, until=until, duration=1)
            action = wizard.action_make()
            events = self.env["calendar.event"].search(action["domain"], order="start")
            step = 7 * int(every)
            expected = [start + timedelta(days=n) for n in range(0, 29, step)]
            found = [event.start.date() for event in events]
            self.assertEqual(found, [moment.date() for moment in expected])
            people = self.recovery.user_id.partner_id | self.contact
            for event in events:
                self.assertEqual(event.partner_ids, people)
                self.assertEqual(event.duration, 1)
            self.assertFalse(events.activity_ids)
            self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
            self.assertEqual(self.recovery.checkin_count, len(expected))
            self.assertFalse(self.recovery.sudo()._open_requirements("channel"))
            again = self.recovery.action_plan_checkins()
            self.assertEqual(again["res_model"], "calendar.event")

    def test_who_wrote_most_is_asked_with_owner_and_salesperson(self):
        self.client.user_id = self.colleague
        for _number in range(4):
            self.they(self.at(self.ago(2)), contact=self.second)
        recovery = self.start(user=self.mia, client=self.make_copy())
        self.assertEqual(
            usual_people(self.recovery),
            self.mia.partner_id | self.colleague.partner_id | self.contact,
        )
        self.assertEqual(
            usual_people(recovery),
            self.mia.partner_id | recovery.partner_id,
            "without contacts the client itself",
        )

    def make_copy(self):
        client = self.make_client("Lonely")
        self.make_deal(client)
        self.refresh(client)
        return client

    def test_a_check_in_that_cannot_be_is_refused(self):
        later = fields.Datetime.now() + timedelta(days=3)
        for values, sentence in (
            ({"start": later - timedelta(days=9)}, "“First time” has passed"),
            ({"start": later, "until": self.today}, "“Until” must lie after"),
            (
                {"start": later, "until": self.today + timedelta(days=500)},
                "within a year",
            ),
            ({"start": later, "duration": 0}, "“Hours” must be above 0"),
            (
                {"start": later, "partner_ids": [Command.set(self.mia.partner_id.ids)]},
                "“With whom” names nobody of Client",
            ),
        ):
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self.plan(**values).action_make()
        self.assertFalse(self.recovery.checkin_id)

    def test_check_ins_outlive_the_recovery_and_it_says_so(self):
        start = self.at(self.today + timedelta(days=7), 10)
        until = self.today + timedelta(days=7 + 14)
        self.plan(start=start, until=until).action_make()
        self.recovery.sudo()._end("cancelled", "Not needed any more")
        self.assertEqual(self.recovery.checkin_count, 3)
        bodies = "".join(self.recovery.message_ids.mapped("body"))
        self.assertIn("Check-ins still in the calendar: 3.", bodies)

    def test_nothing_is_planned_or_chosen_once_it_is_over(self):
        self.recovery.sudo()._end("cancelled", "Not needed any more")
        for act in (
            self.recovery.action_plan_checkins,
            self.way("call").action_choose,
            self.recovery.action_new_agreement,
        ):
            with self.assertRaisesRegex(UserError, "is over and stays as it was"):
                act()
        with self.assertRaisesRegex(UserError, "is over"):
            self.way("mail").note = "Too late"
