"""A drop in level: one note on the health that says why, one to-do."""

from unittest.mock import patch

from odoo import fields
from odoo.tools import html2plaintext
from odoo.tools.translate import code_translations

from .test_refresh import RefreshCase


class AlertCase(RefreshCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "client_health.group_user")
        cls.seller.email = "seller@example.com"
        cls.kind = cls.env.ref("client_health.mail_activity_type_drop")
        cls.client = cls.make_client("A & <b>Sons</b>", user_id=cls.seller.id)
        cls.tasks = cls.make_tasks(cls.client, 2)  # penalty 0.2: score 80, healthy
        cls.health = cls.refresh(cls.client)

    def notes(self, client=None):
        health = (client or self.client).health_id
        return self.env["mail.message"].search(
            [("model", "=", "client.health"), ("res_id", "=", health.id)]
        )

    def todos(self, client=None):
        """To-dos of our kind, those that are done included."""
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("activity_type_id", "=", self.kind.id),
                    ("res_model", "=", "client.health"),
                    ("res_id", "=", (client or self.client).health_id.id),
                ]
            )
        )

    def fall(self, stalled=3, level="watch"):
        """Let the client fall; returns the notes that this left."""
        before = self.notes()
        self.stall(self.tasks, stalled)
        self.refresh(self.client)
        self.assertEqual(self.health.level, level)
        return self.notes() - before


