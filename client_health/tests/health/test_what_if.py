"""Other limits and weights, tried on the stored facts before they are saved."""

import random
from collections import Counter
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...scoring.score import Settings, assess, build_check
from ..common import HealthCase

MANAGER = ("sales_team.group_sale_manager", "client_health.group_manager")
TABLES = (
    "client_health",
    "client_health_flag",
    "client_health_snapshot",
    "client_health_check",
    "client_health_indicator",
    "client_health_config",
    "client_health_codec",
)


@tagged("post_install", "-at_install")
class WhatIfCase(HealthCase):
    """Clients who turned down one to nine of ten opportunities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("what_if_manager", *MANAGER)
        cls.works_everywhere(cls.manager)
        cls.indicator = cls.env.ref("client_health.indicator_rejection_rate")
        cls.check = cls.env.ref("client_health.check_rejection")
        cls.company.client_health_min_coverage = 0
        cls.clients = [cls.make_client(f"Client {lost}") for lost in range(10)]
        for lost, client in enumerate(cls.clients):
            for number in range(10):
                outcome = "lost" if number < lost else "won"
                cls.make_deal(client, outcome=outcome)
        cls.healths = cls.refresh(cls.env["res.partner"].union(*cls.clients))

    def open(self, user=None):
        wizards = self.env["client.health.what.if"].with_user(user or self.manager)
        return wizards.browse(wizards.action_open()["res_id"])

    def line(self, wizard, record=None):
        """The line of an indicator or check."""
        record = record or self.indicator
        if record._name == "client.health.check":
            return wizard.check_line_ids.filtered(lambda x: x.check_id == record)
        return wizard.indicator_line_ids.filtered(lambda x: x.indicator_id == record)

    def expected(self, limits=None, weights=None, settings=None):
        """client id → (before, after) Assessment, without the wizard's code."""
        known = self.env["client.health.indicator"]._known_facts()
        flags = self.env["client.health.flag"].search([("state", "!=", "cleared")])

        def judge(limits, weights, settings):
            checks = []
            for check in self.env["client.health.check"].search([]):
                data = check._as_mapping()
                data["weight"] = weights.get(check.code, data["weight"])
                for item in data["indicators"]:
                    item.update(limits.get(item["code"], {}))
                checks.append(build_check(data, known))
            result = {}
            for health in self.healths:
                held = {
                    (f.check_id.code, f.side): f.level
                    for f in flags
                    if f.health_id == health
                }
                result[health] = assess(checks, health.facts, held, settings)
            return result

        now = self.company._client_health_settings()
        before = judge({}, {}, now)
        after = judge(limits or {}, weights or {}, settings or now)
        return {health: (before[health], after[health]) for health in self.healths}

    def assertResult(self, wizard, expected):
        """The wizard shows exactly the expected levels, moves and flags."""
        lines = wizard.level_line_ids
        levels = {line.level: (line.before, line.after) for line in lines}
        before = Counter(pair[0].level for pair in expected.values())
        after = Counter(pair[1].level for pair in expected.values())
        self.assertEqual(
            levels, {level: (before[level], after[level]) for level in levels}
        )
        self.assertEqual(sum(before.values()), len(self.healths))
        moves = {
            line.health_id.id: (
                line.level_before, line.level, line.score_before, line.score,
            )
            for line in wizard.client_line_ids
        }  # fmt: skip
        self.assertEqual(
            moves,
            {
                health.id: (old.level, new.level, old.score, new.score)
                for health, (old, new) in expected.items()
                if old.level != new.level
            },
        )
        raised, cleared = Counter(), Counter()
        for old, new in expected.values():
            for was, now in zip(old.checks, new.checks, strict=True):
                for a, b in ((was.level, now.level), (was.ours_level, now.ours_level)):
                    flagged = (a in ("watch", "red"), b in ("watch", "red"))
                    raised[was.check.code] += flagged == (False, True)
                    cleared[was.check.code] += flagged == (True, False)
        self.assertEqual(
            {line.check_id.code: (line.raised, line.cleared)
             for line in wizard.flag_line_ids},
            {code: (raised[code], cleared[code]) for code in raised
             if raised[code] or cleared[code]},
        )  # fmt: skip


