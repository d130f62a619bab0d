"""Clients at risk in the digest of Odoo."""

from datetime import datetime, time, timedelta

import pytz
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..health.test_refresh import RefreshCase


@tagged("post_install", "-at_install")
class TestDigest(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("relation", "client_health.group_user")
        cls.colleague = cls.make_user("colleague", "base.group_user")
        cls.digest = cls.env["digest.digest"].create(
            {"name": "Ours", "company_id": cls.company.id, "kpi_clients_at_risk": True}
        )
        cls.clients = cls.env["res.partner"].create(
            [{"name": str(n), "is_company": True} for n in range(4)]
        )
        for client, stalled in zip(cls.clients, (40, 4, 3, 0), strict=True):
            cls.make_tasks(client, stalled)  # critical, at_risk (60), watch, healthy
        cls.refresh(cls.clients)

    def value(self, day=None, user=None, digest=None):
        end = datetime.combine(day or self.today, time(12), pytz.utc)
        digest = (digest or self.digest).with_context(
            start_datetime=end - timedelta(days=1), end_datetime=end
        )
        digest.invalidate_recordset(["kpi_clients_at_risk_value"])
        user = user or self.user
        return (
            digest.with_user(user).with_company(self.company).kpi_clients_at_risk_value
        )

    def test_it_counts_clients_at_risk_or_critical_today(self):
        levels = self.clients.health_id.mapped("level")
        self.assertEqual(levels, ["critical", "at_risk", "watch", "healthy"])
        self.assertEqual(self.value(), 2)
        self.force(self.clients[0].health_id, phase="ended")
        self.assertEqual(self.value(), 1)

    def test_an_earlier_day_counts_what_the_history_says(self):
        past = self.ago(30)
        self.refresh(self.clients, as_of=past)
        history = self.clients.health_id.snapshot_ids
        history = history.filtered(lambda snapshot: snapshot.date == past)
        self.force(history, level="at_risk")
        self.assertEqual(self.value(self.ago(20)), 4)
        self.assertEqual(self.value(self.ago(40)), 0)
        self.assertEqual(self.value(), 2)

    def test_other_companies_are_not_counted(self):
        other = self.make_company("There", "Pacific/Auckland")
        self.make_tasks(self.clients[3], 40, company=other)
        self.refresh(self.clients[3], other)
        self.assertEqual(self.value(), 2)
        theirs = self.digest.copy({"company_id": other.id})
        self.assertEqual(self.value(digest=theirs), 0)

    def test_the_mail_shows_it_to_the_group_and_leaves_it_out_for_others(self):
        for user, shown in ((self.user, True), (self.colleague, False)):
            kpis = {
                kpi["kpi_name"]: kpi
                for kpi in self.digest._compute_kpis(self.company, user)
            }
            self.assertEqual("kpi_clients_at_risk" in kpis, shown)
            if shown:
                kpi = kpis["kpi_clients_at_risk"]
                self.assertEqual(int(kpi["kpi_col1"]["value"]), 2)
                self.assertIn("client_health_action", kpi["kpi_action"])
        with self.assertRaises(AccessError):
            self.value(user=self.colleague)
