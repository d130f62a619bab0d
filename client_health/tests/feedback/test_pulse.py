from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .case import FeedbackCase

KIND = "mail_activity_type_pulse"


class TestPulse(FeedbackCase):
    def give(self, user, respect=3, attitude=3, **values):
        return self.as_user(user, "client.pulse").create(
            {
                "partner_id": self.client.id,
                "respect": respect,
                "attitude": attitude,
                **values,
            }
        )

    def past(self, user, days, respect=3, attitude=3, **values):
        """A pulse that was given some days ago."""
        return self.env["client.pulse"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "user_id": user.id,
                "date": self.ago(days),
                "respect": respect,
                "attitude": attitude,
                **values,
            }
        )

    # -- giving ----------------------------------------------------------------

    def test_a_pulse_is_of_today_by_me_and_valid_for_90_days(self):
        pulse = self.give(self.anna, partner_id=self.contact.id)
        self.assertEqual(pulse.user_id, self.anna)
        self.assertEqual(pulse.partner_id, self.client)
        self.assertEqual(pulse.valid_until, pulse.date + timedelta(days=90))
        self.assertTrue(pulse.is_valid)

    def test_words_are_clicked_and_numbers_stored(self):
        form = Form(
            self.as_user(self.anna, "client.pulse").with_context(
                active_model="res.partner", active_id=self.contact.id
            ),
            view="client_health.client_pulse_view_form_give",
        )
        form.respect_word = "4"
        form.attitude_word = "2"
        pulse = form.save()
        self.assertEqual((pulse.respect, pulse.attitude), (4, 2))
        self.assertEqual(pulse.partner_id, self.client)
        pulse.respect_word = "3"
        self.assertEqual(pulse.respect, 3)
        self.assertEqual(pulse.attitude_word, "2")

    def test_a_mark_of_1_or_5_needs_a_note(self):
        for respect, attitude in ((1, 3), (5, 3), (3, 1), (3, 5)):
            with self.assertRaisesRegex(ValidationError, "Acme needs a note"):
                self.give(self.anna, respect, attitude)
            with self.assertRaisesRegex(ValidationError, "Acme needs a note"):
                self.give(self.anna, respect, attitude, note="  ")
            self.give(self.anna, respect, attitude, note="They helped us out.")
        for respect, attitude in ((2, 4), (4, 2)):
            self.give(self.anna, respect, attitude)

    def test_marks_lie_between_1_and_5(self):
        for respect, attitude in ((0, 3), (3, 6), (-1, 3)):
            with self.assertRaisesRegex(ValidationError, "two marks from 1 to 5"):
                self.give(self.anna, respect, attitude, note="x")

    def test_a_new_pulse_ends_the_old_one_the_day_before(self):
        old = self.past(self.anna, 30)
        other = self.past(self.ben, 30)
        new = self.give(self.anna)
        self.assertEqual(old.valid_until, new.date - timedelta(days=1))
        self.assertFalse(old.is_valid)
        self.assertTrue(other.is_valid)
        self.assertTrue(new.is_valid)

    def test_a_second_pulse_of_the_same_day_takes_the_place_of_the_first(self):
        first, second = self.give(self.anna), self.give(self.anna, 4)
        self.assertFalse(first.is_valid)
        self.assertTrue(second.is_valid)

    def test_a_pulse_of_earlier_ends_where_the_later_one_begins(self):
        later = self.past(self.anna, 10)
        earlier = self.past(self.anna, 40)
        self.assertEqual(earlier.valid_until, later.date - timedelta(days=1))
        self.assertTrue(later.is_valid)

    def test_pulses_on_other_clients_and_in_other_companies_stay(self):
        there = self.make_company("There")
        elsewhere = self.past(self.anna, 5, company_id=there.id)
        other = self.past(self.anna, 5, partner_id=self.make_client("Other").id)
        self.give(self.anna)
        self.assertEqual(elsewhere.valid_until, elsewhere.date + timedelta(days=90))
        self.assertTrue(other.is_valid)

    def test_valid_pulses_are_found_and_expired_ones_not(self):
        old = self.past(self.anna, 91)
        last_day = self.past(self.ben, 90)
        found = self.env["client.pulse"].search
        mine = [("partner_id", "=", self.client.id)]
        self.assertEqual(found([*mine, ("is_valid", "=", True)]), last_day)
        self.assertEqual(found([*mine, ("is_valid", "=", False)]), old)
        self.assertEqual(found([*mine, ("is_valid", "!=", True)]), old)

    # -- the score -------------------------------------------------------------

    def test_two_pulses_move_the_score_at_once(self):
        self.give(self.anna, 2, 4)
        self.give(self.ben, 2, 4)
        self.assertEqual(self.indicator("respect", "respect_pulse"), 2)
        self.assertEqual(self.indicator("attitude", "attitude_pulse"), 4)
        self.assertEqual(self.check_of("respect")["level"], "red")

    def test_a_mended_or_deleted_pulse_moves_it_again(self):
        self.give(self.anna, 2, 4)
        pulse = self.give(self.ben, 2, 4)
        pulse.respect = 4
        self.assertEqual(self.indicator("respect", "respect_pulse"), 3)
        with self.refreshes() as seen:
            pulse.unlink()
        self.assertEqual(seen, [(self.company, self.client)])

    # -- rights ----------------------------------------------------------------

    def test_users_see_their_own_pulses_and_managers_all(self):
        mine, other = self.give(self.anna), self.give(self.ben)
        self.assertEqual(self.as_user(self.anna, "client.pulse").search([]), mine)
        self.assertEqual(
            self.as_user(self.mia, "client.pulse").search([]), mine + other
        )
        with self.assertRaises(AccessError):
            other.with_user(self.anna).read(["respect"])
        with self.assertRaises(AccessError):
            self.as_user(self.otto, "client.pulse").search([])

    def test_nobody_speaks_for_somebody_else(self):
        pulse = self.give(self.anna)
        for user in (self.ben, self.mia):
            with self.assertRaises(AccessError):
                pulse.with_user(user).write({"respect": 2})
            with self.assertRaises(AccessError):
                pulse.with_user(user).unlink()
            with self.assertRaisesRegex(UserError, "not written by hand"):
                self.give(user, user_id=self.anna.id)

    def test_dates_are_not_written_by_hand(self):
        pulse = self.give(self.anna)
        for name in ("date", "valid_until"):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                pulse.write({name: self.ago(-400)})
            with self.assertRaisesRegex(UserError, "not written by hand"):
                self.give(self.anna, **{name: self.ago(-400)})
        forged = (
            self.as_user(self.anna, "client.pulse")
            .with_context(default_valid_until=self.ago(-400))
            .create({"partner_id": self.client.id, "respect": 3, "attitude": 3})
        )
        self.assertEqual(forged.valid_until, forged.date + timedelta(days=90))

    def test_a_pulse_that_is_over_does_not_change(self):
        pulse = self.past(self.anna, 100).with_user(self.anna)
        with self.assertRaisesRegex(UserError, "is over"):
            pulse.respect = 4

    def test_a_pulse_stays_with_its_client(self):
        pulse = self.give(self.anna)
        with self.assertRaisesRegex(UserError, "stays with the client"):
            pulse.partner_id = self.make_client("Other")

    def test_a_client_one_may_not_read_gets_no_pulse(self):
        hidden = self.make_hidden_client()
        with self.assertRaises(AccessError):
            self.give(self.anna, partner_id=hidden.id)

    # -- being asked -----------------------------------------------------------

    def ask(self):
        self.env["client.pulse"]._cron_ask()
        return self.open_activities(self.health, KIND).user_id

    def test_the_salesperson_is_asked_without_a_mail(self):
        self.client.user_id = self.anna
        before = self.env["mail.mail"].sudo().search_count([])
        self.assertEqual(self.ask(), self.anna)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        self.assertIn("Acme", self.open_activities(self.health, KIND).summary)

    def test_people_on_tasks_that_moved_are_asked(self):
        task = self.make_task(self.make_project(self.client), day=self.ago(80))
        task.user_ids = self.anna + self.otto
        self.force(task, date_last_stage_update=self.moment(self.ago(80)))
        self.assertEqual(self.ask(), self.anna, "otto is not in the group")

    def test_people_on_tasks_that_lie_still_are_not_asked(self):
        task = self.make_task(self.make_project(self.client), day=self.ago(200))
        task.user_ids = self.anna
        self.force(task, date_last_stage_update=self.moment(self.ago(100)))
        self.assertFalse(self.ask())

    def test_people_who_wrote_on_a_task_are_asked(self):
        task = self.make_task(self.make_project(self.client), day=self.ago(200))
        self.force(task, date_last_stage_update=self.moment(self.ago(200)))
        task.message_post(
            body="Done", message_type="comment", author_id=self.ben.partner_id.id
        )
        self.assertEqual(self.ask(), self.ben)

    def test_people_who_logged_hours_are_asked(self):
        self.app("project.task:effective_hours")
        employee = self.make_employee(10)
        employee.user_id = self.anna
        project = self.make_project(self.client, allow_timesheets=True)
        line = self.log(employee, self.ago(100), 2, project=project)
        self.assertFalse(self.ask())
        line.date = self.ago(80)
        self.assertEqual(self.ask(), self.anna)

    def test_nobody_is_asked_twice_while_the_question_is_open(self):
        self.client.user_id = self.anna
        self.ask()
        self.ask()
        self.assertEqual(len(self.open_activities(self.health, KIND)), 1)

    def test_the_question_closes_when_the_pulse_is_given(self):
        self.client.user_id = self.anna
        self.ask()
        self.give(self.ben)
        self.assertTrue(self.open_activities(self.health, KIND))
        self.give(self.anna)
        self.assertFalse(self.open_activities(self.health, KIND))
        self.assertFalse(self.ask())

    def test_a_pulse_about_to_end_is_asked_for_again(self):
        self.client.user_id = self.anna
        self.past(self.anna, 82)  # ends in 8 days
        self.assertFalse(self.ask())
        self.env["client.pulse"].search([("user_id", "=", self.anna.id)]).unlink()
        self.past(self.anna, 83)  # ends in 7 days
        self.assertEqual(self.ask(), self.anna)

    def test_a_company_that_does_not_want_it_is_left_alone(self):
        self.client.user_id = self.anna
        self.company.client_health_ask_pulse = False
        self.assertFalse(self.ask())

    def test_clients_who_are_being_left_are_not_asked_about(self):
        self.client.user_id = self.anna
        self.force(self.health, phase="offboarding")
        self.assertFalse(self.ask())

    def test_no_more_than_five_questions_a_week_longest_without_first(self):
        clients = self.env["res.partner"]
        for number in range(8):
            clients += self.make_client(f"Client {number}", user_id=self.anna.id)
        for client in clients:
            self.make_deal(client)
        healths = self.refresh(clients)
        for days, client in zip((88, 89, 90), clients[:3], strict=True):
            self.past(self.anna, days, partner_id=client.id)
        questions = lambda: healths.filtered(  # noqa: E731
            lambda health: self.open_activities(health, KIND)
        )
        self.env["client.pulse"]._cron_ask()
        self.assertEqual(questions().partner_id, clients[3:], "never asked first")
        self.env["client.pulse"]._cron_ask()
        self.assertEqual(len(questions()), 5, "the week is full")
        for activity in questions().activity_ids:
            self.force(activity, create_date=self.moment(self.ago(7)))
        self.env["client.pulse"]._cron_ask()
        self.assertEqual(len(questions()), 8)

    def test_nobody_is_asked_about_a_client_they_may_not_read(self):
        hidden = self.make_hidden_client()
        hidden.user_id = self.anna
        self.make_deal(hidden)
        health = self.refresh(hidden)
        self.env["client.pulse"]._cron_ask()
        self.assertFalse(self.open_activities(health, KIND))

    def test_people_of_another_company_are_not_asked(self):
        there = self.make_company("There")
        stranger = self.make_user(
            "said_stranger", "client_health.group_user", company=there
        )
        self.client.user_id = stranger
        self.assertFalse(self.ask())

    def test_the_number_of_queries_does_not_grow_with_the_clients(self):
        """Choosing whom to ask is one query, however many clients there are."""
        counts = []
        for number in range(3):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["client.pulse"]._whom_to_ask(self.today)
            counts.append(self.env.cr.sql_log_count - before)
            clients = self.env["res.partner"].create(
                [
                    {"name": f"{number} {n}", "is_company": True, "user_id": user}
                    for n in range(20)
                    for user in (self.anna.id, self.ben.id)
                ]
            )
            self.make_deal(clients[0])
            self.refresh(clients)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 4, "who may be asked, and whom to ask")
