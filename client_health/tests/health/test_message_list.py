"""The list of messages behind a figure: who was to answer, and did."""

from datetime import timedelta

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.health.evidence import open_records
from ..facts.people import PeopleCase


@tagged("post_install", "-at_install")
class TestMessageList(PeopleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        leads = "sales_team.group_sale_manager"
        cls.user = cls.make_user("reader", "client_health.group_user", leads)
        cls.plain = cls.make_user("plain", leads)
        monday = cls.today - timedelta(days=cls.today.weekday() + 21)

        def on(day, hour):
            return cls.at(monday + timedelta(days=day), hour)

        cls.asked = cls.we(on(0, 9))
        cls.wrote = cls.they(on(0, 11))  # two working hours later
        cls.late = cls.we(on(2, 11))  # sixteen; eight are agreed
        cls.more = cls.we(on(2, 12))  # begins no turn
        cls.health = cls.refresh(cls.client)

    def list(self, user=None, **context):
        """The action on the list of what the client answered, and its messages."""
        health = self.health.with_user(self.user)
        [behind] = [
            line
            for line in health._evidence("client_on_time").lines()
            if line["name"] == "Answers the client owed us"
        ]
        action = open_records(health, behind)
        messages = self.env["mail.message"].with_user(user or self.user)
        messages = messages.with_context(**action["context"], **context)
        return action, messages

    def test_each_message_that_began_a_turn_tells_who_answered_when(self):
        _action, messages = self.list()
        ids = (self.asked + self.wrote + self.late + self.more).ids
        asked, wrote, late, more = messages.browse(ids)
        self.assertEqual(
            [(m.client_health_answer, m.client_health_late) for m in (asked, wrote)],
            [
                ("after 2 working hours (agreed: 16)", False),
                ("after 16 working hours (agreed: 8)", "ours"),
            ],
        )
        self.assertIn("none for", late.client_health_answer)
        self.assertEqual(late.client_health_late, "client")
        self.assertFalse(more.client_health_answer)

    def test_on_a_past_day_it_tells_what_was_so_then(self):
        past = (self.health.id, self.client.id, self.company.id)
        context = {
            "client_health_turns": [*past[1:], str(self.day_of(self.wrote.date))],
            "allowed_company_ids": self.company.ids,
        }
        wrote = self.wrote.with_user(self.user).with_context(**context)
        self.assertIn("none for", wrote.client_health_answer)
        self.assertFalse(wrote.client_health_late)

    def test_the_list_is_ours_and_opens_the_record_written_on(self):
        action, messages = self.list()
        self.assertEqual(messages.search(action["domain"]), self.asked + self.late)
        [(view, kind), _form] = action["views"]
        arch = etree.fromstring(messages.get_view(view, kind)["arch"])
        self.assertEqual(arch.get("action"), "action_open_document")
        self.assertTrue(arch.xpath("//field[@name='client_health_late']"))
        normal = messages.get_view(view_type="list")["arch"]
        self.assertNotIn("client_health", normal)

    def test_it_tells_nothing_of_a_client_one_may_not_read(self):
        _action, messages = self.list(self.plain)
        with self.assertRaises(AccessError):
            messages.browse(self.late.id).read(["client_health_late"])
        self.hide(self.health)
        _action, messages = self.list()
        self.assertFalse(messages.browse(self.late.id).client_health_answer)
