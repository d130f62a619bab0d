from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .case import FeedbackCase

KIND = "mail_activity_type_incident"


class TestIncident(FeedbackCase):
    def report(self, user=None, **values):
        return self.as_user(user or self.anna, "client.incident").create(
            {
                "partner_id": self.client.id,
                "category": "disrespect",
                "severity": "severe",
                **values,
            }
        )

    # -- reporting -------------------------------------------------------------

    def test_a_contact_is_kept_and_the_incident_is_about_its_company(self):
        incident = self.report(partner_id=self.contact.id)
        self.assertEqual(incident.partner_id, self.client)
        self.assertEqual(incident.contact_id, self.contact)
        self.assertEqual(incident.reporter_id, self.anna)
        self.assertEqual(incident.state, "reported")
        self.assertEqual(incident.company_id, self.company)

    def test_points_follow_the_severity(self):
        for severity, points in (("minor", 1), ("moderate", 2), ("severe", 3)):
            self.assertEqual(self.report(severity=severity).points, points)

    def test_the_dialog_knows_client_contact_and_record_it_came_from(self):
        task = self.make_task(self.make_project(self.client), client=self.contact)
        task.sudo().user_ids = self.anna
        came = self.as_user(self.anna, "client.incident").with_context(
            active_model="project.task", active_id=task.id
        )
        self.anna.group_ids += self.env.ref("project.group_project_user")
        form = Form(came, view="client_health.client_incident_view_form_report")
        form.category = "abuse"
        self.assertTrue(form.category_help)
        incident = form.save()
        self.assertEqual(incident.partner_id, self.client)
        self.assertEqual(incident.contact_id, self.contact)
        self.assertEqual(incident.date, fields.Date.context_today(incident))
        self.assertEqual(incident.document_name, task.display_name)
        action = incident.action_open_document()
        self.assertEqual(action["res_model"], "project.task")
        self.assertEqual(action["res_id"], task.id)

    def test_of_a_meeting_the_client_is_the_attendee_from_outside(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": self.moment(self.today),
                "stop": self.moment(self.today, hour=13),
                "partner_ids": (self.anna.partner_id + self.contact).ids,
            }
        )
        values = (
            self.as_user(self.anna, "client.incident")
            .with_context(active_model="calendar.event", active_id=event.id)
            .default_get(["partner_id", "contact_id", "res_id", "res_model"])
        )
        self.assertEqual(values["partner_id"], self.client.id)
        self.assertEqual(values["contact_id"], self.contact.id)
        self.assertEqual(values["res_id"], event.id)

    def test_of_an_opportunity_the_client_is_its_customer(self):
        lead = self.make_deal(self.contact, user_id=self.anna.id)
        self.anna.group_ids += self.env.ref("sales_team.group_sale_salesman")
        values = (
            self.as_user(self.anna, "client.incident")
            .with_context(active_model="crm.lead", active_id=lead.id)
            .default_get(["partner_id", "company_id"])
        )
        self.assertEqual(values["partner_id"], self.client.id)
        self.assertEqual(values["company_id"], self.company.id)

    def test_buttons_to_report_are_for_the_group_only(self):
        self.anna.group_ids += self.env.ref("sales_team.group_sale_salesman")
        self.otto.group_ids += self.env.ref("sales_team.group_sale_salesman")
        for model, view in (
            ("res.partner", "base.view_partner_form"),
            ("project.task", "project.view_task_form2"),
            ("calendar.event", "calendar.view_calendar_event_form"),
            ("crm.lead", "crm.crm_lead_view_form"),
        ):
            action = self.env.ref("client_health.client_incident_action_report").id
            for user, there in ((self.anna, True), (self.otto, False)):
                arch = (
                    self.env[model].with_user(user).get_view(self.env.ref(view).id)
                )["arch"]
                with self.subTest(model=model, user=user.login):
                    self.assertEqual(f'name="{action}"' in arch, there)

    def test_the_record_it_came_from_is_named_only_to_those_who_may_see_it(self):
        task = self.make_task(self.make_project(self.client), name="Secret task")
        source = {"res_model": "project.task", "res_id": task.id}
        task.project_id.privacy_visibility = "followers"
        with self.assertRaisesRegex(ValidationError, "not there, or not yours"):
            self.report(**source)
        incident = self.report()
        self.force(incident, **source)
        self.assertFalse(incident.document_name)
        with self.assertRaisesRegex(UserError, "not yours to see"):
            incident.action_open_document()

    def test_a_record_that_does_not_exist_is_refused(self):
        for model, number in (("no.model", 1), ("project.task", 0)):
            with self.assertRaisesRegex(ValidationError, "not there, or not yours"):
                self.report(res_model=model, res_id=number)

    def test_a_date_to_come_is_refused(self):
        self.report(date=self.today)
        with self.assertRaisesRegex(ValidationError, "Acme.*still to come"):
            self.report(date=self.today + timedelta(days=2))

    def test_a_contact_of_another_client_is_refused(self):
        stranger = self.make_contact(self.make_client("Other"), "Zoe")
        with self.assertRaisesRegex(ValidationError, "Zoe.*no contact of Acme"):
            self.report(contact_id=stranger.id)

    def test_client_and_category_are_required(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.report(category=False)

    def test_one_manager_who_did_not_report_it_is_asked_without_a_mail(self):
        before = self.env["mail.mail"].sudo().search_count([])
        incident = self.report(description="He called us idiots.")
        activity = self.open_activities(incident, KIND)
        self.assertEqual(activity.user_id, self.mia)
        self.assertNotIn("idiots", f"{activity.note} {activity.summary}")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        own = self.report(self.mia)
        self.assertEqual(self.open_activities(own, KIND).user_id, self.max)

    def test_without_another_manager_the_chatter_and_the_reporter_are_told(self):
        self.assertIn(self.mia.name, self.report().judge_note)
        self.max.active = False
        incident = self.report(self.mia)
        said = incident.action_reported()["params"]["message"]
        self.assertIn("ask an administrator", said)
        self.assertFalse(self.open_activities(incident, KIND))
        self.assertIn("Nobody was asked", str(incident.message_ids.mapped("body")))

    # -- judging ---------------------------------------------------------------

    def test_a_confirmed_incident_moves_the_score_at_once(self):
        before = self.check_of("respect")["penalty"] or 0
        incident = self.report()
        self.assertEqual(self.indicator("respect", "disrespect"), 0)
        incident.with_user(self.mia).action_confirm()
        self.assertEqual(self.indicator("respect", "disrespect"), 3)
        self.assertGreater(self.check_of("respect")["penalty"], before)
        self.assertEqual(incident.confirmed_by_id, self.mia)
        self.assertTrue(incident.confirmed_on)
        self.assertFalse(self.open_activities(incident, KIND))

    def test_a_judgement_taken_back_moves_the_score_back(self):
        incident = self.report()
        incident.with_user(self.mia).action_confirm()
        incident.with_user(self.max).action_back_to_reported()
        self.assertEqual(self.indicator("respect", "disrespect"), 0)
        self.assertEqual(incident.state, "reported")
        self.assertFalse(incident.confirmed_on or incident.confirmed_by_id)
        self.assertTrue(self.open_activities(incident, KIND))

    def test_a_deleted_incident_moves_the_score_back(self):
        incident = self.report()
        incident.with_user(self.mia).action_confirm()
        incident.with_user(self.mia).unlink()
        self.assertEqual(self.indicator("respect", "disrespect"), 0)

    def test_a_dismissed_incident_does_not_count_and_says_why(self):
        incident = self.report()
        incident.with_user(self.mia).action_confirm()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            incident.with_user(self.max).action_dismiss()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            incident.with_user(self.max).action_dismiss("  ")
        incident.with_user(self.max).action_dismiss("It was our mistake.")
        self.assertEqual(incident.with_user(self.anna).state, "dismissed")
        self.assertEqual(
            incident.with_user(self.anna).dismiss_reason, "It was our mistake."
        )
        self.assertFalse(incident.confirmed_on)
        self.assertEqual(self.indicator("respect", "disrespect"), 0)

    def test_the_reason_typed_in_the_dialog_dismisses(self):
        incident = self.report().with_user(self.mia)
        action = incident.action_open_dismiss()
        form = Form(incident, view=action["views"][0][0])
        form.dismiss_reason = "Hearsay."
        form.save().action_dismiss()
        self.assertEqual(incident.state, "dismissed")

    def test_only_the_company_of_the_incident_is_refreshed(self):
        incident = self.report()
        with self.refreshes() as seen:
            incident.with_user(self.mia).action_confirm()
        self.assertEqual(seen, [(self.company, self.client)])

    def test_nobody_judges_what_they_reported(self):
        incident = self.report(self.mia)
        for method in ("action_confirm", "action_open_dismiss"):
            with self.assertRaisesRegex(UserError, "You reported"):
                getattr(incident, method)()
        with self.assertRaisesRegex(UserError, "You reported"):
            incident.action_dismiss("no")
        incident.with_user(self.max).action_confirm()
        with self.assertRaisesRegex(UserError, "You reported"):
            incident.action_back_to_reported()
        self.assertFalse(incident.may_judge)
        self.assertTrue(incident.with_user(self.max).may_judge)

    def test_users_do_not_judge(self):
        incident = self.report(self.ben)
        for method in ("action_confirm", "action_dismiss", "action_back_to_reported"):
            with self.assertRaisesRegex(UserError, "Only managers"):
                getattr(incident, method)()
        with self.assertRaisesRegex(UserError, "Only managers"):
            incident.action_anonymise()

    def test_a_manager_of_another_company_does_not_judge(self):
        there = self.make_company("There")
        stranger = self.make_user(
            "said_stranger", "client_health.group_manager", company=there
        )
        incident = self.report()
        theirs = self.as_user(stranger, "client.incident").browse(incident.id)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.action_confirm()
        with self.assertRaises(AccessError):
            theirs.read(["category"])

    def test_judgement_reporter_and_points_are_not_written_by_hand(self):
        incident = self.report()
        for user in (self.anna, self.mia):
            for name, value in (
                ("state", "confirmed"),
                ("points", 9),
                ("reporter_id", self.max.id),
                ("confirmed_by_id", self.mia.id),
                ("confirmed_on", self.now()),
                ("dismissed_by_id", self.mia.id),
                ("anonymised_on", self.today),
            ):
                with self.subTest(user=user.login, field=name):
                    with self.assertRaisesRegex(UserError, "not written by hand"):
                        incident.with_user(user).write({name: value})
                    with self.assertRaisesRegex(UserError, "not written by hand"):
                        self.report(user, **{name: value})

    def test_defaults_in_the_context_forge_nothing(self):
        incident = (
            self.as_user(self.mia, "client.incident")
            .with_context(
                default_state="confirmed",
                default_points=9,
                default_reporter_id=self.max.id,
                default_confirmed_on=self.now(),
            )
            .create({"partner_id": self.client.id, "category": "abuse"})
        )
        self.assertEqual(incident.state, "reported")
        self.assertEqual(incident.points, 1)
        self.assertEqual(incident.reporter_id, self.mia)
        self.assertFalse(incident.confirmed_on)

    def test_a_copy_is_a_new_report(self):
        incident = self.report()
        incident.with_user(self.mia).action_confirm()
        copy = incident.with_user(self.mia).copy()
        self.assertEqual((copy.state, copy.reporter_id), ("reported", self.mia))
        self.assertFalse(copy.confirmed_on)

    def test_only_the_reporter_changes_what_it_says(self):
        incident = self.report()
        for values in ({"severity": "minor"}, {"description": "Worse"}):
            with self.assertRaisesRegex(AccessError, "Only .*, who reported it"):
                incident.with_user(self.mia).write(values)
        incident.with_user(self.mia).action_confirm()
        self.assertEqual(incident.confirmed_by_id, self.mia)

    def test_nobody_reports_one_of_us(self):
        for ours in (self.company.partner_id, self.anna.partner_id):
            with self.assertRaisesRegex(UserError, "is one of us"):
                self.report(partner_id=ours.id)

    def test_users_change_their_report_until_it_is_judged(self):
        incident = self.report()
        incident.write({"severity": "minor", "description": "Less bad."})
        self.assertEqual(incident.points, 1)
        with self.assertRaisesRegex(UserError, "give the reason for dismissing"):
            incident.write({"dismiss_reason": "because"})
        with self.assertRaisesRegex(UserError, "give the reason for dismissing"):
            incident.copy({"dismiss_reason": "because"})
        forged = incident.with_context(default_dismiss_reason="because").copy()
        self.assertFalse(forged.dismiss_reason)
        incident.with_user(self.mia).action_confirm()
        with self.assertRaises(UserError):
            incident.write({"severity": "severe"})
        with self.assertRaises(AccessError):
            incident.unlink()

    def test_managers_do_not_change_what_was_judged(self):
        incident = self.report().with_user(self.mia)
        incident.action_confirm()
        for name, value in (("severity", "minor"), ("date", self.ago(400))):
            with self.assertRaisesRegex(UserError, "was judged already"):
                incident.write({name: value})

    # -- who sees what ---------------------------------------------------------

    def test_users_see_only_what_they_reported(self):
        incident = self.report(description="Secret words")
        self.assertEqual(
            self.as_user(self.anna, "client.incident").search([]), incident
        )
        others = self.as_user(self.ben, "client.incident")
        self.assertFalse(others.search([]))
        self.assertFalse(others.search([("description", "ilike", "secret")]))
        with self.assertRaises(AccessError):
            incident.with_user(self.ben).read(["description"])
        with self.assertRaises(AccessError):
            incident.with_user(self.ben).write({"description": "x"})
        self.assertEqual(self.client.with_user(self.anna).incident_count, 1)
        self.assertEqual(self.client.with_user(self.ben).incident_count, 0)
        self.assertEqual(self.contact.with_user(self.mia).incident_count, 1)

    def test_without_the_group_nothing_is_there(self):
        incident = self.report()
        with self.assertRaises(AccessError):
            self.as_user(self.otto, "client.incident").search([])
        with self.assertRaises(AccessError):
            self.report(self.otto)
        with self.assertRaises(UserError):
            incident.with_user(self.otto).action_confirm()
        with self.assertRaises(AccessError):
            self.client.with_user(self.otto).read(["incident_count"])

    def test_a_client_one_may_not_read_is_not_reported_on(self):
        hidden = self.make_hidden_client()
        with self.assertRaises(AccessError):
            self.report(partner_id=hidden.id)
        incident = self.report(self.mia, partner_id=hidden.id)
        incident.sudo().reporter_id = self.anna
        mine = self.as_user(self.anna, "client.incident")
        self.assertFalse(mine.search([]))
        for operation in ("read", "write", "unlink"):
            self.assertFalse(mine.browse(incident.id).has_access(operation))
        with self.assertRaises(AccessError):
            mine.browse(incident.id).write({"severity": "minor"})

    def test_a_company_one_does_not_work_in_is_refused(self):
        there = self.make_company("There")
        with self.assertRaises(AccessError):
            self.report(company_id=there.id)

    def test_a_client_of_one_company_is_not_used_in_another(self):
        there = self.make_company("There")
        local = self.make_client("Local", company_id=there.id)
        with self.assertRaises(UserError):
            self.env["client.incident"].create(
                {
                    "partner_id": local.id,
                    "company_id": self.company.id,
                    "category": "abuse",
                }
            )

    # -- privacy ---------------------------------------------------------------

    def test_an_anonymous_incident_keeps_its_points_and_forgets_people(self):
        task = self.make_task(self.make_project(self.client))
        incident = self.report(
            partner_id=self.contact.id,
            description="He called us idiots.",
            res_model="project.task",
            res_id=task.id,
        )
        incident.message_post(body="I was there too")
        incident.with_user(self.mia).action_confirm()
        attachment = self.env["ir.attachment"].create(
            {"name": "mail.txt", "res_model": incident._name, "res_id": incident.id}
        )
        incident.with_user(self.mia).action_anonymise()
        self.env.invalidate_all()
        incident = incident.sudo()
        self.assertFalse(incident.reporter_id)
        self.assertFalse(incident.description)
        self.assertFalse(incident.contact_id)
        self.assertFalse(incident.res_model or incident.res_id)
        self.assertFalse(attachment.exists())
        self.assertFalse(incident.message_follower_ids)
        about = [("model", "=", incident._name), ("res_id", "=", incident.id)]
        self.assertFalse(self.env["mail.message"].sudo().search(about))
        self.assertFalse(
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search([("res_model", "=", incident._name), ("res_id", "=", incident.id)])
        )
        self.assertNotEqual(incident.create_uid, self.anna)
        self.assertEqual(incident.points, 3)
        self.assertEqual(incident.category, "disrespect")
        self.assertEqual(incident.state, "confirmed")
        self.assertEqual(self.indicator("respect", "disrespect"), 3)
        self.assertFalse(self.as_user(self.anna, "client.incident").search([]))

    def test_every_change_is_told_in_its_chatter(self):
        incident = self.report().with_context(tracking_disable=False)
        incident = incident.with_context(mail_notrack=False)
        self.env.cr.flush()
        mine = incident.with_user(self.anna)
        mine.write({"res_model": "res.partner", "res_id": self.client.id})
        incident.with_user(self.max).action_dismiss("It was a misunderstanding")
        self.env.cr.flush()
        messages = incident.sudo().message_ids
        self.assertIn(
            "What it was reported from was changed", str(messages.mapped("body"))
        )
        told = messages.sudo().tracking_value_ids.field_id.mapped("name")
        self.assertLessEqual({"state", "dismiss_reason"}, set(told))

    def test_tracked_changes_of_the_same_moment_are_forgotten_too(self):
        context = {"tracking_disable": False, "mail_notrack": False}
        incident = self.report().with_context(**context)
        self.env.cr.flush()
        judge = incident.with_user(self.mia).with_context(**context)
        judge.action_confirm()
        judge.action_anonymise()
        self.env.cr.flush()
        self.assertFalse(incident.sudo().message_ids)

    def test_what_is_anonymous_is_judged_no_more(self):
        incident = self.report(self.mia)
        with self.assertRaisesRegex(UserError, "not judged yet"):
            incident.with_user(self.max).action_anonymise()
        incident.with_user(self.max).action_confirm()
        incident.with_user(self.max).action_anonymise()
        for user in (self.mia, self.max):
            with self.assertRaisesRegex(UserError, "made anonymous"):
                incident.with_user(user).action_back_to_reported()
