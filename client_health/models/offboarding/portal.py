"""Portal access ends on the promised day: announced the day before, and remembered."""

from datetime import timedelta

from odoo.tools import format_date

from ..mixins import company_day
from .archiving import portal_users


def end_portal(offboarding):
    """End access the day after the last one that was promised, and announce it to the
    owner the day before; with sudo. Nothing happens before the client was told, nor
    where another company of ours keeps the client."""
    until = offboarding.portal_until
    users = until and offboarding.told_on and portal_users(offboarding.partner_id)
    if not users or offboarding._keepers():  # a login is one for all our companies
        return
    today = company_day.today(offboarding.env, offboarding.company_id)
    if until == today + timedelta(days=1):
        _announce(offboarding, users)
    elif until < today:
        archiving = offboarding._archiving()
        changed = archiving.end_access(users)
        offboarding.archived = [*(offboarding.archived or []), *changed]
        names = ", ".join(users.mapped("name"))
        offboarding._message_log(
            body=offboarding.env._("Portal access ended as promised: %s", names)
        )


def _announce(offboarding, users):
    owner = offboarding._schedule()._at_work(offboarding.user_id)
    todo = offboarding.env.ref("mail.mail_activity_data_todo", False)
    if not (owner and todo):
        return
    words = offboarding.with_context(
        lang=owner.lang, mail_activity_quick_update=True
    ).env
    until = offboarding.portal_until
    summary = words._(
        "Portal access of %(names)s ends after %(day)s, as promised",
        names=", ".join(users.mapped("name")),
        day=format_date(words, until, date_format="long"),
    )
    same = [
        ("res_model", "=", offboarding._name),
        ("res_id", "=", offboarding.id),
        ("summary", "=", summary),
    ]
    if not words["mail.activity"].search_count(same, limit=1):
        offboarding.with_env(words).activity_schedule(
            activity_type_id=todo.id,
            date_deadline=until,
            user_id=owner.id,
            summary=summary,
        )
