"""A client that is offboarded."""

from odoo import Command

from ..common import HealthCase


class OffboardingCase(HealthCase):
    """A client that leaves, a manager and a user who offboard it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        apps = ["base.group_partner_manager", "project.group_project_user"]
        chief = ["project.group_project_manager", "client_health.group_manager"]
        cls.manager = cls.make_user("chief", *apps, *chief)
        cls.user = cls.make_user("hand", *apps, "client_health.group_user")
        cls.client = cls.make_client("Harbour Lights", email="info@harbour.example")

    @classmethod
    def start(cls, client=None, user=None, **values):
        """An offboarding as the user (default: the manager) starts it."""
        offboardings = cls.env["client.offboarding"].with_user(user or cls.manager)
        offboarding = offboardings.create(
            {
                "partner_id": (client or cls.client).id,
                "company_id": cls.company.id,
                "date_end": cls.today,
                **values,
            }
        )
        # who has a step sees it before the client knows, and acts in it
        offboarding.sudo()._step("transition").user_id = cls.user
        return offboarding

    @classmethod
    def make_agreement(cls, client=None, **values):
        agreement = cls.env["client.agreement"].create(
            {
                "partner_id": (client or cls.client).id,
                "company_id": cls.company.id,
                "date_start": cls.ago(100),
                **values,
            }
        )
        agreement.action_activate()
        return agreement

    # what makes each step ready
    def ready_contract(self, offboarding):
        offboarding.action_check_contract()

    def ready_projects(self, offboarding):
        offboarding.action_sync_projects()
        for line in offboarding.deliverable_ids.filtered("is_open"):
            line.write({"decision": line.decision or "finish", "becomes": "done"})
        for line in offboarding.project_ids:
            if line.state in ("open", "again"):
                line.action_close()

    def ready_conversation(self, offboarding):
        offboarding.write(
            {
                "reason": "progress",
                "reason_text": "We no longer offer what you need.",
                "topics": "Thanks, the decision, the reason, what happens next.",
                "talk_on": self.today,
            }
        )
        offboarding.action_rehearse()
        offboarding.with_user(self.user).action_review()

    def ready_tell(self, offboarding):
        offboarding.write(
            {"told_on": self.today, "told_how": "phone", "reaction": "A pity."}
        )

    def ready_transition(self, offboarding):
        offboarding.write(
            {
                "files_handed_over": True,
                "access_handed_over": True,
                "final_invoice": "none",
            }
        )
        offboarding.action_hand_plan()

    def walk(self, offboarding, until="done"):
        """Finish the steps before ``until``; all of them by default."""
        for step in ("contract", "conversation", "tell", "projects", "transition"):
            if step == until:
                return offboarding
            getattr(self, f"ready_{step}")(offboarding)
            self.finish(offboarding)
        return offboarding

    def finish(self, offboarding):
        """Finish the present step all the same, whatever the dialog names."""
        answer = offboarding.action_finish_step()
        if answer is not True and "res_model" in answer:
            dialog = offboarding.env[answer["res_model"]]
            dialog.with_context(**answer["context"]).create({}).action_apply()

    def needs(self, offboarding, step):
        """What blocks a step and nobody passed."""
        return offboarding.sudo()._blocking(step)

    def codes(self, offboarding, step):
        return {need.code for need in self.needs(offboarding, step)}

    def blocks(self, offboarding, step, code):
        self.assertIn(code, self.codes(offboarding, step))

    def no_blocks(self, offboarding, step, code):
        self.assertNotIn(code, self.codes(offboarding, step))

    def portal_user(self, partner, login):
        """A user of the client's who logs in to the portal."""
        user = self.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        return user
