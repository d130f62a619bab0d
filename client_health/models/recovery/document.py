"""What the client reads of a recovery: the new agreement, in its own language."""

from odoo.tools import formatLang

from .target_figures import FOR_THE_CLIENT


def document(recovery):
    """What the document shows, in the language of the context: nothing internal.

    Returns ``{"terms": [(label, text)], "targets": [mapping]}``. With sudo.
    """
    env, agreement = recovery.env, recovery.new_agreement_id
    channels = dict(agreement._fields["channel"]._description_selection(env))
    hours, days = env._("%s working hours"), env._("%s days")
    terms = [
        (env._("How we speak with each other"), "%s", agreement.channel),
        (env._("You answer us within"), hours, agreement.client_response_hours),
        (env._("We answer you within"), hours, agreement.our_response_hours),
        (env._("We are in touch every"), days, agreement.contact_every_days),
    ]
    targets = [_target(target) for target in recovery.target_ids]
    return {
        "terms": [
            (label, text % (channels.get(value) or _plain(env, value)))
            for label, text, value in terms
            if value
        ],
        "targets": [words for words in targets if words],
    }


def _plain(env, number):
    """A number as people write it, without decimals that say nothing."""
    digits = 0 if float(number).is_integer() else 1
    return formatLang(env, number, digits=digits)


def _target(target):
    """How the client reads a target: a mapping of ``what``, ``value`` and ``until``,
    or None where it is for us only."""
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
