"""Until the client is told, nobody else learns that it leaves: not from its phase, not
from the recovery that ended with it, not by trying to start something."""

import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..offboarding.case import OffboardingCase
from .rights_world import WORK


@tagged("post_install", "-at_install")
class TestUntold(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.make_user(
            "outsider", *WORK, "base.group_partner_manager", "client_health.group_user"
        )
        cls.make_deal(cls.client)
        cls.health = cls.refresh(cls.client)
        recoveries = cls.env["client.recovery"].with_user(cls.user)
        cls.recovery = recoveries.create(
            {"partner_id": cls.client.id, "company_id": cls.company.id}
        )
        cls.offboarding = cls.start()
        cls.lead = cls.env["crm.lead"].search([("partner_id", "=", cls.client.id)])[:1]

    def seen_by(self, user, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user).with_context(allowed_company_ids=self.company.ids)

    def told_to(self, user):
        """Where a user is told that the client leaves, with some words around it."""
        health = self.seen_by(user, self.health)
        client = self.seen_by(user, self.client)
        mine = [("partner_id", "=", self.client.id)]
        leaving = [("shown_phase", "=", "offboarding")]
        groups = [
            health.search([]).formatted_read_group(mine, ["phase"], ["__count"]),
            client.formatted_read_group(
                [("id", "=", client.id)], ["health_phase"], ["__count"]
            ),
            self.seen_by(user, self.lead).formatted_read_group(
                mine, ["client_health_phase"], ["__count"]
            ),
        ]
        recoveries = self.seen_by(user, self.env["client.recovery"]).search([*mine])
        steps = self.seen_by(user, self.env["client.recovery.step"]).search([*mine])
        notes = self.seen_by(user, self.env["mail.message"]).search(
            [("model", "in", ("client.health", "client.recovery", "res.partner"))]
            + [("id", ">", self.recovery.sudo().message_ids[-1:].id)]
        )
        told = str(
            [
                health.read(["phase", "shown_phase"]),
                health.export_data(["phase", "shown_phase"]),
                health.search([*mine, *leaving]) and "offboarding",
                health.search([*mine, ("phase", "=", "offboarding")]) and "offboarding",
                health.explain()["phase"],
                health.relationship(),
                client.health_phase,
                client.offboarding_id.ids and "offboarding",
                client.search([("health_id.shown_phase", "=", "offboarding")]) & client
                and "offboarding",
                groups,
                [recovery.state for recovery in recoveries],
                len(steps) and "offboarding",
                notes.mapped("body"),
            ]
        )
        return re.findall(".{0,60}[Oo]ffboarding.{0,20}", told)

    def test_who_has_no_part_in_it_learns_nothing(self):
        self.assertEqual(self.told_to(self.plain), [])

    def test_who_has_a_part_in_it_and_managers_do(self):
        for user in (self.manager, self.user):
            health = self.seen_by(user, self.health)
            leaving = [("shown_phase", "=", "offboarding")]
            self.assertEqual(health.shown_phase, "offboarding")
            self.assertIn(health, health.search(leaving))
            self.assertEqual(health.relationship()["phase_name"], "Offboarding")
            recovery = self.seen_by(user, self.recovery)
            self.assertEqual(recovery.state, "offboard")

    def test_starting_something_is_refused_without_the_reason(self):
        values = {"partner_id": self.client.id, "company_id": self.company.id}
        said = set()
        for model in ("client.recovery", "client.offboarding"):
            with self.assertRaises(UserError) as caught, self.cr.savepoint():
                self.seen_by(self.plain, self.env[model]).create(values)
            said.add(str(caught.exception.args))
        with self.assertRaises(UserError) as caught:
            self.seen_by(self.plain, self.client).action_start_recovery()
        said.add(str(caught.exception.args))
        self.assertEqual(len(said), 1, said)
        self.assertNotIn("offboard", said.pop().lower())

    def test_nobody_gets_a_part_in_it_by_planning_something(self):
        """On it, elsewhere and then moved to it, or as a meeting about it."""
        here = {
            "res_model_id": self.env["ir.model"]._get_id("client.offboarding"),
            "res_id": self.offboarding.id,
        }
        todo = {"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}
        activities = self.seen_by(self.plain, self.env["mail.activity"])
        mine = activities.create({**todo, "user_id": self.plain.id})
        meeting = {
            "name": "Talk",
            "start": self.moment(self.ago(-9)),
            "stop": self.moment(self.ago(-9)),
        }
        for plan in (
            lambda: activities.create({**todo, **here, "user_id": self.plain.id}),
            lambda: mine.write(here),
            lambda: activities.env["calendar.event"].create({**meeting, **here}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                plan()
                self.env.flush_all()
        self.assertFalse(
            self.seen_by(self.plain, self.env["client.offboarding"]).search(
                [("id", "=", self.offboarding.id)]
            )
        )
        asked = self.offboarding.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.plain.id
        )
        self.assertEqual(asked.user_id, self.plain)
        found = self.seen_by(self.plain, self.env["client.offboarding"])
        self.assertIn(self.offboarding, found.search([]), "who is asked takes part")

    def test_once_told_everybody_knows_and_a_slip_of_the_pen_is_taken_back(self):
        self.offboarding.write({"told_on": self.today, "told_how": "phone"})
        self.assertTrue(self.told_to(self.plain))
        self.assertEqual(
            self.seen_by(self.plain, self.client).health_phase, "offboarding"
        )
        self.offboarding.told_on = False
        self.assertEqual(self.told_to(self.plain), [])
        self.offboarding.action_cancel()
        self.assertEqual(self.health.phase, "active")
        self.assertEqual(self.told_to(self.plain), [])

    def test_the_night_knows_it_at_once(self):
        night = self.env["client.health"]._night(self.company)
        self.assertNotIn(self.client.id, night.phases._stored([self.client.id]))
        figures = self.seen_by(self.manager, self.env["client.health.figure"])
        mine = figures.search([("partner_id", "=", self.client.id)])
        self.assertEqual(mine.phase, "offboarding")