class TestComparing(WhatIfCase):
    def test_who_left_is_not_judged_anew(self):
        self.force(self.healths[0], phase="ended")
        wizard = self.open()
        wizard.action_compare()
        self.assertEqual(
            sum(wizard.level_line_ids.mapped("before")), len(self.healths) - 1
        )

    def test_it_opens_with_the_settings_in_force(self):
        self.indicator.write({"good": 0.1, "watch": 0.2, "red": 0.3})
        self.company.client_health_healthy = 91
        other = self.env.ref("client_health.indicator_margin")
        other.active = False
        wizard = self.open()
        line = self.line(wizard)
        self.assertEqual((line.good, line.watch, line.red), (0.1, 0.2, 0.3))
        self.assertTrue(line.in_use)
        self.assertFalse(self.line(wizard, other).in_use)
        self.assertEqual(wizard.healthy, 91)
        self.assertEqual(self.line(wizard, self.check).weight, self.check.weight)
        self.assertEqual(
            wizard.check_line_ids.check_id, self.env["client.health.check"].search([])
        )

    def test_without_a_change_nobody_moves(self):
        wizard = self.open()
        wizard.action_compare()
        self.assertFalse(wizard.client_line_ids)
        self.assertFalse(wizard.flag_line_ids)
        self.assertIn("0 of 10 clients", wizard.summary)
        self.assertResult(wizard, self.expected())

    def test_other_limits_show_who_moves_and_which_flags_come_and_go(self):
        wizard = self.open()
        limits = {"good": 0.05, "watch": 0.1, "red": 0.2}
        self.line(wizard).write(limits)
        wizard.action_compare()
        self.assertTrue(wizard.client_line_ids)
        self.assertTrue(wizard.flag_line_ids.filtered("raised"))
        expected = self.expected(limits={"rejection_rate": limits})
        self.assertResult(wizard, expected)
        wider = {"good": 0.7, "watch": 0.95, "red": 0.99}
        self.line(wizard).write(wider)
        wizard.action_compare()
        self.assertTrue(wizard.flag_line_ids.filtered("cleared"))
        self.assertResult(wizard, self.expected(limits={"rejection_rate": wider}))

    def test_other_weights_and_levels_move_clients_too(self):
        wizard = self.open()
        self.line(wizard, self.check).weight = 90
        wizard.write({"healthy": 95, "watch": 60, "at_risk": 10})
        wizard.action_compare()
        self.assertTrue(wizard.client_line_ids)
        expected = self.expected(
            weights={"rejection": 90}, settings=Settings(95, 60, 10, 0)
        )
        self.assertResult(wizard, expected)

    def test_whatever_is_changed_it_agrees_with_scoring_everybody_anew(self):
        chance = random.Random(19)
        for _round in range(8):
            wizard = self.open()
            limits, weights = {}, {}
            for line in wizard.indicator_line_ids:
                if chance.random() < 0.3:
                    step = chance.choice((0.5, 0.9, 1.3))
                    values = {
                        "good": line.good * step,
                        "watch": line.watch * step,
                        "red": line.red * step,
                    }
                    line.write(values)
                    limits[line.indicator_id.code] = values
            if chance.random() < 0.5:
                for line in wizard.check_line_ids:
                    line.weight = chance.choice((0, 5, 10, 40))
                    weights[line.check_id.code] = line.weight
            wizard.action_compare()
            self.assertResult(wizard, self.expected(limits, weights))

    def test_clients_scored_with_older_settings_are_judged_with_those_in_force(self):
        self.indicator.write({"good": 0.01, "watch": 0.02, "red": 0.03})
        wizard = self.open()
        self.line(wizard).write({"good": 0.3, "watch": 0.5, "red": 0.7})
        wizard.action_compare()
        limits = {"rejection_rate": {"good": 0.3, "watch": 0.5, "red": 0.7}}
        self.assertResult(wizard, self.expected(limits=limits))

    def test_the_worst_new_level_and_the_largest_fall_come_first(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.3, "red": 0.5})
        wizard.write({"healthy": 99, "watch": 90, "at_risk": 85})
        wizard.action_compare()
        order = ["critical", "at_risk", "watch", "healthy", "unknown"]
        ranks = [
            (order.index(line.level), line.score - line.score_before)
            for line in wizard.client_line_ids
        ]
        self.assertGreater(len(set(ranks)), 2)
        self.assertEqual(ranks, sorted(ranks))

    def test_a_line_opens_its_client(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        wizard.action_compare()
        line = wizard.client_line_ids[0]
        action = line.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("client.health", line.health_id.id),
        )

    def test_an_indicator_out_of_use_does_not_count(self):
        wizard = self.open()
        self.line(wizard).in_use = False
        wizard.action_compare()
        cleared = wizard.flag_line_ids.filtered(lambda x: x.check_id == self.check)
        flags = self.env["client.health.flag"].search(
            [("check_id", "=", self.check.id), ("health_id", "in", self.healths.ids)]
        )
        self.assertEqual(cleared.cleared, len(flags))

    def test_an_indicator_that_was_off_is_said_to_have_no_figures_yet(self):
        self.indicator.active = False
        self.refresh(self.env["res.partner"].union(*self.clients))
        wizard = self.open()
        self.line(wizard).in_use = True
        wizard.action_compare()
        self.assertIn(self.indicator.name, wizard.summary)

    def test_clients_whose_level_a_person_decided_do_not_move(self):
        health = self.healths[9]
        until = self.today + timedelta(days=30)
        health.set_override("healthy", "A friend of the house", until)
        self.refresh(health.partner_id)
        self.assertEqual(health.level, "healthy")
        wizard = self.open()
        self.line(wizard).write({"good": 0.01, "watch": 0.02, "red": 0.03})
        wizard.action_compare()
        self.assertTrue(wizard.client_line_ids)
        self.assertNotIn(health, wizard.client_line_ids.health_id)

    def test_clients_of_other_companies_are_left_out(self):
        other = self.make_company("There", "Asia/Tokyo")
        client = self.make_client("Theirs")
        self.make_deal(client, company=other, outcome="lost")
        self.refresh(client, other)
        wizard = self.open()
        wizard.action_compare()
        self.assertEqual(sum(wizard.level_line_ids.mapped("before")), 10)

    def test_comparing_writes_nothing_but_the_wizard(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        wizard.healthy = 99
        before = {table: self.row_versions(table) for table in TABLES}
        wizard.action_compare()
        self.assertTrue(wizard.client_line_ids)
        for table in TABLES:
            self.assertEqual(self.row_versions(table), before[table], table)

    def test_an_edit_in_the_form_takes_the_old_result_away(self):
        wizard = self.open()
        wizard.action_compare()
        self.assertTrue(wizard.compared)
        with Form(wizard) as form:
            form.healthy = 90
        self.assertFalse(wizard.compared)


class TestApplying(WhatIfCase):
    def test_applying_writes_what_was_changed_and_nothing_else(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        self.line(wizard, self.check).write({"weight": 33, "floor_level": "critical"})
        wizard.write({"healthy": 90, "min_coverage": 12})
        # Somebody else changes other settings meanwhile.
        other = self.env.ref("client_health.indicator_days_late")
        other.write({"good": 6, "watch": 16, "red": 46})
        self.company.client_health_at_risk = 44
        wizard.action_apply()
        limits = self.indicator
        self.assertEqual((limits.good, limits.watch, limits.red), (0.05, 0.1, 0.2))
        self.assertEqual((self.check.weight, self.check.floor_level), (33, "critical"))
        self.assertEqual((other.good, other.watch, other.red), (6, 16, 46))
        self.assertEqual(
            self.company._client_health_settings(), Settings(90, 65, 44, 12)
        )

    def test_who_moved_which_limit_from_what_to_what_stays_readable(self):
        wizard = self.open().with_context(tracking_disable=False, mail_notrack=False)
        before = self.indicator.red
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        known = self.indicator.message_ids
        wizard.action_apply()
        self.env.flush_all()
        self.cr.precommit.run()
        self.indicator.invalidate_recordset(["message_ids"])
        note = self.indicator.message_ids - known
        self.assertEqual(note.author_id, wizard.env.user.partner_id)
        tracked = note.sudo().tracking_value_ids
        red = tracked.filtered(lambda value: value.field_id.name == "red")
        self.assertEqual((red.old_value_float, red.new_value_float), (before, 0.2))
        # limits are for managers, here too
        seller = self.make_user("limits", "client_health.group_user")
        for user, shown in ((wizard.env.user, 3), (seller, 0)):
            theirs = tracked._filter_has_field_access(self.env(user=user, su=False))
            self.assertEqual(len(theirs), shown)

    def test_applying_switches_indicators_off(self):
        wizard = self.open()
        self.line(wizard).in_use = False
        wizard.action_apply()
        self.assertFalse(self.indicator.active)

    def test_applying_has_the_clients_scored_soon(self):
        wizard = self.open()
        self.line(wizard, self.check).weight = 33
        cron = self.env.ref("client_health.ir_cron_refresh")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        wizard.action_apply()
        self.assertGreater(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]),
            triggers,
        )

    def test_after_applying_the_scores_are_those_that_were_announced(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        wizard.action_compare()
        announced = {x.health_id: (x.level, x.score) for x in wizard.client_line_ids}
        wizard.action_apply()
        self.refresh(self.env["res.partner"].union(*self.clients))
        self.assertTrue(announced)
        for health, told in announced.items():
            self.assertEqual((health.level, health.score), told)

    def test_limits_out_of_order_are_refused_by_both_buttons(self):
        for change, sentence in (
            (lambda w: self.line(w).write({"good": 0.9}), "out of order"),
            (lambda w: self.line(w, self.check).write({"weight": -1}), "Give zero"),
            (lambda w: w.write({"healthy": 10}), "out of order"),
            (lambda w: w.write({"min_coverage": 101}), "between 0 and 100"),
        ):
            wizard = self.open()
            change(wizard)
            for act in (wizard.action_compare, wizard.action_apply):
                with self.assertRaisesRegex(ValidationError, sentence):
                    act()
        self.assertEqual(self.company.client_health_healthy, 80)

    def test_nothing_changed_is_nothing_to_apply(self):
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            self.open().action_apply()

    def test_reset_loads_the_settings_again(self):
        wizard = self.open()
        self.line(wizard).write({"good": 0.05, "watch": 0.1, "red": 0.2})
        wizard.healthy = 99
        wizard.action_compare()
        wizard.action_reset()
        self.assertEqual(self.line(wizard).good, self.indicator.good)
        self.assertEqual(wizard.healthy, 80)
        self.assertFalse(wizard.compared or wizard.client_line_ids)


class TestWhatIfRights(WhatIfCase):
    def test_only_managers_may_open_it(self):
        user = self.make_user(
            "what_if_user", "sales_team.group_sale_manager", "client_health.group_user"
        )
        with self.assertRaises(AccessError):
            self.open(user)

    def test_others_cannot_use_the_wizard_of_a_manager(self):
        wizard = self.open()
        self.line(wizard, self.check).weight = 33
        user = self.make_user("what_if_user", *MANAGER[:1], "client_health.group_user")
        for act in ("action_compare", "action_apply", "action_reset", "read"):
            with self.assertRaises(AccessError, msg=act):
                getattr(wizard.with_user(user), act)()

    def test_settings_of_a_company_one_does_not_work_in_are_out_of_reach(self):
        other = self.make_company("There", "Asia/Tokyo")
        wizard = self.open()
        wizard.sudo().company_id = other
        wizard.healthy = 99
        with self.assertRaises(AccessError):
            wizard.action_apply()
        self.assertEqual(other.client_health_healthy, 80)
