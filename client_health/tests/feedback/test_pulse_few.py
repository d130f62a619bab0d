"""Of two colleagues nobody works out what the other said of a client."""

from ..rights.rights_world import USER
from .case import FeedbackCase

FEW = "Too few colleagues to show what they said."


class TestFewRaters(FeedbackCase):
    def give(self, user, respect):
        note = "Said so" if respect in (1, 5) else False
        self.as_user(user, "client.pulse").create(
            {
                "partner_id": self.client.id,
                "respect": respect,
                "attitude": 3,
                "note": note,
            }
        )

    def told(self, user, code="respect_pulse"):
        """(the pulse as it is explained to somebody, all checks)."""
        self.env.invalidate_all()
        checks = self.as_user(user, "client.health").browse(self.health.id)
        checks = checks.explain()["checks"]
        items = {i["code"]: i for check in checks for i in check["indicators"]}
        return items[code], checks

    def test_the_mean_of_two_is_for_managers(self):
        self.give(self.anna, 2)
        self.give(self.ben, 1)
        item, checks = self.told(self.anna)
        self.assertIsNone(item["value"])
        self.assertEqual((item["reason"], item["text"]), (FEW, ""))
        self.assertEqual({check["points"] for check in checks}, {None})
        self.assertEqual(
            {i["penalty"] for c in checks for i in c["indicators"]}, {None}
        )
        item, checks = self.told(self.mia)
        self.assertEqual(item["value"], 1.5)
        self.assertIn(20, [round(check["weight"] + 10) for check in checks])
        self.give(self.mia, 3)
        item, checks = self.told(self.anna)
        self.assertEqual(item["value"], 2)
        self.assertTrue(any(check["weight"] for check in checks))

    def test_nor_is_it_told_by_flags_evidence_or_what_changed(self):
        day = self.ago(1)
        self.refresh(self.client, as_of=day)
        self.give(self.anna, 2)
        self.give(self.ben, 1)
        mine = self.as_user(self.anna, "client.health").browse(self.health.id)
        theirs = self.as_user(self.mia, "client.health").browse(self.health.id)
        told = [
            mine.relationship()["flags"],
            mine.open_flag_ids.mapped("sentence"),
            [line["value"] for line in mine._evidence("respect_pulse").lines()],
            mine.what_changed(day)["checks"],
        ]
        self.assertNotIn("1.5", str(told))
        changed = {row["code"]: row for row in told[-1]}["respect"]
        self.assertIsNone(changed["new"]["value"])
        self.assertIsNone(changed["change"])
        flags = theirs.relationship()["flags"]
        self.assertIn("1.5", str([flag["sentence"] for flag in flags]))
        self.assertIn("1.5", str(theirs.what_changed(day)["checks"]))

    def test_a_formula_that_reads_a_pulse_is_hidden_too(self):
        self.env["client.health.indicator"].create(
            {
                "name": "Twice the respect",
                "code": "twice",
                "check_id": self.env.ref("client_health.check_respect").id,
                "formula": "2 * respect_pulse",
                "good": 8,
                "watch": 6,
                "red": 4,
            }
        )
        self.give(self.anna, 3)
        self.give(self.ben, 4)
        self.refresh(self.client)
        self.assertIsNone(self.told(self.anna, "twice")[0]["value"])
        self.assertEqual(self.told(self.mia, "twice")[0]["value"], 7)
        targets = self.env["client.recovery.target"]
        for code in ("twice", "respect_pulse"):
            figure = self.env["client.health.indicator"].search([("code", "=", code)])
            self.assertTrue(targets.new({"indicator_id": figure.id}).money, code)
        self.assertTrue(self.anna.has_group(USER))
