"""The figures that a target may have."""

from odoo.tools import LazyTranslate

from ..health.raters import READS_A_PULSE

_lt = LazyTranslate(__name__)

# Indicator code → how a target is worded for the client. Targets of other indicators
# are internal: money, pulses, incidents, and figures for managers.
FOR_THE_CLIENT = {
    "client_on_time": _lt("You answer us within the agreed time"),
    "our_on_time": _lt("We answer you within the agreed time"),
    "hours_over_budget": _lt("Hours spent, as a share of the hours planned"),
    "standstill": _lt("Days between two visible steps of the work"),
    "stalled_tasks": _lt("Open tasks without a next step"),
    "days_late": _lt("Days between the due date of an invoice and its payment"),
    "rating": _lt("Your rating of our work"),
}


def about_money(indicator):
    """True for an indicator whose figure is for managers: about money, or a pulse, of
    which users see the mean of many only. A record or a compiled one."""
    text = getattr(indicator, "formula", None) or getattr(indicator, "value", None)
    pulse = READS_A_PULSE.search(getattr(text, "text", text) or "")
    return indicator.money or indicator.unit == "money" or bool(pulse)


def scored_indicator(company, code):
    """The compiled indicator of a company, or None."""
    config = company.env["client.health.config"].sudo()._current(company)
    for check in config.checks:
        for indicator in check.indicators:
            if indicator.code == code:
                return indicator
    return None


def few_cases(target):
    """“too few to say”, with their number and the least, where there are some cases of
    the figure and not enough to measure it; empty otherwise."""
    indicator = target._measurable()
    if not indicator or (about_money(indicator) and target._no_money()):
        return ""
    reading = indicator.measure(target._known_facts())
    if not (reading.grey and reading.grey[0] == "sample" and reading.sample):
        return ""
    return target.env._(
        "too few to say: %(cases)s, of at least %(least)s",
        cases=round(reading.sample),
        least=round(indicator.min_sample),
    )


def is_missed(target):
    """True where the target can be measured, and is not met."""
    result = target._result(target._known_facts())
    return result["now"] is not None and not result["met"]


def proposed_figure(target, flags, no_money):
    """The driver of a red flag that has no target yet, first of the flag that the
    recovery was started from; empty when there is none that the user may see.

    ``flags``: of the client, with sudo; ``no_money``: the user may see no money.
    """
    recovery = target.recovery_id
    started_from = recovery.sudo().flag_id._origin
    mine = [("recovery_id", "in", recovery._origin.ids)]
    has_target = target.sudo().search(mine).indicator_id
    if not recovery.id:  # a form, with lines that are not saved yet
        has_target |= recovery.target_ids.indicator_id._origin
    red = flags.filtered(lambda flag: flag.level == "red")
    for flag in red.sorted(lambda flag: flag != started_from):
        figure = flag.driver_id
        hidden = no_money and about_money(figure)
        if not hidden and figure not in has_target:
            return figure.sudo(False)
    return target.env["client.health.indicator"]
