"""A new agreement: targets that can be measured, a document, and an answer."""

from datetime import timedelta

from lxml.html import fromstring
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .test_recovery_self import RecoveryCase


class TestTarget(RecoveryCase):
    """A client that answered one of five mails in time, and pays us by the hour."""

    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(5):
            day = cls.ago(21 + 14 * number)
            monday = cls.at(day - timedelta(days=day.weekday()))
            record = cls.make_record()
            cls.we(monday, record)
            late = timedelta(hours=1) if number == 0 else timedelta(days=7)
            cls.they(monday + late, record)
        cls.health = cls.refresh(cls.client)
        cls.recovery = cls.start(user=cls.mia)
        cls.by = cls.today + timedelta(days=60)

    def indicator(self, code):
        return self.env["client.health.indicator"].search([("code", "=", code)])

    def target(self, code="client_on_time", value=80, user=None, **values):
        """A target as a person enters it, in a recovery."""
        recovery = self.as_seen(self.recovery, user or self.mia)
        values.setdefault("by_when", self.by)
        recovery.target_ids = [
            Command.create(
                {
                    "indicator_id": self.indicator(code).id,
                    "shown_value": value,
                    **values,
                }
            )
        ]
        return recovery.target_ids[-1:]

    def refused(self, sentence, error=ValidationError):
        return self.assertRaisesRegex(error, sentence)

    def draft(self, **values):
        """A new agreement in the recovery, with terms of ours."""
        self.recovery.action_new_agreement()
        agreement = self.recovery.new_agreement_id.with_user(self.mia)
        agreement.write(values)
        return agreement

    # -- targets -------------------------------------------------------------------

    def test_a_target_knows_the_start_and_its_direction(self):
        target = self.target()
        self.assertAlmostEqual(target.value, 0.8)
        self.assertEqual(target.direction, "at_least")
        self.assertTrue(target.has_start)
        self.assertAlmostEqual(target.value_start, 0.2)
        texts = (target.start_text, target.now_text, target.target_text)
        self.assertEqual(texts, ("20\u00a0%", "20\u00a0%", "≥ 80\u00a0%"))
        self.assertFalse(target.is_met)
        self.assertEqual(target.unit_text, "%")

    def test_on_the_form_it_is_looked_at_at_the_review_unless_said_otherwise(self):
        view = "client_health.client_recovery_view_form"
        with Form(self.as_seen(self.recovery, self.mia), view=view) as form:
            with form.target_ids.new() as line:
                line.indicator_id = self.env["client.health.indicator"]
                self.assertEqual(line.now_text, "")
                line.indicator_id = self.indicator("client_on_time")
                words = (line.start_text, line.now_text, line.direction)
                self.assertEqual(words, ("20\u00a0%", "20\u00a0%", "at_least"))
                line.shown_value = 80
        target = self.recovery.target_ids
        self.assertEqual(target.by_when, self.recovery.review_date)
        self.assertAlmostEqual(target.value, 0.8)

    def proposed(self, user, lines):
        """The figures that new lines propose, when each is left as it is."""
        view = "client_health.client_recovery_view_form"
        form = Form(self.as_seen(self.recovery, user), view=view)
        codes = []
        for _line in range(lines):
            with form.target_ids.new() as line:
                codes.append(line.indicator_id.code)
                line.indicator_id = line.indicator_id or self.indicator("unreasonable")
                line.shown_value = 1
        return codes

    def test_a_new_line_proposes_what_is_red_and_has_no_target(self):
        self.health.sudo().flag_ids.unlink()
        flags = self.env["client.health.flag"].sudo()
        levels = {"client_on_time": "red", "rating": "watch", "overdue": "red"}
        for code, level in {**levels, "standstill": "red"}.items():
            figure = self.indicator(code)
            flags |= flags.create(
                {
                    "health_id": self.health.id,
                    "check_id": figure.check_id.id,
                    "side": figure.side,
                    "driver_id": figure.id,
                    "level": level,
                    "state": "open",
                }
            )
        self.recovery.sudo().flag_id = flags.filtered(
            lambda flag: flag.driver_id.code == "standstill"
        )
        first, *rest = self.proposed(self.mia, 4)
        self.assertEqual(first, "standstill", "that it was started from")
        self.assertEqual(set(rest), {"client_on_time", "overdue", False})
        self.assertEqual(rest[-1], False, "what is no more than a warning is not red")
        self.target("client_on_time", 80)
        self.assertEqual(
            self.proposed(self.anna, 2), ["standstill", False], "no money for users"
        )

    def test_it_is_measured_with_the_facts_of_then(self):
        target = self.target()
        facts = dict(self.health.facts)
        for on_time, turns, now, met in (
            (4, 5, 0.8, True),
            (3, 5, 0.6, False),
            (3, 3, None, False),
        ):
            facts["client_turns_90"] = turns
            facts["client_turns_on_time_90"] = on_time
            result = target._measure(self.recovery, facts)
            self.assertEqual(len(result), 1)
            self.assertEqual(result[0]["target"], target)
            self.assertAlmostEqual(result[0]["before"], 0.2)
            self.assertEqual((result[0]["now"], result[0]["met"]), (now, met))
        [row] = self.recovery.sudo()._before_after().target_rows()
        self.assertEqual((row["code"], row["goal"]), ("client_on_time", "≥ 80\u00a0%"))

    def test_a_lower_value_is_better_where_the_limits_say_so(self):
        project = self.make_project(self.client, day=self.ago(100))
        for _number in range(4):
            self.make_task(project, day=self.ago(90))
        self.refresh(self.client)
        target = self.target("stalled_tasks", 25)
        self.assertEqual((target.direction, target.is_met), ("at_most", False))
        facts = dict(self.health.facts)
        key = next(key for key in facts if key.startswith("stalled_tasks_"))
        facts[key] = 1
        self.assertTrue(target._result(facts)["met"])
        facts[key] = 2
        self.assertFalse(target._result(facts)["met"])

    # -- what makes no sense -------------------------------------------------------

    def test_what_cannot_be_measured_is_no_target(self):
        with (
            self.refused("“Figure” of Recovery of Client: Rating is not measurable"),
            self.env.cr.savepoint(),
        ):
            self.target("rating", 4)
        mine = [("recovery_id", "=", self.recovery.id)]
        self.assertFalse(self.env["client.recovery.target"].search(mine))

    def test_a_figure_with_few_cases_is_a_target_that_says_so(self):
        indicator = self.indicator("client_on_time")
        indicator.min_sample = 9
        self.health = self.refresh(self.client)
        target = self.target()
        self.assertIn("too few to say: 5, of at least 9", target.now_text)
        self.assertFalse(target.is_met)

    def test_what_is_met_already_is_no_target(self):
        for value in (20, 10):
            with (
                self.refused(
                    "“Target” of Recovery of Client: .* is 20\u00a0% now.*Aim"
                ),
                self.env.cr.savepoint(),
            ):
                self.target(value=value)
        target = self.target(value=21)
        with self.refused("met already"):
            target.shown_value = 15

    def test_a_day_outside_the_recovery_is_refused(self):
        review = self.recovery.review_date
        for day in (self.ago(1), review + timedelta(days=1)):
            with (
                self.refused("“By when” of the target .* outside the time of"),
                self.env.cr.savepoint(),
            ):
                self.target(by_when=day)
        self.target(by_when=review)
        with self.refused("“By when” of the target"):
            self.recovery.review_date = review - timedelta(days=1)

    def test_an_agreement_that_ends_before_it_starts_is_refused(self):
        agreement = self.draft()
        with self.refused("“Until” of .* before its start"):
            agreement.date_end = agreement.date_start - timedelta(days=1)

    def test_what_is_measured_is_not_written_by_hand(self):
        target = self.target()
        with self.refused("not written by hand", UserError):
            target.value_start = 0.9
        forged = self.env["client.recovery.target"].with_user(self.mia)
        target.unlink()
        target = forged.create(
            {
                "recovery_id": self.recovery.id,
                "indicator_id": self.indicator("client_on_time").id,
                "value": 0.5,
                "value_start": 0.9,
                "by_when": self.by,
            }
        )
        self.assertAlmostEqual(target.value_start, 0.2)

    # -- rights --------------------------------------------------------------------

    def test_users_set_targets_but_none_about_money(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(40), 1000, due=self.ago(30))
        self.refresh(self.client)
        self.assertEqual(self.target(user=self.anna).recovery_id, self.recovery)
        with (
            self.refused("is about money", UserError),
            self.env.cr.savepoint(),
        ):
            self.target("overdue", 5, user=self.anna)
        money = self.target("overdue", 5)
        self.assertTrue(money.money)
        self.env.invalidate_all()
        seen = self.as_seen(self.recovery, self.anna).target_ids
        self.assertEqual(seen.indicator_id.mapped("code"), ["client_on_time"])
        sooner = self.recovery.review_date - timedelta(days=1)
        view = "client_health.client_recovery_view_form"
        with Form(self.as_seen(self.recovery, self.anna), view=view) as form:
            form.review_date = sooner
        self.assertEqual(self.recovery.review_date, sooner)
        with self.assertRaises(AccessError):
            money.with_user(self.anna).read(["value"])
        self.env.invalidate_all()
        self.assertTrue(money.is_internal)
        self.draft(required_rate=90)
        recovery = self.as_seen(self.recovery, self.anna)
        with self.assertRaises(AccessError):
            recovery.read(["new_required_rate"])
        with self.refused("Only managers", UserError):
            recovery.action_agreement_accepted()

    # -- accepted or refused -------------------------------------------------------

    def test_accepted_it_is_the_one_in_force(self):
        end = self.today + timedelta(days=400)
        before = self.make_agreement(
            boundaries="As it was", our_response_hours=8, date_end=end
        )
        self.env.invalidate_all()
        agreement = self.draft(boundaries="Two rounds of changes")
        self.assertEqual((agreement.date_start, agreement.date_end), (self.today, end))
        agreement.date_start = self.ago(20)  # drafted some time ago
        target = self.target()
        self.recovery.answered_by_id = self.contact
        self.recovery.action_agreement_accepted()
        self.assertEqual(self.recovery._agreement_now(), agreement)
        self.assertEqual(agreement.previous_id, before)
        self.assertEqual((agreement.state, before.state), ("active", "ended"))
        self.assertEqual(agreement.date_start, self.today, "not before the answer")
        self.assertEqual(before.date_end, self.today - timedelta(days=1))
        said = self.recovery.read(
            ["agreement_answer", "answered_on", "answered_by_id", "answer_user_id"]
        )[0]
        self.assertEqual(said["agreement_answer"], "accepted")
        self.assertEqual(said["answered_on"], self.today)
        self.assertEqual(said["answered_by_id"][0], self.contact.id)
        self.assertEqual(said["answer_user_id"][0], self.mia.id)
        for change in (
            lambda: target.write({"shown_value": 90}),
            target.unlink,
            lambda: self.target("our_on_time", 80),
        ):
            with self.refused("agreed with the client", UserError):
                change()
        with self.refused("is accepted", UserError):
            self.recovery.action_new_agreement()

    def test_refused_the_old_one_stays_and_it_may_be_proposed_again(self):
        before = self.make_agreement()
        self.env.invalidate_all()
        agreement = self.draft()
        self.recovery.action_agreement_refused()
        self.assertEqual((agreement.state, before.state), ("refused", "active"))
        self.assertEqual(self.recovery.agreement_answer, "refused")
        self.assertEqual(self.recovery._agreement_now(), before)
        self.recovery.action_new_agreement()
        self.assertEqual(self.recovery.new_agreement_id, agreement)
        self.assertEqual(agreement.state, "draft")
        self.assertFalse(self.recovery.agreement_answer)

    def test_an_answer_needs_an_agreement_a_day_and_somebody_of_the_client(self):
        with self.refused("has no new agreement", UserError):
            self.recovery.action_agreement_accepted()
        with self.refused("has no new agreement yet", UserError):
            self.recovery.action_print_agreement()
        for day in (self.ago(1), self.today + timedelta(days=1)):
            with self.refused("“Answered on” of"), self.env.cr.savepoint():
                self.recovery.answered_on = day
        with self.refused("“Answered by” of .* no contact of Client"):
            self.recovery.answered_by_id = self.others[0]

    def test_the_step_misses_an_answer_and_a_target_until_they_are_there(self):
        def missing():
            needs = self.recovery.sudo()._open_requirements("agreement")
            return " ".join(need.text for need in needs)

        self.draft()
        self.recovery.topics = "Answers in time"
        self.assertIn("has not answered", missing())
        self.assertIn("No target", missing())
        self.target()
        self.assertNotIn("No target", missing())
        self.recovery.action_agreement_refused()
        self.assertFalse(missing())

    def test_whoever_calls_it_recovered_is_told_which_targets_are_not_met(self):
        self.target()
        [row] = self.recovery.review()["targets"]
        self.assertEqual((row["met"], row["early"]), (False, True))
        self.force(self.recovery.target_ids, by_when=self.today)
        self.recovery.target_ids.invalidate_recordset()
        [row] = self.recovery.review()["targets"]
        self.assertFalse(row["early"], "its day has come")
        action = self.recovery.action_recovered()
        wizards = self.recovery.env["client.recovery.decide"]
        dialog = wizards.with_context(**action["context"]).create({})
        self.assertEqual(dialog.missing, row["name"])
        dialog.action_apply()
        self.assertEqual(self.recovery.state, "recovered")
        bodies = "".join(self.recovery.message_ids.mapped("body"))
        self.assertIn(f"were not met: {row['name']}", bodies)

    # -- the document --------------------------------------------------------------

    def page(self):
        report = self.env.ref("client_health.report_client_agreement")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report.report_name, self.recovery.ids
        )
        return fromstring(html.decode()).find(".//main").text_content()

    def test_the_document_shows_the_agreement_and_nothing_internal(self):
        self.draft(
            boundaries="Two rounds of changes",
            required_rate=987,
            channel="phone",
            our_response_hours=6,
        )
        self.target()
        self.recovery.sudo().write(
            {
                "reason": "They never pay attention",
                "self_note": "We were slow",
                "self_result": "ours",
                "document_note": "Dear Ann, this is our proposal.",
            }
        )
        self.recovery.channel_ids[:1].note = "Long threads"
        page = self.page()
        for text in (
            "Two rounds of changes",
            "Dear Ann, this is our proposal.",
            "You answer us within the agreed time",
            "at least 80\u00a0%",
            "Phone",
            "6 working hours",
        ):
            self.assertIn(text, page)
        for text in (
            "987",
            "pay attention",
            "We were slow",
            "Long threads",
            "score",
            "flag",
            "margin",
            "recovery",
            self.recovery.entry_level,
            "20\u00a0%",
        ):
            self.assertNotIn(text, page, text)
        action = self.recovery.action_print_agreement()
        self.assertEqual(action["report_name"], "client_health.client_agreement")

    def test_what_is_for_us_only_is_left_out_until_it_is_put_in_words(self):
        self.env["client.incident"].sudo().create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date": self.ago(3),
                "category": "unprepared",
                "severity": "severe",
                "description": "Nobody had read it",
            }
        ).with_user(self.mia).action_confirm()
        target = self.target("unprepared", 1)
        self.assertTrue(target.is_internal)
        self.draft()
        self.assertNotIn("What we want to reach together", self.page())
        target.client_text = "We both come prepared"
        self.assertFalse(target.is_internal)
        page = self.page()
        self.assertIn("We both come prepared", page)
        self.assertNotIn("points", page)

    def test_it_speaks_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.client.lang = "nl_NL"
        self.draft()
        self.target()
        self.assertIn(self.by.strftime("%d-%m-%Y"), self.page())
        self.client.lang = "en_US"
        self.assertIn(self.by.strftime("%m/%d/%Y"), self.page())
