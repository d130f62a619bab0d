"""Ending a relationship in steps, kept for good. The client is archived last.

``offboarding``   the record: fields, what may be written, how it starts
``life``          how it goes on and ends: what its buttons do
``costs``         the part with what leaving costs
``step``          its steps and waivers; ``project`` and ``deliverable``: its lines

and plain classes that these hand out, each a piece of work of its own:

``requirements``  what each step needs          ``schedule``   the days of the steps
``open_items``    what else is open             ``starting``   with whom it starts
``projects``      which projects, which tasks   ``closing``    closing one of them
``telling``       the mail, the appointment, the exit plan
``archiving``     archived, and brought back    ``keepers``    whose client it stays
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
