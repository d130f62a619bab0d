"""Meetings, ratings and what people said; and everything at once, at random."""

from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tests.common import loaded_demo_data

from ...engine.reader import read_facts
from ..common import fact_keys
from .feedback_case import FeedbackFactsCase
from .oracle_people import PeopleOracle
from .people import PeopleCase, people_keys


class TestMeetings(FeedbackFactsCase):
    def setUp(self):
        super().setUp()
        self.app("calendar.event")

    def since(self, **values):
        return self.facts("days_since_meeting", **values)[0]

    def test_a_meeting_counts_from_its_day_on(self):
        self.make_meeting(self.contact, self.ago(20))
        self.make_meeting(self.contact, self.ago(9))
        self.assertEqual(self.since(), 9)
        self.assertEqual(self.since(as_of=self.ago(9)), 0)
        self.assertEqual(self.since(as_of=self.ago(10)), 10)
        self.assertIsNone(self.since(as_of=self.ago(21)))

    def test_a_meeting_to_come_is_none_yet(self):
        self.make_meeting(self.contact, self.ago(-3))
        self.assertIsNone(self.since())

    def test_a_meeting_of_today_counts_once_it_began(self):
        meeting = self.make_meeting(self.contact, self.today)
        self.force(meeting, start=self.now() + timedelta(seconds=90))
        self.assertIsNone(self.since())
        self.force(meeting, start=self.now() - timedelta(seconds=1))
        self.assertIn(self.since(), (0, 1))  # 1: a second ago was yesterday

    def test_a_meeting_that_the_client_declined_did_not_happen(self):
        self.make_meeting(self.contact, self.ago(9), answers="declined")
        self.assertIsNone(self.since())
        for days, answer in ((8, "needsAction"), (7, "tentative"), (6, "accepted")):
            self.make_meeting(self.contact, self.ago(days), answers=answer)
            self.assertEqual(self.since(), days)

    def test_one_contact_who_comes_is_enough(self):
        self.make_meeting(
            self.contact + self.second, self.ago(9), answers=("declined", "accepted")
        )
        self.assertEqual(self.since(), 9)

    def test_a_colleague_who_declined_does_not_undo_the_meeting(self):
        people = self.contact + self.colleague.partner_id
        self.make_meeting(people, self.ago(9), answers=("accepted", "declined"))
        self.assertEqual(self.since(), 9)

    def test_an_archived_meeting_did_not_happen(self):
        meeting = self.make_meeting(self.contact, self.ago(9))
        self.assertEqual(self.since(), 9)
        meeting.active = False
        self.assertIsNone(self.since())

    def test_a_meeting_with_somebody_else_is_not_the_client_s(self):
        self.make_meeting(self.make_client("Neighbour"), self.ago(9))
        self.assertIsNone(self.since())

    def test_a_meeting_of_ourselves_is_not_with_the_client(self):
        insider = self.make_user("insider").partner_id
        insider.parent_id = self.client
        self.make_meeting(insider, self.ago(9))
        self.assertIsNone(self.since())

    def test_a_whole_day_is_that_day_wherever_the_company_is(self):
        for tz in ("Pacific/Honolulu", "Pacific/Auckland"):
            company = self.make_company(tz, tz)
            day = self.today_in(company) - timedelta(days=9)
            client = self.make_client(tz)
            self.make_meeting(client, day, allday=True, start_date=day, stop_date=day)
            self.assertEqual(self.since(client=client, company=company), 9, tz)


