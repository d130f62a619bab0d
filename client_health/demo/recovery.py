"""A recovery, some weeks on."""

from copy import copy
from datetime import timedelta

from .recovery_talk import talk_it_over

CLIENT = "pelham"
STARTED, LOOKED, REVIEW = 38, 33, 24  # days ago, days ago, days ahead


def make_recovery(builder):
    """Started through the usual way, some weeks ago; our own side was looked at."""
    context = {**builder.env.context, "mail_activity_automation_skip": False}
    env = builder.env(context=context)
    partner = builder.partners[CLIENT]
    flag = env["client.health.flag"].search(
        [
            ("partner_id", "=", partner.id),
            ("company_id", "=", builder.company.id),
            ("check_id.code", "=", "communication"),
            ("side", "=", "client"),
            ("state", "!=", "cleared"),
        ],
        limit=1,
    )
    owner = builder.users[0]
    # unlike the records of the past, it puts its steps in people's lists
    loud = copy(builder)
    loud.env = env
    records, new = loud.make(
        "client.recovery",
        {
            f"recovery_{CLIENT}": {
                "partner_id": partner.id,
                "company_id": builder.company.id,
                "user_id": owner.id,
                "date_start": builder.ago(STARTED),
                "review_date": builder.today + timedelta(days=REVIEW),
                "reason": "Answers used to come within hours and now take a week. We "
                "want to be back at two working days, for both sides.",
                "flag_id": flag.id,
            }
        },
    )
    for recovery in new.values():
        talk_it_over(builder, recovery)
        _look_at_our_side(builder, recovery, owner)
    return records


def _look_at_our_side(builder, recovery, owner):
    """The first step is done; the next ones are planned from today on."""
    step = recovery._step("self_review")
    day = builder.ago(LOOKED)
    step.write({"date": day, "done_on": day, "done_user_id": owner.id})
    recovery._schedule().tick(step)
    recovery.state = recovery._first_open()
    for days, code in ((2, "channel"), (9, "agreement")):
        recovery._step(code).date = builder.today + timedelta(days=days)
