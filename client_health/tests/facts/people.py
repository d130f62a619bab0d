"""Builders of conversations, and the oracle over them."""

from datetime import date, timedelta

from ..common import HealthCase
from .oracle import WINDOWS, keys_of
from .oracle_people import PeopleOracle

SOURCES = ("messages", "meetings", "ratings", "feedback", "history", "requests")
MONDAY = date(2025, 6, 2)  # of a week without days off
LATER = date(2025, 6, 30)
# What a message says unless it is told: it surely asks.
QUESTION = "Could you please send me the signed file?"
COUNTS = (
    "client_turns_90",
    "client_turns_on_time_90",
    "our_turns_90",
    "our_turns_on_time_90",
)


def people_keys(env):
    """Keys of all facts about people, for every window."""
    # what waits is not known of the past, and has tests of its own
    marks = {f"turn_mark_{days}" for days in WINDOWS}
    return keys_of(env, SOURCES) - marks


class PeopleCase(HealthCase):
    talks = 0

    """A client with two contacts, a colleague, and a record to talk on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client()
        cls.contact = cls.make_contact(cls.client, email="contact@client.example")
        cls.second = cls.make_contact(cls.client, email="second@client.example")
        cls.colleague = cls.make_user("colleague")
        cls.record = cls.make_record()

    # -- builders --------------------------------------------------------------

    @classmethod
    def make_record(cls, client=None, company=None):
        """Something to talk on, with its own conversation."""
        company = company or cls.company
        cls.make_project(client or cls.client, company=company).active = False
        return cls.env["crm.lead"].create(
            {
                "name": "Conversation",
                "type": "opportunity",
                "partner_id": (client or cls.client).id,
                "user_id": False,
                "team_id": False,
                "company_id": company.id,
            }
        )

    @classmethod
    def make_talk(cls, company=None):
        """(record, contact): a conversation with somebody who has no other."""
        cls.talks += 1
        name = f"person{cls.talks}"
        contact = cls.make_contact(cls.client, name, email=f"{name}@client.example")
        return cls.make_record(company=company), contact

    @classmethod
    def at(cls, day, hour=9, minute=0, second=0, company=None):
        """The naive UTC moment of a time of the day where the company is."""
        moment = cls.moment(day, company, hour, minute)
        return moment + timedelta(seconds=second)

    @classmethod
    def say(cls, author, moment, to=None, record=None, body=QUESTION, **values):
        """A message as Odoo posts it, at a moment of ours."""
        values.setdefault("message_type", "comment")
        values.setdefault("subtype_xmlid", "mail.mt_comment")
        record = record or cls.record
        message = (
            record.with_context(mail_post_autofollow=False)
            .sudo()
            .message_post(
                body=body,
                author_id=author.id,
                email_from=author.email or "nobody@nowhere.example",
                partner_ids=to.ids if to else [],
                **values,
            )
        )
        return cls.force(message, date=moment)

    @classmethod
    def they(cls, moment, record=None, contact=None, **values):
        values.setdefault("message_type", "email")
        return cls.say(contact or cls.contact, moment, record=record, **values)

    @classmethod
    def we(cls, moment, record=None, to=None, author=None, **values):
        author = author or cls.colleague.partner_id
        to = cls.contact if to is None else to
        return cls.say(author, moment, to, record, **values)

    @classmethod
    def make_holiday(cls, day, calendar=None, company=None, days=1, **values):
        company = company or cls.company
        leave = cls.env["resource.calendar.leaves"].create(
            {
                "name": "Day off",
                "calendar_id": calendar.id if calendar else False,
                "company_id": company.id,
                "date_from": cls.at(day, 0, company=company),
                "date_to": cls.at(day + timedelta(days=days), 0, company=company)
                - timedelta(seconds=1),
                **values,
            }
        )
        cls.force(leave, company_id=company.id)
        return leave

    @classmethod
    def make_agreement(cls, client=None, company=None, state="active", **values):
        agreement = (
            cls.env["client.agreement"]
            .sudo()
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": (company or cls.company).id,
                    "date_start": date(2020, 1, 1),
                    **values,
                }
            )
        )
        return cls.force(agreement, state=state)

    # -- what is found ---------------------------------------------------------

    def fact(self, key, client=None, company=None, as_of=None):
        client = client or self.client
        return self.read_facts([key], client, company, as_of)[client.id].get(key)

    def turns(self, client=None, company=None, as_of=LATER):
        """(in time, of so many answers) of the client and of us."""
        client = client or self.client
        self.assertPeople(client, company, as_of)
        found = self.read_facts(COUNTS, client, company, as_of)[client.id]
        theirs, theirs_on_time, ours, ours_on_time = (int(found[k]) for k in COUNTS)
        return (theirs_on_time, theirs), (ours_on_time, ours)

    def assertPeople(self, clients, company=None, as_of=None):
        """Every fact about people equals what the oracle finds."""
        company = company or self.company
        as_of = as_of or self.today_in(company)
        self.env.flush_all()
        oracle = PeopleOracle(self.env)
        found = self.read_facts(people_keys(self.env), clients, company, as_of)
        for client in clients:
            expected = oracle.facts(client, company, as_of)
            self.assertSameFacts(found[client.id], expected, f"{client.name} {as_of}")

    def assertSameFacts(self, found, expected, label):
        def rounded(value):
            if isinstance(value, list):
                return [round(item, 3) + 0.0 for item in value]
            return None if value is None else round(value, 3) + 0.0

        differences = [
            f"{key}: {found.get(key)} instead of {expected.get(key)}"
            for key in sorted(found.keys() | expected.keys())
            if rounded(found.get(key)) != rounded(expected.get(key))
        ]
        self.assertFalse(differences, f"{label}: " + "; ".join(differences))
