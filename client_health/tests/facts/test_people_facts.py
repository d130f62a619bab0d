"""Meetings, ratings and what people said; and everything at once, at random."""

import random
from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tests.common import loaded_demo_data

from ...engine.reader import read_facts
from ..common import fact_keys, installed
from . import test_facts
from .oracle import Oracle
from .oracle_people import PeopleOracle
from .test_messages import PeopleCase, people_keys


class SaidCase(PeopleCase):
    """Builders for meetings, ratings and what people say."""

    @classmethod
    def make_meeting(cls, partners, day, hour=14, answers="accepted", **values):
        """A meeting of an hour; ``answers``: one for all, or one for each."""
        start = cls.at(day, hour)
        meeting = (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "How are we doing",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": partners.ids,
                    **values,
                }
            )
        )
        if isinstance(answers, str):
            answers = [answers] * len(partners)
        for partner, answer in zip(partners, answers, strict=True):
            attendee = meeting.attendee_ids.filtered(
                lambda a, p=partner: a.partner_id == p
            )
            cls.force(attendee, state=answer)
        return meeting

    @classmethod
    def make_rating(cls, partner, day, mark, project=None, consumed=True):
        project = project or cls.project
        task = cls.make_task(project, day=day)
        rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("project.task"),
                "res_id": task.id,
                "partner_id": partner.id,
                "rating": mark,
                "consumed": consumed,
            }
        )
        return cls.force(rating, rated_on=cls.at(day, 12))

    @classmethod
    def make_incident(
        cls, category, day, severity="minor", state="confirmed", confirmed=None,
        client=None, company=None,
    ):  # fmt: skip
        incident = (
            cls.env["client.incident"]
            .sudo()
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": (company or cls.company).id,
                    "category": category,
                    "severity": severity,
                    "date": min(day, cls.today),
                }
            )
        )
        values = {"state": state, "date": day}
        if state == "confirmed":
            values["confirmed_on"] = cls.at(confirmed or day, 12)
        return cls.force(incident, **values)

    @classmethod
    def make_pulse(cls, user, day, respect=3, attitude=3, client=None, company=None):
        return (
            cls.env["client.pulse"]
            .sudo()
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": (company or cls.company).id,
                    "user_id": user.id,
                    "date": day,
                    "respect": respect,
                    "attitude": attitude,
                    "note": "So it is.",
                }
            )
        )

    @classmethod
    def make_snapshot(cls, day, level, penalty, client=None, company=None):
        """What was kept of the communication check on a day."""
        client, company = client or cls.client, company or cls.company
        health = cls.env["client.health"].search(
            [("partner_id", "=", client.id), ("company_id", "=", company.id)]
        )
        return cls.env["client.health.snapshot"].create(
            {
                "health_id": (health or cls.refresh(client, company)).id,
                "date": day,
                "score": 50,
                "points": {"communication": {"level": level, "penalty": penalty}},
            }
        )

    @classmethod
    def month_end(cls, months, day=None):
        """The last day of the month, so many months before the month of ``day``."""
        last = day or cls.today
        for _number in range(months):
            last = last.replace(day=1) - timedelta(days=1)
        return last

    def facts(self, *keys, client=None, company=None, as_of=None):
        client = client or self.client
        found = self.read_facts(keys, client, company, as_of)[client.id]
        self.assertPeople(client, company, as_of)
        return [found.get(key) for key in keys]


class TestMeetings(SaidCase):
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


class TestRatings(SaidCase):
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


class TestIncidents(SaidCase):
    def test_only_confirmed_incidents_count(self):
        self.make_incident("abuse", self.ago(10), "severe", "reported")
        self.make_incident("abuse", self.ago(10), "severe", "dismissed")
        self.assertEqual(self.facts("abuse_points_365"), [0])
        self.make_incident("abuse", self.ago(10), "moderate")
        self.make_incident("abuse", self.ago(20), "minor")
        self.assertEqual(self.facts("abuse_points_365"), [3])

    def test_every_category_has_points_of_its_own(self):
        points = {
            "unprepared": "unprepared_points_90",
            "disrespect": "disrespect_points_90",
            "pessimism": "pessimism_points_90",
            "abuse": "abuse_points_90",
            "unreasonable": "unreasonable_points_90",
        }
        for number, category in enumerate(points):
            for severity in ("minor", "moderate", "severe")[: number % 3 + 1]:
                self.make_incident(category, self.ago(5), severity)
        self.assertEqual(self.facts(*points.values()), [1, 3, 6, 1, 3])
        self.assertEqual(self.facts("rejected_incidents_90"), [0])

    def test_dismissed_advice_is_counted_not_weighed(self):
        self.make_incident("rejected", self.ago(5), "severe")
        self.make_incident("rejected", self.ago(5), "minor")
        self.assertEqual(self.facts("rejected_incidents_365"), [2])

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


