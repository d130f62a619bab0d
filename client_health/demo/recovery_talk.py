"""What was said and proposed in the recovery: our own words, and a new agreement."""

ANSWERS = {
    "clear": "About the work, yes. That we wait for the texts we never said outright.",
    "promises": "Yes, except the picture library, which came a week later.",
    "in_time": "Mostly. Hard questions lay for days before somebody took them.",
    "people": "Yes: one designer and one contact all year.",
    "listened": "To the wishes, yes. Not to how busy the season makes them.",
    "better": "Agree on a fixed moment every week, instead of a mail per question.",
}
WENT = {
    "mail": ("badly", "Long threads, and the question at the end is overlooked."),
    "meeting": ("well", "Decisions on the spot."),
}
TARGETS = {"client_on_time": 80, "no_improvement": 0}
BOUNDARIES = (
    "Open questions are settled in a talk of half an hour every week.\n"
    "What is not answered after two talks is planned anew."
)


def talk_it_over(builder, recovery):
    """Answer the questions, and propose another way and targets to the client."""
    for answer in recovery.answer_ids:
        answer.text = ANSWERS[answer.code]
    recovery.write(
        {
            "self_result": "both",
            "self_note": "Questions are asked in one list, before the weekly talk.",
        }
    )
    for channel in recovery.channel_ids:
        if channel.code in WENT:
            channel.went, channel.note = WENT[channel.code]
    manager = builder.env.ref("base.user_admin")
    proposed = recovery.with_user(manager).with_company(recovery.company_id)
    meeting = proposed.channel_ids.filtered(lambda c: c.code == "meeting")
    meeting.action_choose()
    agreement = proposed.new_agreement_id
    agreement.boundaries = BOUNDARIES
    builder.adopt({"agreement_proposed": agreement})
    indicators = builder.env["client.health.indicator"]
    for code, value in TARGETS.items():
        indicator = indicators.search([("code", "=", code)])
        builder.env["client.recovery.target"].create(
            {
                "recovery_id": recovery.id,
                "indicator_id": indicator.id,
                "shown_value": value,
            }
        )
