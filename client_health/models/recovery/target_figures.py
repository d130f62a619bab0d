"""The figures that a target may have."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# How the client reads a target, by the code of its indicator. What is not here is
# for us only: money, what people felt or reported, and figures of managers.
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
    """``indicator``: the record, or the one that the scoring applies."""
    return indicator.money or indicator.unit == "money"


def scored_indicator(company, code):
    """The indicator as the scoring of a company applies it, or None."""
    config = company.env["client.health.config"].sudo()._current(company)
    for check in config.checks:
        for indicator in check.indicators:
            if indicator.code == code:
                return indicator
    return None


def proposed_figure(target, flags, no_money):
    """The figure of a red flag that has no target yet, first of the flag that the
    recovery was started from; nothing when there is none that this user may see.

    ``flags``: of the client, with sudo; ``no_money``: True for who may see none.
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