class TestPulses(SaidCase):
    KEYS = ("respect_pulse", "attitude_pulse", "raters")

    def setUp(self):
        super().setUp()
        self.other = self.make_user("second.colleague")

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


class TestTerms(SaidCase):
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


class TestHistoryOfCommunication(SaidCase):
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
            ids = sorted(self.clients_of(company))
            for as_of in (today, today - timedelta(days=45)):
                scope = Facts._scope(company, ids, as_of)
                found = read_facts(self.env, keys, scope)
                for client in self.env["res.partner"].browse(ids):
                    expected = oracle.facts(client, company, as_of)
                    label = f"{client.display_name} in {company.name} on {as_of}"
                    self.assertSameFacts(found[client.id], expected, label)
                    compared += len(expected)
        self.assertGreater(compared, 100)


class TestRandomRelations(SaidCase):
    """Many records of every source at random; every figure of every client."""

    World = test_facts.TestRandomWorld
    some_day = World.some_day
    a_project = World.a_project
    two_moments = World.two_moments
    a_task = World.a_task
    an_opportunity = World.an_opportunity
    an_invoice = World.an_invoice
    a_quotation = World.a_quotation
    some_hours = World.some_hours

    def test_every_fact_of_a_random_world_equals_the_oracles(self):
        self.make_world(random.Random(7))

    def test_every_fact_of_another_random_world_equals_the_oracles(self):
        self.make_world(random.Random(23))

    def make_world(self, dice):
        other = self.make_company("There", "Pacific/Auckland")
        self.companies = self.company + other
        clients = self.env["res.partner"].browse()
        self.people, self.colleagues = [], [self.colleague]
        for number in range(3):
            client = self.make_client(f"Client {number}")
            clients += client
            self.people += [
                client,
                self.make_contact(client),
                self.make_contact(client),
            ]
            self.colleagues.append(self.make_user(f"colleague{number}"))
        insider = self.make_user("insider").partner_id
        insider.parent_id = clients[0]
        self.authors = [
            *self.people * 2,
            *[user.partner_id for user in self.colleagues] * 3,
            insider,
            self.make_client("Stranger"),
            self.env["res.partner"].browse(),
        ]
        self.places = [
            self.a_project(dice, self.people, self.companies) for _number in range(6)
        ]
        self.talks = [
            self.make_record(dice.choice(clients), dice.choice(self.companies))
            for _number in range(9)
        ]
        build = [self.an_opportunity, self.a_task]
        if installed(self.env, "account.move"):
            self.make_rate(self.env.ref("base.GBP"), self.ago(900), 1.7)
            build.append(self.an_invoice)
        if installed(self.env, "sale.order"):
            build.append(self.a_quotation)
        if installed(self.env, "project.task:effective_hours"):
            self.staff = {c: self.make_employee(50, c) for c in self.companies}
            build.append(self.some_hours)
        for _number in range(20):
            dice.choice(build)(
                dice, dice.choice(self.people), dice.choice(self.companies)
            )
        self.said_at_random(dice, clients)
        self.a_conversation(dice)
        for company in self.companies:
            self.assertEverything(clients, company, days=(0, 1, 29, 75, 200))

    def said_at_random(self, dice, clients):
        company = self.companies[0]
        for _number in range(25):
            client, company = dice.choice(clients), dice.choice(self.companies)
            day = self.ago(int(dice.triangular(0, 400, 20)))
            self.make_incident(
                dice.choice(
                    ("unprepared", "rejected", "disrespect", "pessimism", "abuse")
                    + ("unreasonable",)
                ),
                day,
                dice.choice(("minor", "moderate", "severe")),
                dice.choice(("confirmed", "confirmed", "reported", "dismissed")),
                day + timedelta(days=dice.choice((0, 3, 30))),
                client,
                company,
            )
            self.make_pulse(
                dice.choice(self.colleagues),
                self.ago(dice.randint(0, 200)),
                dice.randint(1, 5),
                dice.randint(1, 5),
                client,
                company,
            )
            self.make_rating(
                dice.choice(self.people),
                self.some_day(dice),
                dice.randint(0, 5),
                dice.choice(self.places),
                dice.random() < 0.8,
            )
        for client in clients:
            for company in self.companies:
                start = self.ago(dice.randint(50, 300))
                self.make_agreement(
                    client,
                    company,
                    dice.choice(("active", "ended", "draft")),
                    date_start=start,
                    date_end=dice.choice((False, start + timedelta(days=60))),
                    client_response_hours=dice.choice((0, 2, 20)),
                    our_response_hours=dice.choice((0, 1.5, 40)),
                    contact_every_days=dice.choice((0, 10)),
                    required_rate=dice.choice((0, 75)),
                )
                self.make_project(client, company=company)
                for months in dice.sample(range(1, 14), 7):
                    level = dice.choice(("ok", "watch", "red", "grey"))
                    self.make_snapshot(
                        self.month_end(months), level, dice.random(), client, company
                    )
        if "calendar.event" in self.env:
            for _number in range(25):
                self.make_meeting(
                    self.env["res.partner"].union(
                        *dice.sample([a for a in self.authors if a], 2)
                    ),
                    self.some_day(dice),
                    dice.randint(0, 23),
                    dice.choice(("accepted", "declined", "needsAction")),
                    active=dice.random() < 0.9,
                )

    def a_conversation(self, dice):
        """Some hundred messages, thick enough to answer each other."""
        for company in self.companies:
            self.make_holiday(
                self.ago(dice.randint(1, 60)),
                calendar=dice.choice((None, company.resource_calendar_id)),
                company=company,
                days=2,
            )
        notes = self.env.ref("mail.mt_note")
        comments = self.env.ref("mail.mt_comment")
        values, told = [], []
        for _number in range(260):
            talk = dice.choice(self.talks)
            author = dice.choice(self.authors)
            day = self.ago(int(dice.triangular(0, 260, 10)))
            values.append(
                {
                    "model": talk._name,
                    "res_id": talk.id,
                    "author_id": author.id,
                    "email_from": "somebody@somewhere.example",
                    "message_type": dice.choice(
                        ("email", "comment") * 4
                        + ("email_outgoing", "notification", "auto_comment")
                    ),
                    "subtype_id": (notes if dice.random() < 0.1 else comments).id,
                    "subject": dice.choice((False, "Hello", "Out of office: me")),
                    "record_company_id": dice.choice(
                        (talk.company_id.id, talk.company_id.id, False)
                    ),
                    "date": self.at(
                        day,
                        dice.randint(0, 23),
                        dice.randint(0, 59),
                        dice.randint(0, 59),
                    ),
                }
            )
            told.append(
                dice.sample(self.people, dice.choice((0, 1, 1, 2)))
                if author in [user.partner_id for user in self.colleagues]
                else []
            )
        messages = self.env["mail.message"].create(values)
        self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": message.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": dice.choice(
                        ("sent", "sent", "ready", "bounce", "canceled")
                    ),
                }
                for message, partners in zip(messages, told, strict=True)
                for partner in partners
            ]
        )

    def assertEverything(self, clients, company, days):
        """All facts of all sources equal the two oracles, on each of the days."""
        self.env.flush_all()
        oracle, people = Oracle(self.env), PeopleOracle(self.env)
        keys = test_facts.every_key(self.env) | people_keys(self.env)
        turns = 0
        for back in days:
            as_of = self.today_in(company) - timedelta(days=back)
            found = self.read_facts(keys, clients, company, as_of)
            for client in clients:
                expected = {
                    **oracle.facts(client, company, as_of),
                    **people.facts(client, company, as_of),
                }
                label = f"{client.name} in {company.name} on {as_of}"
                self.assertSameFacts(found[client.id], expected, label)
                turns += expected["client_turns_90"] + expected["our_turns_90"]
        self.assertGreater(turns, 20, "the world was too quiet to tell anything")
