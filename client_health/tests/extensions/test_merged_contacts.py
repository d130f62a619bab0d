"""The same person twice, at two clients: what each did stays where it was done."""

from ..common import HealthCase


class TestMergedContacts(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.make_client("First"), cls.make_client("Second")
        cls.before = cls.make_contact(cls.first, "Ann")
        cls.now = cls.make_contact(cls.second, "Ann")
        cls.force(cls.before, create_date=cls.moment(cls.ago(400)))
        cls.force(cls.now, create_date=cls.moment(cls.ago(100)))

    def merge(self, sources, kept):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((sources | kept).ids, kept, extra_checks=False)
        self.env.invalidate_all()

    def where(self, contact):
        found = self.env["client.affiliation"].search([("contact_id", "=", contact.id)])
        return [(row.partner_id, row.until) for row in found]

    def open_tasks(self, client):
        return self.read_facts(["open_tasks"], client)[client.id]["open_tasks"]

    def test_what_somebody_did_before_stays_with_the_client_of_then(self):
        project = self.make_project(self.make_client("Host"), day=self.ago(300))
        self.make_task(project, day=self.ago(300), client=self.before)
        self.make_task(project, day=self.ago(50), client=self.now)
        self.merge(self.before, self.now)
        self.assertEqual(self.where(self.now), [(self.first, self.ago(100))])
        self.assertEqual(self.open_tasks(self.first), 1)
        self.assertEqual(self.open_tasks(self.second), 1)

    def test_moves_of_both_are_carried_along_and_of_one_day_the_own(self):
        third = self.make_client("Third")
        moves = self.env["client.affiliation"].sudo()
        moves._moved({self.now.id: self.second.id}, self.ago(10))
        moves._moved({self.before.id: third.id}, self.ago(10))
        moves._moved({self.before.id: third.id}, self.ago(200))
        self.force(self.before, create_date=self.moment(self.ago(90)))
        self.merge(self.before, self.now)
        self.assertEqual(
            self.where(self.now),
            [(self.second, self.ago(10)), (third, self.ago(200))],
        )

    def test_two_entries_of_one_client_tell_of_no_move(self):
        twin = self.make_contact(self.second, "Ann again")
        self.force(twin, create_date=self.moment(self.ago(400)))
        self.merge(twin, self.now)
        self.assertEqual(self.where(self.now), [])

    def test_a_company_that_is_merged_is_where_its_people_were(self):
        self.before.parent_id = self.second
        self.merge(self.first, self.second)
        [(client, _until)] = self.where(self.before)
        self.assertEqual(client, self.second)
