"""The days of an offboarding that people choose."""

from odoo.exceptions import UserError
from odoo.tools import format_date

from ..mixins import company_day

TO_COME = ("date_end", "talk_on", "portal_until")


def refuse_past(offboardings, vals):
    """Raise UserError when the end, the talk or the portal gets a day gone by."""
    for name in TO_COME:
        for offboarding in offboardings if name in vals else ():
            env = offboarding.env
            day = offboarding._fields[name].to_date(vals[name])
            today = company_day.today(env, offboarding.company_id)
            if day and day < today and day != offboarding[name]:
                raise UserError(
                    env._(
                        "%(field)s of %(record)s: %(day)s is past. Choose today or a "
                        "day to come.",
                        field=offboarding._label(name),
                        record=offboarding.display_name,
                        day=written(env, day),
                    )
                )


def touched_by(offboarding, end):
    """Sentences about what another last day, ``end``, asks for."""
    env, before, words = offboarding.env, offboarding._origin.sudo(), []
    late = before.promise_ids.filtered(
        lambda p: p.is_open and p.date_due and p.date_due > end
    )
    if late:
        names = ", ".join(late.mapped("name"))
        words.append(env._("Promised for later than that: %s", names))
    if before.portal_until:
        day = written(env, before.portal_until)
        words.append(env._("Portal access was promised until %s: is that right?", day))
    if offboarding.is_too_early:
        day = written(env, offboarding.earliest_end)
        words.append(env._("The notice allows it from %s on.", day))
    if before.legal_user_id:
        words.append(
            env._(
                "%s checked the contract for the day before: let it be checked again.",
                before.legal_user_id.name,
            )
        )
    if before.told_on:
        words.append(env._("The client was told another day: tell it the new one."))
    return words


def written(env, day):
    """A day written out, which nobody takes for another."""
    return format_date(env, day, date_format="long")
