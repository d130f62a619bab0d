"""Who may settle what somebody else may not."""

from .schedule import may_own

# Fields of records that name who is responsible for them.
RESPONSIBLE = ("user_id", "invoice_user_id", "user_ids")
MANY = 100  # of colleagues that are looked at


def who_may(records, company, besides):
    """A colleague who sees clients' health and may write all of these records: who is
    responsible for them first; empty where there is none.

    ``besides``: who asks.
    """
    users = records.env["res.users"].sudo()
    for name in RESPONSIBLE:
        if name in records._fields:
            users |= records.sudo()[name]
    colleagues = [("share", "=", False), ("company_ids", "in", company.ids)]
    users |= users.search(colleagues, limit=MANY)
    for user in users - besides:
        mine = records.with_user(user).with_context(allowed_company_ids=company.ids)
        if may_own(user, company) and mine.has_access("write"):
            return user
    return users.browse()
