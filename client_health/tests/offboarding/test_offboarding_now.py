"""The short way out after abuse: people first, contract and telling on one page."""

from odoo.exceptions import AccessError, UserError

from .case import OffboardingCase


class TestOffboardingNow(OffboardingCase):
    def report(self, **values):
        incidents = self.env["client.incident"].with_user(self.user)
        return incidents.create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "category": "abuse",
                "severity": "severe",
                "description": "Shouted at our people.",
                **values,
            }
        )

    def test_severe_abuse_that_was_confirmed_offers_to_end_now(self):
        incident = self.report()
        boss = incident.with_user(self.manager)
        self.assertFalse(boss.may_end_now)
        with self.assertRaisesRegex(UserError, "no severe abuse"):
            boss.action_end_now()
        boss.action_confirm()
        boss.invalidate_recordset()
        self.assertTrue(boss.may_end_now)
        with self.assertRaisesRegex(AccessError, "Only managers"):
            incident.action_end_now()
        action = boss.action_end_now()
        dialog = self.env[action["res_model"]].with_user(self.manager)
        dialog = dialog.with_context(
            **action["context"], allowed_company_ids=self.company.ids
        ).create({})
        self.assertTrue(dialog.at_once)
        self.assertEqual(dialog.date_end, self.today)
        dialog.action_start()
        offboarding = self.env["client.offboarding"]._open_of(self.client, self.company)
        self.assertTrue(offboarding.at_once)
        self.assertEqual(offboarding.reason, "abuse")
        self.assertEqual(boss.action_end_now()["res_id"], offboarding.id)

    def test_contract_and_telling_are_finished_together_people_first(self):
        offboarding = self.start(at_once=True, reason="abuse")
        with self.assertRaisesRegex(UserError, "Say who may refuse contact"):
            offboarding.action_finish_now()
        offboarding.write(
            {"refuse_user_ids": self.user.ids, "refuse_since": self.today}
        )
        told = self.env["mail.activity"].search(
            [
                ("res_model", "=", offboarding._name),
                ("user_id", "=", self.user.id),
                ("summary", "like", "You may refuse contact"),
            ]
        )
        self.assertEqual(len(told), 1)
        offboarding.action_check_contract()
        offboarding.reason_text = "We do not work where our people are shouted at."
        with self.assertRaisesRegex(UserError, "The client was not told yet"):
            offboarding.action_finish_now()
        self.assertEqual(offboarding.state, "contract", "nothing is half done")
        self.ready_tell(offboarding)
        offboarding.talk_on = False
        offboarding.action_finish_now()
        self.assertEqual(offboarding.state, "projects")
        with self.assertRaisesRegex(UserError, "nothing left to do"):
            offboarding.action_finish_now()
