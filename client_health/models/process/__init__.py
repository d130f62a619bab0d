"""What recovery and offboarding share.

``one_open``     lower mixin: one open record per client and company, who may change it
``process``      mixin: steps that are finished, passed and reopened
``step``         models of a step, and of a waiver (a requirement passed with a reason)
``requirement``  what a step needs before it is finished, with a link to its record
``guide``        the steps and requirements as the form shows them
``schedule``     dates of the steps, and their activities
``family``       the client and all its contacts
``talk``         mixin: a talk with the client is prepared, rehearsed and reviewed
``appointment``  the meeting in which it is held
"""

from . import (
    one_open,
    process,
    step,
    talk,
)
