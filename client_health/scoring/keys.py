"""The key of a fact: its name, the days it looks back, and from when."""

from typing import NamedTuple


class FactKey(NamedTuple):
    """``window``: days; 0 for a fact that is measured over no period. ``ago``: the fact
    as it was so many days before.

    As text it is the key of a client's facts.

    >>> str(FactKey("revenue", 365)), str(FactKey("standstill"))
    ('revenue_365', 'standstill')
    >>> str(FactKey("revenue", 365, 30)), str(FactKey("trend_latest", 0, 30))
    ('revenue_365_30', 'trend_latest_0_30')
    """

    name: str
    window: int = 0
    ago: int = 0

    def __str__(self) -> str:
        if self.ago:
            return f"{self.name}_{self.window}_{self.ago}"
        return f"{self.name}_{self.window}" if self.window else self.name