class TestRatings(FeedbackFactsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.make_project(cls.client)

    def setUp(self):
        super().setUp()
        self.app("rating.rating")

    def found(self, **values):
        return self.facts("rating_182", "ratings_182", **values)

    def test_the_mean_of_what_the_contacts_gave(self):
        self.make_rating(self.contact, self.ago(10), 5)
        self.make_rating(self.second, self.ago(20), 2)
        self.assertEqual(self.found(), [3.5, 2])
        self.assertEqual(self.found(as_of=self.ago(11)), [2, 1])
        self.assertEqual(self.found(as_of=self.ago(21)), [None, 0])

    def test_what_was_asked_but_not_given_does_not_count(self):
        self.make_rating(self.contact, self.ago(10), 5, consumed=False)
        self.make_rating(self.contact, self.ago(10), 0)
        self.assertEqual(self.found(), [None, 0])
        self.make_rating(self.contact, self.ago(10), 1)
        self.assertEqual(self.found(), [1, 1])

    def test_a_rating_counts_for_so_many_days(self):
        self.make_rating(self.contact, self.ago(181), 2)
        self.make_rating(self.contact, self.ago(182), 5)
        self.assertEqual(self.found(), [2, 1])

    def test_a_rating_counts_in_the_company_of_the_project(self):
        other = self.make_company("Other")
        there = self.make_project(self.client, company=other)
        self.make_rating(self.contact, self.ago(10), 2, there)
        self.assertEqual(self.found(), [None, 0])
        self.assertEqual(self.found(company=other), [2, 1])
        shared = self.make_project(self.client, shared=True)
        self.make_rating(self.contact, self.ago(10), 4, shared)
        self.assertEqual(self.found(), [4, 1])
        self.assertEqual(self.found(company=other), [3, 2])

    def test_somebody_else_s_rating_of_the_client_s_project_is_not_the_client_s(self):
        self.make_rating(self.make_client("Neighbour"), self.ago(10), 1)
        self.assertEqual(self.found(), [None, 0])


class TestIncidents(FeedbackFactsCase):
    def test_only_confirmed_incidents_count(self):
        self.make_incident("abuse", self.ago(10), "severe", "reported")
        self.make_incident("abuse", self.ago(10), "severe", "dismissed")
        self.assertEqual(self.facts("abuse_points_365"), [0])
        self.make_incident("abuse", self.ago(10), "moderate")
        self.make_incident("abuse", self.ago(20), "minor")
        self.assertEqual(self.facts("abuse_points_365"), [3])

    def test_every_category_has_points_of_its_own(self):
        points = {
            "rejected": "rejected_points_90",
            "unprepared": "unprepared_points_90",
            "disrespect": "disrespect_points_90",
            "pessimism": "pessimism_points_90",
            "abuse": "abuse_points_90",
            "unreasonable": "unreasonable_points_90",
        }
        for number, category in enumerate(points):
            for severity in ("minor", "moderate", "severe")[: number % 3 + 1]:
                self.make_incident(category, self.ago(5), severity)
        self.assertEqual(self.facts(*points.values()), [1, 3, 6, 1, 3, 6])

    def test_who_does_not_commit_to_a_plan_comes_unprepared(self):
        self.make_incident("unprepared", self.ago(5), "minor")
        self.make_incident("no_plan", self.ago(5), "severe")
        self.assertEqual(self.facts("unprepared_points_90"), [4])

    def test_an_incident_expires_by_the_window(self):
        self.make_incident("unprepared", self.ago(89))
        self.make_incident("unprepared", self.ago(90), "severe")
        self.assertEqual(
            self.facts("unprepared_points_90", "unprepared_points_365"), [1, 4]
        )

    def test_an_incident_counts_on_its_own_date_once_it_was_confirmed(self):
        self.make_incident("abuse", self.ago(40), confirmed=self.ago(20))
        self.assertEqual(self.facts("abuse_points_365", as_of=self.ago(21)), [0])
        self.assertEqual(self.facts("abuse_points_365", as_of=self.ago(20)), [1])
        self.assertEqual(self.facts("abuse_points_30"), [0])

    def test_an_incident_of_another_company_or_client_is_not_counted_here(self):
        other = self.make_company("Other")
        self.make_incident("abuse", self.ago(10), company=other)
        self.make_incident("abuse", self.ago(10), client=self.make_client("Neighbour"))
        self.assertEqual(self.facts("abuse_points_365"), [0])
        self.assertEqual(self.facts("abuse_points_365", company=other), [1])


class TestPulses(FeedbackFactsCase):
    KEYS = ("respect_pulse", "attitude_pulse", "raters")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_user("second.colleague")

    def test_the_mean_of_what_the_colleagues_feel(self):
        self.make_pulse(self.colleague, self.ago(10), 2, 5)
        self.make_pulse(self.other, self.ago(20), 3, 4)
        self.assertEqual(self.facts(*self.KEYS), [2.5, 4.5, 2])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(15)), [3, 4, 1])

    def test_a_pulse_is_valid_for_ninety_days(self):
        self.make_pulse(self.colleague, self.ago(90), 2, 5)
        self.assertEqual(self.facts(*self.KEYS), [2, 5, 1])
        self.make_pulse(self.other, self.ago(91), 5, 1)
        self.assertEqual(self.facts(*self.KEYS), [2, 5, 1])

    def test_without_a_valid_pulse_nothing_is_felt(self):
        self.make_pulse(self.colleague, self.ago(91))
        self.assertEqual(self.facts(*self.KEYS), [None, None, 0])

    def test_a_new_pulse_of_the_same_colleague_replaces_the_old_one(self):
        self.make_pulse(self.colleague, self.ago(30), 1, 1)
        self.make_pulse(self.other, self.ago(30), 3, 3)
        self.make_pulse(self.colleague, self.ago(10), 5, 5)
        self.assertEqual(self.facts(*self.KEYS), [4, 4, 2])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(10)), [4, 4, 2])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(11)), [2, 2, 2])

    def test_of_two_valid_pulses_of_one_colleague_the_later_counts(self):
        old = self.make_pulse(self.colleague, self.ago(30), 1, 1)
        self.make_pulse(self.colleague, self.ago(10), 5, 5)
        # as data from elsewhere may have it: the old one was never ended
        self.force(old, valid_until=self.ago(-60))
        self.assertEqual(self.facts(*self.KEYS), [5, 5, 1])

    def test_two_pulses_of_one_day_are_one_rater(self):
        self.make_pulse(self.colleague, self.ago(10), 1, 1)
        self.make_pulse(self.colleague, self.ago(10), 4, 2)
        self.assertEqual(self.facts(*self.KEYS), [4, 2, 1])

    def test_a_pulse_in_another_company_is_none_here(self):
        there = self.make_company("Other")
        self.make_pulse(self.colleague, self.ago(10), company=there)
        self.assertEqual(self.facts("raters"), [0])
        self.assertEqual(self.facts("raters", company=there), [1])

    def test_one_rater_is_too_few_for_the_score_and_two_are_enough(self):
        self.make_pulse(self.colleague, self.ago(10), 2, 2)
        health = self.refresh(self.client)
        self.assertFalse(health.flag_ids)
        self.make_pulse(self.other, self.ago(10), 2, 2)
        drivers = health.flag_ids.mapped("driver_id.code")
        self.assertEqual(sorted(drivers), ["attitude_pulse", "respect_pulse"])


