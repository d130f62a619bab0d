from . import (
    check,
    indicator,
    indicator_custom,
    config,
    codec,
    run,
    run_catch_up,
    health,
    health_screen,
    flag,
    snapshot,
    weekly,
)
