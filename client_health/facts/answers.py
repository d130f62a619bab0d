"""The facts about who asked, who answered in time, and who was silent."""

from typing import Any

from odoo.tools import SQL, LazyTranslate

from .scope import Fact, days_since

_lt = LazyTranslate(__name__)

# How the client writes → the words of the facts about it.
CHANNELS = {
    "mail": (
        _lt("Mails"),
        _lt("Answers the client owed us by mail"),
        _lt("Answers of the client by mail in time"),
        _lt("The client's answer time by mail"),
    ),
    "message": (
        _lt("Messages"),
        _lt("Answers the client owed us by message"),
        _lt("Answers of the client by message in time"),
        _lt("The client's answer time by message"),
    ),
}

# who answers within so many hours of the clock need not be asked for working hours
ON_TIME = SQL("e.answered AND (e.elapsed <= e.agreed OR e.hours <= e.agreed)")


def answer_facts() -> list[Fact]:
    """The facts about messages, the questions that they make, and silence."""
    theirs = SQL("e.waits_for = 'client'")
    ours = SQL("e.waits_for = 'ours'")
    count: dict[str, Any] = {
        "unit": "count",
        "relation": "turn",
        "sql": "COUNT(*) {rows}",
    }
    return [
        Fact(
            "client_turns",
            _lt("Answers the client owed us"),
            _lt(
                "Questions of ours that the client answered in time, or that surely "
                "ask and should have been answered by now."
            ),
            where=theirs,
            **count,
        ),
        Fact(
            "client_turns_on_time",
            _lt("Answers of the client in time"),
            _lt("Questions of ours answered within the agreed working hours."),
            where=SQL("%s AND %s", theirs, ON_TIME),
            **count,
        ),
        Fact(
            "our_turns",
            _lt("Answers we owed the client"),
            _lt(
                "Questions of the client that we answered in time, or that surely ask "
                "and should have been answered by now."
            ),
            where=ours,
            **count,
        ),
        Fact(
            "our_turns_on_time",
            _lt("Our answers in time"),
            _lt("Questions of the client answered within the agreed working hours."),
            where=SQL("%s AND %s", ours, ON_TIME),
            **count,
        ),
        *_answer_time_facts(),
        *_channel_facts(),
        days_since(
            "days_since_message",
            _lt("Days since the last message"),
            _lt("Days since one side last wrote to the other."),
            "last_message",
        ),
        *_silence_facts(),
        Fact(
            "turn_mark",
            _lt("What waits for an answer"),
            _lt("Changes with every question that waits or does not any more."),
            "count",
            "waits",
            "SUM(" + MARK + ") {rows}",
            where=SQL("(e.state = 'waiting' OR e.perhaps)"),
            historical=False,
        ),
    ]


# Of a question: another number for each, and for each thing that a line about it says.
MARK = """HASHTEXT(CONCAT_WS(' ', e.res_id, e.waits_for, e.surely, e.state, e.agreed,
                              e.away))::bigint & 1048575"""


def _silence_facts() -> list[Fact]:
    """How long the client was not heard, and whether that says anything."""
    return [
        days_since(
            "days_since_heard",
            _lt("Days since the client was heard"),
            _lt(
                "Days since a message of the client, a call, or a meeting that it "
                "accepted or that was entered after it began."
            ),
            "heard_message",
        ),
        Fact(
            "heard_months",
            _lt("Months in which the client was heard"),
            _lt(
                "Of the six months up to when it was last heard; known of clients that "
                "were not heard for a while."
            ),
            "count",
            "habit",
            "MAX(e.months) {rows}",
            windowed=False,
            default=None,
        ),
        Fact(
            "written_since_heard",
            _lt("Messages of ours since then"),
            _lt("What we wrote to the client since it was last heard."),
            "count",
            "unheard",
            "COUNT(DISTINCT e.res_id) {rows}",
            windowed=False,
        ),
    ]


def _answer_time_facts() -> list[Fact]:
    """How long answers took, and which never came, on either side."""
    hours: dict[str, Any] = {
        "unit": "hours",
        "relation": "turn",
        "sql": "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.hours) {rows}",
        "default": None,
    }
    return [
        Fact(
            "our_answer_hours",
            _lt("Our answer time"),
            _lt("Median working hours until we answered the client."),
            where=SQL("e.waits_for = 'ours' AND e.answered"),
            **hours,
        ),
        Fact(
            "our_unanswered",
            _lt("Questions we left unanswered"),
            _lt("Questions of the client that we should have answered and did not."),
            "count",
            "turn",
            "COUNT(*) {rows}",
            where=SQL("e.waits_for = 'ours' AND NOT e.answered"),
        ),
    ]


def _channel_facts() -> list[Fact]:
    """How the client answers by mail, and by messages (portal and comments)."""
    facts = []
    for channel, (count, turns, on_time, hours) in CHANNELS.items():
        mine = SQL("e.channel = %s", channel)
        theirs = SQL("%s AND e.waits_for = 'client'", mine)
        facts += [
            Fact(
                f"{channel}_count",
                count,
                _lt("What both sides wrote to each other this way."),
                "count",
                "message",
                "COUNT(DISTINCT e.res_id) {rows}",
                where=mine,
            ),
            Fact(
                f"{channel}_turns",
                turns,
                _lt(
                    "Questions of ours that the client answered, or should have by now."
                ),
                "count",
                "turn",
                "COUNT(*) {rows}",
                where=theirs,
            ),
            Fact(
                f"{channel}_turns_on_time",
                on_time,
                _lt("Questions of ours answered within the agreed working hours."),
                "count",
                "turn",
                "COUNT(*) {rows}",
                where=SQL("%s AND %s", theirs, ON_TIME),
            ),
            Fact(
                f"{channel}_hours",
                hours,
                _lt("Median working hours until the client answered us."),
                "hours",
                "turn",
                "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY e.hours) {rows}",
                where=SQL("%s AND e.answered", theirs),
                default=None,
            ),
        ]
    return facts
