"""Our side first: our own figures against numbers found the slow way."""

from datetime import datetime, time, timedelta
from statistics import median
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..facts.oracle import Oracle
from ..facts.oracle_people import PeopleOracle
from ..facts.people import PeopleCase
from ..feedback.case import MANAGER, USER


class RecoveryCase(PeopleCase):
    """A client, three others, a user and a manager of Client Health."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.make_user("self_anna", USER)
        cls.mia = cls.make_user("self_mia", MANAGER, "base.group_partner_manager")
        cls.others = cls.env["res.partner"].union(
            *(cls.make_client(name) for name in ("First", "Second", "Third"))
        )
        for other in cls.others:
            cls.make_deal(other)
        cls.refresh(cls.client | cls.others)

    @classmethod
    def start(cls, client=None, user=None, **values):
        """A recovery that starts today; with the rights of ``user``."""
        recoveries = cls.env["client.recovery"].with_user(user or cls.anna)
        values.setdefault("date_start", cls.today)
        return recoveries.create({"partner_id": (client or cls.client).id, **values})

    @classmethod
    def settle_tracking(cls):
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def tracked(cls, record, user=None, **values):
        """Write as a person does, so that the chatter tells of it."""
        record = record.with_user(user or cls.colleague).sudo()
        record = record.with_context(tracking_disable=False, mail_notrack=False)
        record.write(values)
        cls.settle_tracking()

    def as_seen(self, record, user):
        return record.with_user(user).with_context(allowed_company_ids=self.company.ids)


class TestOurSide(RecoveryCase):
    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # answered after three hours, after twelve, and never
        for days, hours in ((21, 3), (22, 12), (23, None)):
            record, asked = cls.make_record(), cls.monday(days)
            # people of their own: what is said to one answers nobody else
            person = cls.make_contact(cls.client, email=f"{days}@client.example")
            cls.they(asked, record, person)
            if hours:
                late = timedelta(days=hours // 8, hours=hours % 8)
                cls.we(asked + late, record, person)
        other = cls.others[0]
        contact = cls.make_contact(other, email="first@client.example")
        record = cls.make_record(other)
        cls.they(cls.monday(30), record, contact)
        cls.we(cls.monday(30) + timedelta(hours=1), record, contact)
        cls.work()
        cls.people()
        cls.meeting()

    @classmethod
    def monday(cls, days):
        """Nine o'clock on the Monday before a day."""
        day = cls.ago(days)
        return cls.at(day - timedelta(days=day.weekday()))

    @classmethod
    def work(cls):
        """Late: one task open, one finished, and two milestones."""
        cls.project = cls.make_project(cls.client, day=cls.ago(200), user_id=False)
        noon = {days: datetime.combine(cls.ago(days), time(12)) for days in (5, 8, 30)}
        done, dropped = {"state": "1_done"}, {"state": "1_canceled"}
        cls.late = cls.make_task(
            cls.project, day=cls.ago(60), date_deadline=noon[5]
        ) | cls.make_task(
            cls.project, day=cls.ago(60), moved=cls.ago(8), date_deadline=noon[30],
            **done,
        )  # fmt: skip
        for state in (done, dropped):
            cls.make_task(
                cls.project, day=cls.ago(60), moved=cls.ago(8),
                date_deadline=noon[8 if state is done else 30], **state,
            )  # fmt: skip
        cls.make_task(cls.project, day=cls.ago(60))
        for deadline, reached in ((3, None), (50, 40), (50, 50), (300, 200)):
            milestone = cls.make_milestone(cls.project, reached and cls.ago(reached))
            cls.force(
                milestone,
                deadline=cls.ago(deadline),
                create_date=cls.moment(cls.ago(400)),
            )
        elsewhere = cls.make_project(cls.others[1], day=cls.ago(200))
        cls.make_task(elsewhere, day=cls.ago(60), date_deadline=noon[5])

    @classmethod
    def people(cls):
        """Three changes, and three that are none: the first, and one more."""
        first, second = cls.colleague, cls.make_user("self_second")
        for user in (first, second):
            cls.tracked(cls.client, user_id=user.id)
        for user in (first, second):
            cls.tracked(cls.project, user_id=user.id)
        cls.force(cls.project, user_id=first.id)
        task = cls.late[0]
        task.user_ids = False
        cls.settle_tracking()
        for users in (first, first | second, second):
            cls.tracked(task, user_ids=[Command.set(users.ids)])

    @classmethod
    def meeting(cls):
        """Two meetings, of which one of us moved one, and twice."""
        people = [Command.set((cls.contact | cls.colleague.partner_id).ids)]
        events = cls.env["calendar.event"].with_context(no_mail_to_attendees=True)
        moved, _other = events.create(
            [
                {
                    "name": "Talk",
                    "start": cls.moment(cls.ago(days)),
                    "stop": cls.moment(cls.ago(days), hour=13),
                    "partner_ids": people,
                }
                for days in (3, 4)
            ]
        )
        quiet = moved.with_context(dont_notify=True, no_mail_to_attendees=True)
        for hour in (14, 15):
            cls.tracked(
                quiet,
                start=cls.moment(cls.ago(3), hour=hour),
                stop=cls.moment(cls.ago(3), hour=hour + 1),
            )
        cls.moved = moved

    def invoicing(self):
        """A credit note of 100, and an invoice that was taken back; one apiece."""
        self.make_invoice(self.client, self.ago(10), 100, refund=True)
        self.make_invoice(self.others[2], self.ago(10), 60, refund=True)
        invoice = self.make_invoice(self.client, self.ago(12), 500)
        self.settle_tracking()
        invoice = invoice.with_context(tracking_disable=False, mail_notrack=False)
        invoice.button_draft()
        self.settle_tracking()
        invoice.action_post()
        self.settle_tracking()

    def figure(self, recovery, code):
        return recovery.figure_ids.filtered(lambda f: f.code == code)

    # -- the figures -------------------------------------------------------------

    def test_figures_are_those_found_the_slow_way(self):
        if "account.move" in self.env:
            self.invoicing()
        recovery = self.start(user=self.mia)
        self.env.flush_all()
        slow, people = Oracle(self.env), PeopleOracle(self.env)
        facts = {}
        for client in self.clients_of():
            partner = self.env["res.partner"].browse(client)
            facts[client] = {
                **slow.facts(partner, self.company, self.today),
                **people.facts(partner, self.company, self.today),
            }
        self.assertGreaterEqual(len(facts), 4)
        codes = set(recovery.figure_ids.mapped("code"))
        self.assertGreaterEqual(
            codes,
            {"our_on_time", "our_answer_hours", "late_tasks", "moved_meetings"},
        )
        for figure in recovery.figure_ids:
            if figure.code == "staff_changes":
                continue  # by hand, below
            with self.subTest(figure.code):
                values = {
                    client: self.slow_value(figure.code, known)
                    for client, known in facts.items()
                }
                own = values.pop(self.client.id)
                there = [value for value in values.values() if value is not None]
                self.assertEqual(figure.measured, own is not None)
                self.assertAlmostEqual(figure.value, own or 0, 3)
                self.assertEqual(figure.others_count, len(there))
                middle = median(there) if len(there) >= 3 else 0
                self.assertAlmostEqual(figure.others_value, middle, 3)
                self.assertEqual(figure.date_to, self.today)
                self.assertEqual(figure.date_from, self.ago(89))

    def slow_value(self, code, known):
        if code == "our_on_time":
            turns = known["our_turns_90"]
            return known["our_turns_on_time_90"] / turns if turns else None
        return known.get(f"{code}_90")

    def test_figures_in_plain_numbers(self):
        recovery = self.start(user=self.mia)
        expected = {
            "our_on_time": 1 / 3,
            "our_unanswered": 1,
            "late_tasks": 2,
            "late_milestones": 2,
            "staff_changes": 3,
            "moved_meetings": 1,
        }
        for code, value in expected.items():
            self.assertAlmostEqual(self.figure(recovery, code).value, value, 3, code)
        late = self.figure(recovery, "late_tasks")
        self.assertEqual(late.others_count, len(self.clients_of()) - 1)
        self.assertEqual(late.verdict, "worse")
        on_time = self.figure(recovery, "our_on_time")
        self.assertEqual(on_time.sample, 3)
        self.assertEqual(on_time.value_text, "33\u00a0%")
        self.assertIn(f"(median of {late.others_count})", late.others_text)
        # one other client: its own figure would be told
        self.assertEqual((on_time.others_count, on_time.others_value), (1, 0))
        self.assertEqual(on_time.others_text, "too few to say")
        self.assertFalse(on_time.verdict)
        self.assertTrue(recovery.figure_summary)

    def test_credit_notes_and_corrections(self):
        self.app("account.move")
        self.invoicing()
        recovery = self.start(user=self.mia)
        for code, value in (
            ("credit_notes", 1),
            ("credited", 100),
            ("corrected_invoices", 1),
        ):
            self.assertEqual(self.figure(recovery, code).value, value, code)
        self.assertIn("€", self.figure(recovery, "credited").value_text)

    def test_the_records_shown_are_those_that_were_counted(self):
        recovery = self.start()
        action = self.figure(recovery, "late_tasks").action_show_records()
        self.assertEqual(action["res_model"], "project.task")
        self.assertEqual(action["domain"], [("id", "in", sorted(self.late.ids))])
        action = self.figure(recovery, "moved_meetings").action_show_records()
        self.assertEqual(action["domain"], [("id", "in", self.moved.ids)])
        with self.assertRaisesRegex(UserError, "No records stand behind"):
            self.figure(self.start(self.others[2]), "late_tasks").action_show_records()

    def test_what_happens_later_does_not_change_them(self):
        recovery = self.start()
        late = self.figure(recovery, "late_tasks")
        self.late[0].state = "1_canceled"
        self.make_task(
            self.project, date_deadline=datetime.combine(self.ago(9), time(12))
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((late.value, len(late.record_ids)), (2, 2))

    def test_each_company_has_its_own_figures(self):
        there = self.make_company("There")
        mia = self.make_user(
            "self_both", MANAGER, companies=self.company | there, company=there
        )
        record = self.make_record(company=there)
        asked = self.monday(20)
        self.they(asked, record)
        self.we(asked + timedelta(hours=1), record)
        self.refresh(self.client, there)
        recovery = (
            self.env["client.recovery"]
            .with_user(mia)
            .with_context(allowed_company_ids=(there | self.company).ids)
            .create(
                {
                    "partner_id": self.client.id,
                    "company_id": there.id,
                    "date_start": self.today,
                }
            )
        )
        on_time = self.figure(recovery, "our_on_time")
        self.assertEqual((on_time.value, on_time.sample), (1, 1))
        late = self.figure(recovery, "late_tasks")
        self.assertEqual(late.value, 0)
        self.assertEqual(late.others_count, len(self.clients_of(there)) - 1)
        self.assertFalse(self.clients_of(there) & set(self.others.ids))
        self.assertFalse(
            self.as_seen(recovery.figure_ids, self.mia).search(
                [("id", "in", recovery.figure_ids.ids)]
            )
        )

    def test_nothing_to_measure_says_so(self):
        recovery = self.start(self.others[2])
        hours = self.figure(recovery, "our_answer_hours")
        self.assertFalse(hours.measured)
        self.assertEqual(hours.value_text, "not measurable: nothing of it in 90 days")
        self.assertFalse(hours.verdict)

    def test_an_app_that_is_gone_is_no_longer_measured(self):
        source = type(self.env["client.health.facts.projects"])
        recovery = self.start()
        late = self.figure(recovery, "late_tasks")
        self.assertEqual(late.value_text, "2")
        with patch.object(source, "_available", lambda self: False):
            late.invalidate_recordset()
            self.assertIn("no longer measured", late.value_text)
            self.assertFalse(late.others_text)
            new = self.start(self.others[1])
            self.assertEqual(
                self.figure(new, "late_tasks").value_text,
                "not measurable: its app is not installed",
            )

    def test_one_query_a_source_however_many_clients(self):
        recoveries = self.env["client.recovery"]
        one = self.start().sudo()
        more = (
            one | self.start(self.others[0]).sudo() | self.start(self.others[1]).sudo()
        )
        for work in (
            lambda some: some._self_review(self.company, self.today).facts(),
            lambda some: some._self_review(self.company, self.today).records_behind(
                "late_tasks"
            ),
        ):
            counts = []
            for some in (one, more):
                work(some)
                before = self.env.cr.sql_log_count
                work(some)
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[0], counts[1])
        self.assertFalse(recoveries)

    # -- who sees and says what --------------------------------------------------

    def test_users_do_not_see_money(self):
        self.app("account.move")
        self.invoicing()
        recovery = self.start()
        self.env.invalidate_all()
        codes = recovery.with_user(self.anna).figure_ids.mapped("code")
        self.assertIn("credit_notes", codes)
        self.assertNotIn("credited", codes)
        mine = [("recovery_id", "=", recovery.id), ("money", "=", True)]
        money = self.env["client.recovery.figure"].search(mine)
        self.assertEqual(money.mapped("code"), ["credited"])
        self.assertFalse(money.with_user(self.anna).search(mine))
        with self.assertRaises(AccessError):
            money.with_user(self.anna).read(["value"])
        self.env.invalidate_all()
        self.assertIn(
            "credited", self.as_seen(recovery, self.mia).figure_ids.mapped("code")
        )

    def test_figures_are_not_written_by_hand(self):
        late = self.figure(self.start(user=self.mia), "late_tasks")
        with self.assertRaises(UserError):
            late.value = 0
        with self.assertRaises(AccessError):
            late.unlink()
        with self.assertRaises(AccessError):
            late.create(
                {"recovery_id": late.recovery_id.id, "code": "x", "unit": "count"}
            )

    def test_questions_are_answered_in_words_until_it_is_over(self):
        recovery = self.start()
        answers = recovery.answer_ids
        self.assertEqual(len(answers), 6)
        answers[0].text = "We never said what it costs."
        with self.assertRaisesRegex(UserError, "not written by hand"):
            answers[0].code = "better"
        recovery.self_result = "ours"
        recovery.sudo()._end("cancelled", "Not needed any more")
        for name, record in (("text", answers[0]), ("self_note", recovery)):
            with self.assertRaisesRegex(UserError, "is over"):
                record[name] = "Something else"
        self.assertEqual(answers[0].text, "We never said what it costs.")

    def asked(self, recovery):
        """The dialog that asks why, when the step is finished."""
        action = recovery.action_finish_step()
        dialogs = recovery.env[action["res_model"]].with_context(**action["context"])
        return dialogs.create({})

    def test_the_step_asks_for_words_a_result_and_what_we_change(self):
        recovery = self.start()
        dialog = self.asked(recovery)
        self.assertIn("No question is answered", dialog.missing)
        self.assertIn("whose doing it is", dialog.missing)
        recovery.answer_ids[2].text = "We changed the planner twice."
        recovery.self_result = "both"
        dialog = self.asked(recovery)
        self.assertEqual(
            dialog.missing, "It is ours too, and nothing says what we change."
        )
        self.assertEqual(recovery.state, "self_review")
        recovery.self_note = "One planner"
        recovery.action_finish_step()
        self.assertEqual(recovery.state, "channel")

    def test_what_is_theirs_needs_no_change_of_ours(self):
        recovery = self.start()
        recovery.answer_ids[0].text = "Yes, every week."
        recovery.self_result = "theirs"
        recovery.action_finish_step()
        self.assertEqual(recovery.state, "channel")
