"""What the client gets to read: the farewell, the invitation, the exit plan."""

from datetime import timedelta

import pytz
from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import format_date

from .case import OffboardingCase


class TestOffboardingLetters(OffboardingCase):
    def in_dutch(self):
        """The client reads Dutch; we do not."""
        self.env["res.lang"]._activate_lang("nl_NL")
        module = self.env["ir.module.module"]._get("client_health")
        module._update_translations("nl_NL")
        self.client.lang = "nl_NL"

    def send(self, action):
        """Send what the composer of this action proposes; returns the mails."""
        context = {**action["context"], "allowed_company_ids": self.company.ids}
        before = self.env["mail.mail"].search([])
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.manager)
            .with_context(**context)
            .create({})
        )
        composer._action_send_mail()
        return self.env["mail.mail"].search([]) - before

    def html(self, offboarding, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        html = report._render_qweb_html("client_health.exit_plan", offboarding.ids)[0]
        return html.decode()

    def promise(self, offboarding, name, **values):
        return (
            self.env["client.offboarding.deliverable"]
            .with_user(self.user)
            .create(
                {
                    "offboarding_id": offboarding.id,
                    "kind": "promise",
                    "name": name,
                    "user_id": self.user.id,
                    "date_due": self.today,
                    **values,
                }
            )
        )

    # -- the farewell ----------------------------------------------------------

    def test_the_farewell_speaks_the_clients_language_and_names_nothing_of_ours(self):
        self.in_dutch()
        offboarding = self.walk(self.start(), "tell")
        offboarding.message_subscribe(self.manager.partner_id.ids)
        mails = self.send(offboarding.action_write_mail())
        farewell = mails.filtered(lambda m: self.client in m.recipient_ids)
        self.assertEqual(len(farewell), 1)
        day = format_date(
            self.env, offboarding.date_end, lang_code="nl_NL", date_format="long"
        )
        self.assertEqual(farewell.subject, "Het einde van onze samenwerking")
        self.assertIn(day, farewell.body_html)
        self.assertIn('lang="nl_NL"', farewell.body_html)
        for ours in ("Offboarding", "offboarding", "Afscheid van", "/mail/view"):
            self.assertNotIn(ours, farewell.body_html)

    def test_a_contact_without_a_language_reads_that_of_the_client(self):
        self.in_dutch()
        contact = self.make_contact(self.client, email="ann@harbour.example")
        contact.lang = False
        offboarding = self.start(contact_id=contact.id)
        self.assertEqual(offboarding.letter_lang, "nl_NL")
        self.client.lang = False
        ours = self.company.partner_id.lang or self.env.lang
        offboarding.invalidate_recordset(["letter_lang"])
        self.assertEqual(offboarding.letter_lang or self.env.lang, ours)

    # -- the invitation --------------------------------------------------------

    def test_the_appointment_is_at_ten_where_the_organiser_is(self):
        self.manager.tz = "America/New_York"
        day = self.work_day(self.today + timedelta(days=9))
        offboarding = self.start(talk_on=day, speaker_id=self.manager.id)
        context = offboarding.action_make_appointment()["context"]
        start = pytz.utc.localize(self.datetime(context["default_start"]))
        local = start.astimezone(pytz.timezone("America/New_York"))
        self.assertEqual((local.date(), local.hour, local.minute), (day, 10, 0))
        self.assertTrue(context["client_health_invites"])

    def datetime(self, text):
        return self.env["calendar.event"]._fields["start"].to_datetime(text)

    def test_an_appointment_on_a_day_gone_by_is_proposed_for_one_to_come(self):
        offboarding = self.start(talk_on=self.ago(5))
        for hour in (0, 6, 11, 15, 16, 22):
            with freeze_time(self.moment(self.today, hour=hour)):
                context = offboarding.action_make_appointment()["context"]
                now = self.env.cr.now()
                start = self.datetime(context["default_start"])
                self.assertGreater(start, self.moment(self.today, hour=hour), now)
                local = pytz.utc.localize(start).astimezone(
                    pytz.timezone(self.manager.tz or "UTC")
                )
                self.assertIn(local.hour, range(10, 18))

    def test_the_invitation_speaks_the_clients_language(self):
        self.in_dutch()
        offboarding = self.start()
        context = offboarding.action_make_appointment()["context"]
        self.assertIn("Gesprek", context["default_name"])
        self.assertNotIn("Offboarding", context["default_name"])

    def test_the_form_of_the_appointment_says_that_it_invites(self):
        arch = self.env["calendar.event"].get_view(view_type="form")["arch"]
        self.assertIn("Saving invites all attendees", arch)
        self.assertIn("client_health_invites", arch)

    # -- the exit plan ---------------------------------------------------------

    def test_the_exit_plan_shows_the_client_nothing_internal(self):
        project = self.make_project(self.client, name="Website")
        self.make_task(project, name="Front page")
        offboarding = self.start(
            reason="abuse", topics="Our doubts", date_end=self.today
        )
        offboarding.deliverable_ids.write({"decision": "finish", "note": "They shout"})
        self.promise(offboarding, "The annual report", note="They never read it")
        html = self.html(offboarding, self.user)
        self.assertIn("Front page", html)
        self.assertIn("The annual report", html)
        for secret in ("They shout", "never read", "Our doubts", "Abuse"):
            self.assertNotIn(secret, html)

    def test_the_exit_plan_speaks_the_language_of_the_client(self):
        self.in_dutch()
        offboarding = self.start()
        day = format_date(self.env, self.today, lang_code="nl_NL", date_format="long")
        html = self.html(offboarding)
        self.assertIn(day, html)
        self.assertIn("Overdrachtsplan", html)

    def test_the_exit_plan_shows_what_a_person_chose_under_the_clients_names(self):
        website = self.make_project(self.client, name="HL-web 2027 (rescue)")
        care = self.make_project(self.client, name="Care")
        front = self.make_task(website, name="FP v3 redo, again")
        self.make_task(website, name="Their colours", parent_id=front.id)
        ours = self.make_project(self.client, privacy_visibility="employees")
        self.make_task(ours, name="Find out who broke it")
        self.make_task(website, name="Old blog")
        self.make_task(care, name="Backups")
        offboarding = self.start()
        lines = {line.name: line for line in offboarding.deliverable_ids}
        for line in lines.values():
            line.decision = "finish"
        lines["Old blog"].decision = "drop"
        lines["FP v3 redo, again"].client_name = "The front page"
        websites = offboarding.project_ids.filtered(lambda p: p.project_id == website)
        websites.client_name = "Website"
        html = self.html(offboarding)
        for shown in ("The front page", "Website", "Backups", "Care"):
            self.assertIn(shown, html)
        for hidden in ("FP v3", "rescue", "colours", "who broke it", "Old blog"):
            self.assertNotIn(hidden, html)
        lines["Old blog"].in_plan = True
        lines["Backups"].in_plan = False
        html = self.html(offboarding)
        self.assertIn("Old blog", html)
        self.assertNotIn("Backups", html)

    def test_people_write_only_the_clients_name_of_a_project(self):
        self.make_project(self.client, name="Website")
        line = self.start().project_ids.with_user(self.user)
        line.client_name = "Your website"
        with self.assertRaisesRegex(UserError, "only its name for the client"):
            line.closed_on = self.today

    def test_the_plan_is_given_after_the_client_was_told_and_that_is_recorded(self):
        offboarding = self.start()
        for give in (offboarding.action_hand_plan, offboarding.action_send_plan):
            with self.assertRaisesRegex(UserError, "does not know yet"):
                give()
        self.walk(offboarding, "transition")
        self.blocks(offboarding, "transition", "no_plan_given_on")
        mails = self.send(offboarding.action_send_plan())
        self.assertIn(self.client, mails.recipient_ids)
        self.assertTrue(mails.attachment_ids)
        self.assertEqual(offboarding.plan_given_on, self.today)
        self.assertEqual(offboarding.plan_given_how, "mail")
        self.assertEqual(offboarding.plan_given_user_id, self.manager)
        self.no_blocks(offboarding, "transition", "no_plan_given_on")

    def test_nobody_says_by_hand_that_the_plan_was_given(self):
        offboarding = self.start()
        with self.assertRaises(UserError):
            offboarding.with_user(self.user).plan_given_on = self.today
