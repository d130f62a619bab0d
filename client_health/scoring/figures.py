"""Which figures of a client rest on too little to be shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from .indicator import Reading

RATE = "effective_rate"
MARGIN = "margin"
# The indicators whose figures are shown in columns of their own.
CODES = (RATE, MARGIN, "days_late", "client_on_time", "our_on_time")
TOO_LITTLE = ("sample", "rule")


def grey_readings(
    readings: Iterable[Reading], facts: Mapping[str, Any]
) -> dict[str, Reading]:
    """Code → reading, of those of CODES that are grey for one client.

    What an hour earned is shown without a required rate too: that one is needed only to
    judge it. It is grey where the work is not known well enough.
    """
    grey = {}
    for reading in readings:
        indicator = reading.indicator
        if indicator.code not in CODES or reading.grey is None:
            continue
        if indicator.code == RATE:
            reading = indicator._replace(condition=None, earlier=None).measure(facts)
            if reading.grey is None or reading.grey[0] not in TOO_LITTLE:
                continue
        grey[indicator.code] = reading
    return grey


def grey_figures(readings: Iterable[Reading], facts: Mapping[str, Any]) -> str | None:
    """The codes of :func:`grey_readings` as text, as they are stored; None without."""
    return ",".join(sorted(grey_readings(readings, facts))) or None
