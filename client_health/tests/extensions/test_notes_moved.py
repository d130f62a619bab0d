"""An upgrade moves our notes from contacts to healths, and nothing else."""

import importlib.util

from markupsafe import Markup
from odoo.tools import file_path

from ..common import HealthCase

SCRIPT = "client_health/migrations/19.0.1.7.0/post-notes.py"


class TestNotesMoved(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        spec = importlib.util.spec_from_file_location("notes", file_path(SCRIPT))
        cls.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.script)
        cls.client = cls.make_client("Acme")
        cls.make_deal(cls.client)
        cls.health = cls.refresh(cls.client)

    def log(self, record, body):
        return record._message_log(body=Markup("<p>%s</p>") % body)

    def test_notes_of_ours_are_moved_to_the_health_of_their_company(self):
        there = self.make_company("There", "Europe/London")
        self.make_deal(self.client, company=there)
        abroad = self.refresh(self.client, there)
        recovery = self.env["client.recovery"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "user_id": self.make_user("owner", "client_health.group_user").id,
            }
        )
        self.env["res.lang"]._activate_lang("nl_BE")
        drop = self.log(
            self.client, "Client health dropped from Healthy to Critical.<br/>Why"
        )
        started = self.log(recovery, "Recovery started")
        copied = self.log(self.client, "Recovery started")
        kept = self.log(self.client, "Called about the health of Ann")
        posted = self.client.message_post(
            body="Recovery started", message_type="comment"
        )
        elsewhere = self.log(self.make_client("Other"), "Recovery started")
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.1.6.0")
        for note, record in (
            (drop, self.health),
            (copied, self.health),
            (started, recovery),
            (kept, self.client),
            (posted, self.client),
        ):
            self.assertEqual((note.model, note.res_id), (record._name, record.id))
        self.assertEqual(elsewhere.model, "res.partner")
        self.assertFalse(abroad.message_ids)
