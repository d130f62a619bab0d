from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .work_case import WorkCase


@tagged("post_install", "-at_install")
class TestRequests(WorkCase):
    """What we asked of the client, and who keeps our work waiting."""

    def ask(self, due, **values):
        """Something that is due so many days ago."""
        return self.env["client.request"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "name": "The texts of the home page",
                "due_on": self.ago(due),
                **values,
            }
        )

    def late(self):
        return self.judged("client_late_deliveries")

    def test_who_delivers_in_time_is_fine(self):
        self.make_project(self.client)
        for due in (60, 40, 20):
            self.ask(due, delivered_on=self.ago(due + 2))
        self.ask(-20)
        late = self.late()
        self.assertEqual((late["value"], late["sample"]), (0, 3))

    def test_what_comes_late_or_not_at_all_counts(self):
        self.ask(60, delivered_on=self.ago(61))
        self.ask(40, delivered_on=self.ago(30))
        self.assertIsNone(self.late()["penalty"], "two are too few")
        self.ask(20)
        late = self.late()
        self.assertAlmostEqual(late["value"], 2 / 3)
        self.assertEqual(late["penalty"], 1)

    def test_nobody_is_accused_of_what_nobody_asked_for(self):
        for due in (60, 40, 20):
            self.ask(due, asked_in="not_yet")
        self.assertEqual(self.late()["sample"], 0)

    def test_what_we_do_not_need_any_more_says_nothing(self):
        requests = [self.ask(due) for due in (60, 40, 20)]
        self.assertEqual(self.late()["value"], 1)
        for request in requests:
            request.action_cancel()
        self.assertEqual(self.late()["sample"], 0)

    def test_due_today_is_not_late(self):
        for _number in range(3):
            self.ask(0)
        self.assertEqual(self.late()["sample"], 0)

    def test_a_reply_with_a_file_leaves_it_open_until_somebody_ticks(self):
        task = self.old_task()
        requests = [self.ask(due, task_id=task.id) for due in (60, 40, 20)]
        self.write_on(task, 25)
        self.assertEqual(self.late()["sample"], 3, "a reply without a file")
        message = self.write_on(task, 19)
        message.attachment_ids = [Command.create({"name": "texts.odt", "raw": b"x"})]
        self.assertEqual(self.late()["sample"], 0)
        for request in requests:
            request.action_delivered()
        late = self.late()
        self.assertEqual((late["value"], late["sample"]), (1, 3))
        for request in requests:
            request.delivered_on = self.ago(70)
        self.assertEqual(self.late()["value"], 0)

    def test_the_one_who_asked_is_reminded_until_it_came(self):
        asker = self.make_user("asker", "client_health.group_user")
        request = self.ask(-5, user_id=asker.id)
        [todo] = request.activity_ids
        self.assertEqual(todo.user_id, asker)
        self.assertEqual(todo.date_deadline, self.ago(-6))
        request.due_on = self.ago(-9)
        [todo] = request.activity_ids
        self.assertEqual(todo.date_deadline, self.ago(-10))
        request.action_delivered()
        self.assertEqual(request.delivered_on, self.today)
        self.assertFalse(request.activity_ids)
        request.action_reopen()
        self.assertFalse(request.delivered_on)
        self.assertTrue(request.activity_ids)

    def test_it_is_made_from_a_task_in_two_clicks(self):
        task = self.old_task(partner_id=self.contact.id)
        action = self.env.ref("client_health.client_request_action_ask")
        requests = self.env["client.request"].with_context(
            active_model="project.task", active_id=task.id
        )
        form = Form(requests, view=action.view_id)
        form.name = "Access to the server"
        form.due_on = self.ago(-7)
        request = form.save()
        self.assertEqual(request.task_id, task)
        self.assertEqual(request.partner_id, self.client)
        self.assertEqual(request.company_id, self.company)

    def test_what_it_counts_opens_in_one_click(self):
        asked = self.env["client.request"]
        for due in (60, 40, 20):
            asked += self.ask(due)
        [health] = self.refresh(self.client)
        action = health.action_show_records("client_late_deliveries")
        shown = self.env["client.request"]
        if action["res_model"] == shown._name:
            shown = shown.search(action["domain"])
        else:
            lines = self.env[action["res_model"]].browse(action["res_id"]).line_ids
            shown = shown.search(lines[0].action_open()["domain"])
        self.assertEqual(shown, asked.sorted(lambda r: (r.due_on, r.id)))

    def test_bad_input_gets_a_sentence(self):
        stranger = self.make_client("Stranger")
        with self.assertRaisesRegex(ValidationError, "is not of Client"):
            self.ask(5, contact_id=self.make_contact(stranger).id)
        with self.assertRaisesRegex(ValidationError, "Say what the client"):
            self.ask(5, name="  ")
