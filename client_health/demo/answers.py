"""Who owes whom an answer: a thank-you, a mailed invoice, a question that waits, and
an answer from another address."""

from markupsafe import Markup

from .talk import post

# (name, client, place, days ago, hour, who writes, text)
MESSAGES = [
    ("thanks_1", "larkspur", 0, 4, 9, "client", "Could you make the logo larger?"),
    ("thanks_2", "larkspur", 0, 4, 11, "ours", "Done: it is on the page now."),
    ("thanks_3", "larkspur", 0, 4, 14, "client", "Perfect, thank you! Good weekend."),
    ("waits_1", "juniper", 1, 6, 10, "ours", "The new brand guide is attached."),
    ("waits_2", "juniper", 1, 1, 11, "client",
     "It looks great. Could you send me the log-in for the new page?"),
    ("waits_3", "montague", 1, 5, 10, "ours",
     "Which of the two photos do you want on the cover?"),
    ("private_1", "montague", 2, 9, 10, "ours", "Can you send us the opening hours?"),
    ("private_2", "montague", 2, 9, 13, "private",
     "From my own phone: nine to five, and closed on Mondays."),
]  # fmt: skip


def make_answers(builder):
    """These messages, on the client's tasks, and one mailed invoice."""
    values, notified = {}, {}
    for name, key, place, days, hour, side, text in MESSAGES:
        record = builder.tasks[key][-1 - place]
        contact, user = builder.contacts[key], builder.partners[key].user_id.partner_id
        author = user if side == "ours" else contact
        values[f"answer_{name}"] = message(
            builder, record, author, builder.moment_ago(days, hour), text
        )
        if side == "ours":
            notified[f"answer_{name}"] = contact
        if side == "private":
            private = contact.email.partition("@")[0] + "@home.example"
            values[f"answer_{name}"] |= {"author_id": False, "email_from": private}
    if invoice := builder.has("account.move") and last_invoice(builder, "larkspur"):
        user = builder.partners["larkspur"].user_id.partner_id
        moment = builder.moment_ago(3, 16)
        text = f"Here is your invoice {invoice.name}. Would you please remit payment?"
        values["answer_invoice"] = message(builder, invoice, user, moment, text) | {
            "email_layout_xmlid": "mail.mail_notification_layout"
        }
        notified["answer_invoice"] = builder.contacts["larkspur"]
    post(builder, values, notified)


def last_invoice(builder, key):
    """The latest invoice of a client."""
    return builder.env["account.move"].search(
        [
            ("partner_id", "=", builder.partners[key].id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
        ],
        order="invoice_date desc",
        limit=1,
    )


def message(builder, record, author, moment, text):
    """The values of a message on a record."""
    ours = author.user_ids
    return {
        "model": record._name,
        "res_id": record.id,
        "message_type": "comment" if ours else "email",
        "subtype_id": builder.env.ref("mail.mt_comment").id,
        "author_id": author.id,
        "email_from": author.email_formatted,
        "subject": f"Re: {record.display_name}",
        "body": Markup("<p>%s</p>") % text,
        "date": moment,
    }
