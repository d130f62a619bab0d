"""Another owner takes over what the one before had to do."""

from ..process.schedule import may_own


def take_over(offboarding, before):
    """Steps, promises and the telling of the owner ``before`` are the new owner's; with
    sudo. What others do stays theirs."""
    owner = offboarding.user_id
    steps = offboarding.step_ids.filtered(
        lambda step: not step.done_on and step.user_id == before
    )
    steps.write({"user_id": owner.id})
    promises = offboarding.promise_ids.filtered(
        lambda promise: promise.is_open and promise.user_id == before
    )
    promises.write({"user_id": owner.id})
    if offboarding.speaker_id == before and not offboarding.told_on:
        offboarding.speaker_id = owner


def replace_who_left(offboarding):
    """An owner who works here no longer hands over to a manager, and so do the people
    of open steps and promises; with sudo."""
    company = offboarding.company_id
    if not may_own(offboarding.user_id, company):
        manager = offboarding._some_manager(company)
        if manager:
            offboarding.user_id = manager
    owner = offboarding.user_id
    left = offboarding.step_ids.filtered(
        lambda step: not step.done_on and step.user_id and not step.user_id.active
    )
    left.write({"user_id": owner.id})
    promises = offboarding.promise_ids.filtered(
        lambda promise: promise.is_open and not promise.user_id.active
    )
    promises.write({"user_id": owner.id})
