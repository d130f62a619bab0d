"""What is still to come is in the activity list of whoever delivers it."""

from ..process.schedule import ACTIVITY


def remind(promises):
    """An activity for each open promise, with its person and its day; with sudo.

    None before the client was told: whoever delivers something need not know earlier.
    Afterwards the activity is done with what was delivered, and gone with what is no
    promise any more.
    """
    for promise in promises:
        offboarding, activity = promise.offboarding_id, promise.activity_id
        counts = promise.kind == "promise" or promise.promised
        over = offboarding.state in offboarding._closed
        if counts and promise.is_open and offboarding.told_on and not over:
            _schedule(promise)
        elif activity.active and counts and not promise.is_open:
            activity.action_feedback()
        elif activity:
            activity.unlink()


def _schedule(promise):
    """Make the activity, or write to it what changed."""
    offboarding, activity = promise.offboarding_id, promise.activity_id
    user = offboarding._schedule()._at_work(promise.user_id)
    kind = offboarding.env.ref(ACTIVITY, raise_if_not_found=False)
    day = promise.date_due or offboarding.date_end
    if not (user and kind and day):
        return
    said = offboarding.with_context(lang=user.lang, mail_activity_quick_update=True)
    values = {
        "date_deadline": day,
        "user_id": user.id,
        "summary": said.env._("Still to deliver: %s", promise.name),
    }
    if not activity.active:
        promise.activity_id = said.activity_schedule(activity_type_id=kind.id, **values)
        return
    now = activity.date_deadline, activity.user_id.id, activity.summary
    if now != tuple(values.values()):
        activity.with_context(mail_activity_quick_update=True).write(values)
