"""The document for the client: the new agreement, in the client's language."""

from odoo.tools import formatLang

from .target_figures import FOR_THE_CLIENT


def document(recovery):
    """The content of the document, in the language of the context; nothing internal.

    Returns ``{"terms": [(label, text)], "targets": [mapping]}``. With sudo.
    """
    env, agreement = recovery.env, recovery.new_agreement_id
    channels = dict(agreement._fields["channel"]._description_selection(env))
    terms = [
        (env._("How we speak with each other"), channels.get(agreement.channel)),
        (env._("You answer us within"), _hours(env, agreement.client_response_hours)),
        (env._("We answer you within"), _hours(env, agreement.our_response_hours)),
        (env._("We are in touch every"), _days(env, agreement.contact_every_days)),
    ]
    targets = [_target(target) for target in recovery.target_ids]
    return {
        "terms": [(label, text) for label, text in terms if text],
        "targets": [words for words in targets if words],
    }


def _hours(env, number):
    """Working hours in words; empty for 0."""
    if number == 1:
        return env._("1 working hour")
    digits = 0 if float(number).is_integer() else 1
    return number and env._("%s working hours", formatLang(env, number, digits=digits))


def _days(env, number):
    """Days in words; empty for 0."""
    return env._("day") if number == 1 else number and env._("%s days", number)


def _target(target):
    """A target in the words for the client: a mapping of ``what``, ``value`` and
    ``until``; None for an internal one."""
    if target.is_internal:
        return None
    what, value = target.client_text, ""
    if not what:
        env = target.env
        what = env._(FOR_THE_CLIENT[target.indicator_id.code])
        value = target._figure()._format(target.value, exact=True)
        if target.direction == "at_least":
            value = env._("at least %s", value)
        else:
            value = env._("at most %s", value)
    return {"what": what, "value": value, "until": target.by_when}
