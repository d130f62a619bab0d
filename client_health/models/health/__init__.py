from . import (
    check,
    indicator,
    indicator_custom,
    config,
    codec,
    run,
    health,
    health_screen,
    flag,
    snapshot,
    weekly,
)
