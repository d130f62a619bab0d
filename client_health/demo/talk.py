"""Mails, meetings and ratings."""

from datetime import timedelta
from itertools import cycle

from .clients import CLIENTS

CLIENT_SAYS = [
    "Could you tell us when the next version is ready?",
    "Thank you. Is the picture on the second page final?",
    "Our shop team asks for a larger price. Can you make that possible?",
    "We agree with the planning. Could you tell us what you need from us?",
    "The texts are attached. Could you check whether they fit?",
    "Can we see it on a phone as well?",
    "We would like to move the meeting by an hour, is that all right?",
]
WE_SAY = [
    "The next version is there on Thursday. Could you let us know if that suits you?",
    "It is final, unless you prefer the other one. Which shall we take?",
    "It is. Here are two ways to do it; could you tell us which you like better?",
    "Could you send us the opening hours and the names for the page?",
    "They do. Shall we use the short title?",
    "Here is the link for your phone. Can you let us know what you think?",
    "That is fine. Could you tell us who will be there?",
]


def make_messages(builder):
    """Conversations by mail on the client's tasks, each on a task of its own."""
    values, notified = {}, {}
    subtype = builder.env.ref("mail.mt_comment").id
    for client in CLIENTS:
        contact = builder.contacts[client.key]
        user = builder.partners[client.key].user_id.partner_id
        records = _threads(builder, client)
        talks = [talk for talk in client.talks if builder.knew(client, talk.end)]
        for talk, record in zip(talks, records, strict=False):
            sides = ["client", "ours"] if talk.last == "client" else ["ours", "client"]
            sides = (sides * talk.messages)[: talk.messages][::-1]
            gaps = [getattr(talk, side) for side in sides[1:]]
            moments = builder.working_moments(talk.end, gaps)
            texts = {"client": cycle(CLIENT_SAYS), "ours": cycle(WE_SAY)}
            for number, (side, moment) in enumerate(zip(sides, moments, strict=True)):
                name = f"mail_{client.key}_{talk.end}_{number}"
                author = contact if side == "client" else user
                values[name] = {
                    "model": record._name,
                    "res_id": record.id,
                    "message_type": "email" if side == "client" else "comment",
                    "subtype_id": subtype,
                    "author_id": author.id,
                    "email_from": author.email_formatted,
                    "reply_to": user.email_formatted,
                    "subject": f"Re: {record.display_name}",
                    "body": f"<p>{next(texts[side])}</p>",
                    "date": moment,
                }
                if side == "ours":
                    notified[name] = contact
    post(builder, values, notified)


def post(builder, values, notified):
    """Messages by name, and that those of ``notified`` (name → contact) arrived."""
    _records, new = builder.make("mail.message", values)
    builder.env["mail.notification"].create(
        [
            {
                "mail_message_id": message.id,
                "res_partner_id": notified[name].id,
                "notification_type": "email",
                "notification_status": "sent",
                "is_read": True,
            }
            for name, message in new.items()
            if name in notified
        ]
    )


def _threads(builder, client):
    """Where a client's conversations are held: open tasks first, then done ones."""
    if client.tasks:
        return builder.tasks[client.key][::-1]
    return [builder.env.ref(f"client_health.demo_lead_{client.key}_0")]


def make_meetings(builder):
    """An hour every four weeks, answered by the client's contact."""
    if not builder.has("calendar.event"):
        return
    values, answers = {}, {}
    for client in CLIENTS:
        user = builder.partners[client.key].user_id
        contact = builder.contacts[client.key]
        for meeting in client.meetings:
            if not builder.knew(client, meeting.days):
                continue
            name = f"meeting_{client.key}_{meeting.days}"
            start = builder.moment_ago(meeting.days, 14)
            answers[name] = meeting.answer
            values[name] = {
                "name": f"{client.name}: how are we doing",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": user.id,
                "partner_ids": [(6, 0, (contact + user.partner_id).ids)],
            }
    _records, new = builder.make("calendar.event", values)
    for answer in set(answers.values()):
        events = builder.env["calendar.event"].union(
            *(event for name, event in new.items() if answers[name] == answer)
        )
        events.attendee_ids.filtered(
            lambda attendee: attendee.partner_id != attendee.event_id.user_id.partner_id
        ).state = answer


def make_ratings(builder):
    """What the client's contact thought of results, 1 to 5."""
    if not builder.has("rating.rating"):
        return
    task_model = builder.env["ir.model"]._get_id("project.task")
    project_model = builder.env["ir.model"]._get_id("project.project")
    values, rated = {}, {}
    for client in CLIENTS:
        for number, rating in enumerate(client.ratings):
            task = builder.tasks[client.key][number % len(client.tasks)]
            name = f"rating_{client.key}_{rating.days}"
            values[name] = {
                "res_model_id": task_model,
                "res_id": task.id,
                "parent_res_model_id": project_model,
                "parent_res_id": task.project_id.id,
                "partner_id": builder.contacts[client.key].id,
                "rated_partner_id": task.user_ids[:1].partner_id.id,
                "rating": rating.value,
                "feedback": rating.text or False,
                "consumed": True,
            }
            rated[name] = builder.moment_ago(rating.days)
    _records, new = builder.make("rating.rating", values)
    ratings = builder.env["rating.rating"].union(*new.values())
    for column in ("rated_on", "create_date", "write_date"):
        builder.backdate(ratings, column, [rated[name] for name in new])
