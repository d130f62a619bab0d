"""Nobody learns of a record, or moves it, by naming its id."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...engine.alerts import Alerts
from ...models.offboarding.telling import told_contact
from ..offboarding.case import OffboardingCase


@tagged("post_install", "-at_install")
class TestNamed(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.make_company("There", "Europe/London")
        cls.portal = cls.make_user("customer", "base.group_portal")
        cls.colleague = cls.make_user("colleague", "base.group_user")
        cls.hidden = cls.make_client("Hidden Corp")
        cls.person = cls.make_contact(cls.hidden)
        # several of our companies work with this one
        cls.theirs = cls.make_client("Shared Ltd")
        project = cls.make_project(cls.theirs, company=cls.there, name="Secret launch")
        cls.task = cls.make_task(project, name="Secret task")
        cls.away = (
            cls.env["client.offboarding"]
            .with_company(cls.there)
            .create(
                {
                    "partner_id": cls.theirs.id,
                    "company_id": cls.there.id,
                    "date_end": cls.today,
                }
            )
        )
        cls.mine = cls.start(user=cls.user)
        cls.make_deal(cls.theirs, company=cls.there)
        for client in (cls.client, cls.hidden, cls.theirs):
            cls.make_deal(client)

    def repair(self, client):
        return self.env["client.recovery"].create(
            {
                "partner_id": client.id,
                "company_id": self.company.id,
                "user_id": self.manager.id,
            }
        )

    def refused(self, function, *words):
        """The function is refused, by words that tell nothing."""
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            function()
        for word in ("Secret", "Shared", "Hidden", *words):
            self.assertNotIn(word, str(caught.exception))
        return caught.exception

    def test_archiving_tells_nobody_of_projects_who_may_not_archive(self):
        for user in (self.portal, self.colleague):
            client = self.theirs.with_user(user)
            error = self.refused(lambda c=client: c.write({"active": False}))
            self.assertIsInstance(error, AccessError)
        with self.assertRaisesRegex(Exception, "1 that you may not see"):
            self.theirs.with_user(self.user).active = False

    def test_a_deliverable_is_written_by_whom_it_may_be_read(self):
        line = self.away.deliverable_ids[:1]
        self.assertTrue(line)
        for user in (self.portal, self.colleague, self.user):
            self.refused(lambda u=user: line.with_user(u).write({"note": "x"}))

    def test_a_promise_takes_no_task_along(self):
        values = {
            "offboarding_id": self.mine.id,
            "kind": "promise",
            "name": "Files",
            "user_id": self.user.id,
            "date_due": self.today,
        }
        deliverables = self.mine.deliverable_ids.with_context(
            default_task_id=self.task.id,
            default_promised=True,
            default_project_line_id=self.away.project_ids[:1].id,
        )
        promise = deliverables.create(values)
        self.assertFalse(promise.sudo().task_id or promise.project_line_id)
        self.assertFalse(promise.sudo().promised)
        line = self.away.project_ids[:1].id
        for extra in ({"project_line_id": line}, {"promised": True}):
            self.refused(lambda e=extra: deliverables.create({**values, **e}))

    def test_a_dialog_is_about_what_one_may_read(self):
        health = self.refresh(self.hidden)
        self.hide(self.hidden)
        recovery = self.repair(self.hidden)
        indicator = self.env["client.health.indicator"].search([], limit=1)
        day = self.today
        for name, values in {
            "client.recovery.decide": {
                "recovery_id": recovery.id,
                "decision": "cancel",
                "review_date": day,
            },
            "client.recovery.checkin": {
                "recovery_id": recovery.id,
                "start": self.moment(day),
                "until": day,
                "partner_ids": [(4, self.user.partner_id.id)],
            },
            "client.offboarding.finish": {
                "offboarding_id": self.away.id,
                "step": "contract",
            },
            "client.offboarding.close": {
                "project_line_id": self.away.project_ids[:1].id
            },
            "client.health.evidence": {
                "health_id": health.id,
                "indicator_id": indicator.id,
            },
            "client.offboarding.start": {"partner_ids": [(4, self.hidden.id)]},
        }.items():
            with self.subTest(dialog=name):
                dialogs = self.env[name].with_user(self.user)
                self.refused(lambda d=dialogs, v=values: d.create(v))

    def test_a_form_follows_no_parent_that_one_may_not_read(self):
        self.refresh(self.hidden)
        self.hide(self.hidden)
        recovery = self.repair(self.hidden)
        for name, field, parent in (
            ("client.recovery.target", "recovery_id", recovery),
            ("client.offboarding.deliverable", "offboarding_id", self.away),
        ):
            forms = self.env[name].with_user(self.user)
            spec = {"partner_id": {"fields": {"display_name": {}}}, field: {}}
            values = {field: parent.id}
            self.refused(
                lambda f=forms, v=values, n=field, s=spec: f.onchange(v, [n], s)
            )
            line = {field: {"id": parent.id}}
            self.refused(lambda f=forms, v=line, s=spec: f.onchange(v, [], s))
            forged = forms.with_context(**{f"default_{field}": parent.id})
            self.refused(lambda f=forged, s=spec: f.onchange({}, [], s))
            self.env["ir.default"].with_user(self.user).set(
                name, field, parent.id, user_id=True
            )
            self.refused(lambda f=forms, s=spec: f.onchange({}, [], s))
            self.env["ir.default"].sudo().search(
                [("user_id", "=", self.user.id)]
            ).unlink()
        forms = self.env["client.offboarding.deliverable"].with_user(self.user)
        spec = {"partner_id": {"fields": {"display_name": {}}}, "offboarding_id": {}}
        answer = forms.onchange(
            {"offboarding_id": self.mine.id}, ["offboarding_id"], spec
        )
        self.assertEqual(answer["value"]["partner_id"]["id"], self.client.id)

    def test_who_is_hidden_stays_so_behind_a_contact(self):
        self.hide(self.hidden)
        contact = self.person.with_user(self.user)
        contact.check_access("read")
        self.refused(contact.action_start_recovery)
        self.refused(contact.action_start_offboarding)
        self.refused(lambda: self.start(self.person, user=self.user))

    def test_an_offboarding_of_another_company_is_not_named(self):
        for user in (self.user, self.colleague, self.portal):
            offboardings = self.env["client.offboarding"].with_user(user)
            values = {"partner_id": self.theirs.id, "company_id": self.there.id}
            self.refused(lambda o=offboardings, v=values: o.create(v), "under way")

    def test_one_hidden_client_leaves_the_lists_of_the_others(self):
        self.refresh(self.client + self.hidden)
        self.hide(self.hidden)
        salesperson = self.make_user(
            "seller", "client_health.group_user", "sales_team.group_sale_manager"
        )
        leads = self.env["crm.lead"].with_user(salesperson)
        domain = [("partner_id", "in", (self.client + self.hidden).ids)]
        found = leads.web_search_read(domain, {"client_health_level": {}})["records"]
        levels = {
            leads.browse(row["id"]).sudo().partner_id: row["client_health_level"]
            for row in found
        }
        self.assertEqual(levels.keys(), set(self.client + self.hidden))
        self.assertTrue(all(levels.values()))

    def test_notes_are_on_the_health_and_not_on_the_contact(self):
        shared = self.refresh(self.theirs)
        abroad = self.refresh(self.theirs, self.there)
        before = self.theirs.message_ids
        Alerts(self.env, None, None)._log(shared, dict.fromkeys(shared.ids, "healthy"))
        self.away._note("It began")
        self.assertEqual(self.theirs.message_ids, before)
        self.assertIn("went wrong", shared.message_ids[:1].body)
        self.assertNotIn("It began", str(shared.message_ids.mapped("body")))
        self.assertIn("It began", abroad.message_ids[:1].body)
        messages = self.env["mail.message"]
        note = abroad.message_ids[:1]
        for user in (self.portal, self.colleague, self.user):
            with self.assertRaises(AccessError):
                messages.with_user(user).browse(note.id).read(["body"])
        note = messages.with_user(self.user).browse(shared.message_ids[:1].id)
        self.assertIn("went wrong", note.body)
        with self.assertRaises(AccessError):
            note.with_user(self.colleague).read(["body"])

    def test_steps_and_flags_go_to_colleagues_of_the_company(self):
        step = self.mine.step_ids[:1]
        abroad = self.make_user("abroad", "base.group_user", company=self.there)
        for user in (self.portal, abroad):
            with self.assertRaisesRegex(UserError, "does not work in"):
                step.with_user(self.user).user_id = user
        for odd in ([[1]], ["a"], {"id": 1}):  # no tracebacks either
            step._refuse_outsider({"user_id": odd})
        step.with_user(self.user).user_id = self.colleague
        self.assertEqual(step.user_id, self.colleague)

    def test_who_rehearses_is_no_second_person(self):
        self.mine.with_user(self.manager).action_review()
        self.assertEqual(self.mine.sudo().reviewed_user_id, self.manager)
        self.mine.with_user(self.manager).action_rehearse()
        self.assertFalse(self.mine.sudo().reviewed_user_id)

    def test_a_mail_that_did_not_arrive_has_told_nobody(self):
        offboarding = self.mine.sudo()
        offboarding.write({"told_on": self.today, "told_how": "mail", "reaction": "Oh"})
        self.assertFalse(offboarding._blocking("tell"))
        message = offboarding.message_post(
            body="We end it", partner_ids=self.client.ids
        )
        self.env["mail.notification"].search(
            [("mail_message_id", "=", message.id)]
        ).unlink()
        note = self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": told_contact(offboarding).id,
                "notification_type": "email",
                "notification_status": "exception",
            }
        )
        [blocker] = offboarding._blocking("tell")
        self.assertIn("did not arrive", blocker.text)
        note.notification_status = "sent"
        self.assertFalse(offboarding._blocking("tell"))

    def test_the_button_that_fills_in_the_history_is_pressed_on_runs(self):
        runs = self.env["client.health.run"].with_user(self.manager)
        run = self.env["client.health.run"].create({"company_id": self.company.id})
        for ids in ([], run.ids):  # as the web client calls it
            action = call_kw(runs, "action_fill_history", [ids], {})
            self.assertEqual(action["tag"], "display_notification")
