from . import (
    recovery,
    start,
    step,
    review,
    end,
    self_review,
    self_line,
    self_figure,
    channel,
    target,
    target_agreement,
)
