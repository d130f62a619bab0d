"""A client with records behind every figure."""

from datetime import timedelta

from ..common import installed
from ..facts.feedback_case import FeedbackFactsCase

FIGURES = (
    "abuse", "unreasonable", "attitude_pulse", "pessimism", "rating",
    "client_on_time", "our_on_time", "silence", "no_improvement", "standstill",
    "stalled_tasks", "rejection_rate", "advice_dismissed", "disrespect",
    "respect_pulse", "unprepared", "client_late_deliveries",
)  # fmt: skip
OF_INVOICES = ("buying_gap", "revenue_trend", "overdue", "days_late")
ONE_BY_ONE = ("rating", "days_late")  # each record is told beside them
OF_TIMESHEETS = ("hours_over_budget",)
OF_BOTH = ("effective_rate", "margin", "loss_months")

# Who reads the records behind every figure; others see those that they may read.
APPS = (
    "sales_team.group_sale_manager",
    "project.group_project_manager",
    "account.group_account_manager",
    "hr_timesheet.group_timesheet_manager",
)


class EvidenceCase(FeedbackFactsCase):
    """One client with records of every kind, in and out of every window."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        apps = [name for name in APPS if cls.env.ref(name, raise_if_not_found=False)]
        cls.user = cls.make_user("relation", "client_health.group_user", *apps)
        cls.manager = cls.make_user("boss", "client_health.group_manager", *apps)
        cls.stranger = cls.make_client("Somebody else")
        cls.there = cls.make_company("There")
        cls.force(cls.record, create_date=cls.moment(cls.ago(700)), type="lead")
        #: fact → the records that it counts, as a person would pick them
        cls.expected = {}
        cls.make_work()
        cls.make_talk()
        cls.make_said()
        if installed(cls.env, "sale.order"):
            cls.make_sales()
        if installed(cls.env, "account.move"):
            cls.make_money()
        if installed(cls.env, "project.task:effective_hours"):
            cls.make_hours()
        cls.make_month_ends()
        every = cls.env["client.health.indicator"].search([("min_sample", ">", 1)])
        every.min_sample = 1
        cls.health = cls.refresh(cls.client)
        cls.env.flush_all()

    @classmethod
    def expect(cls, **records):
        cls.expected.update(records)

    # -- the world -------------------------------------------------------------

    @classmethod
    def make_work(cls):
        cls.project = cls.make_project(cls.client, day=cls.ago(700))
        task = cls.make_task

        def made(age, moved=None, state=None, **values):
            found = task(cls.project, day=cls.ago(age), **values)
            if state:
                cls.force(found, state=state)
            return cls.force(
                found,
                date_last_stage_update=cls.moment(cls.ago(moved or age)),
            )

        new, old, older = made(20), made(31), made(300, moved=90)
        review = made(300, moved=40, state="02_changes_requested")
        approved = made(300, moved=9, state="03_approved")
        done = made(300, moved=7, state="1_done")
        made(300, moved=100, state="1_canceled")
        ancient = made(600, moved=500, state="1_canceled")
        theirs = task(
            cls.make_project(cls.stranger), client=cls.client, day=cls.ago(25)
        )
        # none of these is the client's, or in this company, or work at all
        task(cls.project, client=cls.stranger, day=cls.ago(300))
        made(300, is_template=True)
        task(cls.make_project(cls.client, company=cls.there), day=cls.ago(300))
        hidden = made(300)
        hidden.active = False
        assert ancient
        milestones = [
            cls.make_milestone(cls.project, day)
            for day in (cls.ago(50), cls.ago(12), cls.ago(12), None)
        ]
        open_lead = cls.make_deal(cls.client, day=cls.ago(60))
        won = cls.make_deal(
            cls.contact, day=cls.ago(200), outcome="won", closed=cls.ago(70)
        )
        lost = cls.make_deal(
            cls.client, day=cls.ago(200), outcome="lost", closed=cls.ago(80),
            moved=cls.ago(150),
        )  # fmt: skip
        cls.make_deal(cls.client, day=cls.ago(500), outcome="lost", closed=cls.ago(400))
        cls.make_deal(cls.stranger, day=cls.ago(9))
        cls.expect(
            open_tasks=new + old + older + review + approved + theirs,
            due_tasks=new + old + older + review + approved + theirs,
            stalled_tasks=old + older + review,
            reviews_accepted=approved + done,
            reviews_turned_down=review,
            days_since_task_move=done,
            days_since_milestone=milestones[1] + milestones[2],
            open_leads=open_lead,
            leads_won=won,
            leads_lost=lost,
            days_since_lead_move=open_lead,
        )

    @classmethod
    def make_talk(cls):
        lead = cls.record
        monday = cls.today - timedelta(days=cls.today.weekday() + 28)

        def on(day, hour):
            return cls.at(monday + timedelta(days=day), hour)

        asked = cls.we(on(0, 9), lead)
        answered = cls.they(on(1, 9), lead)
        thanked = cls.we(on(1, 15), lead)
        again = cls.they(on(2, 9), lead, contact=cls.second)
        cls.we(on(2, 10), lead)
        cls.we(on(2, 11), lead)  # says more, starts no turn
        last = cls.we(cls.at(cls.ago(3), 23), lead)
        cls.they(on(3, 9), lead, subject="Out of office")
        cls.we(on(3, 10), lead, subtype_xmlid="mail.mt_note")
        cls.say(cls.colleague.partner_id, on(3, 12), cls.stranger, lead)
        mine = cls.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )
        assert len(mine) > 8
        third = mine.filtered(lambda m: m.date == on(2, 10))
        meetings = [
            cls.make_meeting(cls.contact + cls.colleague.partner_id, cls.ago(days))
            for days in (40, 6, 6)
        ]
        cls.make_meeting(cls.contact, cls.ago(2), answers="declined")
        cls.make_meeting(cls.contact, cls.ago(-3))
        cls.expect(
            client_turns=asked + thanked + third,
            client_turns_on_time=asked + thanked,
            our_turns=answered + again,
            our_turns_on_time=answered + again,
            days_since_message=last,
            days_since_meeting=meetings[1] + meetings[2],
            days_since_held=meetings[1] + meetings[2],
            days_since_call=cls.env["mail.activity"],
            days_since_heard=again.browse(),  # a meeting was later
            heard_months=again.browse(),
            written_since_heard=last,
        )

    @classmethod
    def make_requests(cls):
        request = cls.env["client.request"]

        def ask(due, delivered=None, **values):
            return request.create(
                {
                    "partner_id": cls.client.id,
                    "company_id": cls.company.id,
                    "name": "Texts",
                    "due_on": cls.ago(due),
                    "delivered_on": delivered and cls.ago(delivered),
                    **values,
                }
            )

        early, late, missing = ask(20, 25), ask(179, 100), ask(1)
        ask(180)
        ask(0)
        ask(9, asked_in="not_yet")
        ask(9, state="cancelled")
        ask(9, partner_id=cls.stranger.id)
        cls.expect(requests_due=early + late + missing, requests_late=late + missing)

    @classmethod
    def make_said(cls):
        cls.make_requests()
        for category, days in (
            ("unprepared", 90), ("disrespect", 365), ("pessimism", 365),
            ("abuse", 365), ("unreasonable", 365), ("rejected", 365),
        ):  # fmt: skip
            found = cls.make_incident(category, cls.ago(1))
            found += cls.make_incident(category, cls.ago(days - 1), "severe")
            cls.make_incident(category, cls.ago(days))
            cls.make_incident(category, cls.ago(2), state="reported")
            cls.make_incident(category, cls.ago(2), state="dismissed")
            cls.make_incident(category, cls.ago(2), client=cls.stranger)
            cls.expect(**{f"{category}_points": found})
            if category == "rejected":
                cls.expect(rejected_incidents=found)
        cls.make_pulse(cls.colleague, cls.ago(50))
        latest = cls.make_pulse(cls.colleague, cls.ago(30), 2, 4)
        latest += cls.make_pulse(cls.user, cls.ago(10), 4, 1)
        cls.make_pulse(cls.manager, cls.ago(100))
        cls.expect(respect_pulse=latest, attitude_pulse=latest)
        cls.make_agreement(date_end=cls.ago(500), contact_every_days=99)
        terms = cls.make_agreement(
            date_start=cls.ago(499), contact_every_days=14, required_rate=100
        )
        cls.expect(
            contact_every_days=terms,
            required_rate=terms,
            agreements_in_force=terms,
            talks_elsewhere=terms,
        )
        marks = [
            cls.make_rating(partner, cls.ago(days), mark)
            for partner, days, mark in (
                (cls.contact, 1, 5), (cls.second, 179, 2), (cls.client, 9, 4),
                (cls.contact, 181, 1), (cls.stranger, 9, 1),
            )
        ]  # fmt: skip
        asked = cls.make_rating(cls.contact, cls.ago(4), 0, consumed=False)
        # the tasks that were rated are no work of the client's
        rated = cls.env["project.task"].browse(
            rating.res_id for rating in [*marks, asked]
        )
        cls.force(rated, active=False, state="01_in_progress")
        cls.force(rated, date_last_stage_update=cls.moment(cls.ago(300)))
        cls.expect(rating=marks[0] + marks[1] + marks[2])

    @classmethod
    def make_sales(cls):
        order = cls.make_order
        won = order(cls.client, cls.ago(100)) + order(cls.contact, cls.ago(30))
        order(cls.client, cls.ago(60), state="cancel")  # never sent
        lost = order(cls.client, cls.ago(60), state="sent", valid_until=cls.ago(40))
        order(cls.client, cls.ago(400))
        order(cls.client, cls.ago(60), state="draft", valid_until=cls.ago(40))
        order(cls.client, cls.ago(60), state="sent", valid_until=cls.ago(-40))
        order(cls.stranger, cls.ago(20))
        every = cls.env["sale.order"].search(
            [("partner_id", "in", (cls.client + cls.contact).ids),
             ("state", "=", "sale")]
        )  # fmt: skip
        assert len(every) == 3
        cls.expect(
            quotes_won=won,
            quotes_lost=lost,
            days_since_order=won[1],
            to_invoice=every,
        )

    @classmethod
    def make_money(cls):
        month = cls.today.replace(day=1)
        bill = cls.make_invoice
        recent = bill(cls.client, cls.ago(20), 700, due=cls.ago(15))
        paid = bill(cls.contact, cls.ago(120), 300, due=cls.ago(90))
        cls.pay(paid, cls.ago(60))
        early = bill(cls.client, cls.ago(150), 400, due=cls.ago(100))
        cls.pay(early, cls.ago(140))
        refund = bill(cls.client, cls.ago(110), 50, refund=True)
        before = bill(cls.client, cls.ago(200), 500, due=cls.ago(-30))
        before += bill(cls.client, cls.ago(363), 100, due=cls.ago(-30))
        old = bill(cls.client, cls.ago(600), 100, due=cls.ago(500))
        cls.pay(old, cls.ago(450))
        earlier = bill(cls.client, cls.ago(450), 900, due=cls.ago(-30))
        bill(cls.client, cls.ago(800), 100, due=cls.ago(-30))
        bill(cls.client, cls.ago(30), 999, post=False)
        bill(cls.stranger, cls.ago(30), 999)
        late = recent + paid + early + refund
        year = late + before
        first = (month - timedelta(days=1)).replace(day=1)
        for _month in range(11):
            first = (first - timedelta(days=1)).replace(day=1)
        cls.months = (first, month)
        cls.expect(
            revenue=year,
            revenue_before=before,
            revenue_months=year.filtered(lambda m: first <= m.invoice_date < month),
            days_since_invoice=recent,
            overdue=recent + refund,
            days_late=recent + paid + early,
            trend_latest=late,
            trend_earlier=earlier,
            usual_gap=cls.env["account.move"],
            longest_gap=cls.env["account.move"],
            invoice_dates=cls.env["account.move"],
            earned_invoiced=year,
            earned_invoiced_months=(year + old + earlier).filtered(
                lambda m: m.invoice_date < month
            ),
            earned_milestones=cls.env["project.milestone"],
            billed=year,
            client_months=cls.env["account.move"],
        )

    @classmethod
    def make_hours(cls):
        employee = cls.make_employee(40)
        task = cls.make_task(
            cls.project, day=cls.ago(300), moved=cls.ago(20), allocated_hours=10
        )
        cls.expected["open_tasks"] += task
        cls.expected["due_tasks"] += task
        lines = cls.log(employee, cls.ago(20), 8, task=task)
        lines += cls.log(employee, cls.ago(364), 4, task=task)
        lines += cls.log(employee, cls.ago(200), 2, project=cls.project)
        cls.log(employee, cls.ago(365), 5, project=cls.project)
        elsewhere = cls.make_task(
            cls.project, day=cls.ago(300), moved=cls.ago(20), allocated_hours=5
        )
        cls.expected["open_tasks"] += elsewhere
        cls.expected["due_tasks"] += elsewhere
        cls.log(employee, cls.ago(400), 5, task=elsewhere)
        other = cls.env["account.analytic.line"].create(
            [
                {
                    "name": "Purchase",
                    "date": cls.ago(days),
                    "amount": -30,
                    "account_id": cls.project.account_id.id,
                    "company_id": cls.company.id,
                }
                for days in (15, 250, 365)
            ]
        )[:2]
        month = cls.today.replace(day=1)
        first = (month - timedelta(days=1)).replace(day=1)
        for _month in range(23):
            first = (first - timedelta(days=1)).replace(day=1)

        def of_months(found):
            every = found.search(
                [
                    ("account_id", "=", cls.project.account_id.id),
                    ("date", ">=", first),
                    ("date", "<", month),
                ]
            )
            hours = every.filtered("project_id")
            return hours if found[0].project_id else every - hours

        cls.expect(
            hours=lines,
            days_since_hours=lines[0],
            timesheet_cost=lines,
            timesheet_cost_months=of_months(lines),
            other_cost=other,
            other_cost_months=of_months(other),
            budget_spent=task,
            budget_allocated=task,
            earned_time=lines.browse(),
            earned_fixed=lines.browse(),
            earned_rest=cls.env["sale.order"] if "sale.order" in cls.env else None,
            earned_work_months=lines.browse(),
        )

    @classmethod
    def make_month_ends(cls):
        for months in (1, 2, 3):
            cls.make_snapshot(cls.month_end(months), "watch", 0.6)
        cls.make_snapshot(cls.month_end(1) - timedelta(days=3), "red", 1)
        ends = cls.env["client.health.snapshot"].search(
            [
                ("partner_id", "=", cls.client.id),
                ("date", "in", [cls.month_end(months) for months in (1, 2, 3)]),
            ]
        )
        assert len(ends) == 3
        cls.expect(communication_months=ends)

    # -- what is shown -----------------------------------------------------------

    def wanted(self, code):
        """(label, expected records) of each fact of an indicator with records."""
        indicator = self.env["client.health.indicator"].search([("code", "=", code)])
        self.assertTrue(indicator, code)
        found = {}
        for _key, source, fact, _window in indicator._facts_behind():
            if not source._available():
                continue
            name = fact.name
            self.assertIn(name, self.expected, f"{code} rests on {name}")
            found[str(fact.label)] = self.expected[name]
        return found

    def opened(self, action):
        """The records that an action on a list shows."""
        self.assertEqual(action["type"], "ir.actions.act_window")
        self.assertNotEqual(action.get("target"), "new")
        records = self.env[action["res_model"]].with_context(**action["context"])
        return records.search(action["domain"])

    def check_figure(self, code):
        wanted = self.wanted(code)
        self.assertTrue(any(wanted.values()), code)
        [explained] = [
            item
            for check in self.health.explain()["checks"]
            for item in check["indicators"]
            if item["code"] == code
        ]
        self.assertIsNotNone(explained["value"], f"{code} is not measured")
        action = self.health.with_user(self.manager).action_show_records(code)
        if action["res_model"] != "client.health.evidence":
            shown = [records for records in wanted.values() if records]
            for records in shown:
                self.assertEqual(self.opened(action), records, code)
            return
        wizard = self.env["client.health.evidence"].browse(action["res_id"])
        lines = {line.name: line for line in wizard.with_user(self.manager).line_ids}
        self.assertEqual(wizard.result, explained["reason"] or explained["text"])
        self.assertRegex(wizard.result, r"\d")
        if code == "margin":  # what is no part of the sum is not told
            wanted = {name: records for name, records in wanted.items() if records}
        if code in ONE_BY_ONE:
            lines = {name: lines[name] for name in wanted}
        else:
            self.assertGreater(len({records for records in wanted.values()}), 1, code)
        wanted_names = {*wanted, "Margin"} if code == "margin" else set(wanted)
        self.assertEqual(set(lines), wanted_names, code)
        for name, records in wanted.items():
            line = lines[name]
            self.assertEqual(line.count, len(records), f"{code}: {name}")
            self.assertTrue(line.meaning)
            if records:
                self.assertEqual(
                    self.opened(line.action_open()).sorted("id"),
                    records.sorted("id"),
                    f"{code}: {name}",
                )

    def dialog(self, code, user):
        """fact → line of the page that a user gets."""
        action = self.health.with_user(user).action_show_records(code)
        self.assertEqual(action["res_model"], "client.health.evidence")
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        return {line.name: line for line in wizard.line_ids}