class TestDrop(AlertCase):
    def test_a_drop_leaves_one_internal_note_that_says_why(self):
        note = self.fall(6, "critical")
        self.assertEqual(len(note), 1)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertTrue(note.is_internal)
        self.assertEqual(note.message_type, "notification")
        text = html2plaintext(note.body)
        self.assertIn("Healthy", text)
        self.assertIn("Critical", text)
        self.assertIn("40", text)  # the score that decides it
        self.assertIn("stalled", text)  # the flag that is open

    def test_the_note_is_sent_to_nobody(self):
        self.client.message_subscribe(self.seller.partner_id.ids)
        mails = self.env["mail.mail"].search_count([])
        note = self.fall()
        self.assertFalse(note.notification_ids)
        self.assertFalse(note.partner_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_a_red_flag_that_decides_is_named(self):
        self.make_check("leads", "open_leads", 10, weight=90)
        self.refresh(self.client)
        note = self.fall(40, "at_risk")  # score 90, its floor speaks
        self.assertIn("“stalled”", html2plaintext(note.body))

    def test_what_the_note_says_follows_from_now_not_from_before(self):
        self.assertIn("80", self.health.level_reason)
        note = self.fall(6, "critical")
        self.assertIn("40", html2plaintext(note.body))
        self.assertNotIn("80", html2plaintext(note.body))

    def test_names_are_escaped(self):
        self.check.name = "<script>alert(1)</script> & co"
        self.refresh(self.client)
        note = self.fall(12, "critical")
        self.assertNotIn("<script", note.body)
        self.assertIn("&lt;script&gt;", note.body)
        self.assertIn("&amp; co", note.body)
        self.assertEqual(note.body.count("<li>"), 1)

    def test_no_figure_about_money_gets_into_note_or_to_do(self):
        rich = self.make_check("rich", "opt(to_invoice) + 7391 * open_leads", 7391)
        rich.indicator_ids.unit = "money"
        self.assertTrue(rich.indicator_ids.money)
        self.refresh(self.client)
        before = self.notes()
        self.make_deal(self.client)
        self.refresh(self.client)
        self.assertNotEqual(self.health.level, "healthy")
        note = self.notes() - before
        self.assertIn("rich", html2plaintext(note.body))
        for text in (note.body, self.todos().summary, self.todos().note or ""):
            self.assertNotIn("391", text)

    def test_a_drop_gives_the_salesperson_one_to_do(self):
        self.fall()
        todo = self.todos()
        self.assertEqual(len(todo), 1)
        self.assertEqual(todo.user_id, self.seller)
        self.assertEqual(todo.date_deadline, fields.Date.context_today(self.health))
        self.assertIn("70", todo.summary)
        self.assertEqual(self.health.activity_ids, todo)

    def test_a_second_drop_while_it_is_open_gives_no_second_to_do(self):
        self.assertEqual(len(self.fall(3, "watch")), 1)
        self.assertEqual(len(self.fall(6, "critical")), 1)
        self.assertEqual(len(self.todos()), 1)
        self.todos().action_feedback("called them")
        self.stall(self.tasks, 0)
        self.refresh(self.client)
        self.fall(6, "critical")
        self.assertEqual(sorted(self.todos().mapped("active")), [False, True])

    def test_new_settings_alone_are_no_news_of_a_client(self):
        self.stall(self.tasks, 1)
        self.refresh(self.client)
        before = self.notes()
        limits = self.check.indicator_ids.read(["good", "watch", "red"])[0]
        del limits["id"]
        tight = {name: value / 4 for name, value in limits.items()}
        self.check.indicator_ids.write(tight)
        self.refresh(self.client)
        self.assertNotEqual(self.health.level, "healthy")
        self.assertFalse(self.notes() - before)
        self.assertFalse(self.todos())
        # what the client does is news, whatever changed besides
        self.check.indicator_ids.write(limits)
        self.refresh(self.client)
        self.assertEqual(self.health.level, "healthy")
        self.check.indicator_ids.write(tight)
        self.assertEqual(len(self.fall(6, "critical")), 1)
        self.assertEqual(len(self.todos()), 1)

    def test_a_night_that_changes_nothing_says_nothing(self):
        self.assertEqual(len(self.fall(6, "critical")), 1)
        self.assertFalse(self.fall(6, "critical"))
        self.assertFalse(self.fall(7, "critical"))
        self.run_all()
        self.assertEqual(len(self.todos()), 1)

    def test_the_button_tells_of_it_like_the_night(self):
        self.stall(self.tasks, 6)
        before = self.notes()
        self.health.with_user(self.seller).action_refresh()
        self.assertEqual(len(self.notes() - before), 1)
        self.assertEqual(len(self.todos()), 1)

    # -- where nobody is told ------------------------------------------------------

    def test_without_the_setting_there_is_a_note_and_no_to_do(self):
        self.company.client_health_alert_activity = False
        self.assertEqual(len(self.fall()), 1)
        self.assertFalse(self.todos())

    def test_without_a_salesperson_there_is_a_note_and_no_to_do(self):
        self.client.user_id = False
        self.assertEqual(len(self.fall()), 1)
        self.assertFalse(self.todos())

    def test_a_salesperson_who_left_gets_no_to_do(self):
        self.seller.active = False
        self.assertEqual(len(self.fall()), 1)
        self.assertFalse(self.todos())

    def test_a_salesperson_without_the_group_does_not_stop_the_others(self):
        """Nobody gets a to-do on a record that he may not open."""
        stranger = self.make_user("stranger", "base.group_user")
        self.client.user_id = stranger
        other = self.make_client("Other", user_id=self.seller.id)
        tasks = self.make_tasks(other, 2)
        self.refresh(self.client + other)
        self.stall(self.tasks + tasks, 0)
        for half in (self.tasks, tasks):
            self.stall(half, 6)
        self.refresh(self.client + other)
        self.assertEqual(self.health.level, "critical")
        self.assertEqual(self.todos(other).user_id, self.seller)
        self.assertFalse(self.todos())

    def test_the_first_score_ever_is_silent(self):
        client = self.make_client("New", user_id=self.seller.id)
        self.make_tasks(client, 40)
        before = self.notes(client)
        health = self.refresh(client)
        self.assertEqual(health.level, "critical")
        self.assertEqual(self.notes(client), before)
        self.assertFalse(self.todos(client))

    def test_during_a_recovery_or_an_offboarding_it_is_silent(self):
        for phase in ("recovery", "offboarding", "ended"):
            with self.subTest(phase=phase):
                self.stall(self.tasks, 0)
                self.refresh(self.client)
                self.force(self.health, phase=phase)
                self.assertFalse(self.fall(6, "critical"))
                self.assertFalse(self.todos())
        self.force(self.health, phase="active")
        self.stall(self.tasks, 0)
        self.refresh(self.client)
        self.assertEqual(len(self.fall(6, "critical")), 1)

    def test_a_level_that_rises_is_silent(self):
        self.fall(6, "critical")
        self.todos().unlink()
        self.assertFalse(self.fall(3, "watch"))
        self.assertFalse(self.fall(0, "healthy"))
        self.assertFalse(self.todos())

    def test_a_client_who_gets_unknown_is_silent_and_a_bad_awakening_is_not(self):
        self.tasks.project_id.active = False
        before = self.notes()
        self.refresh(self.client)
        self.assertEqual(self.health.level, "unknown")
        self.assertEqual(self.notes(), before)
        self.tasks.project_id.active = True
        self.stall(self.tasks, 3)
        before = self.notes()
        self.refresh(self.client)
        self.assertEqual(self.health.level, "watch")
        self.assertEqual(self.notes(), before)
        self.tasks.project_id.active = False
        self.refresh(self.client)
        self.tasks.project_id.active = True
        self.stall(self.tasks, 40)
        before = self.notes()
        self.refresh(self.client)
        self.assertEqual(self.health.level, "critical")
        self.assertEqual(len(self.notes() - before), 1)

    # -- many at once, in their language -------------------------------------------

    def test_several_drops_cost_hardly_more_queries_than_one(self):
        def spent(count):
            clients = self.env["res.partner"].create(
                [
                    {"name": str(n), "is_company": True, "user_id": self.seller.id}
                    for n in range(count)
                ]
            )
            tasks = self.env["project.task"]
            for client in clients:
                tasks += self.make_tasks(client, 0, 8)
            healths = self.refresh(clients)
            self.assertEqual(set(healths.mapped("level")), {"healthy"})
            self.stall(tasks, 8 * count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Health._night(self.company).score(clients.ids)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(set(healths.mapped("level")), {"critical"})
            todos = self.env["mail.activity"].search(
                [("activity_type_id", "=", self.kind.id), ("res_id", "in", healths.ids)]
            )
            self.assertEqual(len(todos), count)
            return queries

        spent(1)
        few, many = spent(2), spent(12)
        self.assertLess(many - few, 3, (few, many))

    def test_it_is_said_in_the_language_of_the_salesperson(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.seller.lang = "nl_NL"
        self.check.with_context(lang="nl_NL").name = "Stilstand van werk"
        words = {
            "Client health dropped from %(old)s to %(new)s.": (
                "De klantrelatie ging van %(old)s naar %(new)s."
            ),
            "A red flag for “%(check)s” decides the level: without it the score "
            "would be %(score)s.": "Een rode vlag voor “%(check)s” bepaalt het niveau.",
        }
        self.make_check("leads", "open_leads", 10, weight=90)
        self.refresh(self.client)
        original = type(code_translations).get_python_translations

        def translations(catalogue, module, lang):
            if (module, lang) == ("client_health", "nl_NL"):
                return words
            return original(catalogue, module, lang)

        with patch.object(
            type(code_translations), "get_python_translations", translations
        ):
            note = self.fall(40, "at_risk")
        text = html2plaintext(note.body)
        self.assertIn("De klantrelatie ging van", text)
        reason = "Een rode vlag voor “Stilstand van werk” bepaalt het niveau."
        self.assertIn(reason, text)
        self.assertEqual(self.todos().summary, reason)

    def test_without_a_salesperson_it_is_said_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.company.partner_id.lang = "nl_NL"
        self.client.user_id = False
        self.check.with_context(lang="nl_NL").name = "Stilstand van werk"
        note = self.fall(12, "critical")
        self.assertIn("Stilstand van werk", html2plaintext(note.body))
