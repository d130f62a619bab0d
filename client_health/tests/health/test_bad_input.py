"""What is wrong, or meant to break something, is refused in words or shown as text.

tests/test_hostile.py sends thousands of such calls; here stands what they found.
"""

from lxml.html import fromstring
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from ...models.health.trial import Trial
from ..feedback.case import FeedbackCase

NO_IDS = ("x", "7", [1], {"id": 1}, 1.5, True, -1, 2**31, [[6, 0, [1]]])
SCRIPT = "<script>hostilemark()</script>"
IMAGE = '<img src="x" onerror="hostilemark()">'
NAME = f"{IMAGE}{SCRIPT} & Co"


class TestBadInput(FeedbackCase):
    def test_nobody_points_a_contact_at_a_health_by_hand(self):
        other = self.make_client("Other")
        self.mia.group_ids += self.env.ref("base.group_partner_manager")
        mine = self.as_user(self.mia, "res.partner")
        for client, wrong in (
            (self.client, False),
            (self.client, "x"),
            (other, self.health.id),
            (other, 2**31),
        ):
            refused = self.assertRaisesRegex(ValidationError, "cannot be chosen")
            with refused, self.env.cr.savepoint():
                mine.browse(client.id).write({"own_health_id": wrong})
        self.env.invalidate_all()
        self.assertFalse(other.health_id)
        self.assertEqual(mine.browse(self.client.id).health_id, self.health)

    def test_what_is_no_id_is_named_in_the_refusal(self):
        values = {"category": "abuse", "description": "x"}
        for wrong in NO_IDS:
            for model, more in (
                ("client.incident", values),
                ("client.pulse", {}),
                ("client.recovery", {}),
                ("client.offboarding", {}),
            ):
                with self.assertRaisesRegex(UserError, "no id of a record"):
                    self.as_user(self.mia, model).create({"partner_id": wrong, **more})

    def test_days_that_nobody_means_are_refused(self):
        for far in ("0001-01-01", "9999-12-31"):
            for model, name in (
                ("client.agreement", "date_start"),
                ("client.agreement", "date_end"),
                ("client.offboarding", "date_end"),
                ("client.recovery", "date_start"),
                ("client.incident", "date"),
            ):
                with self.assertRaisesRegex(UserError, "Give a day from 1900"):
                    self.as_user(self.mia, model).create(
                        {"partner_id": self.client.id, name: far}
                    )

    def test_an_agreement_holds_no_number_that_breaks_the_calendar(self):
        agreements = self.as_user(self.mia, "client.agreement")
        values = {"partner_id": self.client.id, "date_end": self.today}
        for name, wrong in (
            ("notice_days", 2**31 - 1),
            ("contact_every_days", 10**6),
            ("our_response_hours", float("inf")),
            ("our_response_hours", float("nan")),
            ("required_rate", float("nan")),
        ):
            with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
                agreements.create({**values, name: wrong})
            if name != "required_rate" and wrong < 2**40:
                self.assertIn("Give a smaller number", str(caught.exception))
        draft = agreements.new({**values, "notice_days": 2**31 - 1})
        self.assertEqual(str(draft.notice_date), "0001-01-01")

    def test_a_target_names_its_figure_by_an_id(self):
        recovery = self.as_user(self.mia, "client.recovery").create(
            {"partner_id": self.client.id, "user_id": self.mia.id}
        )
        targets = self.as_user(self.mia, "client.recovery.target")
        with self.assertRaisesRegex(UserError, "no id of a record"):
            targets.create({"recovery_id": recovery.id, "indicator_id": [1]})

    def test_a_new_target_without_a_recovery_can_be_looked_at(self):
        target = self.env["client.recovery.target"].new(
            {"indicator_id": self.env.ref("client_health.indicator_overdue").id}
        )
        self.assertTrue(target.now_text)
        channel = self.env["client.recovery.channel"].new({"code": "mail"})
        self.assertFalse(channel.status)

    def test_a_word_that_there_is_not_is_no_mark(self):
        pulses = self.as_user(self.anna, "client.pulse")
        for wrong in ("x", "6", "1.5"):
            with self.assertRaisesRegex(UserError, "needs two marks"):
                pulses.create(
                    {"partner_id": self.client.id, "respect_word": wrong, "attitude": 3}
                )

    def test_arguments_of_any_kind_are_answered_in_words(self):
        incident = self.as_user(self.anna, "client.incident").create(
            {"partner_id": self.client.id, "category": "abuse", "description": "x"}
        )
        health = self.health.with_user(self.mia)
        for wrong in (5, [1], {"a": 1}, True, None, "", "nothing of the kind", "\x00"):
            with self.assertRaisesRegex(UserError, "There is no indicator"):
                health.action_show_records(wrong)
            if not isinstance(wrong, str):
                with self.assertRaisesRegex(UserError, "Give the reason"):
                    incident.with_user(self.mia).action_dismiss(reason=wrong)
        team = self.env["crm.team"].create({"name": "Team", "company_id": False})
        for wrong in ([1], {"a": 1}, 5, "nosuchlevel"):
            action = team.action_open_client_health(level=wrong)
            self.assertNotIn("nosuchlevel", str(action["domain"]))


