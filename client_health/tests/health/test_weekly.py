"""The weekly summary: who gets it, what it says, and that nobody gets it twice."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from .test_refresh import RefreshCase

WEEKLY = "odoo.addons.client_health.models.health.weekly"


class Killed(BaseException):
    """What a process does not survive."""


@tagged("post_install", "-at_install")
class TestWeekly(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).client_health_weekly_mail = False
        cls.company.client_health_weekly_mail = True
        cls.Weekly = cls.env["client.health.weekly"]
        cls.seller = cls.make_reader("seller", "client_health.group_user")
        cls.monday = cls.today - timedelta(days=cls.today.weekday())

    @classmethod
    def make_reader(cls, login, *groups, **values):
        user = cls.make_user(login, *groups, **values)
        user.email = f"{login}@example.com"
        return user

    @classmethod
    def make_clients(cls, *stalled, user=None, total=40):
        clients = cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {n} with {number}",
                    "is_company": True,
                    "user_id": (user or cls.seller).id,
                }
                for n, number in enumerate(stalled)
            ]
        )
        for client, number in zip(clients, stalled, strict=True):
            cls.make_tasks(client, number, total)
        cls.refresh(clients)
        return clients

    def send(self):
        """One run of the job; returns the mails it left in the queue."""
        before = self.env["mail.mail"].search([])
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *args, **kwargs: 60):
            self.Weekly._cron_send()
        return self.env["mail.mail"].search([]) - before

    def text(self, mail):
        return html2plaintext(mail.body_html)

    # -- what it says --------------------------------------------------------------

    def test_it_names_the_worst_three_the_flags_and_the_way_to_them(self):
        clients = self.make_clients(40, 39, 20, 5, 0)
        mail = self.send()
        self.assertEqual(len(mail), 1)
        self.assertIn("seller@example.com", mail.email_to)
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(mail.state, "outgoing")
        content = self.Weekly.search([("user_id", "=", self.seller.id)])._content()
        worst = [client["name"] for client in content["worst"]]
        # 40, 39 and 20 of 40 all score 0; 5 of 40 is a penalty of 0.5
        self.assertEqual(worst, clients[:3].mapped("name"))
        self.assertEqual(len(content["flags"]), 4)
        text = self.text(mail)
        for health in clients[:4].health_id:
            self.assertIn(health.partner_id.name, text)
            self.assertIn(f"/odoo/client-health/{health.id}", mail.body_html)
        self.assertIn(clients[0].health_id.level_reason, text)
        self.assertIn(clients[0].health_id.flag_ids.sentence, text)
        self.assertNotIn(clients[4].name, text)

    def test_it_names_whose_level_changed_since_the_monday_before(self):
        fell, same = self.make_clients(5, 5)
        past = self.monday - timedelta(days=8)
        self.refresh(fell + same, as_of=past)
        history = (fell + same).health_id.snapshot_ids
        history = history.filtered(lambda snapshot: snapshot.date == past)
        self.assertEqual(len(history), 2)
        self.force(history, level=same.health_id.level)
        mine = history.filtered(lambda s: s.health_id == fell.health_id)
        self.force(mine, level="healthy")
        self.send()
        content = self.Weekly.search([("user_id", "=", self.seller.id)])._content()
        self.assertEqual(
            [(c["name"], c["old"], c["level"]) for c in content["changed"]],
            [(fell.name, "Healthy", "At risk")],
        )

    def test_many_flags_are_summed_up(self):
        self.make_clients(*[8] * 12, total=8)
        mail = self.send()
        self.assertIn("And 2 more", self.text(mail))

    def test_nothing_to_say_is_no_mail(self):
        self.make_clients(0, 0)
        self.assertFalse(self.send())
        self.assertFalse(self.Weekly.search([("user_id", "=", self.seller.id)]))

    def test_picked_up_snoozed_and_cleared_flags_are_no_news(self):
        client = self.make_clients(40)
        health = client.health_id
        self.force(health, level="watch")
        for state in ("acknowledged", "snoozed", "cleared"):
            self.force(health.flag_ids, state=state)
            self.assertFalse(self.send(), state)
        self.force(health.flag_ids, state="open")
        self.assertEqual(len(self.send()), 1)

    def test_no_alarm_while_a_recovery_or_offboarding_runs(self):
        client = self.make_clients(40)
        for phase in ("recovery", "offboarding", "ended"):
            self.force(client.health_id, phase=phase)
            self.assertFalse(self.send(), phase)

    def test_figures_about_money_are_for_managers(self):
        boss = self.make_reader("boss", "client_health.group_manager")
        rich = self.make_check("rich", "opt(to_invoice) + 7391 * open_leads", 7391)
        rich.indicator_ids.unit = "money"
        for user in (self.seller, boss):
            client = self.make_client(f"Of {user.login}", user_id=user.id)
            self.make_deal(client)
            self.make_deal(client)
            self.make_tasks(client, 40)
            self.refresh(client)
        bodies = {mail.email_to: mail.body_html for mail in self.send()}
        texts = {
            user: next(text for to, text in bodies.items() if user.email in to)
            for user in (self.seller, boss)
        }
        self.assertIn("rich", texts[self.seller])
        self.assertNotIn("782", texts[self.seller])  # 2 × 7,391 = 14,782
        self.assertIn("782", texts[boss])

    def test_it_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.seller.lang = "nl_NL"
        self.check.with_context(lang="nl_NL").name = "Stilstand van werk"
        template = self.env.ref("client_health.mail_template_weekly")
        template.with_context(lang="nl_NL").subject = "Uw klanten deze week"
        self.make_clients(40)
        mail = self.send()
        self.assertEqual(mail.subject, "Uw klanten deze week")
        self.assertIn("Stilstand van werk", mail.body_html)

    def test_names_are_escaped(self):
        client = self.make_clients(40)
        client.name = "<script>alert(1)</script>"
        body = self.send().body_html
        self.assertNotIn("<script", body)
        self.assertIn("&lt;script", body)

    # -- who gets it ---------------------------------------------------------------

    def test_only_colleagues_at_work_who_may_see_it(self):
        stranger = self.make_reader("stranger", "base.group_user")
        portal = self.make_reader("outsider", "base.group_portal")
        gone = self.make_reader("gone", "client_health.group_user")
        silent = self.make_reader("silent", "client_health.group_user")
        silent.email = False
        for user in (stranger, portal, gone, silent):
            self.make_clients(40, user=user)
        gone.active = False
        self.assertFalse(self.send())

    def test_it_is_off_until_a_company_switches_it_on(self):
        new = self.make_company("New", "Pacific/Auckland")
        self.assertFalse(new.client_health_weekly_mail)
        self.make_clients(40)
        self.company.client_health_weekly_mail = False
        self.assertFalse(self.send())

    def test_clients_of_a_company_that_left_it_off_are_not_told_of(self):
        other = self.make_company("There", "Pacific/Auckland")
        both = self.make_reader(
            "both", "client_health.group_user", companies=self.company + other
        )
        here, there = (self.make_client(name, user_id=both.id) for name in "AB")
        self.make_tasks(here, 40)
        self.make_tasks(there, 40, company=other)
        self.refresh(here)
        self.refresh(there, other)
        self.assertEqual(self.Weekly._recipients(self.monday), both)
        self.send()
        content = self.Weekly.search([("user_id", "=", both.id)])._content
        self.assertEqual([c["name"] for c in content()["worst"]], ["A"])
        other.client_health_weekly_mail = True
        self.assertEqual(
            {c["name"] for c in content()["worst"]}, {"A (Here)", "B (There)"}
        )

    # -- once ----------------------------------------------------------------------

    def test_one_mail_a_week(self):
        self.make_clients(40)
        self.assertEqual(len(self.send()), 1)
        self.assertFalse(self.send())
        with freeze_time(self.monday + timedelta(days=6, hours=12)):
            self.assertFalse(self.send())
        with freeze_time(self.monday + timedelta(days=7, hours=12)):
            self.assertEqual(len(self.send()), 1)

    def test_a_run_that_is_killed_half_way_writes_nobody_twice(self):
        users = self.seller
        for number in range(3):
            users += self.make_reader(f"seller{number}", "client_health.group_user")
        for user in users:
            self.make_clients(40, user=user)
        before = self.env["mail.mail"].search([])
        original, sent = type(self.Weekly)._send, []

        def send(records, user, week):
            original(records, user, week)
            sent.append(user)
            if len(sent) == 3:
                raise Killed  # before its work could be committed

        with patch.object(type(self.Weekly), "_send", send), suppress(Killed):
            self.send()
        self.assertEqual(len(self.env["mail.mail"].search([]) - before), 2)
        self.assertEqual(len(self.send()), 2)
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mails), 4)
        for user in users:
            mine = mails.filtered(lambda m, user=user: user.email in m.email_to)
            self.assertEqual(len(mine), 1, user.login)

    def test_a_summary_that_fails_does_not_stop_the_others(self):
        other = self.make_reader("other", "client_health.group_user")
        for user in (self.seller, other):
            self.make_clients(40, user=user)
        original = type(self.Weekly)._send

        def send(records, user, week):
            if user == self.seller:
                raise ValueError("no such thing")
            original(records, user, week)

        with patch.object(type(self.Weekly), "_send", send), mute_logger(WEEKLY):
            mail = self.send()
        self.assertIn("other@example.com", mail.email_to)
        self.assertIn("seller@example.com", self.send().email_to)

    def test_nobody_but_the_administrator_reads_who_got_it(self):
        self.make_clients(40)
        self.send()
        record = self.Weekly.search([("user_id", "=", self.seller.id)])
        for action, *args in (("read", ["week"]), ("unlink",)):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.seller), action)(*args)
