"""Who sees what."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import HealthCase

MODELS = (
    "client.health",
    "client.health.flag",
    "client.health.snapshot",
    "client.health.check",
    "client.health.indicator",
    "client.health.run",
    "client.health.month",
)
# Dialogs that ask for something about a client, and what their records need.
DIALOGS = (
    "client.recovery.start",
    "client.recovery.decide",
    "client.recovery.checkin",
    "client.offboarding.start",
)
PARTNER_FIELDS = (
    "health_id",
    "health_score",
    "health_level",
    "health_trend",
    "red_flag_count",
    "health_phase",
    "own_health_id",
)


@tagged("post_install", "-at_install")
class TestRights(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("relation", "client_health.group_user")
        cls.manager = cls.make_user("boss", "client_health.group_manager")
        cls.colleague = cls.make_user("colleague", "base.group_user")
        cls.portal = cls.make_user("customer", "base.group_portal")
        cls.public = cls.make_user("visitor", "base.group_public")
        # One check of facts that anybody may see, one driven by money.
        cls.env["client.health.check"].search([]).active = False
        cls.make_check("open", "open_leads", (0, 1, 3), "count")
        cls.make_check("rich", "opt(to_invoice) + 7 * open_leads", (0, 10, 20), "money")
        cls.client = cls.make_client()
        for _number in range(2):
            cls.make_deal(cls.client)
        cls.health = cls.refresh(cls.client)
        cls.flag = cls.health.flag_ids.filtered(lambda f: f.check_id.code == "open")
        cls.rich_flag = cls.health.flag_ids - cls.flag
        assert cls.flag and cls.rich_flag

    @classmethod
    def make_check(cls, code, formula, limits, unit):
        indicator = {
            "code": f"{code}_figure",
            "name": f"Figure {code}",
            "formula": formula,
            "unit": unit,
            **dict(zip(("good", "watch", "red"), limits, strict=True)),
        }
        cls.env["client.health.check"].create(
            {
                "code": code,
                "name": f"Check {code}",
                "weight": 10,
                "indicator_ids": [(0, 0, indicator)],
            }
        )

    def assertDenied(self, action, *args):
        with self.assertRaises(AccessError, msg=f"{action} {args}"):
            action(*args)

    def strangers(self):
        return (self.portal, self.public, self.colleague)

    # -- without the group -----------------------------------------------------

    def test_nobody_outside_the_group_reads_any_record_of_the_module(self):
        for model in MODELS:
            record = self.env[model].search([], limit=1)
            for user in self.strangers():
                with self.subTest(model=model, user=user.login):
                    theirs = record.with_user(user)
                    self.assertDenied(theirs.search, [])
                    self.assertDenied(theirs.read, ["display_name"])
                    self.assertDenied(theirs.write, {})
                    self.assertDenied(theirs.create, {})

    def test_nobody_outside_the_group_reads_health_on_partners(self):
        for user in self.strangers():
            Partner = self.env["res.partner"].with_user(user)
            shown = Partner.fields_get()
            for name in PARTNER_FIELDS:
                with self.subTest(user=user.login, field=name):
                    self.assertNotIn(name, shown)
                    mine = user.partner_id.with_user(user)
                    self.assertDenied(mine.read, [name])
                    self.assertDenied(Partner.search, [(name, "!=", False)])

    def test_nobody_outside_the_group_gets_an_explanation(self):
        for user in self.strangers():
            theirs = self.health.with_user(user)
            self.assertDenied(theirs.explain)
            self.assertDenied(theirs.action_refresh)
            self.assertDenied(theirs.action_show_records, "open_figure")
            self.assertDenied(self.flag.with_user(user).action_acknowledge)
            self.assertDenied(self.flag.with_user(user).action_show_records)
        self.assertEqual(self.flag.state, "open")

    # -- a user ----------------------------------------------------------------

    def test_a_user_sees_level_score_and_flags(self):
        health = self.health.with_user(self.user)
        values = health.read(["score", "level", "coverage", "trend", "level_reason"])[0]
        self.assertEqual(values["score"], self.health.score)
        self.assertEqual(health.flag_ids.mapped("level"), ["watch", "watch"])
        partner = self.client.with_user(self.user)
        self.assertEqual(partner.health_score, self.health.score)
        self.assertEqual(partner.health_id, health)
        found = partner.search([("health_level", "=", self.health.level)])
        self.assertIn(partner, found)

    def test_a_user_sees_no_facts_points_or_values(self):
        for record, names in (
            (self.health, ["facts"]),
            (self.flag, ["value", "points"]),
            (self.health.snapshot_ids, ["facts", "points"]),
        ):
            theirs = record.with_user(self.user)
            shown = theirs.fields_get()
            for name in names:
                with self.subTest(model=record._name, field=name):
                    self.assertNotIn(name, shown)
                    self.assertDenied(theirs.read, [name])
                    self.assertDenied(theirs.search, [(name, "!=", False)])
                    self.assertDenied(theirs.search, [], 0, None, name)

    def test_the_explanation_for_a_user_leaves_money_out(self):
        checks = {
            check["code"]: check
            for check in self.health.with_user(self.user).explain()["checks"]
        }
        rich, plain = checks["rich"], checks["open"]
        self.assertEqual((rich["penalty"], rich["points"]), (None, None))
        figure = rich["indicators"][0]
        self.assertEqual(
            (figure["value"], figure["sample"], figure["penalty"], figure["text"]),
            (None, None, None, ""),
        )
        self.assertEqual(
            figure["reason"],
            "For managers, and for whoever may read all invoices of the client.",
        )
        self.assertEqual(rich["level"], "watch")
        self.assertEqual(plain["indicators"][0]["value"], 2)
        for check in checks.values():
            for name in ("penalty", "points", "weight"):
                self.assertIsNone(check[name], f"{name} of {check['code']}")

    def test_the_explanation_for_a_manager_has_the_money(self):
        explained = self.health.with_user(self.manager).explain()
        checks = {check["code"]: check for check in explained["checks"]}
        figure = checks["rich"]["indicators"][0]
        self.assertEqual(figure["value"], 14)
        self.assertAlmostEqual(figure["penalty"], 0.7)
        self.assertEqual(
            sum(check["points"] for check in explained["checks"]),
            100 - explained["score"],
        )

    def test_a_user_reads_no_figure_in_the_sentence_about_money(self):
        self.assertNotIn("14", self.rich_flag.with_user(self.user).sentence)
        self.assertIn("14", self.rich_flag.with_user(self.manager).sentence)
        self.assertIn("2", self.flag.with_user(self.user).sentence)

    def test_a_user_changes_who_owns_a_flag_and_nothing_else(self):
        flag = self.flag.with_user(self.user)
        flag.user_id = self.user
        self.assertEqual(self.flag.user_id, self.user)
        for values in (
            {"level": "red"},
            {"state": "cleared"},
            {"side": "ours"},
            {"raised_on": self.ago(9)},
            {"cleared_on": self.today},
            {"check_id": self.rich_flag.check_id.id},
            {"user_id": False, "level": "red"},
        ):
            self.assertDenied(flag.write, values)
        self.assertDenied(flag.unlink)
        self.assertDenied(flag.copy)
        self.assertEqual(self.flag.user_id, self.user)

    def test_a_user_acknowledges_a_flag_with_its_button(self):
        self.flag.with_user(self.user).action_acknowledge()
        self.assertEqual(self.flag.state, "acknowledged")

    def test_nobody_writes_health_history_or_runs_by_hand(self):
        run = self.env["client.health.run"].create(
            {"company_id": self.company.id, "as_of": self.today}
        )
        for user in (self.user, self.manager):
            for record in (self.health, self.health.snapshot_ids, run):
                theirs = record.with_user(user)
                self.assertDenied(theirs.write, {"company_id": self.company.id})
                self.assertDenied(theirs.unlink)
                self.assertDenied(theirs.create, {})

    def test_only_a_manager_changes_checks_and_indicators(self):
        check = self.flag.check_id
        indicator = check.indicator_ids
        self.works_everywhere(self.manager)
        for record, values in ((check, {"weight": 3}), (indicator, {"min_sample": 1})):
            theirs = record.with_user(self.user)
            self.assertDenied(theirs.write, values)
            self.assertDenied(theirs.unlink)
            record.with_user(self.manager).write(values)
        self.assertEqual((check.weight, indicator.min_sample), (3, 1))

    def test_the_required_rate_is_for_managers(self):
        company = self.company.with_user(self.user)
        self.assertDenied(company.read, ["client_health_required_rate"])
        self.company.with_user(self.manager).read(["client_health_required_rate"])

    def test_what_is_private_is_not_called_from_outside(self):
        from odoo.service.model import get_public_method

        for model, names in (
            ("client.health", ("_refresh", "_night", "_history")),
            ("client.health.facts", ("_look_up", "_query")),
            ("client.health.flag", ("_private", "_for_people")),
            ("client.health.run", ("_take_up", "_lock", "_unlock")),
        ):
            for name in names:
                with self.subTest(method=f"{model}.{name}"):
                    self.assertTrue(hasattr(self.env[model], name))
                    self.assertDenied(
                        get_public_method, self.env[model].with_user(self.manager), name
                    )

    # -- which records ---------------------------------------------------------

    def test_health_of_another_company_is_not_read(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_deal(self.client, company=other)
        theirs = self.refresh(self.client, other)
        self.make_deal(self.client, company=other)
        for user in (self.user, self.manager):
            seen = self.Health.with_user(user).search([])
            self.assertIn(self.health, seen)
            self.assertNotIn(theirs, seen)
            self.assertDenied(theirs.with_user(user).read, ["score"])
            self.assertDenied(theirs.with_user(user).explain)
            self.assertDenied(theirs.snapshot_ids.with_user(user).read, ["score"])
        both = self.make_user(
            "both", "client_health.group_user", companies=self.company + other
        )
        seen = self.Health.with_user(both).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        self.assertEqual(
            seen.search([("partner_id", "=", self.client.id)]), self.health + theirs
        )

    def test_nobody_outside_the_group_groups_or_sorts_partners_by_health(self):
        for name in PARTNER_FIELDS:
            for user in self.strangers():
                partners = self.env["res.partner"].with_user(user)
                with self.subTest(field=name, user=user.login):
                    self.assertDenied(
                        partners.formatted_read_group, [], [name], ["__count"]
                    )
                    self.assertDenied(partners.search, [], 0, None, name)
        partners = self.env["res.partner"].with_user(self.colleague)
        self.assertDenied(partners.formatted_read_group, [], [], ["health_score:avg"])

    def test_a_user_who_may_not_read_a_partner_does_not_see_its_health(self):
        self.env["ir.rule"].create(
            {
                "name": "Only one's own clients",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": "[('user_id', '=', user.id)]",
                "groups": [(4, self.env.ref("client_health.group_user").id)],
            }
        )
        own = self.make_client("Own", user_id=self.user.id)
        self.make_deal(own)
        mine = self.refresh(own)
        for record, visible in (
            (self.health, mine),
            (self.flag, mine.flag_ids),
            (self.health.snapshot_ids, mine.snapshot_ids),
        ):
            theirs = record.with_user(self.user)
            seen = theirs.search([("company_id", "=", self.company.id)])
            self.assertFalse(seen & theirs)
            self.assertEqual(seen & visible, visible)
            self.assertDenied(theirs.read, ["display_name"])
        self.assertDenied(self.health.with_user(self.user).explain)


@tagged("post_install", "-at_install")
class TestRecoveryRights(HealthCase):
    """A recovery here, a client that only some may see, and a company elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("relation", "client_health.group_user")
        cls.manager = cls.make_user("boss", "client_health.group_manager")
        cls.colleague = cls.make_user("colleague", "base.group_user")
        cls.portal = cls.make_user("customer", "base.group_portal")
        cls.env["client.health.check"].search([]).active = False
        TestRights.make_check.__func__(cls, "open", "open_leads", (0, 5, 9), "count")
        money = "opt(to_invoice) + 7 * open_leads"
        TestRights.make_check.__func__(cls, "rich", money, (0, 10, 20), "money")
        cls.client = cls.make_client("Shown", user_id=cls.user.id)
        cls.hidden = cls.make_client("Secret Ltd")
        for client in (cls.client, cls.hidden, cls.hidden):
            cls.make_deal(client)
        cls.refresh(cls.client | cls.hidden)
        cls.Recovery = cls.env["client.recovery"]
        cls.recovery = cls.Recovery.create(
            {"partner_id": cls.client.id, "user_id": cls.manager.id}
        )
        cls.secret = cls.Recovery.create(
            {"partner_id": cls.hidden.id, "user_id": cls.manager.id}
        )
        cls.elsewhere = cls.make_company("There")
        for group, domain in (
            ("client_health.group_user", "[('user_id', '=', user.id)]"),
            ("client_health.group_manager", "[(1, '=', 1)]"),
        ):
            cls.env["ir.rule"].create(
                {
                    "name": "Only one's own clients, unless a manager",
                    "model_id": cls.env.ref("base.model_res_partner").id,
                    "domain_force": domain,
                    "groups": [Command.link(cls.env.ref(group).id)],
                }
            )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def indicator(self, code):
        return self.env["client.health.indicator"].search([("code", "=", code)])

    def refused(self, error, action, *args):
        """The sentence with which something is refused."""
        with self.assertRaises(error) as refusal, self.env.cr.savepoint():
            action(*args)
        self.env.invalidate_all()
        return str(refusal.exception)

    def typed(self, user, **values):
        """What the form of a target tells while somebody fills it in."""
        targets = self.env["client.recovery.target"].with_user(user)
        names = ("now_text", "start_text", "is_met")
        values.setdefault("by_when", self.today)
        spec = {name: {} for name in (*values, *names)}
        spec["recovery_id"] = {"fields": {}}
        answer = targets.onchange({"value": 0, **values}, [], spec)["value"]
        self.env.invalidate_all()
        return answer

    def test_a_target_being_typed_tells_no_money_and_nothing_of_hidden_clients(self):
        plain, rich = self.indicator("open_figure").id, self.indicator("rich_figure").id
        here, there = self.recovery.id, self.secret.id
        answer = self.typed(self.user, recovery_id=here, indicator_id=plain)
        self.assertIn("1", answer["now_text"])
        answer = self.typed(self.manager, recovery_id=here, indicator_id=rich)
        self.assertIn("7", answer["now_text"])
        for values in (
            {"recovery_id": here, "indicator_id": rich},
            {"recovery_id": here, "indicator_id": {"code": "rich_figure"}},
            {"recovery_id": there, "indicator_id": plain},
            {
                "recovery_id": {"id": here, "partner_id": self.hidden.id},
                "indicator_id": plain,
            },
        ):
            with self.subTest(values=values):
                try:
                    answer = self.typed(self.user, **values)
                except AccessError:
                    continue
                self.assertIn(answer["now_text"], (False, "", "not measurable"))
                self.assertFalse(answer["is_met"])

    def test_a_target_of_a_hidden_recovery_is_refused_without_a_word_about_it(self):
        targets = self.env["client.recovery.target"].with_user(self.user)
        values = {
            "recovery_id": self.secret.id,
            "indicator_id": self.indicator("open_figure").id,
            "value": 0,
            "by_when": "2001-01-01",
        }
        sentence = self.refused(AccessError, targets.create, values)
        self.assertNotIn("Secret", sentence)

    def test_what_becomes_about_money_is_hidden_from_users(self):
        target = self.env["client.recovery.target"].create(
            {
                "recovery_id": self.recovery.id,
                "indicator_id": self.indicator("open_figure").id,
                "value": 0,
                "by_when": self.today,
            }
        )
        seen = target.with_user(self.user)
        self.assertTrue(seen.search([("id", "=", target.id)]))
        self.indicator("open_figure").formula = "opt(to_invoice) + open_leads"
        self.env.flush_all()
        self.assertFalse(seen.search([("id", "=", target.id)]))

    def test_starting_tells_nothing_of_a_hidden_client(self):
        for user, company in (
            (self.user, self.company),
            (self.colleague, self.company),
            (self.portal, self.company),
            (self.manager, self.elsewhere),
        ):
            recoveries = self.Recovery.with_user(user)
            values = {"partner_id": self.hidden.id, "company_id": company.id}
            with self.subTest(user=user.login):
                sentence = self.refused(AccessError, recoveries.create, values)
                self.assertNotIn("Secret", sentence)

    def test_refusals_name_no_hidden_record(self):
        recovery = self.recovery.with_user(self.user)
        values = {"answered_by_id": self.hidden.id}
        sentence = self.refused(AccessError, recovery.write, values)
        self.assertNotIn("Secret", sentence)

    def test_an_agreement_of_a_hidden_client_is_not_read_through_a_recovery(self):
        agreement = self.env["client.agreement"].create(
            {"partner_id": self.hidden.id, "boundaries": "Between us"}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        values = {"partner_id": self.client.id, "new_agreement_id": agreement.id}
        spec = {"new_boundaries": {}, "new_agreement_id": {}}
        onchange = self.Recovery.with_user(self.user).onchange
        self.refused(AccessError, onchange, values, [], spec)

    def test_workflow_fields_are_not_written_by_hand(self):
        for name, value in (
            ("state", "recovered"),
            ("entry_score", 1),
            ("score_change", 99),
            ("ended_on", self.today),
            ("new_agreement_id", 1),
            ("agreement_answer", "accepted"),
            ("checkin_id", 1),
            ("flag_id", 1),
            ("date_start", self.ago(9)),
        ):
            for user in (self.user, self.manager):
                recovery = self.recovery.with_user(user)
                with self.subTest(field=name, user=user.login):
                    self.refused(UserError, recovery.write, {name: value})
        for name in ("entry", "outcome", "new_required_rate"):
            recovery = self.recovery.with_user(self.user)
            self.assertNotIn(name, recovery.fields_get())
            self.refused(AccessError, recovery.read, [name])
            self.refused(AccessError, recovery.search, [(name, "!=", False)])

    def test_a_dialog_is_for_whom_it_was_opened(self):
        values = {"partner_ids": [Command.set(self.client.ids)]}
        decide = {"recovery_id": self.recovery.id, "decision": "cancel"}
        for model in DIALOGS:
            mine = self.env[model].with_user(self.manager)
            if model == "client.recovery.decide":
                dialog = mine.create(decide)
            elif model == "client.recovery.checkin":
                start = {"start": "2031-01-01 09:00:00", "until": "2031-01-02"}
                dialog = mine.create(
                    {"recovery_id": self.recovery.id, **start, **values}
                )
            else:
                dialog = mine.create(values)
            with self.subTest(model=model):
                self.refused(AccessError, dialog.with_user(self.user).read, [])

    def test_nobody_makes_himself_the_one_who_decides(self):
        self.env["ir.rule"].search([("name", "ilike", "unless a manager")]).unlink()
        recovery = self.recovery.with_user(self.user)
        values = {"user_id": self.user.id}
        self.refused(UserError, recovery.write, values)
        self.refused(UserError, recovery.action_cancel)
        self.recovery.with_user(self.manager).write(values)
        recovery.write({"user_id": self.manager.id})  # an owner hands it over
        self.assertEqual(self.recovery.user_id, self.manager)
        self.refused(UserError, recovery.write, values)

    def test_an_answer_stays_as_it_was_noted(self):
        self.env["client.agreement"].create(
            {"partner_id": self.client.id, "date_start": self.today}
        )
        recovery = self.recovery.with_user(self.manager)
        recovery.action_new_agreement()
        recovery.answered_by_id = self.client
        recovery.action_agreement_accepted()
        for name, value in (("answered_on", self.today), ("answered_by_id", False)):
            self.refused(UserError, recovery.write, {name: value})
        self.assertEqual(self.recovery.answered_by_id, self.client)

    def test_what_people_say_is_not_moved_out_of_sight(self):
        marks = {"partner_id": self.client.id, "respect": 3, "attitude": 3}
        what = {"partner_id": self.client.id, "category": "rejected"}
        for record in (
            self.env["client.pulse"].with_user(self.user).create(marks),
            self.env["client.incident"].with_user(self.user).create(what),
            self.env["client.agreement"]
            .with_user(self.manager)
            .create({"partner_id": self.client.id}),
        ):
            with self.subTest(model=record._name):
                elsewhere = {"company_id": self.elsewhere.id}
                self.refused(UserError, record.write, elsewhere)
                if record.env.user == self.user:
                    hidden = {"partner_id": self.hidden.id}
                    self.refused(UserError, record.write, hidden)

    # -- setting up ------------------------------------------------------------

    def test_the_defaults_of_the_set_up_are_for_managers(self):
        self.company.client_health_required_rate = 83
        names = ["required_rate"]
        setups = self.env["client.health.setup"]
        for user in (self.user, self.colleague, self.portal):
            with self.subTest(user=user.login):
                self.refused(AccessError, setups.with_user(user).default_get, names)
        known = setups.with_user(self.manager).with_company(self.company)
        self.assertEqual(known.default_get(names), {"required_rate": 83})

    def test_nobody_sets_up_a_company_of_others(self):
        setups = self.env["client.health.setup"].with_user(self.manager)
        dialog = setups.create({"company_id": self.elsewhere.id, "required_rate": 5})
        self.refused(AccessError, dialog.action_start)
        self.refused(AccessError, dialog.read, ["client_count", "found"])
        self.assertFalse(self.elsewhere.client_health_setup_on)
