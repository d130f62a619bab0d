"""What people do with mail in Odoo: write, answer, forward, send, call and meet."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import pytz

from ..common import HealthCase

ASKS = "Could you please send us the signed contract?"
THANKS = "Perfect, thank you!"
COUNTS = ("client_turns", "client_turns_on_time", "our_turns", "our_turns_on_time")
COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


class AnswersCase(HealthCase):
    """A client with a contact, a project of theirs, and a colleague who writes."""

    in_every_way = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.make_user("ann", "base.group_user", "project.group_project_user")
        cls.ann.email = "ann@agency.example"
        cls.client = cls.make_client("Bakery")
        cls.bob = cls.make_contact(cls.client, "Bob", email="bob@bakery.example")
        domain = {"name": "agency.example", "company_ids": [(6, 0, cls.company.ids)]}
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create(domain)
        cls.project = cls.make_project(cls.client, alias_name="website")

    # -- days --------------------------------------------------------------------

    def monday(self, weeks):
        """The Monday so many weeks before this one."""
        return self.ago(self.today.weekday() + 7 * weeks)

    def at(self, weeks, hour=9, minute=0, days=0):
        """A moment in a week so many weeks ago: on its Monday, or days later."""
        day = self.monday(weeks) + timedelta(days=days)
        return self.moment(day, hour=hour, minute=minute)

    # -- what people do ----------------------------------------------------------

    @classmethod
    def thread(cls, name="Website", client=None, project=None):
        """A task to talk on."""
        project = project or cls.project
        return cls.make_task(
            project, name=name, client=client or cls.bob, day=cls.ago(100)
        )

    def we_write(self, record, moment, body=ASKS, to=None, **values):
        """A colleague writes on a record, to a contact."""
        to = self.bob if to is None else to
        message = (
            record.sudo()
            .with_context(mail_post_autofollow=False)
            .message_post(
                body=body,
                author_id=self.ann.partner_id.id,
                email_from=self.ann.email_formatted,
                partner_ids=to.ids,
                **{**COMMENT, **values},
            )
        )
        return self.force(message, date=moment)

    def mail_in(self, sender, moment, body=ASKS, answers=None, **values):
        """A mail as the gateway takes it in; returns its message.

        ``answers``: the message that it replies to; without one it makes a new task,
        by the address of the project, or of another model (``new``). ``headers``: more.
        """
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = "nobody@agency.example" if answers else "website@agency.example"
        mail["Subject"] = values.get("subject", "Re: Website" if answers else "Website")
        mail["Date"] = format_datetime(pytz.utc.localize(moment))
        mail["Message-Id"] = make_msgid(domain="bakery.example")
        if answers:
            mail["In-Reply-To"] = answers.message_id
        for name, value in values.get("headers", {}).items():
            mail[name] = value
        mail.set_content(body)
        if "new" in values:
            mail.replace_header("To", "somebody@agency.example")
        self.env["mail.thread"].sudo().message_process(
            values.get("new"), mail.as_string()
        )
        message = self.env["mail.message"].search(
            [("message_id", "=", mail["Message-Id"])]
        )
        self.assertEqual(len(message), 1)
        return self.force(message, date=moment)

    def they_write(self, record, moment, body=ASKS, who=None, **values):
        """A mail of a contact on a record, in answer to what stands on it."""
        who = who or self.bob
        values = {**COMMENT, "message_type": "email", **values}
        message = record.sudo().message_post(
            body=body, author_id=who.id, email_from=who.email_formatted, **values
        )
        return self.force(message, date=moment)

    def call(self, record, day):
        """A call that was planned on a record, and done on a day."""
        activity = record.activity_schedule("mail.mail_activity_data_call")
        done = activity.with_context(active_test=False)
        activity.action_feedback("Spoke to them")
        return self.force(done, date_done=day)

    def meet(self, moment, people=None, answer=None, entered=None):
        """An hour's meeting; ``answer`` of those who were asked, ``entered`` when."""
        people = self.bob if people is None else people
        event = (
            self.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "Meeting",
                    "start": moment,
                    "stop": moment + timedelta(hours=1),
                    "user_id": self.ann.id,
                    "partner_ids": [(6, 0, (people + self.ann.partner_id).ids)],
                }
            )
        )
        if answer:
            event.attendee_ids.filtered(lambda a: a.partner_id in people).state = answer
        return self.force(event, create_date=entered or moment - timedelta(days=7))

    # -- what comes of it --------------------------------------------------------

    def counted(self, client=None, as_of=None):
        """((the client's in time, of so many), (ours in time, of so many))."""
        client = client or self.client
        keys = [f"{name}_90" for name in COUNTS]
        facts = self.read_facts(keys, client, as_of=as_of)[client.id]
        asked, on_time, ours, ours_on_time = (int(facts[key]) for key in keys)
        return (on_time, asked), (ours_on_time, ours)

    def judged(self, code, client=None):
        """One indicator of the client, as explained: value, penalty, reason, side."""
        [health] = self.refresh(client or self.client)
        self.env.flush_all()
        for check in health.explain()["checks"]:
            for indicator in check["indicators"]:
                if indicator["code"] == code:
                    return indicator
        return None

    def assertOwes(self, theirs, ours=(0, 0), client=None):
        """``theirs`` and ``ours``: (in time, of so many)."""
        self.assertEqual(self.counted(client), (theirs, ours))

    def silent(self, client=None):
        """Days since the client was heard, or None."""
        client = client or self.client
        facts = self.read_facts(["days_since_heard"], client)[client.id]
        return facts.get("days_since_heard")
