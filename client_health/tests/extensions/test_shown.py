"""What contacts and records show of a health is read by one query: it says the same
as the health itself."""

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

    def test_sql_and_python_agree_what_decided(self):
        client = self.clients[0].with_user(self.user)
        for level in LEVELS:
            for rule, by in RULES.items():
                with self.subTest(level=level, rule=rule):
                    health = self.clients[0].health_id
                    self.force(health, level=level, score=41, trend=-6, level_rule=rule)
                    self.env.invalidate_all()
                    badge = {"level": level, "score": 41, "trend": -6, "by": by}
                    self.assertEqual(client.health_level, level)
                    self.assertEqual(client.health_badge, badge)
                    self.assertEqual(health.badge, badge)
                    self.assertEqual(
                        client.read(["health_badge"])[0]["health_badge"], badge
                    )

    def test_what_is_shown_of_each_contact_is_what_its_health_says(self):
        partners = self.clients + self.contact + self.strange
        self.env.invalidate_all()
        shown = partners.with_user(self.user).read(list(ON_PARTNER))
        for partner, row in zip(partners, shown, strict=True):
            health = partner.commercial_partner_id.health_id
            for name, field in ON_PARTNER.items():
                self.assertEqual(row[name], health[field], (partner.name, name))

    def test_all_that_is_shown_of_many_is_read_by_one_query(self):
        partners = self.clients + self.contact + self.strange
        self.env.flush_all()
        self.env.invalidate_all()
        partners.mapped("commercial_partner_id")
        with self.assertQueryCount(1):
            for name in ON_PARTNER:
                partners.mapped(name)

    def test_a_contact_that_moves_shows_its_new_client_at_once(self):
        bad, good = self.clients
        lead = self.env["crm.lead"].create({"name": "?", "partner_id": self.contact.id})
        lead = lead.with_user(self.user)
        for client in (bad, good):
            self.contact.parent_id = client
            self.assertEqual(lead.client_health_badge, client.health_id.badge)
            lead.invalidate_recordset(["client_health_badge"])
        self.patch(
            type(bad),
            "_compute_commercial_partner",
            lambda asked: asked.update({"commercial_partner_id": bad.id}),
        )
        way = self.contact._fields["commercial_partner_id"]
        self.env.add_to_compute(way, self.contact)
        self.assertEqual(
            lead.read(["client_health_badge"])[0]["client_health_badge"],
            bad.health_id.badge,
        )

    def test_a_board_reads_its_contacts_once(self):
        """Their clients and their names, and not all that Odoo knows of them."""
        leads = self.env["crm.lead"].search([("partner_id", "in", self.clients.ids)])
        leads |= leads.create({"name": "?", "partner_id": self.strange.id})
        theirs = leads.with_user(self.user)
        asked = {
            "name": {},
            "partner_id": {"fields": {"display_name": {}}},
            "client_health_badge": {},
        }
        theirs.web_read(asked)
        self.env.invalidate_all()
        with self.assertQueriesContain(
            ['FROM "crm_lead"', 'FROM "res_partner"', "FROM client_health"]
        ):
            theirs.web_read(asked)
        for contact in theirs.partner_id:
            self.assertNotIn("street", contact._cache)

    def test_a_client_one_may_not_read_shows_nothing_on_its_records(self):
        bad, good = self.clients
        self.hide(bad)
        leads = self.env["crm.lead"].search([("partner_id", "in", self.clients.ids)])
        self.env.invalidate_all()
        levels = {
            lead.sudo().partner_id: lead.client_health_level
            for lead in leads.with_user(self.user)
        }
        self.assertEqual(
            {client.id: level for client, level in levels.items()},
            {bad.id: False, good.id: "healthy"},
        )

    def test_whom_the_user_may_read_is_told_as_odoo_tells_it(self):
        contacts = self.clients + self.contact + self.strange
        contacts |= contacts.create(
            [
                {"name": "Of nobody", "active": False},
                {"name": "Ours", "user_id": self.user.id, "type": "other"},
                {"name": "Of the company", "company_id": self.env.company.id},
                {"name": "Tagged", "category_id": [(0, 0, {"name": "Secret"})]},
            ]
        )
        tag = contacts.category_id.ids
        hidden = {
            "[('company_id', '!=', False)]": "Of the company",
            "[('user_id', '=', user.id)]": "Ours",
            "[('type', '=', 'other')]": "Ours",
            "[('active', '=', False)]": "Of nobody",
            f"[('category_id', 'in', {tag})]": "Tagged",
            f"[('parent_id', '=', {self.contact.parent_id.id})]": self.contact.name,
            f"[('parent_id.name', '=', '{self.contact.parent_id.name}')]": (
                self.contact.name
            ),
            f"[('id', '=', {self.strange.id})]": self.strange.name,
            "[('name', '=', 'Tagged')]": "Tagged",
        }
        rule = self.env["ir.rule"].create(
            {"name": "Hidden", "model_id": self.env.ref("base.model_res_partner").id}
        )
        for domain, name in hidden.items():
            rule.domain_force = f"['!', *{domain}]"
            for in_memory in (True, False):
                with self.subTest(domain=domain, in_memory=in_memory):
                    self.env.invalidate_all()
                    if in_memory:
                        contacts.mapped("company_id")
                    found = contacts.with_user(self.user)._readable()
                    self.assertEqual((contacts - found).mapped("name"), [name], domain)

    def test_clients_with_records_are_known_whoever_may_see_them(self):
        bad, good = self.clients
        incidents = self.env["client.incident"]
        incidents.create({"partner_id": bad.id, "category": "abuse"})
        theirs = incidents.with_user(self.user)
        self.assertFalse(theirs.search([("partner_id", "=", bad.id)]))
        asked = (self.contact + good + self.strange).with_user(self.user)
        self.assertEqual(asked._known_about(), {"client.incident": bad.ids})
        self.assertEqual((good + self.strange)._known_about(), {})
