"""Hand-over: what somebody who left leaves behind."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..stories.answers_case import AnswersCase
from .test_people import ALL


@tagged("post_install", "-at_install")
class TestHandover(AnswersCase):
    def setUp(self):
        super().setUp()
        self.reader = self.make_user("handover_reader", *ALL)
        self.record = self.thread()
        self.we_write(self.record, self.at(3))
        self.health = self.refresh(self.client)

    def action(self, users=None, reader=None):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["client.handover"].with_user(reader or self.reader)
        lines = lines.with_context(allowed_company_ids=self.company.ids)
        return lines._open(users)

    def lines(self, users=None, reader=None):
        action = self.action(users, reader)
        lines = self.env["client.handover"].with_user(reader or self.reader)
        return lines.search(action["domain"])

    def test_a_client_they_talked_with_is_handed_over_with_who_else_knows_it(self):
        self.ann.active = False
        [line] = self.lines()
        self.assertEqual((line.user_id, line.health_id), (self.ann, self.health))
        self.assertEqual(line.talks, "1 message")
        self.assertFalse(line.others)
        dan = self.make_user("dan", "base.group_user")
        message = self.we_write(self.record, self.at(2))
        self.force(message, author_id=dan.partner_id.id)
        [line] = self.lines()
        self.assertEqual(line.others, dan.name)
        self.assertEqual(line.action_open_health()["res_id"], self.health.id)

    def test_what_is_still_to_be_done_is_counted(self):
        self.record.user_ids = self.ann
        self.client.activity_schedule(
            "mail.mail_activity_data_todo", self.ago(-3), user_id=self.ann.id
        )
        self.env["client.request"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "name": "Texts",
                "due_on": self.ago(-3),
                "user_id": self.ann.id,
            }
        )
        [line] = self.lines(self.ann)
        self.assertGreaterEqual(line.activity_count, 1)
        self.assertEqual((line.task_count, line.promise_count), (1, 1))

    def test_who_has_not_left_is_in_no_list_of_those_who_left(self):
        with self.assertRaises(UserError):
            self.action()
        self.assertTrue(self.lines(self.ann), "asked for by name")

    def test_clients_whom_one_may_not_read_are_left_out(self):
        self.ann.active = False
        self.hide(self.client)
        self.assertFalse(self.lines())
        with self.assertRaises(AccessError):
            self.action(self.ann, self.make_user("handover_none"))

    def test_the_list_takes_no_query_per_client(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.action(self.ann)
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        clients = self.client.browse()
        for word in "apple pear plum fig lime kiwi peach quince".split():
            client = self.make_client(f"Shop {word}")
            bob = self.make_contact(client, email=f"bob@{word}.example")
            record = self.thread(client=bob, project=self.make_project(client))
            # not one text to many
            self.we_write(record, self.at(2), f"How is the {word}, {word} Bob?", bob)
            clients |= client
        self.refresh(clients)
        self.assertEqual(len(self.lines(self.ann)), 9)
        self.assertLessEqual(queries(), few + 8)