class TestTerms(FeedbackFactsCase):
    KEYS = ("required_rate", "contact_every_days")

    def test_terms_are_those_of_the_settings_without_an_agreement(self):
        self.company.client_health_contact_days = 21
        self.assertEqual(self.facts(*self.KEYS), [None, 21])
        self.company.client_health_required_rate = 80
        self.assertEqual(self.facts(*self.KEYS), [80, 21])

    def test_an_agreement_in_force_goes_before_the_settings(self):
        self.company.client_health_required_rate = 80
        self.make_agreement(
            date_start=self.ago(20),
            date_end=self.ago(5),
            required_rate=95,
            contact_every_days=7,
        )
        self.assertEqual(self.facts(*self.KEYS), [80, 30])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(5)), [95, 7])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(20)), [95, 7])
        self.assertEqual(self.facts(*self.KEYS, as_of=self.ago(21)), [80, 30])

    def test_what_an_agreement_leaves_open_follows_the_settings(self):
        self.company.client_health_required_rate = 80
        self.make_agreement(date_start=self.ago(20), contact_every_days=7)
        self.assertEqual(self.facts(*self.KEYS), [80, 7])

    def test_drafts_and_refused_agreements_promise_nothing(self):
        for state in ("draft", "refused"):
            self.make_agreement(state=state, contact_every_days=7)
        self.assertEqual(self.facts("contact_every_days"), [30])

    def test_a_new_version_takes_over_on_its_first_day(self):
        first = self.make_agreement(date_start=self.ago(100), contact_every_days=7)
        second = self.make_agreement(
            state="draft",
            date_start=self.ago(10),
            contact_every_days=14,
            previous_id=first.id,
        )
        second.action_activate()
        self.assertEqual(self.facts("contact_every_days"), [14])
        self.assertEqual(self.facts("contact_every_days", as_of=self.ago(10)), [14])
        self.assertEqual(self.facts("contact_every_days", as_of=self.ago(11)), [7])


