"""A client to recover."""

from odoo import Command
from odoo.tools import mail

from ..health.test_refresh import RefreshCase


class RecoveryCase(RefreshCase):
    """A client in trouble, its salesperson and a manager.

    Of the 40 tasks of a client, each that stands still costs 10 points.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        apps = ["base.group_partner_manager", "project.group_project_user"]
        cls.manager = cls.make_user("chief", *apps, "client_health.group_manager")
        cls.user = cls.make_user("hand", *apps, "client_health.group_user")
        cls.client = cls.make_client("Harbour Lights", user_id=cls.user.id)
        cls.tasks = cls.make_tasks(cls.client, 6)  # watch, score 40
        cls.health = cls.refresh(cls.client)

    @classmethod
    def start(cls, client=None, user=None, **values):
        recoveries = cls.env["client.recovery"].with_user(user or cls.user)
        return recoveries.create(
            {
                "partner_id": (client or cls.client).id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def wizard(self, clients, user=None, **values):
        model = self.env["client.recovery.start"].with_user(user or self.user)
        return model.create({"partner_ids": [Command.set(clients.ids)], **values})

    def to_review(self, recovery):
        """Finish the steps before the review, whatever keeps them open."""
        recovery = recovery.sudo()
        for step in recovery.step_ids.filtered(lambda s: s.code != "review"):
            step.done_on = self.today
        recovery.state = "review"

    def look_at_ourselves(self, recovery):
        """What belongs to the first step."""
        recovery.answer_ids[0].text = "We never said what it costs."
        recovery.write({"self_result": "both", "self_note": "Prices come first"})

    def dialog(self, action, **values):
        """The dialog that an action of a button opens, filled in."""
        model = self.env[action["res_model"]].with_user(self.user)
        return model.with_context(**action["context"]).create(values)

    def said(self, record):
        """What the chatter says, as text."""
        bodies = record.sudo().message_ids.mapped("body")
        return "\n".join(mail.html2plaintext(body) for body in bodies)

    def activities(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
