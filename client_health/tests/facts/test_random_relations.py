"""Random relations: what the database sums up is what the oracle works out."""

import random
from datetime import timedelta

from ..common import installed
from . import test_facts
from .feedback_case import FeedbackFactsCase
from .oracle import Oracle
from .oracle_people import PeopleOracle
from .people import people_keys

# Of mails that name no author.
SENDERS = (
    "somebody@somewhere.example",
    "Someone <one@client0.example>",
    "other@client1.example",
    "someone@gmail.com",
)
BODIES = (
    "<p>Could you please send me the signed file?</p>",
    "<p>Can you call me tomorrow?</p>",
    "<p>Thank you, all is well.</p>",
    "<p>The work goes on.</p>",
    "",
)


class TestRandomRelations(FeedbackFactsCase):
    """Many records of every source at random; every figure of every client."""

    World = test_facts.TestRandomWorld
    some_day = World.some_day
    a_project = World.a_project
    two_moments = World.two_moments
    a_task = World.a_task
    recurring = World.recurring
    an_opportunity = World.an_opportunity
    an_invoice = World.an_invoice
    a_quotation = World.a_quotation
    some_hours = World.some_hours

    def test_every_fact_of_a_random_world_equals_the_oracles(self):
        self.make_world(random.Random(7))

    def test_every_fact_of_another_random_world_equals_the_oracles(self):
        self.make_world(random.Random(23))

    def make_world(self, dice):
        other = self.make_company("There", "Pacific/Auckland")
        self.companies = self.company + other
        clients = self.env["res.partner"].browse()
        self.people, self.colleagues = [], [self.colleague]
        for number in range(3):
            client = self.make_client(f"Client {number}")
            clients += client
            domain = f"client{number}.example"
            self.people += [
                client,
                self.make_contact(client, email=f"one@{domain}"),
                # the same person is there twice, or has no address
                self.make_contact(client, email=dice.choice((f"one@{domain}", False))),
            ]
            self.colleagues.append(self.make_user(f"colleague{number}"))
        insider = self.make_user("insider").partner_id
        insider.parent_id = clients[0]
        self.authors = [
            *self.people * 2,
            *[user.partner_id for user in self.colleagues] * 3,
            insider,
            self.make_client("Stranger"),
            self.env["res.partner"].create({"name": "Outsider"}),
            *[self.env["res.partner"].browse()] * 3,
        ]
        self.places = [
            self.a_project(dice, self.people, self.companies) for _number in range(6)
        ]
        self.talks = [
            self.make_record(dice.choice(clients), dice.choice(self.companies))
            for _number in range(9)
        ]
        build = [self.an_opportunity, self.a_task]
        if installed(self.env, "account.move"):
            self.make_rate(self.env.ref("base.GBP"), self.ago(900), 1.7)
            build.append(self.an_invoice)
        if installed(self.env, "sale.order"):
            build.append(self.a_quotation)
        if installed(self.env, "project.task:effective_hours"):
            self.staff = {c: self.make_employee(50, c) for c in self.companies}
            build.append(self.some_hours)
        for _number in range(20):
            dice.choice(build)(
                dice, dice.choice(self.people), dice.choice(self.companies)
            )
        self.said_at_random(dice, clients)
        self.a_conversation(dice)
        for company in self.companies:
            self.assertEverything(clients, company, days=(0, 1, 29, 75, 200))

    def said_at_random(self, dice, clients):
        company = self.companies[0]
        for _number in range(25):
            client, company = dice.choice(clients), dice.choice(self.companies)
            day = self.ago(int(dice.triangular(0, 400, 20)))
            self.make_incident(
                dice.choice(
                    ("unprepared", "rejected", "disrespect", "pessimism", "abuse")
                    + ("unreasonable",)
                ),
                day,
                dice.choice(("minor", "moderate", "severe")),
                dice.choice(("confirmed", "confirmed", "reported", "dismissed")),
                day + timedelta(days=dice.choice((0, 3, 30))),
                client,
                company,
            )
            self.make_pulse(
                dice.choice(self.colleagues),
                self.ago(dice.randint(0, 200)),
                dice.randint(1, 5),
                dice.randint(1, 5),
                client,
                company,
            )
            self.make_rating(
                dice.choice(self.people),
                self.some_day(dice),
                dice.randint(0, 5),
                dice.choice(self.places),
                dice.random() < 0.8,
            )
        for client in clients:
            for company in self.companies:
                start = self.ago(dice.randint(50, 300))
                self.make_agreement(
                    client,
                    company,
                    dice.choice(("active", "ended", "draft")),
                    date_start=start,
                    date_end=dice.choice((False, start + timedelta(days=60))),
                    client_response_hours=dice.choice((0, 2, 20)),
                    our_response_hours=dice.choice((0, 1.5, 40)),
                    contact_every_days=dice.choice((0, 10)),
                    required_rate=dice.choice((0, 75)),
                    accepted_days_late=dice.choice((0, 20)),
                    not_judged_by_money_until=dice.choice((False, self.ago(40))),
                )
                self.make_project(client, company=company)
                for months in dice.sample(range(1, 14), 7):
                    level = dice.choice(("ok", "watch", "red", "grey"))
                    self.make_snapshot(
                        self.month_end(months), level, dice.random(), client, company
                    )
        if "calendar.event" in self.env:
            for _number in range(25):
                self.make_meeting(
                    self.env["res.partner"].union(
                        *dice.sample([a for a in self.authors if a], 2)
                    ),
                    self.some_day(dice),
                    dice.randint(0, 23),
                    dice.choice(("accepted", "declined", "needsAction")),
                    active=dice.random() < 0.9,
                )

    def a_conversation(self, dice):
        """Some hundred messages, thick enough to answer each other."""
        for company in self.companies:
            self.make_holiday(
                self.ago(dice.randint(1, 60)),
                calendar=dice.choice((None, company.resource_calendar_id)),
                company=company,
                days=2,
            )
        notes = self.env.ref("mail.mt_note")
        comments = self.env.ref("mail.mt_comment")
        values, told = [], []
        for _number in range(260):
            talk = dice.choice(self.talks)
            author = dice.choice(self.authors)
            day = self.ago(int(dice.triangular(0, 260, 10)))
            values.append(
                {
                    "model": talk._name,
                    "res_id": talk.id,
                    "author_id": author.id,
                    "email_from": dice.choice(SENDERS),
                    "body": dice.choice(BODIES),
                    "message_type": dice.choice(
                        ("email", "comment") * 4
                        + ("email_outgoing", "notification", "auto_comment")
                    ),
                    "subtype_id": (notes if dice.random() < 0.1 else comments).id,
                    "subject": dice.choice((False, "Hello", "Out of office: me")),
                    "record_company_id": dice.choice(
                        (talk.company_id.id, talk.company_id.id, False)
                    ),
                    "date": self.at(
                        day,
                        dice.randint(0, 23),
                        dice.randint(0, 59),
                        dice.randint(0, 59),
                    ),
                }
            )
            told.append(
                dice.sample(self.people, dice.choice((0, 1, 1, 2)))
                if author in [user.partner_id for user in self.colleagues]
                else []
            )
            named = dice.random() < 0.5 and told[-1]
            values[-1]["partner_ids"] = [partner.id for partner in named or []]
        messages = self.env["mail.message"].create(values)
        self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": message.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": dice.choice(
                        ("sent", "sent", "ready", "bounce", "canceled")
                    ),
                }
                for message, partners in zip(messages, told, strict=True)
                for partner in partners
            ]
        )

    def assertEverything(self, clients, company, days):
        """All facts of all sources equal the two oracles, on each of the days."""
        self.env.flush_all()
        oracle, people = Oracle(self.env), PeopleOracle(self.env)
        keys = test_facts.every_key(self.env) | people_keys(self.env)
        turns = 0
        for back in days:
            as_of = self.today_in(company) - timedelta(days=back)
            found = self.read_facts(keys, clients, company, as_of)
            for client in clients:
                expected = {
                    **oracle.facts(client, company, as_of),
                    **people.facts(client, company, as_of),
                }
                label = f"{client.name} in {company.name} on {as_of}"
                self.assertSameFacts(found[client.id], expected, label)
                turns += expected["client_turns_90"] + expected["our_turns_90"]
        self.assertGreater(turns, 20, "the world was too quiet to tell anything")
