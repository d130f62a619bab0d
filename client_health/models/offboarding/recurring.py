"""Recurring tasks of a client who leaves: they run to the last day, and are stopped
without losing how they recurred."""

from ..mixins import company_day


def runs_on(offboarding, task):
    """True when the next occurrence of a recurring task is due before the last day."""
    recurrence = task.recurrence_id
    end = offboarding.date_end
    if not recurrence or not end:
        return False
    today = company_day.today(offboarding.env, offboarding.company_id)
    day = task.date_deadline.date() if task.date_deadline else today
    return day + recurrence._get_recurrence_delta() <= end


def stop(offboarding, tasks):
    """Take tasks out of their recurrence, which is kept, and remember it for when the
    offboarding is cancelled or the client comes back; with sudo."""
    tasks = tasks.filtered("recurrence_id")
    if not tasks:
        return
    remembered = [
        [
            task._name,
            task.id,
            {"recurring_task": True, "recurrence_id": task.recurrence_id.id},
        ]
        for task in tasks
    ]
    # in this order: Odoo deletes the recurrence of a task that recurs no more
    tasks.write({"recurrence_id": False})
    tasks.write({"recurring_task": False})
    offboarding.archived = [*(offboarding.archived or []), *remembered]


def stop_over(offboarding):
    """Stop what still recurs after the last day, once the client knows; with sudo."""
    today = company_day.today(offboarding.env, offboarding.company_id)
    if offboarding.date_end and offboarding.date_end < today and offboarding.told_on:
        promised = offboarding.deliverable_ids.filtered("promised").task_id
        stop(offboarding, offboarding._projects().tasks() | promised)
