"""What recovery and offboarding share.

``one_open``     the lower mixin: one open per client and company, who may, when over
``process``      the mixin: its steps, what they need, finished, passed, open again
``step``         parts of it: a step, and a waiver (a requirement passed in writing)
``requirement``  what a step needs, with the way to its record
``guide``        what the form shows of it
``schedule``     the days of the steps, and their activities
"""

from . import (
    one_open,
    process,
    step,
)
