"""Who owed whom an answer, found the slow way.

Follows the definitions message by message, in plain Python: who said what to whom, what
that answered, and what it left waiting. Whether a text asks is the classifier's word,
which has tests of its own.
"""

import re
from datetime import timedelta
from typing import NamedTuple

from odoo.tools import email_normalize

from ...scoring.asks import judge
from ...scoring.mail_text import own_words, without_greeting

LOST = ("bounce", "exception", "canceled")
DOCUMENTS = ("account.move", "account.payment", "sale.order", "purchase.order")
FREE_MAIL = ("gmail.com", "outlook.com", "hotmail.com")
CONTACT_FIELD = {
    "crm.lead": "partner_id",
    "project.project": "partner_id",
    "sale.order": "partner_id",
    "account.move": "partner_id",
    "purchase.order": "partner_id",
}
MORE_THAN_A_FIELD = ("res.partner", "project.task")  # more than one field to look at
TAGS = re.compile(r"^\s*((\[[^\]]*\]|(re|aw|fw|fwd|antw)\s*:)\s*)*", re.I)
# How the subject of an answer that no person wrote goes on.
AUTOMATIC = (
    "automatic reply", "auto reply", "auto-reply", "autoreply", "automated response",
    "out of office", "out of the office", "automatisch antwoord", "afwezigheidsmelding",
    "abwesenheit", "automatische antwort", "réponse automatique", "undeliverable",
    "undelivered mail", "delivery status notification", "mail delivery",
    "respuesta automática", "risposta automatica", "resposta automática",
    "automatisk svar", "automatiskt svar", "odpowiedź automatyczna",
)  # fmt: skip


class Said(NamedTuple):
    """What one side said to the other in a message, as far as one client goes."""

    message: object
    at: object
    side: str
    people: frozenset  # of the client: who wrote, or who was written to
    way: str
    direct: bool  # may wait for an answer
    own: bool  # by a contact of the client itself

    @property
    def persons(self):
        """Whoever has the same address is the same person."""
        return {p.email_normalized or p.id for p in self.people}

    @property
    def place(self):
        message = self.message
        if message.model and message.model != "discuss.channel" and message.res_id > 0:
            return message.model, message.res_id
        return None

    def before(self, other):
        return (self.at, self.message.id) < (other.at, other.message.id)


class Spoken(NamedTuple):
    """A call or a meeting: what was said before ``until`` it answers since ``at``."""

    person: object  # or nobody: with the client at large
    until: object
    at: object


