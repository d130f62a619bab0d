"""The key of a fact: its name, and the days it looks back."""

from typing import NamedTuple


class FactKey(NamedTuple):
    """``window``: days; 0 for a fact that is measured over no period.

    As text it is the key of a client's facts.

    >>> str(FactKey("revenue", 365)), str(FactKey("standstill"))
    ('revenue_365', 'standstill')
    """

    name: str
    window: int = 0

    def __str__(self) -> str:
        return f"{self.name}_{self.window}" if self.window else self.name
