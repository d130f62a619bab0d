"""What somebody of one company learns of another, and changes there: nothing. And what
one may not read is not told by its id, nor by a filter."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..offboarding.case import OffboardingCase


@tagged("post_install", "-at_install")
class TestCompanyAttacks(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.make_company("There")
        cls.person = cls.make_contact(cls.client, "Visitor")

    def here(self, records, user=None):
        return records.with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids
        )

    def test_a_contact_taken_into_ones_own_company_is_not_erased_elsewhere(self):
        """Who may write a contact can give it a company first."""
        incident = self.env["client.incident"].create(
            {
                "partner_id": self.client.id,
                "contact_id": self.person.id,
                "company_id": self.there.id,
                "category": "abuse",
                "description": "Visitor shouted",
            }
        )
        person = self.here(self.person)
        person.write({"company_id": self.company.id, "parent_id": False})
        with self.assertRaisesRegex(AccessError, "in all companies"):
            person.erase_person()
        self.assertEqual(incident.description, "Visitor shouted")
        own = self.env["res.partner"].create(
            {"name": "Own", "company_id": self.company.id}
        )
        self.here(own).erase_person()
        self.assertNotEqual(own.name, "Own")

    def test_a_record_that_one_may_not_read_is_not_named_by_its_id(self):
        hidden = {"privacy_visibility": "followers", "name": "Covert"}
        tasks = self.make_task(self.make_project(self.client, **hidden), name="Covert")
        foreign = self.make_project(self.client, company=self.there, name="Covert")
        tasks |= self.make_task(foreign, name="Covert")
        requests = self.here(self.env["client.request"], self.user)
        values = {"partner_id": self.client.id, "name": "Texts", "due_on": self.today}
        mine = requests.create(values)
        told = set()

        def create_by_default(task):
            defaults = self.env["ir.default"].with_user(self.user)
            defaults.set("client.request", "task_id", task, user_id=True)
            requests.create(values)

        for task in (*tasks.ids, 2**30):
            for attack in (
                lambda t=task: create_by_default(t),
                lambda t=task: requests.create({**values, "task_id": t}),
                lambda t=task: requests.with_context(default_task_id=t).create(values),
                lambda t=task: mine.write({"task_id": t}),
            ):
                with self.assertRaises(AccessError) as caught, self.cr.savepoint():
                    attack()
                told.add(str(caught.exception))
        self.assertEqual(len(told), 1, told)
        self.assertNotIn("Covert", *told)

    def test_portal_access_stays_while_another_company_works_with_the_client(self):
        portal = self.make_user("guest", "base.group_portal")
        portal.partner_id.parent_id = self.client
        deal = self.make_deal(self.client, company=self.there)
        offboarding = self.start()
        self.force(offboarding, told_on=self.ago(9), portal_until=self.ago(1))
        self.env.invalidate_all()
        self.env["client.offboarding"]._cron_offboardings()
        self.assertTrue(portal.active, "they work with the client")
        deal.unlink()
        self.env["client.offboarding"]._cron_offboardings()
        self.assertFalse(portal.active, "promised, and nobody else's")

    def test_a_filter_on_files_follows_no_field_that_one_may_not_read(self):
        """Odoo looks for files as the superuser: any figure was found by halving."""
        self.company.client_health_required_rate = 123.45
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        (self.client | self.company.partner_id).category_id = tag
        self.make_deal(self.client)
        self.refresh(self.client)
        colleague = self.make_user("filer", "base.group_user")
        files = self.here(self.env["ir.attachment"], colleague)
        mine = files.create({"name": "Mine", "company_id": self.company.id})
        health = "partner_id.category_id.partner_ids.own_health_id"
        for path, value in (
            ("client_health_required_rate", 100),
            (f"{health}.score", 0),
            (f"{health}.flag_ids.points", -1),
        ):
            for domain in (
                [(f"company_id.{path}", ">", value)],
                [("company_id", "any", [(path, ">", value)])],
                ["!", ("company_id", "not any", [(path, ">", value)])],
            ):
                with self.subTest(domain=domain), self.assertRaises(AccessError):
                    files.search([("id", "=", mine.id), *domain])
        for domain in (
            [("company_id.name", "=", "Here")],
            [("company_id", "any", [("name", "=", "Here")])],
            [("company_id", "not any", [("name", "=", "There")])],
            [("create_uid", "=", colleague.id), ("company_id.name", "!=", "There")],
        ):
            self.assertEqual(files.search([("id", "=", mine.id), *domain]), mine)
