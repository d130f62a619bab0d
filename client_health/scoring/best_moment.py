"""When in the week and the day a client answers best, of the moments of its answers.

The moments are those of the reader's clock. A day or a part of the day is named only
where clearly more answers came than in an even spread.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", int, str)

ENOUGH = 10  # answers; of fewer nothing is said
DAYS = 5  # working days in the week, over which answers would be spread evenly
CLEARLY = 1.5  # times the even spread
# Part of the day → its first hour and the hour after its last.
PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
MOST = 0.5  # of the answers in one part of the day


class BestMoment(NamedTuple):
    """``answers``: how many there are; ``day``: ISO weekday (1 is Monday) and ``part``
    of PARTS with the number of answers then, None where nothing stands out."""

    answers: int
    day: tuple[int, int] | None = None
    part: tuple[str, int] | None = None

    @property
    def enough(self) -> bool:
        return self.answers >= ENOUGH


def best_moment(moments: Iterable[tuple[int, int, int]]) -> BestMoment:
    """The best moment of rows of (ISO weekday, hour, number of answers).

    >>> best_moment([(2, 9, 6), (2, 15, 2), (4, 10, 4)])
    BestMoment(answers=12, day=(2, 8), part=('morning', 10))

    Few answers say nothing, and neither does an even spread:

    >>> best_moment([(2, 9, 9)])
    BestMoment(answers=9, day=None, part=None)
    >>> best_moment([(day, 10 + 4 * (day % 2), 4) for day in (1, 2, 3, 4)])
    BestMoment(answers=16, day=None, part=None)
    """
    rows = list(moments)
    total = sum(number for _day, _hour, number in rows)
    if total < ENOUGH:
        return BestMoment(total)
    by_day: dict[int, int] = {}
    by_part: dict[str, int] = dict.fromkeys(PARTS, 0)
    for day, hour, number in rows:
        by_day[day] = by_day.get(day, 0) + number
        for part, (first, last) in PARTS.items():
            by_part[part] += number if first <= hour < last else 0
    best_day = _alone(by_day, total * CLEARLY / DAYS)
    best_part = _alone(by_part, total * MOST)
    return BestMoment(total, best_day, best_part)


def _alone(counts: dict[Key, int], least: float) -> tuple[Key, int] | None:
    """The key with the most and its number, where no other has as many and it has more
    than ``least``; else None.

    >>> _alone({"a": 5, "b": 2}, 4), _alone({"a": 5, "b": 5}, 4), _alone({"a": 3}, 4)
    (('a', 5), None, None)
    """
    most = max(counts.values())
    found = [key for key, number in counts.items() if number == most]
    return (found[0], most) if len(found) == 1 and most > least else None
