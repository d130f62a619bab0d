"""Who left stays known: to whoever starts new work, and by more than one contact."""

from odoo.tools import email_domain_extract, format_date, format_list

from ...facts.sides import PUBLIC_DOMAINS
from ..mixins.access import USER
from ..mixins.dialog import dialog_warning
from ..process.family import family


def left_offboardings(env, company, clients=None):
    """The offboardings with which clients left a company and did not come back; with
    sudo. ``clients``: of these only."""
    here = [("company_id", "=", company.id), ("state", "!=", "cancelled")]
    if clients is not None:
        here.append(("partner_id", "in", clients.ids))
    latest = {}
    for offboarding in env["client.offboarding"].sudo().search(here, order="id"):
        latest[offboarding.partner_id] = offboarding
    ids = [o.id for o in latest.values() if o.state == "done" and not o.reactivated_on]
    return env["client.offboarding"].sudo().browse(ids)


def warning(partner):
    """The warning on new work for a client who left, or somebody who resembles one;
    None for others. ``partner``: with the rights of the reader, may be a new record."""
    env, company = partner.env, partner.env.company
    client = (partner._origin or partner).commercial_partner_id
    found, words = left_offboardings(env, company, client), None
    if found:
        words = _words(found, env)
    else:
        for left, what in _alike(partner, left_offboardings(env, company)):
            words = _alike_words(partner, left, what) + "\n" + _words(left, env)
            break
    return words and dialog_warning(env._("This client left"), [words])


def _words(left, env):
    """When the relationship ended and the conditions for a return; why, for users of
    Client Health only."""
    offboarding, client = left[:1], left.partner_id
    known = client.sudo(False).with_env(env).has_access("read")
    names = {
        "client": client.display_name if known else env._("a client"),
        "day": format_date(env, offboarding.ended_on, date_format="long"),
    }
    if env.user.has_group(USER):
        reasons = dict(offboarding._fields["reason"]._description_selection(env))
        reason = reasons.get(offboarding.reason, env._("no reason given"))
        words = env._(
            "The relationship with %(client)s ended on %(day)s: %(reason)s.",
            **names,
            reason=reason,
        )
    else:
        words = env._(
            "The relationship with %(client)s ended on %(day)s. Ask %(who)s before you "
            "start anything new.",
            **names,
            who=(offboarding.user_id.active and offboarding.user_id.name)
            or env._("a manager of Client Health"),
        )
    if offboarding.return_conditions:
        words += "\n" + env._(
            "Conditions for a return: %s", offboarding.return_conditions
        )
    return words


def _alike_words(partner, left, what):
    env = partner.env
    return env._(
        "%(partner)s resembles a client who left. The same: %(what)s.",
        partner=partner.display_name or env._("This contact"),
        what=format_list(env, what),
    )


def _alike(partner, offboardings):
    """Yield (offboarding, what is the same as words) of clients who left."""
    env = partner.env
    mine = _marks(partner.sudo())
    if not offboardings or not any(mine.values()):
        return
    labels = {
        "mail": env._("the mail address"),
        "domain": env._("the mail domain"),
        "vat": env._("the VAT number"),
        "address": env._("the postal address"),
    }
    people = family(offboardings.partner_id).grouped("commercial_partner_id")
    for offboarding in offboardings:
        theirs = {}
        for person in people.get(offboarding.partner_id, ()):
            for name, value in _marks(person).items():
                theirs.setdefault(name, set()).add(value)
        same = [
            labels[name]
            for name, value in mine.items()
            if value and value in theirs.get(name, ())
        ]
        if same:
            yield offboarding, same


def _marks(partner):
    """What somebody is known by: mapping of comparable values, None where unknown."""
    mail = (partner.email_normalized or "").lower() or None
    domain = (email_domain_extract(mail) if mail else None) or None
    street, town = partner.street, partner.zip or partner.city
    address = f"{street} {town}".lower() if street and town else None
    return {
        "mail": mail,
        "domain": None if domain in PUBLIC_DOMAINS else domain,
        "vat": (partner.vat or "").replace(" ", "").upper() or None,
        "address": address and "".join(filter(str.isalnum, address)),
    }
