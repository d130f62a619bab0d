from . import (
    offboarding,
    start,
    step,
    steps,
    blockers,
    open,
    figures,
    project,
    project_close,
    deliverable,
    close,
    tell,
)
