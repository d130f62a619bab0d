"""Show records: the very records behind a figure, for every indicator."""

from datetime import timedelta
from itertools import cycle
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...models.health.evidence import Evidence
from .evidence_case import FIGURES, OF_BOTH, OF_INVOICES, OF_TIMESHEETS, EvidenceCase


class TestEvidence(EvidenceCase):
    def test_the_records_are_those_that_a_person_would_pick(self):
        for code in FIGURES:
            with self.subTest(code=code):
                self.check_figure(code)

    def test_the_records_behind_figures_of_invoices(self):
        self.app("account.move")
        for code in OF_INVOICES:
            with self.subTest(code=code):
                self.check_figure(code)

    def told(self, code, user=None):
        """What is told of each record behind a figure: (record, words, figure)."""
        names = self.wanted(code)
        action = self.health.with_user(user or self.manager).action_show_records(code)
        wizard = self.env["client.health.evidence"].browse(action["res_id"])
        return [
            (self.opened(line.action_open()), line.meaning, line.value)
            for line in wizard.with_user(user or self.manager).line_ids
            if line.name not in names
        ]

    def test_payments_are_told_one_by_one_the_latest_first(self):
        self.app("account.move")
        recent, paid, early = self.expected["days_late"]
        due, day, soon, since = (
            format_date(self.env, self.ago(days)) for days in (90, 60, 140, 15)
        )
        self.assertEqual(
            self.told("days_late"),
            [
                (paid, f"Due on {due}, paid on {day}", "30 days"),
                (recent, f"Due on {since}, not paid yet", "15 days"),
                (early, f"Paid in time, on {soon}", "0 days"),
            ],
        )
        # only those that one may read
        self.hide(paid)
        self.env.invalidate_all()
        left = [row[0] for row in self.told("days_late", self.user)]
        self.assertEqual(left, [recent, early])

    def test_ratings_are_told_one_by_one_the_worst_first(self):
        marks = self.expected["rating"]
        days = {m: format_date(self.env, self.day_of(m.rated_on)) for m in marks}
        self.assertEqual(
            self.told("rating"),
            [
                (mark, f"Rated on {days[mark]}", f"{mark.rating:.1f}")
                for mark in marks.sorted("rating")
            ],
        )

    def test_the_records_behind_figures_of_timesheets(self):
        self.app("project.task:effective_hours")
        for code in OF_TIMESHEETS:
            with self.subTest(code=code):
                self.check_figure(code)

    def test_the_records_behind_what_we_earn(self):
        self.app("account.move", "project.task:effective_hours", "sale.order")
        for code in OF_BOTH:
            with self.subTest(code=code):
                self.check_figure(code)

    def test_every_indicator_is_looked_at_here(self):
        codes = self.env["client.health.indicator"].search([]).mapped("code")
        known = {*FIGURES, *OF_INVOICES, *OF_TIMESHEETS, *OF_BOTH}
        ours = self.env["ir.model.data"].search(
            [
                ("model", "=", "client.health.indicator"),
                ("module", "=", "client_health"),
            ]
        )
        shipped = self.env["client.health.indicator"].browse(ours.mapped("res_id"))
        # another reading of the same facts, measured where silence is not
        self.assertEqual(set(shipped.mapped("code")), {*known, "our_silence"})
        self.assertGreaterEqual(set(codes), known)

    def test_a_figure_of_several_kinds_lists_each_with_its_count(self):
        lines = self.dialog("rejection_rate", self.manager)
        self.assertEqual(lines["Results turned down"].count, 1)
        self.assertEqual(lines["Opportunities lost"].count, 1)
        self.assertEqual(lines["Results turned down"].value, "1")
        action = lines["Opportunities lost"].action_open()
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertIn(self.client.name, action["name"])

    def test_records_of_two_kinds_with_the_same_ids_are_not_mixed_up(self):
        models = cycle(["crm.lead", "project.task", "project.milestone"])
        ids = {self.health.partner_id.id: [1, 2]}
        readable = patch.object(
            Evidence, "_readable_ids", lambda _self, _model, ids: ids
        )
        records = "odoo.addons.client_health.models.health.evidence.records_of"
        with patch(records, lambda *args: (next(models), ids)):
            with readable:
                lines = self.dialog("standstill", self.manager)
        self.assertGreater(len(set(line.model for line in lines.values())), 2)

    def test_a_figure_without_an_agreement_shows_none(self):
        terms = self.env["client.agreement"].search(
            [("partner_id", "=", self.client.id)]
        )
        self.force(terms, state="draft")
        self.refresh(self.client)
        lines = self.dialog("silence", self.manager)
        line = lines["Agreed contact interval"]
        self.assertEqual((line.count, line.record_ids), (0, False))
        self.assertEqual(line.value, "30 days")

    def test_a_flag_opens_the_records_of_its_driver(self):
        flag = self.health.flag_ids.filtered(lambda f: f.check_id.code == "abuse")
        self.assertEqual(flag.driver_id.code, "abuse")
        action = flag.with_user(self.manager).action_show_records()
        self.assertEqual(self.opened(action), self.expected["abuse_points"])

    # -- where there is nothing to show ------------------------------------------

    def test_a_figure_without_records_says_so(self):
        self.env["client.incident"].search([("category", "=", "abuse")]).sudo().unlink()
        self.refresh(self.client)
        with self.assertRaises(UserError) as refused:
            self.health.with_user(self.manager).action_show_records("abuse")
        self.assertIn("Verbal abuse", str(refused.exception))
        self.assertIn(self.client.name, str(refused.exception))

    def test_records_that_one_may_not_open_are_not_said_to_be_missing(self):
        self.env["ir.rule"].create(
            {
                "name": "No tasks",
                "model_id": self.env["ir.model"]._get_id("project.task"),
                "domain_force": "[(0, '=', 1)]",
            }
        )
        with self.assertRaisesRegex(UserError, "no records that you may"):
            self.health.with_user(self.user).action_show_records("stalled_tasks")

    def test_an_unknown_figure_says_so(self):
        for code in ("no_such_figure", "", False):
            with self.assertRaises(UserError) as refused:
                self.health.with_user(self.manager).action_show_records(code)
            self.assertIn(str(code or ""), str(refused.exception))

    # -- who may look ---------------------------------------------------------------

    def test_without_the_group_nothing_is_shown(self):
        for user in (self.colleague, self.make_user("customer", "base.group_portal")):
            with self.assertRaises(AccessError):
                self.health.with_user(user).action_show_records("abuse")

    def test_without_the_right_to_read_the_client_nothing_is_shown(self):
        theirs = self.health.with_user(self.user)
        self.assertTrue(theirs.action_show_records("stalled_tasks"))
        self.hide(self.client)
        with self.assertRaises(AccessError):
            theirs.action_show_records("stalled_tasks")

    def test_what_one_was_shown_is_not_for_another(self):
        lines = self.dialog("rejection_rate", self.manager)
        line = lines["Opportunities lost"]
        theirs = line.with_user(self.user)
        for read, *args in (
            (theirs.read, ["record_ids"]),
            (line.evidence_id.with_user(self.user).read, ["health_id"]),
            (theirs.action_open,),
        ):
            with self.assertRaises(AccessError):
                read(*args)

    def test_amounts_of_cost_are_for_managers(self):
        self.app("account.move", "project.task:effective_hours")
        self.company.client_health_required_rate = 80
        self.refresh(self.client)
        mine = self.dialog("effective_rate", self.manager)
        theirs = self.dialog("effective_rate", self.user)
        self.assertTrue(mine["Earned when invoiced"].value)
        for name, line in theirs.items():
            self.assertNotIn("€", line.value or "", name)

    def test_what_a_client_owes_is_for_those_who_may_read_its_invoices(self):
        self.app("account.move")
        self.refresh(self.client)
        mine = self.dialog("overdue", self.manager)
        theirs = self.dialog("overdue", self.user)
        for name in ("Invoiced to the client", "Overdue"):
            self.assertEqual(theirs[name].value, mine[name].value)
            self.assertEqual(theirs[name].count, mine[name].count)
        outsider = self.make_user("no_books", "client_health.group_user")
        health = self.health.with_user(outsider)
        for line in health._evidence("overdue").lines():
            self.assertNotIn("€", line["value"] or "", line["name"])

    def test_a_margin_is_written_out_as_a_sum_for_managers(self):
        self.app("account.move", "project.task:effective_hours", "sale.order")
        self.health.facts = {
            **self.health.facts,
            "earned_invoiced_365": 1000,
            "earned_time_365": 200,
            "timesheet_cost_365": 500,
            "other_cost_365": 100,
        }
        lines = self.dialog("margin", self.manager)
        self.assertEqual(
            [
                (name, "".join(c for c in line.value if c in "+−=0123456789.,"))
                for name, line in lines.items()
            ][:5],
            [
                ("Earned when invoiced", "+1,000.00"),
                ("Earned by time", "+200.00"),
                ("Cost of hours", "−500.00"),
                ("Other cost", "−100.00"),
                ("Margin", "=600.00"),
            ],
        )
        end = lines["Margin"]
        self.assertRegex(end.value, r"^= .*600\.00")
        self.assertRegex(end.meaning, r"^50\xa0% of the .*1,200\.00.* earned$")
        self.assertFalse(end.count)
        theirs = self.dialog("margin", self.user)
        self.assertEqual(set(theirs), set(lines) - {"Margin"})
        self.assertEqual({theirs[name].value for name in list(lines)[:4]}, {""})
        self.assertRegex(end.evidence_id.result, r"\d")
        self.assertNotRegex(theirs["Cost of hours"].evidence_id.result, r"\d")

    def test_a_figure_says_which_days_it_counts(self):
        self.app("account.move", "project.task:effective_hours", "sale.order")

        def periods(code):
            return {
                name: line.period for name, line in self.dialog(code, self.user).items()
            }

        def words(*days):
            return " – ".join(format_date(self.env, day) for day in days)

        margin = periods("margin")
        self.assertEqual(margin["Cost of hours"], words(self.ago(364), self.today))
        month = self.today.replace(day=1)
        years = words(month.replace(year=month.year - 2), month - timedelta(days=1))
        self.assertEqual(periods("loss_months")["Other cost by month"], years)

    def test_amounts_are_in_the_currency_of_the_company_of_the_health(self):
        self.app("account.move")
        other = self.make_company("Dollars", currency=self.env.ref("base.USD"))
        self.make_invoice(
            self.client, self.ago(20), 700, due=self.ago(5), company=other
        )
        there = self.refresh(self.client, other)
        self.manager.company_ids = [Command.link(other.id)]
        mine = there.with_user(self.manager).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        action = mine.action_show_records("overdue")
        if action["res_model"] == "client.health.evidence":
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            values = wizard.line_ids.filtered("value").mapped("value")
        else:
            values = [line["value"] for line in mine._evidence("overdue").lines()]
        money = [value for value in values if "700" in value]
        self.assertTrue(money)
        for value in money:
            self.assertIn("$", value)
