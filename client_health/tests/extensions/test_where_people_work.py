"""Health on contacts, leads and projects."""

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..health.test_refresh import RefreshCase

SHOWN = (
    "client_health_level",
    "client_health_score",
    "client_health_phase",
    "client_red_flag_count",
)


class WorkCase(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        apps = (
            "sales_team.group_sale_manager",
            "project.group_project_manager",
            "base.group_allow_export",
        )
        cls.user = cls.make_user("relation", "client_health.group_user", *apps)
        cls.colleague = cls.make_user("colleague", *apps)

    @classmethod
    def make_crowd(cls, *stalled, user=None):
        """Clients with one opportunity and a project of 40 tasks each, so many of
        which stand still: 40 critical, 6 critical (score 40), 3 watch, 0 healthy."""
        clients = cls.env["res.partner"].create(
            [
                {"name": f"Client {n}", "is_company": True, "user_id": user and user.id}
                for n in range(len(stalled))
            ]
        )
        for client, number in zip(clients, stalled, strict=True):
            cls.make_tasks(client, number)
            cls.make_deal(client, user_id=cls.env.user.id)
        cls.refresh(clients)
        return clients


@tagged("post_install", "-at_install")
class TestLeadsAndProjects(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.make_crowd(40, 0, 3)
        cls.strange = cls.make_client("No client of ours yet")
        cls.records = {
            model: cls.env[model].search([("partner_id", "in", cls.clients.ids)])
            for model in ("crm.lead", "project.project")
        }

    def of(self, records, client):
        return records.filtered(lambda record: record.partner_id == client)

    def assertDenied(self, action, *args):
        with self.assertRaises(AccessError, msg=f"{action} {args}"):
            action(*args)

    def test_a_record_shows_the_health_of_its_client(self):
        bad, good, fair = self.clients
        for model, records in self.records.items():
            with self.subTest(model=model):
                mine = records.with_user(self.user)
                seen = {
                    r.partner_id.id: (
                        r.client_health_level,
                        r.client_health_score,
                        r.client_health_phase,
                        r.client_red_flag_count,
                    )
                    for r in mine
                }
                self.assertEqual(seen[bad.id], ("critical", 0, "active", 1))
                self.assertEqual(seen[good.id], ("healthy", 100, "active", 0))
                self.assertEqual(seen[fair.id], ("watch", 70, "active", 0))
                record = mine[0]
                opened = record.action_open_client_health()
                self.assertEqual(opened["res_id"], record.partner_id.health_id.id)

    def test_a_contact_of_the_client_shows_the_same(self):
        contact = self.make_contact(self.clients[0])
        lead = self.make_deal(contact)
        self.assertEqual(lead.with_user(self.user).client_health_level, "critical")

    def test_without_a_known_client_nothing_is_shown(self):
        for values in ({"partner_id": self.strange.id}, {"partner_id": False}):
            lead = self.records["crm.lead"][0].with_user(self.user).copy(values)
            self.assertFalse(lead.client_health_level)
            with self.assertRaisesRegex(UserError, "no client whose health"):
                lead.action_open_client_health()

    def test_they_search_sort_group_and_export(self):
        bad, good, fair = self.clients
        for model, records in self.records.items():
            with self.subTest(model=model):
                Model = self.env[model].with_user(self.user)
                mine = [("id", "in", records.ids)]
                self.assertEqual(
                    Model.search([*mine, ("client_health_level", "=", "critical")]),
                    self.of(records, bad),
                )
                self.assertEqual(
                    Model.search([*mine, ("client_red_flag_count", ">", 0)]),
                    self.of(records, bad),
                )
                self.assertEqual(
                    Model.search(mine, order="client_health_score").partner_id.ids,
                    [bad.id, fair.id, good.id],
                )
                # the worst first, not by the letters of the level
                lists = Model.with_context(read_group_expand=True)
                groups = lists.formatted_read_group(
                    mine, ["client_health_level"], ["__count"]
                )
                self.assertEqual(
                    [(g["client_health_level"], g["__count"]) for g in groups],
                    [("critical", 1), ("watch", 1), ("healthy", 1)],
                )
                [total] = Model.formatted_read_group(
                    mine, [], ["client_health_score:avg"]
                )
                self.assertAlmostEqual(total["client_health_score:avg"], 170 / 3)
                rows = (
                    self.of(records, fair)
                    .with_user(self.user)
                    .export_data(list(SHOWN))["datas"]
                )
                self.assertEqual(rows, [["Watch", 70, "Active", 0]])

    def test_it_is_the_health_in_the_company_at_hand(self):
        other = self.make_company("There", "Pacific/Auckland")
        bad = self.clients[0]
        self.make_tasks(bad, 0, company=other)
        self.refresh(bad, other)
        both = self.make_user(
            "both",
            "client_health.group_user",
            "sales_team.group_sale_manager",
            companies=self.company + other,
        )
        lead = self.of(self.records["crm.lead"], bad).with_user(both)
        for companies, level in (
            (self.company + other, "critical"),
            (other + self.company, "healthy"),
        ):
            here = lead.with_context(allowed_company_ids=companies.ids)
            self.assertEqual(here.client_health_level, level)
            domain = [("id", "=", lead.id), ("client_health_level", "=", level)]
            self.assertEqual(here.search(domain).ids, lead.ids)

    def test_of_a_client_that_one_may_not_read_a_record_tells_the_badge_alone(self):
        """As Odoo's related fields do; the health itself stays closed."""
        bad, _good, _fair = self.clients
        self.hide(bad)
        for model, records in self.records.items():
            with self.subTest(model=model):
                mine = self.of(records, bad).with_user(self.user)
                [row] = mine.read(["client_health_level", "client_health_score"])
                level, score = row["client_health_level"], row["client_health_score"]
                self.assertEqual((level, score), ("critical", 0))
                found = mine.search(
                    [("id", "=", mine.id), ("client_health_level", "=", "critical")]
                )
                self.assertEqual(found, mine)
                self.assertDenied(mine.action_open_client_health)
        contact = self.make_contact(bad).with_user(self.user)
        self.assertEqual(contact.health_level, "critical")
        self.assertDenied(contact.action_open_health)
        health = contact.health_id
        self.assertDenied(health.read, ["score"])
        self.assertDenied(health.explain)
        self.assertFalse(health.search([("id", "=", health.id)]))
        self.assertFalse(contact.search([("health_id.score", "=", 0)]))

    def test_nobody_chooses_whose_health_a_partner_shows(self):
        bad, good, _fair = self.clients
        worst = bad.own_health_id
        manager = self.make_user(
            "chief", "client_health.group_manager", "base.group_partner_manager"
        )
        partners = self.env["res.partner"].with_user(manager)
        mine = partners.browse(good.id)
        forged = partners.with_context(default_own_health_id=worst.id)
        values = {"own_health_id": worst.id}
        for choose in (
            lambda: mine.write(values),
            lambda: mine.write({"own_health_id": False}),
            lambda: partners.create({"name": "Peeping", **values}),
            lambda: forged.create({"name": "Peeping"}),
        ):
            refused = self.assertRaisesRegex(ValidationError, "cannot be chosen")
            with refused, self.env.cr.savepoint():
                choose()
        self.assertEqual(mine.health_level, "healthy")
        self.assertFalse(
            partners.create({"name": "New", "own_health_id": False}).health_id
        )

    def test_without_the_group_nothing_is_read_searched_sorted_or_exported(self):
        for model, records in self.records.items():
            theirs = records.with_user(self.colleague)
            theirs.read(["partner_id"])
            shown = theirs.fields_get()
            for name in SHOWN:
                with self.subTest(model=model, field=name):
                    self.assertNotIn(name, shown)
                    self.assertDenied(theirs.read, [name])
                    self.assertDenied(theirs.search, [(name, "!=", False)])
                    self.assertDenied(theirs.search, [], 0, None, name)
                    self.assertDenied(
                        theirs.formatted_read_group, [], [name], ["__count"]
                    )
                    self.assertDenied(theirs.export_data, [name])
            self.assertDenied(
                theirs.formatted_read_group, [], [], ["client_health_score:avg"]
            )
            self.assertDenied(theirs[0].action_open_client_health)

    def test_without_the_group_the_screens_work_and_show_nothing_of_ours(self):
        for model in ("res.partner", "crm.lead", "project.project", "crm.team"):
            theirs = self.env[model].with_user(self.colleague)
            for kind in ("list", "kanban", "form", "search"):
                arch = theirs.get_view(view_type=kind)["arch"]
                for word in ("client_health", "health_level", "red_flag"):
                    self.assertNotIn(word, arch, (model, kind))
            theirs.search_fetch([], ["display_name"], limit=5)

    def test_without_the_group_every_form_opens_and_saves(self):
        records = [
            self.clients[0],
            self.make_contact(self.clients[0]),
            *(found[0] for found in self.records.values()),
            self.env["crm.team"].create({"name": "Here"}),
        ]
        for record in records:
            with self.subTest(model=record._name):
                with Form(record.with_user(self.colleague)) as form:
                    form.name = "Another"
                self.assertEqual(record.name, "Another")


@tagged("post_install", "-at_install")
class TestQueries(WorkCase):
    """What is ours on a screen costs the same for five rows and for fifty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.few = cls.make_row_crowd(5)
        cls.many = cls.make_row_crowd(50)

    @classmethod
    def make_row_crowd(cls, number):
        """So many clients of every level, each with an opportunity and a project."""
        clients = cls.env["res.partner"].create(
            [{"name": f"Row {n}", "is_company": True} for n in range(number)]
        )
        owned = [{"partner_id": client.id, "user_id": False} for client in clients]
        for model in ("crm.lead", "project.project"):
            cls.env[model].create(
                [{"name": "Row", "company_id": cls.company.id, **own} for own in owned]
            )
        cls.refresh(clients)
        healths = clients.health_id
        assert len(healths) == number
        for index, level in enumerate(("critical", "at_risk", "watch", "healthy")):
            cls.force(
                healths[index::5], level=level, level_rule="floor", level_check="abuse"
            )
        return clients

    def fields_of(self, model, view, kind):
        """The fields of a view as its client asks for them: ours, and the others."""
        theirs = self.env[model].with_user(self.user)
        view_id = self.env.ref(view).id
        arch = etree.fromstring(theirs.get_view(view_id, kind)["arch"])
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(up.tag == "field" for up in node.iterancestors())
        }
        options = "".join(node.get("options") or "" for node in arch.iter("field"))
        names |= {
            name
            for name in theirs._fields
            if f"'{name}'" in options and "health" in name
        }
        ours = {n for n in names if "client_health" in theirs._fields[n]._modules}
        self.assertTrue(ours, view)
        return ours, names - ours

    def cost(self, model, names, domain, group=None):
        """Queries of one opening of the page, everything known before forgotten;
        and how many records it shows. ``group``: the field its columns are of."""
        theirs = self.env[model].with_user(self.user)
        specification = {
            name: {"fields": {"display_name": {}}}
            if theirs._fields[name].type == "many2one"
            else {}
            for name in names
        }
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        if group:
            found = theirs.web_read_group(
                domain, [group], auto_unfold=True,
                unfold_read_specification=specification,
            )["groups"]  # fmt: skip
            shown = sum(len(column.get("__records", ())) for column in found)
        else:
            found = theirs.web_search_read(domain, specification, limit=80)
            shown = len(found["records"])
        return self.env.cr.sql_log_count - before, shown

    def assertConstant(self, model, view, kind, path="partner_id", group=None):
        ours, others = self.fields_of(model, view, kind)
        domains = [[(path, "in", who.ids)] for who in (self.few, self.many)]
        for domain in domains:
            self.cost(model, ours | others, domain, group)  # fills what Odoo keeps
        extra, rows = [], []
        for domain in domains:
            with_ours, count = self.cost(model, ours | others, domain, group)
            without, _count = self.cost(model, others, domain, group)
            extra.append(with_ours - without)
            rows.append(count)
        self.assertEqual(rows, [5, 50])
        self.assertEqual(extra[1], extra[0], (view, ours))
        self.assertLessEqual(extra[1], 4, (view, ours))

    def test_contacts_as_list_and_cards(self):
        self.assertConstant("res.partner", "base.view_partner_tree", "list", "id")
        self.assertConstant(
            "res.partner", "base.res_partner_kanban_view", "kanban", "id"
        )

    def test_the_pipeline_and_its_list(self):
        cards = "crm.crm_case_kanban_view_leads"
        self.assertConstant("crm.lead", cards, "kanban", group="stage_id")
        self.assertConstant("crm.lead", "crm.crm_case_tree_view_oppor", "list")

    def test_projects_as_cards_and_list(self):
        self.assertConstant("project.project", "project.view_project_kanban", "kanban")
        self.assertConstant("project.project", "project.view_project", "list")

    def test_the_form_of_a_partner_costs_the_same_however_large_the_client(self):
        ours, others = self.fields_of("res.partner", "base.view_partner_form", "form")
        small, large = self.few[:2]
        for number in range(12):
            self.make_contact(large, f"Contact {number}")
            self.make_tasks(large, 1, 2)
            self.make_deal(large)
        self.refresh(large)
        extra = []
        for client in (small, large):
            domain = [("id", "=", client.id)]
            self.cost("res.partner", ours | others, domain)
            with_ours, _one = self.cost("res.partner", ours | others, domain)
            without, _one = self.cost("res.partner", others, domain)
            extra.append(with_ours - without)
        self.assertLessEqual(extra[1], extra[0])
        self.assertLessEqual(extra[1], 20)
