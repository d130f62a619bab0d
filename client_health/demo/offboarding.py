"""Two offboardings, made with the buttons that people press: one that waits for the
projects to be closed, and one of some months ago."""

STARTED, TOLD, ENDED = 185, 175, 110  # days ago, of the client who left
BEGUN = 6  # of the one that waits


def make_offboardings(builder):
    """One client is being offboarded, another one was."""
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
    _finish(offboarding)
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
    days = [builder.ago(day) for day in (STARTED, 178, 176, TOLD, ENDED)]
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