class TestHistoryOfCommunication(FeedbackFactsCase):
    DAY = date(2025, 6, 15)

    def months(self, **values):
        return self.facts("communication_months", **values)[0]

    def test_without_history_nothing_is_known(self):
        self.assertIsNone(self.months(as_of=self.DAY))

    def test_month_ends_count_back_from_the_last_one(self):
        self.make_snapshot(date(2025, 5, 31), "watch", 0.6)
        self.make_snapshot(date(2025, 4, 30), "red", 1.0)
        self.make_snapshot(date(2025, 3, 31), "ok", 0.3)
        self.make_snapshot(date(2025, 2, 28), "grey", None)
        self.make_snapshot(date(2024, 12, 31), "watch", 0.5)
        row = self.months(as_of=self.DAY)
        self.assertEqual(row[:6], [0.6, 1, -1, -1, -1, 0.5])
        self.assertEqual(row[6:], [-1] * 6)

    def test_other_days_and_older_years_are_left_out(self):
        self.make_snapshot(date(2025, 5, 30), "red", 1.0)
        self.make_snapshot(date(2024, 5, 31), "red", 1.0)
        self.assertIsNone(self.months(as_of=self.DAY))
        self.make_snapshot(date(2024, 6, 30), "red", 0.9)
        self.assertEqual(self.months(as_of=self.DAY), [-1] * 11 + [0.9])

    def test_the_month_end_of_the_day_itself_is_still_to_be_made(self):
        self.make_snapshot(date(2025, 5, 31), "red", 1.0)
        self.assertIsNone(self.months(as_of=date(2025, 5, 31)))
        self.make_snapshot(date(2025, 4, 30), "red", 0.7)
        self.assertEqual(self.months(as_of=date(2025, 5, 31))[:2], [0.7, -1])
        self.assertEqual(self.months(as_of=date(2025, 6, 1))[:2], [1, 0.7])

    def test_another_company_s_history_is_another(self):
        there = self.make_company("Other")
        self.make_project(self.client, company=there)
        self.make_snapshot(date(2025, 5, 31), "red", 1.0, company=there)
        self.assertIsNone(self.months(as_of=self.DAY))
        self.assertEqual(self.months(as_of=self.DAY, company=there)[0], 1)


@tagged("post_install", "-at_install")
class TestDemonstrationPeople(TransactionCase):
    assertSameFacts = PeopleCase.assertSameFacts

    def test_facts_about_people_of_every_demonstration_client_equal_the_oracle(self):
        if not loaded_demo_data(self.env):
            self.skipTest("needs demonstration data")
        Facts = self.env["client.health.facts"]
        oracle = PeopleOracle(self.env)
        self.env.flush_all()
        compared = 0
        keys = fact_keys(Facts, people_keys(self.env))
        for company in self.env["res.company"].search([]):
            today = Facts._scope(company, []).as_of
            query = self.env["client.health"]._night(company).clients.query()
            ids = [row[0] for row in self.env.execute_query(query)]
            for as_of in (today, today - timedelta(days=45)):
                scope = Facts._scope(company, ids, as_of)
                found = read_facts(self.env, keys, scope)
                for client in self.env["res.partner"].browse(ids):
                    expected = oracle.facts(client, company, as_of)
                    label = f"{client.display_name} in {company.name} on {as_of}"
                    self.assertSameFacts(found[client.id], expected, label)
                    compared += len(expected)
        self.assertGreater(compared, 100)
