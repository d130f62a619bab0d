"""What would change under other settings, without changing anything."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from .score import Check, CheckResult, Settings, judge_check, outcome

RAISED = ("watch", "red")


class Config(Protocol):
    """What clients are judged by."""

    @property
    def checks(self) -> Sequence[Check]: ...

    @property
    def settings(self) -> Settings: ...


class Client(NamedTuple):
    """One client as it is stored.

    ``facts`` maps keys to numbers, ``held`` as in :func:`~.score.assess`.
    ``current``: its score and level were made with the old settings. ``fixed``:
    its level was decided by a person and stays whatever the settings say.
    ``lacked_evidence``: its level is unknown for want of it.
    """

    key: object
    score: int | None
    level: str
    facts: dict
    held: dict
    current: bool = False
    fixed: bool = False
    lacked_evidence: bool = False


class Move(NamedTuple):
    """A client that changes level. ``uncapped``: what the points of the checks would
    leave of the score; ``capped_by``: the check that would hold it down, if one does.
    """

    key: object
    level_before: str
    level: str
    score_before: int | None
    score: int | None
    uncapped: int | None
    capped_by: str | None


class Comparison(NamedTuple):
    """Clients per level before and after, flags raised and cleared per check
    code, and the clients that change level."""

    before: Counter
    after: Counter
    raised: Counter
    cleared: Counter
    moves: list


def compare(clients: Iterable[Client], old: Config, new: Config) -> Comparison:
    """Judge ``clients`` under two settings: a :class:`Comparison`.

    ``old`` and ``new`` have ``checks`` (the same ones, in the same order) and
    ``settings``. Only what differs is judged twice, and a client whose readings
    stay as they are is not judged as a whole.

    >>> from collections import namedtuple
    >>> from .score import Settings, build_check
    >>> Config = namedtuple("Config", "checks settings")
    >>> def config(watch, red):
    ...     late = {"code": "late", "formula": "days", "window": 30,
    ...             "good": 0, "watch": watch, "red": red}
    ...     check = {"code": "profit", "weight": 1, "indicators": [late]}
    ...     return Config([build_check(check, {"days": False})], Settings())
    >>> clients = [Client("a", 100, "healthy", {"days": 0}, {}, current=True),
    ...            Client("b", 50, "at_risk", {"days": 10}, {}, current=True)]
    >>> result = compare(clients, config(10, 20), config(20, 40))
    >>> dict(result.before), dict(result.after)
    ({'healthy': 1, 'at_risk': 1}, {'healthy': 1, 'watch': 1})
    >>> dict(result.raised), dict(result.cleared)
    ({}, {'profit': 1})
    >>> [(move.key, move.level, move.score) for move in result.moves]
    [('b', 'watch', 75)]
    """
    total = Comparison(Counter(), Counter(), Counter(), Counter(), [])
    changed = [_signature(a) != _signature(b) for a, b in _pairs(old, new)]
    reweighed = [_weighs(a) != _weighs(b) for a, b in _pairs(old, new)]
    framed = old.settings != new.settings or any(reweighed)
    for client in clients:
        known: Judged = {}
        if client.current and not framed:
            if not _differs(client, old, new, changed, known):
                total.before[client.level] += 1
                total.after[client.level] += 1
                continue
        befores, afters = _judge(client, old, new, changed, reweighed, known)
        _count_flags(total, befores, afters)
        if client.fixed:
            total.before[client.level] += 1
            total.after[client.level] += 1
            continue
        score_before, level_before = client.score, client.level
        if not client.current:
            before = outcome(befores, old.settings.for_client(client.lacked_evidence))
            score_before, level_before = before.score, before.level
        after = outcome(afters, new.settings.for_client(client.lacked_evidence))
        total.before[level_before] += 1
        total.after[after.level] += 1
        if after.level != level_before:
            total.moves.append(
                Move(
                    client.key, level_before, after.level, score_before, after.score,
                    after.uncapped, after.rule.check,
                )
            )  # fmt: skip
    return total


# position of a check → what it says under old and under new settings
Judged = dict[int, tuple[CheckResult, CheckResult]]


def _pairs(old: Config, new: Config) -> Iterator[tuple[Check, Check]]:
    return zip(old.checks, new.checks, strict=True)


def _signature(check: Check) -> list[tuple]:
    """What decides how a check reads the facts."""
    return [(i.code, i.limits) for i in check.indicators]


def _weighs(check: Check) -> tuple[float, str | None]:
    """What a check that has been judged does to score and level."""
    return check.weight, check.floor_level


def _judged(check: Check, client: Client) -> CheckResult:
    code = check.code
    held = client.held
    return judge_check(
        check, client.facts, held.get((code, "client")), held.get((code, "ours"))
    )


def _said(result: CheckResult) -> tuple:
    return (result.penalty, result.level, result.ours_level, result.evidence)


def _differs(
    client: Client, old: Config, new: Config, changed: list[bool], known: Judged
) -> bool:
    """True when a changed check says something else about the client.

    ``known`` collects what was judged on the way: position → (old, new).
    """
    differs = False
    for position, (before, after) in enumerate(_pairs(old, new)):
        if changed[position]:
            pair = (_judged(before, client), _judged(after, client))
            known[position] = pair
            differs = differs or _said(pair[0]) != _said(pair[1])
    return differs


def _judge(
    client: Client, old: Config, new: Config, changed: list[bool],
    reweighed: list[bool], known: Judged,
) -> tuple[list[CheckResult], list[CheckResult]]:  # fmt: skip
    """The checks of a client, judged under both settings: two lists."""
    befores, afters = [], []
    for position, (before, after) in enumerate(_pairs(old, new)):
        pair = known.get(position)
        if pair is None:
            first = second = _judged(before, client)
            if changed[position]:
                second = _judged(after, client)
            elif reweighed[position]:
                second = first._replace(check=after)
            pair = (first, second)
        befores.append(pair[0])
        afters.append(pair[1])
    return befores, afters


def _count_flags(
    total: Comparison, befores: list[CheckResult], afters: list[CheckResult]
) -> None:
    for old, new in zip(befores, afters, strict=True):
        if old is new:
            continue
        for was, now in ((old.level, new.level), (old.ours_level, new.ours_level)):
            if now in RAISED and was not in RAISED:
                total.raised[new.check.code] += 1
            elif was in RAISED and now not in RAISED:
                total.cleared[new.check.code] += 1
