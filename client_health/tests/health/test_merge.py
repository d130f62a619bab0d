"""Two contacts become one: one health, with what was known of both."""

from datetime import timedelta
from unittest.mock import patch

from ..feedback.case import MANAGER, FeedbackCase


class TestMerge(FeedbackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.make_client("Acme BV")
        cls.make_deal(cls.twin)
        cls.other_health = cls.refresh(cls.twin)

    def merge(self, sources, kept):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((sources | kept).ids, kept, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(sources.exists())

    def snapshots(self, health, **scores):
        """Snapshots by days ago, as ``d31=80``; whatever was there goes."""
        found = self.env["client.health.snapshot"].sudo()
        found.search([("health_id", "=", health.id)]).unlink()
        return found.create(
            [
                {
                    "health_id": health.id,
                    "date": self.ago(int(day[1:])),
                    "score": score,
                    "level": "watch",
                }
                for day, score in scores.items()
            ]
        )

    def flag(self, health, check, state="open", days=10, **values):
        return (
            self.env["client.health.flag"]
            .sudo()
            .create(
                {
                    "health_id": health.id,
                    "check_id": check.id,
                    "side": "client",
                    "level": "red",
                    "state": state,
                    "raised_on": self.ago(days),
                    **values,
                }
            )
        )

    def test_people_merge_and_the_score_follows_at_once(self):
        merger = self.make_user("merger", "base.group_partner_manager", MANAGER)
        incident = self.env["client.incident"].create(
            {"partner_id": self.twin.id, "category": "abuse", "severity": "severe"}
        )
        incident.with_user(self.max).action_confirm()
        self.assertEqual(self.other_health.red_flag_count, 1)
        wizard = self.as_user(merger, "base.partner.merge.automatic.wizard").create({})
        kept = self.client.with_user(merger)
        wizard._merge((self.twin | self.client).ids, kept, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(self.twin.exists())
        self.assertEqual(self.client.own_health_id, self.health)
        self.assertEqual(self.health.flag_count, len(self.health.open_flag_ids))
        self.assertEqual(self.health.facts["abuse_points_365"], 3)

    def test_the_history_of_both_stays_and_of_a_common_day_the_own(self):
        self.snapshots(self.health, d31=80, d62=70)
        self.snapshots(self.other_health, d31=20, d93=10)
        self.merge(self.twin, self.client)
        self.assertFalse(self.other_health.exists())
        # the score that follows the merge is history too where a month ends today
        found = self.env["client.health.snapshot"].search(
            [("health_id", "=", self.health.id), ("date", "<", self.today)],
            order="date desc",
        )
        self.assertEqual(found.mapped("score"), [80, 70, 10])
        self.assertEqual(found.partner_id, self.client)
        self.assertEqual(self.client.with_company(self.company).health_id, self.health)

    def test_who_had_no_health_has_that_of_the_other_in_every_company(self):
        there = self.make_company("There", "Europe/London")
        self.make_project(self.twin, company=there)
        far = self.refresh(self.twin, there)
        kept = self.make_client("Kept")
        self.merge(self.twin, kept)
        self.assertEqual(kept.health_id, self.other_health)
        self.assertEqual(kept.with_company(there).health_id, far)
        self.assertEqual((self.other_health | far).partner_id, kept)
        self.merge(kept, self.client)
        self.assertEqual(self.client.health_id, self.health)
        self.assertEqual(self.client.with_company(there).health_id, far)

    def test_flags_of_both_stay_and_one_of_each_cause_is_open(self):
        first, second = self.env["client.health.check"].search([], limit=2)
        self.env["client.health.flag"].sudo().search(
            [("health_id", "in", (self.health | self.other_health).ids)]
        ).unlink()
        own = self.flag(self.health, first, state="acknowledged")
        same = self.flag(self.other_health, first, feedback="useful")
        only = self.flag(self.other_health, second, state="snoozed",
                         snooze_until=self.today + timedelta(days=5))  # fmt: skip
        past = self.flag(self.other_health, first, state="cleared", days=99,
                         cleared_on=self.ago(50))  # fmt: skip
        # scoring again would clear these, which have no cause
        with patch.object(type(self.Health), "_refresh"):
            self.merge(self.twin, self.client)
        flags = own | same | only | past
        self.assertEqual(flags.health_id, self.health)
        self.assertEqual(flags.partner_id, self.client)
        self.assertEqual(
            flags.mapped("state"), ["acknowledged", "cleared", "snoozed", "cleared"]
        )
        self.assertEqual(same.feedback, "useful")
        self.assertTrue(same.cleared_on)

    def test_what_people_said_of_either_counts_for_the_one_that_stays(self):
        incident = self.env["client.incident"].create(
            {"partner_id": self.twin.id, "category": "abuse", "description": "Shouted",
             "company_id": self.company.id}
        )  # fmt: skip
        incident.with_user(self.mia).action_confirm()
        pulses = self.env["client.pulse"]
        for user, partner in ((self.anna, self.client), (self.ben, self.twin)):
            pulses |= self.as_user(user, "client.pulse").create(
                {"partner_id": partner.id, "respect": 2, "attitude": 3}
            )
        self.merge(self.twin, self.client)
        self.assertEqual(incident.partner_id, self.client)
        self.assertEqual(pulses.partner_id, self.client)
        self.refresh(self.client)
        self.assertEqual(self.indicator("abuse", "abuse"), 1)
        self.assertEqual(self.indicator("respect", "respect_pulse"), 2)

    def test_what_somebody_dismissed_about_the_people_of_either_stays_so(self):
        dismissals = self.env["client.people.dismissal"]
        for health in (self.health, self.other_health):
            dismissals.sudo().create(
                {
                    "health_id": health.id,
                    "partner_id": health.partner_id.id,
                    "company_id": self.company.id,
                    "kind": "one_contact",
                    "reason": f"Known of {health.partner_id.name}",
                }
            )
        self.merge(self.twin, self.client)
        kept = dismissals.sudo().search([("health_id", "=", self.health.id)])
        self.assertEqual(len(kept), 2)
        self.assertEqual(kept.partner_id, self.client)

    def test_who_gets_a_company_takes_along_what_people_said(self):
        health = self.refresh(self.twin)
        dismissal = (
            self.env["client.people.dismissal"]
            .sudo()
            .create(
                {
                    "health_id": health.id,
                    "partner_id": self.twin.id,
                    "company_id": self.company.id,
                    "kind": "one_contact",
                    "reason": "Their only employee",
                }
            )
        )
        message = self.twin.sudo().message_post(
            body="Could you please send me the contract?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.twin.id,
        )
        self.force(message, date=self.moment(self.ago(3)))
        self.refresh(self.twin)
        turns = self.env["client.turn"].search([("message_id", "=", message.id)])
        self.assertEqual(turns.partner_id, self.twin)
        group = self.make_client("Group")
        self.twin.write({"is_company": False, "parent_id": group.id})
        self.env.invalidate_all()
        self.assertEqual(dismissal.partner_id, group)
        turns = self.env["client.turn"].search([("message_id", "=", message.id)])
        self.assertEqual(turns.partner_id, group)

    def test_of_two_agreements_in_force_one_goes_on(self):
        agreements = self.env["client.agreement"]
        for partner in (self.client, self.twin):
            agreements |= agreements.create(
                {"partner_id": partner.id, "company_id": self.company.id,
                 "date_start": self.ago(30)}
            )  # fmt: skip
        agreements.action_activate()
        mine, theirs = agreements
        self.merge(self.twin, self.client)
        self.assertEqual((mine.state, theirs.state), ("active", "ended"))
        self.assertEqual(theirs.date_end, self.ago(1))
        self.assertIn("merged", theirs.message_ids[:1].body)

    def test_a_level_that_a_person_gave_stays(self):
        self.other_health.sudo().write(
            {"override_level": "critical", "override_reason": "They told us",
             "override_until": self.today + timedelta(days=9),
             "override_user_id": self.mia.id}
        )  # fmt: skip
        self.merge(self.twin, self.client)
        self.assertEqual(self.health.override_level, "critical")
        self.assertEqual(self.health.override_user_id, self.mia)

    def test_each_company_keeps_a_health_of_its_own(self):
        there = self.make_company("There")
        self.make_deal(self.twin, company=there)
        elsewhere = self.refresh(self.twin, company=there)
        self.assertEqual(elsewhere.company_id, there)
        self.merge(self.twin, self.client)
        healths = self.env["client.health"].search(
            [("partner_id", "=", self.client.id)]
        )
        self.assertEqual(healths, self.health | elsewhere)
        self.assertEqual(self.client.with_company(there).health_id, elsewhere)
        self.assertEqual(self.client.with_company(self.company).health_id, self.health)
        boss = self.make_user("boss", MANAGER, companies=self.company | there)
        self.assertEqual(
            self.client.with_user(boss).with_company(there).health_level,
            elsewhere.level,
        )
