"""No look-ahead: what happens later never changes what was known on a day.

A small world is made up to a day; then records are added that are dated after
it. Every fact of every source as of that day, and of days before, stays as it
was, while today's facts do change.
"""

import random

from odoo import Command

from ..common import installed
from . import test_facts
from .feedback_case import FeedbackFactsCase
from .people import people_keys

DAY = 31  # days ago: the day from which is looked, always in an earlier month
EARLIER = (DAY, DAY + 1, 200)
NEXT = DAY - 1  # the day after


class TestNoLookAhead(FeedbackFactsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = test_facts.every_key(cls.env) | people_keys(cls.env)
        cls.project = cls.make_project(cls.client, day=cls.ago(300))
        cls.task = cls.make_task(cls.project, day=cls.ago(200), moved=cls.ago(100))
        cls.milestone = cls.make_milestone(cls.project)
        cls.make_milestone(cls.project, cls.ago(90))
        cls.lead = cls.make_opportunity(
            cls.client, day=cls.ago(150), moved=cls.ago(120)
        )
        cls.make_opportunity(
            cls.client, day=cls.ago(250), outcome="won", closed=cls.ago(60)
        )
        cls.force(cls.record, create_date=cls.at(cls.ago(160)))
        cls.force(cls.record, date_last_stage_update=cls.at(cls.ago(160)))
        # a question of each side that nobody has answered
        cls.other_record = cls.make_record()
        cls.force(cls.other_record, create_date=cls.at(cls.ago(160)))
        cls.force(cls.other_record, date_last_stage_update=cls.at(cls.ago(160)))
        cls.they(cls.at(cls.ago(50), 9))
        cls.we(cls.at(cls.ago(45), 9))
        cls.they(cls.at(cls.ago(45), 9), cls.other_record)
        # one that is still in time at the end of the day
        cls.asked = cls.make_record()
        cls.force(cls.asked, create_date=cls.at(cls.ago(160)))
        cls.force(cls.asked, date_last_stage_update=cls.at(cls.ago(160)))
        cls.we(cls.at(cls.ago(DAY), 16), cls.asked)
        cls.make_incident("abuse", cls.ago(80))
        cls.reported = cls.make_incident("disrespect", cls.ago(80), state="reported")
        cls.make_pulse(cls.colleague, cls.ago(70), 2, 2)
        cls.agreement = cls.make_agreement(
            date_start=cls.ago(300), contact_every_days=10, client_response_hours=4
        )
        cls.make_snapshot(cls.month_end(1, cls.ago(DAY)), "watch", 0.5)
        if "calendar.event" in cls.env:
            cls.make_meeting(cls.contact, cls.ago(75))
        if "account.move" in cls.env:
            for days in (400, 300, 200, 100):
                cls.paid = cls.make_invoice(cls.client, cls.ago(days), 1000)
                cls.pay(cls.paid, cls.ago(days - 20))
            cls.unpaid = cls.make_invoice(cls.client, cls.ago(90), 500, due=cls.ago(60))
        if "sale.order" in cls.env:
            cls.make_order(cls.client, cls.ago(110), 100)
            cls.quotation = cls.make_order(cls.client, cls.ago(70), 100, state="sent")
        if installed(cls.env, "project.task:effective_hours"):
            cls.employee = cls.make_employee(50)
            cls.task.allocated_hours = 10
            cls.log(cls.employee, cls.ago(80), 8, task=cls.task)

        if "rating.rating" in cls.env:
            cls.make_rating(cls.contact, cls.ago(85), 3)
        cls.before = cls.everything()

    @classmethod
    def everything(cls):
        """Facts of the client, by how many days ago; those of DAY in every way."""
        return {
            days: cls.read_facts(
                cls.keys, cls.client, as_of=cls.ago(days), in_every_way=days == DAY
            )[cls.client.id]
            for days in (0, *EARLIER)
        }

    def assertNothingKnown(self, *changed):
        """The past is as it was; today's facts ``changed`` are not."""
        after = self.everything()
        for days in EARLIER:
            self.assertSameFacts(after[days], self.before[days], f"{days} days ago")
        for key in changed:
            self.assertNotEqual(after[0].get(key), self.before[0].get(key), key)
        self.assertTrue(changed)

    def early(self, days=NEXT):
        """The first second of a day, in the company's time zone."""
        return self.at(self.ago(days), 0)

    # -- words -------------------------------------------------------------------

    def test_the_world_has_a_past(self):
        known = {key for key, value in self.before[DAY].items() if value}
        expected = {
            "client_turns_90", "our_turns_90", "open_tasks",
            "open_leads", "abuse_points_365", "respect_pulse", "raters",
            "contact_every_days", "communication_months", "days_since_task_move",
            "days_since_lead_move", "days_since_milestone", "stalled_tasks_30",
        }  # fmt: skip
        self.assertFalse(expected - known)

    def test_a_later_answer_of_the_client(self):
        self.they(self.early())
        self.assertNothingKnown("days_since_message", "our_turns_90")

    def test_a_later_answer_of_ours(self):
        self.we(self.early(), self.other_record)
        self.assertNothingKnown("days_since_message")

    def test_an_answer_in_time_on_the_next_day(self):
        self.they(self.at(self.ago(NEXT), 8), self.asked)
        self.assertNothingKnown("days_since_message", "our_turns_90")

    def test_a_later_conversation(self):
        record = self.make_record()
        self.force(record, create_date=self.early())
        self.force(record, date_last_stage_update=self.early())
        self.they(self.early(), record)
        self.we(self.early(10), record)
        self.assertNothingKnown("our_turns_90", "client_turns_90", "open_leads")

    def test_a_later_meeting(self):
        self.app("calendar.event")
        meeting = self.make_meeting(self.contact, self.ago(NEXT))
        self.force(meeting, start=self.early())
        self.assertNothingKnown("days_since_meeting")

    def test_a_later_rating(self):
        self.app("rating.rating")
        rating = self.make_rating(self.contact, self.ago(NEXT), 1)
        self.force(rating, rated_on=self.early())
        self.assertNothingKnown("rating_182", "ratings_90")

    def test_a_later_incident(self):
        self.make_incident("abuse", self.ago(NEXT), "severe")
        self.make_incident("rejected", self.ago(NEXT))
        self.assertNothingKnown("abuse_points_90", "rejected_points_90")

    def test_an_incident_confirmed_later(self):
        self.force(self.reported, state="confirmed", confirmed_on=self.early())
        self.assertNothingKnown("disrespect_points_90")

    def test_a_later_pulse_of_another_colleague(self):
        self.make_pulse(self.make_user("second.colleague"), self.ago(NEXT), 5, 5)
        self.assertNothingKnown("raters", "respect_pulse", "attitude_pulse")

    def test_a_later_pulse_of_the_same_colleague(self):
        self.make_pulse(self.colleague, self.ago(NEXT), 5, 5)
        self.assertNothingKnown("respect_pulse", "attitude_pulse")

    def test_a_later_version_of_the_agreement(self):
        version = self.make_agreement(
            state="draft",
            date_start=self.ago(NEXT),
            contact_every_days=99,
            required_rate=77,
            client_response_hours=400,
            previous_id=self.agreement.id,
        )
        version.action_activate()
        self.assertEqual(self.agreement.state, "ended")
        self.assertNothingKnown("contact_every_days", "required_rate")

    def test_a_later_month_end(self):
        self.make_snapshot(self.month_end(1), "red", 1.0)
        self.assertNothingKnown("communication_months")

    # -- work --------------------------------------------------------------------

    def test_a_later_task(self):
        task = self.make_task(self.project, day=self.ago(NEXT))
        self.force(task, create_date=self.early(), date_last_stage_update=self.early())
        self.assertNothingKnown("open_tasks", "days_since_task_move")

    def test_a_task_closed_later(self):
        for state in ("1_done", "1_canceled"):
            task = self.make_task(self.project, day=self.ago(99))
            self.before = self.everything()
            self.force(task, state=state, date_last_stage_update=self.early())
            self.assertNothingKnown("open_tasks")

    def test_a_task_judged_later(self):
        for state, fact in (
            ("03_approved", "reviews_accepted_90"),
            ("02_changes_requested", "reviews_turned_down_90"),
        ):
            task = self.make_task(self.project, day=self.ago(99))
            self.before = self.everything()
            self.force(task, state=state, date_last_stage_update=self.early())
            self.assertNothingKnown(fact)

    def test_a_task_that_moves_later(self):
        """It never moved before, so the day of its creation is what was known."""
        task = self.make_task(self.project, day=self.ago(99))
        self.before = self.everything()
        self.force(task, date_last_stage_update=self.early())
        self.assertNothingKnown("days_since_task_move")

    def test_a_task_that_moved_before_and_moves_again_later(self):
        """Its chatter knows the move before."""
        task = self.make_task(self.project, day=self.ago(200), moved=self.ago(50))
        field = self.env["ir.model.fields"]._get("project.task", "stage_id")
        moves = {50: self.at(self.ago(50), 12), NEXT: self.early()}
        self.track(task, field, moves[50])
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["days_since_task_move"], 50 - DAY)
        self.track(task, field, moves[NEXT])
        self.force(task, date_last_stage_update=moves[NEXT])
        self.assertNothingKnown("days_since_task_move")

    def track(self, record, field, moment, old=None):
        value = {"field_id": field.id}
        if isinstance(old, str):
            value["old_value_char"] = old
        elif old is not None:
            value["old_value_integer"] = old
        self.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "message_type": "notification",
                "date": moment,
                "tracking_value_ids": [Command.create(value)],
            }
        )

    def changes(self, record, name, *steps):
        """The chatter tells that the field had each value until that moment."""
        field = self.env["ir.model.fields"]._get(record._name, name)
        for old, moment in steps:
            self.track(record, field, moment, old)

    def test_an_accepted_task_that_moves_later(self):
        task = self.make_task(self.project, day=self.ago(99), moved=self.ago(50))
        self.force(task, state="03_approved")
        self.changes(task, "state", ("In Progress", self.at(self.ago(50), 12)))
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["reviews_accepted_30"], 1)
        self.changes(task, "stage_id", (1, self.early()))
        self.force(task, date_last_stage_update=self.early())
        self.assertNothingKnown("days_since_task_move")

    def test_a_closed_task_that_is_reopened_later(self):
        task = self.make_task(self.project, day=self.ago(99), moved=self.ago(50))
        self.force(task, state="1_done")
        self.changes(task, "state", ("In Progress", self.at(self.ago(50), 12)))
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["reviews_accepted_30"], 1)
        self.changes(task, "state", ("Done", self.early()))
        self.force(task, state="01_in_progress", date_last_stage_update=self.early())
        self.assertNothingKnown("open_tasks", "reviews_accepted_90")

    def archive_project(self, moment):
        tasks = self.project.task_ids
        self.project.action_archive()
        self.force(self.project, write_date=moment)
        self.force(tasks, write_date=moment)

    def test_a_project_archived_later(self):
        self.archive_project(self.early())
        self.assertNothingKnown("open_tasks", "due_tasks", "stalled_tasks_30")

    def test_a_project_archived_before_stays_so(self):
        self.archive_project(self.at(self.ago(40), 12))
        self.assertEqual(self.everything()[DAY]["open_tasks"], 0)

    def test_a_milestone_reached_later(self):
        self.force(self.milestone, is_reached=True, reached_date=self.ago(NEXT))
        self.assertNothingKnown("days_since_milestone")

    def test_a_later_opportunity(self):
        lead = self.make_opportunity(self.client, day=self.ago(NEXT))
        self.force(lead, create_date=self.early(), date_last_stage_update=self.early())
        self.assertNothingKnown("open_leads", "days_since_lead_move")

    def test_an_opportunity_decided_later(self):
        for outcome in ("won", "lost"):
            lead = self.make_opportunity(self.client, day=self.ago(190))
            self.before = self.everything()
            if outcome == "won":
                lead.action_set_won()
                self.force(lead, date_last_stage_update=self.early())
            else:
                lead.action_set_lost()
            self.force(lead, date_closed=self.early())
            self.assertNothingKnown("open_leads", f"leads_{outcome}_90")

    def test_an_opportunity_that_moves_later(self):
        lead = self.make_opportunity(self.client, day=self.ago(190))
        self.before = self.everything()
        self.force(lead, date_last_stage_update=self.early())
        self.assertNothingKnown("days_since_lead_move")

    def test_a_lost_opportunity_won_later(self):
        lead = self.make_opportunity(
            self.client, day=self.ago(190), outcome="lost", closed=self.ago(50)
        )
        lost_on = self.at(self.ago(50), 12)
        self.changes(lead, "won_status", ("Pending", lost_on))
        self.changes(lead, "active", (1, lost_on))
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["leads_lost_30"], 1)
        lead.action_unarchive()
        lead.action_set_won()
        self.changes(lead, "won_status", ("Lost", self.early()))
        self.changes(lead, "active", (0, self.early()))
        self.force(lead, date_closed=self.early(), date_last_stage_update=self.early())
        self.assertNothingKnown("leads_lost_90", "leads_won_90")

    def test_a_won_opportunity_that_is_quoted_later(self):
        self.app("sale.order")
        lead = self.make_opportunity(
            self.client, day=self.ago(190), outcome="won", closed=self.ago(50)
        )
        self.before = self.everything()
        order = self.make_order(self.client, self.ago(NEXT), 100, state="draft")
        order.opportunity_id = lead
        self.force(order, create_date=self.early(), date_order=self.early())
        self.assertNothingKnown("leads_won_90")

    def test_later_hours(self):
        self.app("project.task:effective_hours")
        self.log(self.employee, self.ago(NEXT), 3, task=self.task)
        self.assertNothingKnown("hours_90", "timesheet_cost_90", "budget_spent_90")

    # -- money -------------------------------------------------------------------

    def test_a_later_invoice(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(NEXT), 777)
        self.assertNothingKnown("revenue_90", "invoices_90", "overdue")

    def test_a_later_credit_note(self):
        self.app("account.move")
        refund = self.make_invoice(self.client, self.ago(NEXT), 500, refund=True)
        self.assertNothingKnown("revenue_90", "overdue")
        self.settle(self.unpaid, refund)
        self.assertNothingKnown("revenue_90", "overdue")

    def test_a_later_payment(self):
        self.app("account.move")
        self.pay(self.unpaid, self.ago(NEXT))
        self.assertNothingKnown("overdue", "days_late_90")

    def test_a_later_payment_of_a_part(self):
        self.app("account.move")
        self.pay(self.unpaid, self.ago(NEXT), 200)
        self.assertNothingKnown("overdue", "days_late_90")

    def test_a_later_bill(self):
        self.app("account.move", "project.task:effective_hours")
        self.project._create_analytic_account()
        self.make_bill(self.ago(NEXT), 300, self.project)
        self.assertNothingKnown("other_cost_90")

    def test_a_later_quotation(self):
        self.app("sale.order")
        self.make_order(self.client, self.ago(NEXT), 100)
        self.make_order(
            self.client, self.ago(NEXT), 100, state="sent", valid_until=self.ago(5)
        )
        self.make_order(self.client, self.ago(NEXT), 100, state="cancel")
        self.assertNothingKnown(
            "quotes_won_90", "quotes_lost_90", "days_since_order", "to_invoice"
        )

    def test_a_quotation_confirmed_later(self):
        self.app("sale.order")
        self.quotation.action_confirm()
        self.force(self.quotation, date_order=self.early())
        self.assertNothingKnown("quotes_won_90", "days_since_order")

    def test_a_quotation_that_expires_later(self):
        self.app("sale.order")
        self.force(self.quotation, validity_date=self.ago(NEXT))
        self.assertNothingKnown("quotes_lost_90")

    def test_an_expired_quotation_confirmed_later(self):
        self.app("sale.order")
        self.force(self.quotation, validity_date=self.ago(50))
        self.changes(self.quotation, "state", ("Quotation", self.at(self.ago(70), 12)))
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["quotes_lost_30"], 1)
        self.quotation.action_confirm()
        self.changes(self.quotation, "state", ("Quotation Sent", self.early()))
        self.force(self.quotation, date_order=self.early())
        self.assertNothingKnown("quotes_won_90", "quotes_lost_90")

    def test_an_order_cancelled_later(self):
        self.app("sale.order")
        order = self.make_order(self.client, self.ago(50), 100)
        self.changes(order, "state", ("Quotation", self.at(self.ago(50), 12)))
        self.before = self.everything()
        self.assertEqual(self.before[DAY]["quotes_won_30"], 1)
        order._action_cancel()
        self.changes(order, "state", ("Sales Order", self.early()))
        self.assertNothingKnown("quotes_won_90", "quotes_lost_90", "days_since_order")

    # -- all of it ---------------------------------------------------------------

    def test_many_later_records_at_random(self):
        dice = random.Random(41)
        kinds = [
            lambda day: self.they(self.at(day, dice.randint(0, 23)), self.pick(dice)),
            lambda day: self.we(self.at(day, dice.randint(0, 23)), self.pick(dice)),
            lambda day: self.make_incident("abuse", day),
            lambda day: self.make_pulse(self.colleague, day, 4, 4),
            lambda day: self.make_task(self.project, day=day),
            lambda day: self.make_opportunity(
                self.client, day=day, outcome=dice.choice((None, "won", "lost"))
            ),
            lambda day: self.make_milestone(self.project, day),
        ]
        if "calendar.event" in self.env:
            kinds.append(lambda day: self.make_meeting(self.contact, day))
        if "account.move" in self.env:
            kinds.append(
                lambda day: self.make_invoice(
                    self.client, day, 50, refund=dice.random() < 0.3
                )
            )
        if "sale.order" in self.env:
            kinds.append(lambda day: self.make_order(self.client, day, 10))
        if installed(self.env, "project.task:effective_hours"):
            kinds.append(lambda day: self.log(self.employee, day, 2, task=self.task))
        for _number in range(5):
            for kind in kinds:
                kind(self.ago(dice.randint(0, NEXT)))
        self.assertNothingKnown("days_since_message", "abuse_points_90", "open_tasks")

    def pick(self, dice):
        return dice.choice((self.record, self.other_record, self.asked))

    def test_a_past_day_gives_the_same_score_after_later_records(self):
        """From end to end: the snapshot of the day is written again unchanged."""
        day = self.ago(DAY)
        health = self.refresh(self.client)
        self.refresh(self.client, as_of=day)
        snapshot = health.snapshot_ids.filtered(lambda s: s.date == day)
        was = (snapshot.score, snapshot.level, snapshot.facts, snapshot.points)
        self.they(self.early())
        self.make_incident("abuse", self.ago(NEXT), "severe")
        self.make_pulse(self.colleague, self.ago(NEXT), 5, 5)
        self.make_task(self.project, day=self.ago(NEXT))
        self.refresh(self.client, as_of=day)
        self.env.invalidate_all()
        snapshot = health.snapshot_ids.filtered(lambda s: s.date == day)
        self.assertEqual(
            (snapshot.score, snapshot.level, snapshot.facts, snapshot.points), was
        )
        self.assertTrue(was[2])
