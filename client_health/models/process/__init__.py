"""What recovery and offboarding share.

``one_open``     the lower mixin: one open per client and company, who may, when over
``process``      the mixin: its steps, what they need, finished, passed, open again
``step``         parts of it: a step, and a waiver (a requirement passed in writing)
``requirement``  what keeps a step from being finished, with the way to its record
``guide``        what the form shows of all that
``schedule``     the days of the steps, and their activities
``family``       the client and all its contacts
"""

from . import (
    one_open,
    process,
    step,
)
