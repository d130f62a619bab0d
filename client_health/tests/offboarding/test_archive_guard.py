"""Clients with open projects are not archived."""

from odoo.exceptions import RedirectWarning, ValidationError

from .case import OffboardingCase


class TestArchiveGuard(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.make_project(cls.client, name="Website")
        cls.plain = cls.make_user(
            "plain", "base.group_user", "base.group_partner_manager"
        )

    def archive(self, user, partners=None):
        partners = (partners or self.client).with_user(user)
        return partners.with_context(allowed_company_ids=self.company.ids)

    def test_who_may_start_an_offboarding_gets_the_button(self):
        with self.assertRaisesRegex(RedirectWarning, "Website") as caught:
            self.archive(self.user).action_archive()
        message, action, label = caught.exception.args[:3]
        self.assertIn("Harbour Lights", message)
        self.assertEqual(label, "Start offboarding")
        self.assertEqual(action["context"]["default_partner_ids"], self.client.ids)
        self.assertTrue(self.client.active)

    def test_an_offboarding_under_way_is_what_the_button_opens(self):
        offboarding = self.start()
        with self.assertRaises(RedirectWarning) as caught:
            self.archive(self.user).action_archive()
        self.assertEqual(caught.exception.args[1]["res_id"], offboarding.id)
        self.assertEqual(caught.exception.args[2], "Open the offboarding")

    def test_others_get_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "Website") as caught:
            self.archive(self.plain).write({"active": False})
        self.assertIn("ask a colleague", caught.exception.args[0])

    def test_an_import_is_refused_with_a_sentence(self):
        partner = self.archive(self.user).with_context(import_file=True)
        result = partner.load([".id", "active"], [[str(self.client.id), "False"]])
        self.assertIn("Website", result["messages"][0]["message"])
        self.assertTrue(self.client.active)

    def test_a_selection_with_one_such_client_archives_none(self):
        other = self.make_client("Other")
        with self.assertRaises(RedirectWarning):
            self.archive(self.user, self.client | other).action_archive()
        self.assertTrue(other.active)

    def test_a_private_project_is_counted_and_not_named(self):
        self.project.privacy_visibility = "followers"
        with self.assertRaises(ValidationError) as caught:
            self.archive(self.plain).action_archive()
        self.assertNotIn("Website", caught.exception.args[0])
        self.assertIn("1 that you may not see", caught.exception.args[0])

    def test_projects_are_named_to_those_who_may_read_them(self):
        private = self.make_project(self.client, name="Secret launch")
        private.privacy_visibility = "followers"
        with self.assertRaises(RedirectWarning) as caught:
            self.archive(self.user).action_archive()
        message = caught.exception.args[0]
        self.assertIn("Website, 1 more that you may not see", message)
        self.assertNotIn("Secret", message)

    def test_the_project_of_a_contact_guards_client_and_contact(self):
        contact = self.make_contact(self.client, "Ann")
        other = self.make_contact(self.client, "Bob")
        self.project.partner_id = contact
        with self.assertRaises(ValidationError):
            self.archive(self.plain).action_archive()
        with self.assertRaisesRegex(ValidationError, "(?s)Ann still.*another customer"):
            self.archive(self.plain, contact).action_archive()
        self.archive(self.plain, other).action_archive()
        self.assertFalse(other.active)

    def test_who_becomes_part_of_somebody_else_first_is_guarded_still(self):
        self.client.parent_id = self.make_client("Parent")
        self.client.is_company = False
        self.assertNotEqual(self.client.commercial_partner_id, self.client)
        with self.assertRaisesRegex(ValidationError, "Harbour Lights"):
            self.archive(self.plain).action_archive()
        with self.assertRaisesRegex(ValidationError, "Harbour Lights"):
            self.archive(self.plain).unlink()

    def test_who_has_open_projects_is_not_deleted(self):
        self.project.partner_id = self.make_contact(self.client)
        for partner in (self.client, self.project.partner_id):
            with self.assertRaises(ValidationError):
                self.archive(self.plain, partner).unlink()
        self.project.last_update_status = "done"
        self.archive(self.plain).unlink()
        self.assertFalse(self.client.exists())

    def test_who_has_open_projects_is_not_merged_into_an_archived_contact(self):
        gone = self.make_client("Long gone")
        gone.active = False
        wizards = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaises(RedirectWarning):
            wizards._merge((self.client | gone).ids, gone)
        self.assertTrue(self.client.exists())
        here = self.make_client("Still here")
        wizards._merge((self.client | here).ids, here)
        self.assertEqual(self.project.partner_id, here)

    def test_without_open_projects_a_partner_is_archived_as_ever(self):
        for values in (
            {"last_update_status": "done"},
            {"active": False},
            {"is_template": True},
        ):
            client = self.make_client("Other")
            project = self.make_project(client)
            project.write(values)
            self.archive(self.plain, client).action_archive()
            self.assertFalse(client.active, values)

    def test_a_project_without_a_stage_guards_too(self):
        self.project.sudo().stage_id = False
        with self.assertRaises(ValidationError):
            self.archive(self.plain).action_archive()

    def test_a_project_of_another_company_guards_too(self):
        there = self.make_company("There", "Europe/Amsterdam")
        client = self.make_client("Other")
        self.make_project(client, company=there)
        with self.assertRaises(ValidationError):
            self.archive(self.plain, client).action_archive()

    def test_the_setting_turns_the_guard_off(self):
        self.company.client_health_archive_guard = False
        self.archive(self.plain).action_archive()
        self.assertFalse(self.client.active)

    def test_a_client_of_an_offboarding_that_passed_its_project_is_archived(self):
        offboarding = self.start()
        self.ready_contract(offboarding)
        offboarding.action_finish_step()
        offboarding.action_do_first("projects")
        key = f"project:project.project:{self.project.id}"
        offboarding.pass_blocker(key, "The client keeps the board")
        offboarding.action_finish_step()
        for step in ("conversation", "tell", "transition"):
            getattr(self, f"ready_{step}")(offboarding)
            self.finish(offboarding)
        states = {step["code"]: step["state"] for step in offboarding.guide()["steps"]}
        self.assertEqual(states["projects"], "passed")
        self.assertEqual(states["conversation"], "done")
        offboarding.action_done()
        self.assertFalse(self.client.active)
