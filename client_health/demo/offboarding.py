"""Two offboardings, made with the buttons that people press: one that waits for the
conversation to be prepared, and one of some months ago."""

from datetime import timedelta

from .money import can_invoice, pay

STARTED, TOLD, ENDED = 185, 175, 110  # days ago, of the client who left
BEGUN = 6  # of the one that waits


def make_offboardings(builder):
    """One client is being offboarded, another one was."""
    _make_what_hangs_on(builder)
    records, new = builder.make(
        "client.offboarding",
        {
            "offboarding_wexcombe": _begin(
                builder,
                "wexcombe",
                date_start=builder.ago(STARTED),
                date_end=builder.ago(ENDED),
                reason="rejection",
                reason_text="We think differently about what helps you, and have "
                "for a long time.",
                topics="Thanks for two seasons. Our decision. The reason. What you "
                "get from us before we go.",
                talk_on=builder.ago(TOLD),
                told_on=builder.ago(TOLD),
                return_conditions="A season in which our advice is tried first.",
            ),
            "offboarding_vexley": _begin(
                builder,
                "vexley",
                date_start=builder.ago(BEGUN),
                date_end=builder.ago(-75),
                reason="abuse",
                afterwards="keep",  # it stays our supplier
                reason_text="We do not work where our people are shouted at.",
            ),
        },
    )
    for name, offboarding in new.items():
        offboarding = offboarding.with_user(builder.users[0]).sudo()
        offboarding.action_check_contract()
        offboarding.action_finish_step()
        if name == "offboarding_wexcombe":
            _end(builder, offboarding)
        else:
            _read(builder, offboarding)
    _decide(records["offboarding_vexley"])


def _make_what_hangs_on(builder):
    """What a goodbye to Vexley has to see to: it is our supplier too and the contact of
    an employee, paid ahead, comes to a meeting with others, and has weekly work."""
    client, contact = builder.partners["vexley"], builder.contacts["vexley"]
    company, day = builder.company.id, builder.ago(BEGUN)
    project = builder.projects["vexley"]
    project.allow_recurring_tasks = True
    weekly = {
        "name": "Programme of the week",
        "project_id": project.id,
        "partner_id": client.id,
        "company_id": company,
        "user_ids": [(6, 0, client.user_id.ids)],
        "recurring_task": True,
        "repeat_interval": 1,
        "repeat_unit": "week",
        "date_deadline": builder.moment_ago(-5, 17),
    }
    builder.make("project.task", {"task_vexley_weekly": weekly})
    start = builder.moment_ago(-10, 14)
    people = contact + builder.contacts["larkspur"] + builder.users[0].partner_id
    meeting = {
        "name": "Evening of culture: Vexley and Larkspur",
        "start": start,
        "stop": start + timedelta(hours=1),
        "user_id": builder.users[0].id,
        "partner_ids": [(6, 0, people.ids)],
    }
    builder.make("calendar.event", {"meeting_vexley_shared": meeting})
    if builder.has("hr.employee"):
        employee = {
            "name": contact.name,
            "company_id": company,
            "work_contact_id": contact.id,
        }
        builder.make("hr.employee", {"employee_vexley": employee})
    if can_invoice(builder):
        _make_bill_of(builder, client, day)
        if builder.has("sale.order"):
            _make_prepaid_of(builder, client, day)


def _make_bill_of(builder, client, day):
    """A bill of the client's."""
    line = {"name": "Hire of the hall", "price_unit": 180, "tax_ids": [(5, 0, 0)]}
    bill = {
        "move_type": "in_invoice",
        "partner_id": client.id,
        "company_id": builder.company.id,
        "invoice_date": day,
        "date": day,
        "ref": "VA-HALL",
        "invoice_line_ids": [(0, 0, line)],
    }
    _bills, new = builder.make("account.move", {"bill_vexley_hall": bill})
    for move in new.values():
        move.action_post()


def _make_prepaid_of(builder, client, day):
    """A workshop that the client paid ahead."""
    product = {
        "name": "Workshop for the team",
        "type": "service",
        "list_price": 640,
        "taxes_id": [(5, 0, 0)],
        "invoice_policy": "order",
    }
    products, _new = builder.make("product.product", {"product_workshop": product})
    line = {
        "product_id": products["product_workshop"].id,
        "product_uom_qty": 1,
        "price_unit": 640,
        "tax_ids": [(5, 0, 0)],
    }
    order = {
        "partner_id": client.id,
        "company_id": builder.company.id,
        "date_order": builder.moment_ago(BEGUN + 2),
        "order_line": [(0, 0, line)],
    }
    _orders, new = builder.make("sale.order", {"order_vexley_workshop": order})
    for made in new.values():
        made.action_confirm()
        made.date_order = order["date_order"]
        invoice = made._create_invoices()
        invoice.write({"invoice_date": day, "date": day})
        invoice.action_post()
        builder.adopt({"invoice_vexley_workshop": invoice})
        pay(builder, {day: [invoice]})


def _begin(builder, key, **values):
    return {
        "partner_id": builder.partners[key].id,
        "company_id": builder.company.id,
        "user_id": builder.users[0].id,
        **values,
    }


def _read(builder, offboarding):
    """The contract was read when it began."""
    day = [builder.ago(BEGUN)]
    builder.backdate(offboarding, "legal_on", day)
    builder.backdate(offboarding._step("contract"), "done_on", day)


def _decide(offboarding):
    """The client said of the first task that it still wants it."""
    offboarding.deliverable_ids.filtered("is_open")[:1].decision = "finish"


def _end(builder, offboarding):
    """The other four steps, and the archiving; all of it some months ago."""
    tasks = offboarding.project_ids.deliverable_ids.filtered("is_open")
    tasks.write({"decision": "finish", "becomes": "done"})
    offboarding.project_ids.action_close()
    updates = offboarding.project_ids.project_id.update_ids
    builder.adopt({f"closed_{update.id}": update for update in updates})
    offboarding.action_rehearse()
    second = builder.users[-1]
    if second != builder.users[0]:
        offboarding.with_user(second).sudo().action_review()
    _finish(offboarding)
    offboarding.write(
        {
            "told_how": "meeting",
            "reaction": "Surprised, then relieved. We parted as friends.",
        }
    )
    _finish(offboarding)
    _finish(offboarding)
    offboarding.write(
        {
            "files_handed_over": True,
            "access_handed_over": True,
            "final_invoice": "sent",
        }
    )
    _finish(offboarding)
    _pass(offboarding, "done")
    offboarding.action_done()
    builder.backdate(offboarding, "ended_on", [builder.ago(ENDED)])
    days = [builder.ago(day) for day in (STARTED, 176, TOLD, 118, ENDED)]
    for name, day in (
        ("legal_on", STARTED),
        ("rehearsed_on", 176),
        ("reviewed_on", 176),
    ):
        builder.backdate(offboarding, name, [builder.ago(day)])
    steps = offboarding.step_ids.sorted("sequence")
    builder.backdate(steps, "done_on", days)
    builder.backdate(steps, "date", days)  # due when done
    offboarding._compute_duration()
    builder.env["client.health.snapshot"].search(
        [
            ("partner_id", "=", offboarding.partner_id.id),
            ("date", ">", builder.ago(ENDED)),
        ]
    ).unlink()


def _finish(offboarding):
    """Finish the present step; what the data cannot settle is passed in writing."""
    _pass(offboarding, offboarding.state)
    offboarding._finish_step(offboarding.state, asked=True)


def _pass(offboarding, step):
    for need in offboarding._blocking(step):
        offboarding.pass_blocker(need.key, "Settled by word of mouth.")
