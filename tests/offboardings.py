"""Offboardings that wait for a button, all alike; made inside odoo shell."""

from datetime import timedelta

from odoo import Command, fields

WORDS = ("finish", "hand_over", "drop")  # of the client, on four tasks each
ANSWERED = {
    "reason": "progress",
    "reason_text": "We no longer offer what you need.",
    "topics": "Thanks, the decision, the reason.",
    "told_how": "phone",
    "reaction": "A pity.",
    "files_handed_over": True,
    "access_handed_over": True,
    "final_invoice": "none",
}


def make(env, number):
    """So many offboardings that wait for *Close project*, for *Done*, and for *Finish*
    on the one page of the short way out.

    :returns: for each button, pairs of ids: of the offboarding, of what has the button
    """
    env = env(context={"tracking_disable": True, "no_reset_password": True})
    user = env.ref("base.user_admin")
    mailing = env["mailing.list"].create({"name": "News of the firm"})
    closing = [start(env, n, user, mailing) for n in range(number)]
    ending = [start(env, n, user, mailing) for n in range(number, 2 * number)]
    at_once = [begin(env, n, user, mailing) for n in range(2 * number, 3 * number)]
    for offboarding in ending:
        finish_steps(offboarding, user)
        assert offboarding.all_finished
    for offboarding in at_once:
        answer_at_once(offboarding, user)
    env.cr.commit()
    return {
        "close": [
            (offboarding.id, offboarding.project_ids.id) for offboarding in closing
        ],
        "done": [(record.id, record.id) for record in ending],
        "at once": [(record.id, record.id) for record in at_once],
    }


def begin(env, number, user, mailing):
    """An offboarding with a decision about each task."""
    today = fields.Date.context_today(env.user)
    offboarding = env["client.offboarding"].create(
        {
            "partner_id": make_client(env, number, user, mailing).id,
            "company_id": env.company.id,
            "user_id": user.id,
            "date_end": today,
            "portal_until": today,
        }
    )
    for deliverable in offboarding.deliverable_ids:
        word = deliverable.name.split()[1]
        deliverable.write({"decision": word, "handed_to": "Their new agency"})
    return offboarding


def answer_at_once(offboarding, user):
    today = offboarding.date_end
    offboarding.write(
        {
            **ANSWERED,
            "at_once": True,
            "reason": "abuse",
            "told_on": today,
            "refuse_user_ids": user.ids,
            "refuse_since": today,
        }
    )
    offboarding.action_check_contract()


def start(env, number, user, mailing):
    offboarding = begin(env, number, user, mailing)
    offboarding.action_check_contract()
    offboarding.action_finish_step()
    return offboarding


def finish_steps(offboarding, user):
    today = offboarding.date_end
    offboarding.project_ids.action_close()
    offboarding.promise_ids.action_deliver()
    offboarding.write({**ANSWERED, "talk_on": today, "told_on": today})
    offboarding.action_hand_plan()
    for who in ("rehearsed", "reviewed"):
        offboarding.write({f"{who}_user_id": user.id, f"{who}_on": today})
    for _step in range(4):
        offboarding._finish_step(offboarding.state, asked=True)


def make_client(env, number, user, mailing):
    """A client with contacts, two of whom log in, and something of every kind."""
    host = f"leaver{number}.example"
    contacts = [
        Command.create({"name": f"Contact {who}", "email": f"{who}@{host}"})
        for who in "abcdef"
    ]
    client = env["res.partner"].create(
        {"name": f"Leaver {number}", "is_company": True, "child_ids": contacts}
    )
    for contact in client.child_ids[:2]:
        env["res.users"].create(
            {
                "partner_id": contact.id,
                "login": contact.email,
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
        subscription = Command.create({"list_id": mailing.id})
        env["mailing.contact"].create(
            {"email": contact.email, "subscription_ids": [subscription]}
        )
    client.activity_schedule("mail.mail_activity_data_todo", user_id=user.id)
    soon = fields.Datetime.now() + timedelta(days=3)
    env["calendar.event"].create(
        {
            "name": "Talk",
            "start": soon,
            "stop": soon + timedelta(hours=1),
            "partner_ids": [Command.set(client.ids)],
        }
    )
    make_project(env, client)
    return client


def make_project(env, client):
    project = env["project.project"].create(
        {"name": "Website", "partner_id": client.id, "allow_milestones": True}
    )
    milestone = env["project.milestone"].create(
        {"name": "Live", "project_id": project.id}
    )
    env["project.task"].create(
        [
            {
                "name": f"Task {word} {place}",
                "project_id": project.id,
                "partner_id": client.id,
                "milestone_id": milestone.id,
            }
            for word in WORDS
            for place in range(4)
        ]
    )
