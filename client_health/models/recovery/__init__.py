"""Trying to bring a relationship back, with a day on which it is decided.

``recovery``      the record: fields, what may be written
``life``          how it starts, is looked at and ends: what its buttons do
``our_side``      the part about our own side: what we make of it, regular check-ins
``proposal``      the part with the new agreement: proposed, answered, in force
``step``          its steps and waivers
``line``          what its lines share; ``figure``, ``channel``, ``target``, ``check``

and plain classes that these hand out, each a piece of work of its own:

``requirements``  what each step needs          ``schedule``     the days of the steps
``obstacles``     with whom it cannot start     ``self_review``  our own figures
``before_after``  whether it helped             ``document``     what the client reads
"""

from . import (
    our_side,
    proposal,
    recovery,
    life,
    line,
    step,
    figure,
    channel,
    target,
    check,
)
