"""What contacts and records show of a health says the same as the health itself."""

from odoo.tests import tagged

from .test_where_people_work import WorkCase

LEVELS = ("critical", "at_risk", "watch", "healthy", "unknown")
#: rule → what decides in place of the score
RULES = {
    None: None,
    "nothing": None,
    "score": None,
    "coverage": None,
    "override": "person",
    "floor": "flag",
}
ON_PARTNER = {
    "health_score": "score",
    "health_level": "level",
    "health_badge": "badge",
    "health_trend": "trend",
    "red_flag_count": "red_flag_count",
    "health_phase": "phase",
}


@tagged("post_install", "-at_install")
class TestShown(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.make_crowd(40, 0)
        cls.strange = cls.make_client("No client of ours yet")
        cls.contact = cls.make_contact(cls.clients[0])

    def test_a_badge_says_what_decided_in_place_of_the_score(self):
        client = self.clients[0].with_user(self.user)
        for level in LEVELS:
            for rule, by in RULES.items():
                with self.subTest(level=level, rule=rule):
                    health = self.clients[0].health_id
                    values = {"score": 41, "trend": -6, "level_rule": rule}
                    self.force(health, level=level, coverage=60, **values)
                    self.env.invalidate_all()
                    badge = {"level": level, "score": 41, "trend": -6, "by": by}
                    self.assertEqual(client.health_level, level)
                    self.assertEqual(client.health_badge, badge)
                    self.assertEqual(health.badge, badge)

    def test_a_badge_says_that_a_level_rests_on_little(self):
        health = self.clients[0].health_id
        for level, coverage, rule, thin in (
            ("healthy", 59, "score", True),
            ("critical", 45, "floor", True),
            ("healthy", 60, "score", None),
            ("healthy", 20, "override", None),
            ("unknown", 20, "coverage", None),
        ):
            self.force(health, level=level, coverage=coverage, level_rule=rule)
            self.env.invalidate_all()
            self.assertEqual(health.badge.get("thin"), thin, (level, coverage, rule))

    def test_what_is_shown_of_each_contact_is_what_its_health_says(self):
        partners = self.clients + self.contact + self.strange
        self.env.invalidate_all()
        shown = partners.with_user(self.user).read(list(ON_PARTNER))
        for partner, row in zip(partners, shown, strict=True):
            health = partner.commercial_partner_id.health_id
            for name, field in ON_PARTNER.items():
                self.assertEqual(row[name], health[field], (partner.name, name))

    def test_a_contact_that_moves_shows_its_new_client_at_once(self):
        bad, good = self.clients
        lead = self.env["crm.lead"].create({"name": "?", "partner_id": self.contact.id})
        lead = lead.with_user(self.user)
        for client in (bad, good):
            self.contact.parent_id = client
            self.assertEqual(lead.client_health_badge, client.health_id.badge)
            new = self.make_contact(client, "New")
            self.assertEqual(new.health_id, client.health_id)
        self.contact.parent_id = False
        self.assertFalse(self.contact.health_id or lead.client_health_badge)

    def test_who_is_archived_and_comes_back_shows_the_same(self):
        bad = self.clients[0]
        health = bad.health_id
        self.env.company.client_health_archive_guard = False
        bad.action_archive()
        self.assertEqual(bad.health_id, health)
        bad.action_unarchive()
        self.assertEqual(bad.health_id, health)

    def test_a_company_that_is_deleted_leaves_the_health_in_the_others(self):
        bad = self.clients[0]
        health = bad.health_id
        there = self.make_company("There", "Europe/London")
        self.make_tasks(bad, 0, company=there)
        self.refresh(bad, there)
        self.assertTrue(bad.with_company(there).health_id)
        self.env.cr.execute(
            "DELETE FROM client_health WHERE company_id = %s", there.ids
        )
        self.env.invalidate_all()
        self.assertFalse(bad.with_company(there).health_id)
        self.assertFalse(
            bad.with_company(there).search(
                [("id", "=", bad.id), ("health_level", "!=", False)]
            )
        )
        self.assertEqual(bad.health_id, health)

    def test_clients_with_records_are_known_whoever_may_see_them(self):
        bad, good = self.clients
        incidents = self.env["client.incident"]
        incidents.create({"partner_id": bad.id, "category": "abuse"})
        theirs = incidents.with_user(self.user)
        self.assertFalse(theirs.search([("partner_id", "=", bad.id)]))
        asked = (self.contact + good + self.strange).with_user(self.user)
        self.assertEqual(asked._known_about(), {"client.incident": bad.ids})
        self.assertEqual((good + self.strange)._known_about(), {})
