"""Two pairs of eyes are two persons; and who works for us is judged by nobody."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..feedback.case import MANAGER, FeedbackCase


@tagged("post_install", "-at_install")
class TestTwoPairsOfEyes(FeedbackCase):
    def test_another_account_of_the_reporter_confirms_nothing(self):
        twin = self.make_user("said_twin", MANAGER)
        twin.partner_id = self.mia.partner_id
        incident = self.as_user(self.mia, "client.incident").create(
            {"partner_id": self.client.id, "category": "abuse"}
        )
        asked = self.open_activities(incident, "mail_activity_type_incident").user_id
        self.assertNotIn(asked, self.mia | twin)
        theirs = self.as_user(twin, "client.incident").browse(incident.id)
        self.assertFalse(theirs.may_judge)
        with self.assertRaisesRegex(UserError, "yourself"):
            theirs.action_confirm()
        self.as_user(self.max, "client.incident").browse(incident.id).action_confirm()
        self.assertEqual(incident.sudo().state, "confirmed")

    def test_an_employee_who_does_not_log_in_is_one_of_us(self):
        self.app("hr.employee")
        contact = self.make_contact(self.client, "Own hand")
        self.env["hr.employee"].create(
            {"name": "Own hand", "work_contact_id": contact.id}
        )
        alone = self.env["res.partner"].create({"name": "Alone"})
        self.env["hr.employee"].create({"name": "Alone", "work_contact_id": alone.id})
        for model, values in (
            ("client.incident", {"partner_id": contact.id, "category": "abuse"}),
            ("client.incident", {"partner_id": alone.id, "category": "abuse"}),
            ("client.pulse", {"partner_id": alone.id, "respect": 3, "attitude": 3}),
        ):
            with self.assertRaisesRegex(UserError, "one of us"), self.cr.savepoint():
                self.as_user(self.anna, model).create(values)