class TestMarkup(FeedbackCase):
    """Names with markup stay text wherever the module puts them into a page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.name = NAME
        cls.contact.name = NAME
        cls.mia.name = cls.anna.name = NAME

    def harmless(self, html, said=True):
        """Fail for markup of ours that would run; ``said``: it must be there."""
        html = html.decode() if isinstance(html, bytes) else str(html)
        self.assertNotIn(SCRIPT, html)
        page = fromstring(f"<div>{html}</div>")
        self.assertFalse(page.xpath("//script[normalize-space(.) = 'hostilemark()']"))
        self.assertFalse(page.xpath("//*[contains(@onerror, 'hostilemark')]"))
        if said:
            self.assertIn("& Co", page.text_content())

    def bodies(self, record):
        texts = record.sudo().message_ids.mapped("body")
        texts += record.sudo().activity_ids.mapped("note")
        return "".join(filter(None, texts))

    def test_in_incidents_pulses_and_the_chatter_of_the_client(self):
        incident = self.as_user(self.anna, "client.incident").create(
            {"partner_id": self.client.id, "category": "abuse", "severity": "severe",
             "description": NAME}
        )  # fmt: skip
        incident.with_user(self.mia).action_dismiss(reason=NAME)
        self.harmless(self.bodies(incident), said=False)
        incident.with_user(self.mia).action_back_to_reported()
        incident.with_user(self.max).action_confirm()
        self.harmless(self.bodies(incident), said=False)
        self.harmless(self.bodies(self.client), said=False)

    def test_in_a_recovery_and_its_agreement(self):
        recovery = self.as_user(self.mia, "client.recovery").create(
            {"partner_id": self.client.id, "user_id": self.mia.id, "reason": NAME}
        )
        recovery.action_new_agreement()
        agreement = recovery.new_agreement_id
        agreement.boundaries = f"<p>{NAME}</p>"
        html = self.env["ir.actions.report"]._render_qweb_html(
            "client_health.client_agreement", recovery.ids
        )[0]
        self.harmless(html)
        recovery.action_cancel()
        self.harmless(self.bodies(recovery) + self.bodies(agreement), said=False)

    def test_in_an_offboarding_and_its_exit_plan(self):
        offboarding = self.as_user(self.mia, "client.offboarding").create(
            {"partner_id": self.client.id, "user_id": self.mia.id, "reason": "theirs"}
        )
        self.env["client.offboarding.deliverable"].create(
            {"offboarding_id": offboarding.id, "kind": "promise", "name": NAME,
             "user_id": self.mia.id, "date_due": self.today}
        )  # fmt: skip
        blocker = next(
            b for step in offboarding.guide()["steps"] for b in step["blockers"]
        )
        offboarding.pass_blocker(blocker["key"], NAME)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "client_health.exit_plan", offboarding.ids
        )[0]
        self.harmless(html)
        self.harmless(self.bodies(offboarding))

    def test_in_the_trial_of_an_indicator_and_the_set_up(self):
        with Form(self.env["client.health.indicator"]) as form:
            form.name = NAME
            form.check_id = self.env["client.health.check"].search([], limit=1)
            form.model_id = self.env["ir.model"]._get("crm.lead")
            form.partner_path = "partner_id"
            form.date_field = "create_date"
            form.code = "with_markup"
            form.good, form.watch, form.red = 1, 2, 3
        self.harmless(Trial(form.record).html())
        setup = self.env["client.health.setup"].with_user(self.mia).create({})
        self.harmless(setup.found, said=False)
