"""An assessment as plain data, for screens and other programs."""


def explain_reading(reading, show_money=True):
    """One indicator as a mapping; figures about money only where allowed."""
    indicator = reading.indicator
    hidden = indicator.money and not show_money
    return {
        "code": indicator.code,
        "value": None if hidden else reading.value,
        "sample": None if hidden else reading.sample,
        "penalty": None if hidden else reading.penalty,
        "reason": reading.grey,
        "hidden": hidden and reading.penalty is not None,
        "good": indicator.limits.good,
        "watch": indicator.limits.watch,
        "red": indicator.limits.red,
        "unit": indicator.unit,
        "window": indicator.window,
        "min_sample": indicator.min_sample,
        "side": indicator.side,
    }


def explain_check(result, show_money=True):
    """One check as a mapping.

    Penalty and points of a check that money drives are left out where money may
    not be seen: with the limits they would give the figure away.
    """
    driver = result.driver
    hidden = bool(driver and driver.indicator.money and not show_money)
    return {
        "code": result.check.code,
        "level": result.level,
        "penalty": None if hidden else result.penalty,
        "points": None if hidden else result.points,
        "weight": result.check.weight,
        "driver": driver.indicator.code if driver else None,
        "ours": result.ours_level,
        "hidden": hidden,
        "indicators": [explain_reading(r, show_money) for r in result.readings],
    }


def explain(assessment, show_money=True):
    """The whole judgement as a mapping: see ``client.health.explain``."""
    return {
        "score": assessment.score,
        "level": assessment.level,
        "level_reason": assessment.rule,
        "coverage": assessment.coverage,
        "checks": [explain_check(result, show_money) for result in assessment.checks],
    }
