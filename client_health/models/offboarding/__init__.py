"""Offboarding: ending a relationship in steps. The client is archived last.

``offboarding``   the model: fields, constraints, write, start
``life``          the model: steps and end; its buttons
``costs``         the model: what leaving costs
``step``          models of its steps and waivers
``project``       and ``deliverable``: models of its lines

and plain classes and functions that these use:

``requirements``  requirements of each step     ``schedule``   dates of the steps
``open_items``    what else is open             ``starting``   with whom it starts
``projects``      open projects and tasks       ``closing``    closes a project
``telling``       the mail, the appointment, the exit plan
``archiving``     archives, and reactivates
``keepers``       other companies of ours that keep the client
``archive_guard`` clients with open projects are not archived
"""

from . import (
    costs,
    offboarding,
    life,
    step,
    project,
    deliverable,
)