class AnswersOracle:
    """A part of the oracle over people: needs its helpers."""

    # -- who said what ---------------------------------------------------------

    def all_said(self):
        """All that both sides said up to the end of the day, the oldest first."""
        said = self.once(("said", self.client.id, self.company.id), self.ever_said)
        return [one for one in said if one.at < self.end]

    def ever_said(self):
        """All that both sides ever said, the oldest first."""
        said = [
            self.one_said(message)
            for message in self.all("mail.message")
            if message.date and self.counts(message)
        ]
        said = [one for one in said if one and not self.sent_to_many(one.message)]
        return sorted(said, key=lambda s: (s.at, s.message.id))

    def counts(self, message):
        text = message.message_type == "sms"
        known = ("email", "comment", "email_outgoing")
        if not text and message.message_type not in known:
            return False
        if text and message.author_id == self.env.ref("base.partner_root"):
            return False
        if message.is_internal or (message.subtype_id.internal and not text):
            return False
        if message.record_company_id not in (self.company, self.company.browse()):
            return False
        return not self.automatic(message)

    def automatic(self, message):
        subject = TAGS.sub("", message.subject or "").strip().lower()
        return message.client_health_automatic or subject.startswith(AUTOMATIC)

    def sent_to_many(self, message):
        return self.once(("to many", message.id), lambda: self.to_many(message))

    def to_many(self, message):
        """One text to more than five clients within an hour, or an outgoing e-mail
        with its subject to more than one."""
        author = message.author_id
        if not author or not self.one_of_us(author) or message.model in UNREAD:
            return False
        hour = timedelta(hours=1)

        def at_once(key):
            alike = self.alike().get(key, ())
            near = [m for m in alike if abs(m.date - message.date) <= hour]
            return self.clients_at_once(near, message)

        return (
            at_once((author, "text", self.text(message))) > 5
            or message.message_type == "email_outgoing"
            and at_once((author, "subject", message.subject)) > 1
        )

    def alike(self):
        """Messages of our people: by author and text, or subject of an outgoing one."""

        def find():
            found = {}
            for message in self.all("mail.message"):
                author = message.author_id
                if not (message.date and author and self.one_of_us(author)):
                    continue
                if not self.may_matter(message):
                    continue
                keys = [(author, "text", self.text(message))]
                if message.message_type == "email_outgoing":
                    keys.append((author, "subject", message.subject))
                for key in keys:
                    if key[-1]:
                        found.setdefault(key, []).append(message)
            return found

        return self.once("alike", find)

    @staticmethod
    def may_matter(message):
        return (
            message.message_type in ("email", "comment", "email_outgoing")
            and not message.is_internal
            and not message.subtype_id.internal
            and message.model not in UNREAD
            and message.res_id > 0
        )

    def clients_at_once(self, messages, message):
        """The most clients of such messages in an hour that ``message`` is in."""
        most = 0
        for last in messages:
            hour = [
                m
                for m in messages
                if last.date - timedelta(hours=1) <= m.date <= last.date
            ]
            if last.date - timedelta(hours=1) <= message.date <= last.date:
                clients = {
                    partner.commercial_partner_id
                    for m in hour
                    for partner in self.outside(m.partner_ids)
                    or self.outside(m.notification_ids.res_partner_id)
                }
                most = max(most, len(clients))
        return most

    def text(self, message):
        return self.once(
            ("text", message.id),
            lambda: without_greeting(own_words(message.body or "")),
        )

    def outside(self, partners):
        return partners.filtered(lambda p: not self.one_of_us(p))

    def one_said(self, message):
        author = message.author_id
        unsigned = not author and message.message_type != "email"
        companies = self.all("res.company").partner_id
        if unsigned or author and (self.one_of_us(author) or author in companies):
            return self.ours(message)
        if message.message_type == "email_outgoing":
            return None
        way = "mail" if message.message_type == "email" else "message"
        people, own = self.theirs(message)
        if people is None:
            return None
        return Said(message, message.date, "client", people, way, True, own)

    def ours(self, message):
        """Whom of the client we addressed and reached."""
        place = self.client_of_record(message)
        status = {
            told.res_partner_id: told.notification_status
            for told in message.notification_ids
            if told.res_partner_id
        }
        named = self.outside(message.partner_ids)
        if named:
            reached = [
                partner
                for partner in named
                if status.get(partner, "sent") not in LOST
                and (partner in status or message.message_type == "email")
            ]
        else:
            reached = [
                partner
                for partner in status
                if not self.one_of_us(partner)
                and status[partner] not in LOST
                and place == self.client
            ]
        asked = [partner for partner in reached if self.mine(partner)]
        others = [
            partner
            for partner in reached
            if place == self.client
            and not self.mine(partner)
            and not partner.commercial_partner_id.is_company
        ]
        if not asked and not others:
            return None
        chat = message.model == "discuss.channel" or message.message_type == "sms"
        way = "message" if chat else "mail"
        direct = bool(asked) and not self.document(message)
        people = frozenset(asked if asked else others)
        return Said(message, message.date, "ours", people, way, direct, False)

    @staticmethod
    def document(message):
        return message.model in DOCUMENTS and (
            bool(message.email_layout_xmlid)
            or message.message_type in ("email_outgoing", "sms")
            or bool(message.attachment_ids)
        )

    def theirs(self, message):
        """(people, whether a contact of the client wrote); (None, False) for others."""
        author, place = message.author_id, self.client_of_record(message)
        if author and self.mine(author):
            return frozenset(author), True
        if author:
            if place != self.client:
                return None, False
            twin = [
                contact
                for contact in self.contacts()
                if contact.email_normalized
                and contact.email_normalized == author.email_normalized
            ]
            if twin:
                return frozenset(twin), False
            if author.commercial_partner_id.is_company:
                return None, False
            return frozenset(author), False
        if message.message_type != "email":
            return None, False
        client, people = self.by_address(message, place)
        if client == self.client:
            return frozenset(people), False
        return None, False

    def contacts(self):
        return self.once(
            ("contacts", self.client.id),
            lambda: [p for p in self.all("res.partner") if self.mine(p)],
        )

    def by_address(self, message, place):
        """(whose mail it is, which contact) of one that names no author."""
        address = email_normalize(message.email_from or "") or ""
        domain = address.partition("@")[2]
        outside = [
            p
            for p in self.all("res.partner")
            if p.email_normalized and not self.one_of_us(p)
        ]
        same = [p for p in outside if p.email_normalized == address]
        here = [p for p in same if p.commercial_partner_id == place]
        if here:
            return place, here[:1]
        owners = {p.commercial_partner_id for p in same}
        if len(owners) > 1:
            return place, []
        if owners:
            owner = owners.pop()
            if owner.is_company or not place:
                return owner, same[:1]
            return place, same[:1]
        if domain and domain not in FREE_MAIL:
            near = {
                p.commercial_partner_id
                for p in outside
                if p.email_normalized.partition("@")[2] == domain
            }
            if place and place in near:
                return place, []
            if len(near) == 1:
                return near.pop(), []
        return place, []

    def client_of_record(self, message):
        """The commercial entity that the record of a message is about."""
        return self.once(
            ("client", message.model, message.res_id),
            lambda: self.client_of(message),
        )

    def client_of(self, message):
        nobody, model = self.env["res.partner"], message.model
        if model not in self.env or model not in (*MORE_THAN_A_FIELD, *CONTACT_FIELD):
            return nobody
        record = self.by_id(model).get(message.res_id)
        if not record:
            return nobody
        if model == "res.partner":
            return record.commercial_partner_id
        if model == "project.task":
            own = record.partner_id.commercial_partner_id
            customer = record.project_id.partner_id.commercial_partner_id
            return own if own.is_company or not customer else customer
        return record[CONTACT_FIELD[model]].commercial_partner_id

    def by_id(self, model):
        return self.once(
            ("by id", model), lambda: {record.id: record for record in self.all(model)}
        )

    # -- what was answered -----------------------------------------------------

    def spoken(self):
        """Calls done and meetings held with the client."""
        found = []
        for activity in self.all("mail.activity"):
            if activity.active or activity.activity_type_id.category != "phonecall":
                continue
            day, partner = activity.date_done, self.called(activity)
            if not day or day > self.as_of or not partner or not self.mine(partner):
                continue
            person = partner if partner != self.client else None
            begin = self.midnight(day)
            found.append(Spoken(person, self.midnight(day + timedelta(days=1)), begin))
        for event, partner, held in self.meeting_people():
            if held:
                start = event.start
                if event.allday:
                    start = self.midnight(event.start_date)
                # with the client at large is with everybody
                person = partner if partner != self.client else None
                found.append(Spoken(person, start, start))
        return found

    def called(self, activity):
        """The partner of the record that a call was planned on, for the company."""
        if activity.res_model not in self.env or not activity.res_id:
            return None
        record = self.env[activity.res_model].browse(activity.res_id).exists()
        if not record:
            return None
        company = record.company_id if "company_id" in record else None
        if company and company != self.company:
            return None
        if activity.res_model == "res.partner":
            return record
        if activity.res_model == "project.task":
            if not record.project_id:
                return None
            return record.partner_id or record.project_id.partner_id
        if activity.res_model in ("crm.lead", "project.project", "sale.order"):
            return record.partner_id
        return None

    def answers(self, one, said, spoken):
        """{kind: (moment, way)} of the first answers to something said."""
        later = [
            other for other in said if one.side != other.side and one.before(other)
        ]
        here = [other for other in later if other.place == one.place]
        away = [
            other for other in later if other.direct and other.persons & one.persons
        ]
        found = {}
        if here:
            found["here"] = (here[0].at, here[0].way)
        if away:
            found["away"] = (away[0].at, away[0].way)
        talks = [
            max(talk.at, one.at)
            for talk in spoken
            if talk.until > one.at
            and (
                not talk.person
                or (talk.person.email_normalized or talk.person.id) in one.persons
                or (not one.people and one.side == "client")
            )
        ]
        if talks:
            found["spoke"] = (min(talks), None)
        return found

    def questions(self):
        """The runs of both sides: lists of (said, answers), the oldest first."""
        said, spoken = self.all_said(), self.spoken()
        runs, last = [], {}
        for one in said:
            if not one.direct or not one.place:
                continue
            answers = self.answers(one, said, spoken)
            talk = (one.place, one.side)
            answered = last.get(talk) and first(last[talk][-1][1])
            if talk not in last or (answered and answered <= one.at):
                last[talk] = []
                runs.append(last[talk])
            last[talk].append((one, answers))
        return runs

    def asks(self, message):
        """``needs``, ``not_needed`` or what the classifier says."""
        known = self.env["client.message"].search([("message_id", "=", message.id)])
        if known.word and known.word_on < self.end:
            return known.word
        if message.message_type == "sms":
            return "closes"  # its answer comes by phone
        return judge(own_words(message.body or "")).verdict

    def turns(self):
        """[(who is to answer, way, since when, answered when or None, hours, agreed)]
        of the questions that count."""
        turns = []
        for run in self.questions():
            first_one = run[0][0]
            waits_for = "client" if first_one.side == "ours" else "ours"
            answer = min(filter(None, (first(a) for _one, a in run)), default=None)
            asked = first_one.at
            agreed = self.agreed_on(self.day(asked))[f"{waits_for_key(waits_for)}"]
            if not (answer and self.within(asked, answer, agreed)):
                asking = [
                    (one, a)
                    for one, a in run
                    if self.asks(one.message) in ("asks", "needs")
                ]
                if not asking:
                    continue
                asked = asking[0][0].at
                answer = min(
                    filter(None, (first(a) for _one, a in asking)), default=None
                )
                agreed = self.agreed_on(self.day(asked))[waits_for_key(waits_for)]
                in_time = self.within(asked, answer or self.until, agreed)
                if in_time and not answer:
                    continue
                closed = self.closed_on(first_one.place)
                before = answer or self.end
                if not in_time and closed and asked < closed < before:
                    continue
            turns.append(
                (
                    waits_for,
                    self.way_of(run, waits_for),
                    asked,
                    answer,
                    agreed,
                )
            )
        return turns

    def way_of(self, run, waits_for):
        one, answers = run[0]
        if waits_for == "ours":
            return one.way
        came = [a for kind, a in answers.items() if kind != "spoke"]
        if came:
            return min(came)[1]
        earlier = [
            other
            for other in self.all_said()
            if other.place == one.place and other.before(one)
        ]
        if earlier and earlier[-1].side == "client":
            return earlier[-1].way
        return one.way

    def closed_on(self, place):
        """When the record was closed; None while it is open."""
        record = self.env[place[0]].browse(place[1]).exists()
        if place[0] == "crm.lead" and record.won_status in ("won", "lost"):
            return record.date_closed
        if place[0] == "project.task" and record.state in ("1_done", "1_canceled"):
            return record.date_last_stage_update
        return None

    # -- silence ---------------------------------------------------------------

    def silence(self):
        said, spoken = self.all_said(), self.spoken()
        theirs = [one for one in said if one.side == "client"]
        heard = [one.at for one in theirs] + [talk.at for talk in spoken]
        if not heard:
            unheard = [one for one in said if one.side == "ours" and one.direct]
            return {"written_since_heard": len(unheard)}
        last = max(heard)
        days = (self.as_of - self.day(last)).days
        result = {"days_since_heard": days}
        result["written_since_heard"] = len(
            [one for one in said if one.side == "ours" and one.direct and one.at > last]
        )
        if days > min(30, self.terms["contact_every_days"]):
            months = {
                self.month(at)
                for at in [
                    last,
                    *[one.at for one in theirs if one.own],
                    *[talk.at for talk in spoken],
                ]
                if at <= last and self.month(at) > self.month(last) - 6
            }
            result["heard_months"] = len(months)
        return result

    def month(self, moment):
        day = self.day(moment)
        return day.year * 12 + day.month


def first(answers):
    """The moment of the first of some answers, or None."""
    return min((moment for moment, _way in answers.values()), default=None)


def waits_for_key(waits_for):
    return "client_hours" if waits_for == "client" else "our_hours"


UNREAD = ("discuss.channel", "mail.group", "hr.applicant", "hr.employee")
