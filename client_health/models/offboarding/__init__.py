"""Offboarding: ending a relationship in steps. The client is archived last.

``offboarding``   the model: fields, constraints, write, start
``life``          the model: steps and end; its buttons
``costs``         the model: what leaving costs
``letters``       the model: what the client gets to read
``roles``         the model: what else the client is to us, such as a supplier
``at_once``       the model: the short way out, after abuse
``step``          models of its steps and waivers
``project``       and ``deliverable``: models of its lines, ``named`` for readers

and plain classes and functions that these use:

``requirements``  requirements of each step     ``schedule``   dates of the steps
``open_items``    what else is open             ``open_elsewhere`` in other apps
``settling``      settles that                  ``starting``   with whom it starts
``projects``      open projects and tasks       ``closing``    closes a project
``telling``       the mail, the appointment, the exit plan
``archiving``     archives, and reactivates
``recurring``     recurring tasks run to the last day     ``portal`` ends as promised
``handing_on``    another owner takes over      ``days`` that people choose
``returning``     who left stays known          ``order``      of the steps
``promises``      are in somebody's activities
``keepers``       other companies of ours that keep the client
``archive_guard`` clients with open projects are not archived
"""

from . import (
    costs,
    letters,
    roles,
    at_once,
    offboarding,
    life,
    step,
    named,
    project,
    deliverable,
)
