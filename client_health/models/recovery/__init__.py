"""Recovery: an attempt to repair a relationship, with a day to decide.

``recovery``      the model: fields, constraints, write
``life``          the model: start, review and end; its buttons
``our_side``      mixin: our own side, and regular check-ins
``conversation``  mixin: the talk with the client planned, and the records of talks
``proposal``      mixin: the new agreement and the client's answer
``step``          models of its steps and waivers
``line``          what its other lines share: those in the files ``figure``,
                  ``channel``, ``target`` and ``check``

and plain classes and functions that these use:

``requirements``  requirements of each step       ``schedule``     dates of the steps
``obstacles``     why it cannot start             ``self_review``  our own figures
``before_after``  whether it helped               ``document``     what the client reads
``team_load``     the load of our own people
"""

from . import (
    our_side,
    conversation,
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
