"""Reactivate brings back what still is as the end left it, and nothing else."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .case import OffboardingCase


@tagged("post_install", "-at_install")
class TestBack(OffboardingCase):
    def over(self):
        offboarding = self.walk(self.start())
        offboarding.action_done()
        return offboarding

    def left_alone(self, offboarding):
        """What a note names as left alone."""
        offboarding.action_reactivate()
        notes = offboarding.message_ids.filtered(lambda m: "left alone" in m.body)
        return " ".join(notes.mapped("body"))

    def test_who_became_an_employee_is_left_alone(self):
        self.app("hr.employee")
        joiner = self.make_contact(self.client, "Joiner", email="j@harbour.example")
        portal = self.portal_user(joiner, "portal-joiner")
        offboarding = self.over()
        self.env["hr.employee"].create(
            {
                "name": "Joiner",
                "company_id": self.company.id,
                "work_contact_id": joiner.id,
            }
        )
        words = self.left_alone(offboarding)
        self.assertIn("Joiner", words)
        self.assertFalse(portal.active or portal._is_portal())

    def test_who_moved_is_asked_to_no_meeting_again(self):
        stayer = self.make_contact(self.client, "Stayer", email="s@harbour.example")
        mover = self.make_contact(self.client, "Mover", email="m@harbour.example")
        guest = self.make_client("Guest")
        event = self.env["calendar.event"].create(
            {
                "name": "Fair",
                "start": self.moment(self.ago(-3)),
                "stop": self.moment(self.ago(-3)) + timedelta(hours=1),
                "partner_ids": [Command.set((stayer + mover + guest).ids)],
            }
        )
        offboarding = self.over()
        self.assertEqual(event.partner_ids & (stayer + mover + guest), guest)
        mover.parent_id = self.make_client("Elsewhere")
        self.assertIn("Mover", self.left_alone(offboarding))
        self.assertEqual(event.partner_ids & (stayer + mover + guest), stayer + guest)

    def test_who_moved_or_said_no_since_is_subscribed_to_nothing_again(self):
        self.app("mailing.subscription")
        names = ("stayer", "mover", "refuser")
        people = self.client.browse()
        subscriptions = self.env["mailing.subscription"]
        news = self.env["mailing.list"].create({"name": "News"})
        for name in names:
            address = f"{name}@harbour.example"
            people += self.make_contact(self.client, name, email=address)
            subscriber = self.env["mailing.contact"].create({"email": address})
            subscriptions += subscriptions.create(
                {"contact_id": subscriber.id, "list_id": news.id}
            )
        offboarding = self.over()
        self.assertEqual(subscriptions.mapped("opt_out"), [True, True, True])
        people[1].parent_id = self.make_client("Elsewhere")
        reason = self.env["mailing.subscription.optout"].search([], limit=1)
        subscriptions[2].write(
            {"opt_out_datetime": fields.Datetime.now(), "opt_out_reason_id": reason.id}
        )
        words = self.left_alone(offboarding)
        self.assertEqual(subscriptions.mapped("opt_out"), [False, True, True])
        for name in ("mover", "refuser"):
            self.assertIn(name, words)

    def test_what_somebody_changed_since_stays(self):
        agreement = self.env["client.agreement"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "date_start": self.ago(90),
            }
        )
        agreement.action_activate()
        offboarding = self.over()
        self.assertEqual(agreement.state, "ended")
        agreement.sudo().date_end = self.ago(-40)
        self.left_alone(offboarding)
        self.assertEqual(agreement.state, "ended")
        self.assertEqual(agreement.date_end, self.ago(-40))

    def test_what_an_older_version_wrote_down_comes_back_too(self):
        contact = self.make_contact(self.client, "Contact")
        offboarding = self.over()
        record = offboarding.sudo()
        record.archived = [entry[:3] for entry in record.archived]
        offboarding.action_reactivate()
        self.assertTrue(self.client.active and contact.active)
