"""Dates of the steps, from the start to the review."""

from datetime import timedelta

from ..process.schedule import Schedule, work_day

# Days after the start, for steps without a template in the plan.
AFTER = {"self_review": 3, "channel": 7, "agreement": 14}


class RecoverySchedule(Schedule):
    """Templates with days *after* the plan date count from the start, those with days
    *before* it from the review. No step is later than the review."""

    def days(self, of_step):
        last = self.process.review_date
        days = {
            code: self._day(code, of_step.get(code))
            for code, _label in self.process._steps
        }
        return {
            code: work_day(self.company, min(day, last), self.today)
            for code, day in days.items()
        }

    def _day(self, code, template):
        if template:
            return self.day_of(template)
        if code == "review":
            return self.process.review_date
        return self.process.date_start + timedelta(days=AFTER[code])

    def day_of(self, template):
        before = template.delay_from == "before_plan_date"
        process = self.process
        base = process.review_date if before else process.date_start
        return template._get_date_deadline(base)

    def move(self):
        """Move the review to its new date, and open steps that would be later."""
        last = self.process.review_date
        for step in self.process.step_ids.filtered(lambda s: not s.done_on):
            late = step.date and step.date > last
            if step.code == "review" or late:
                step.date = work_day(self.company, last, self.today)

    def hand_over(self, owner):
        """Give the open steps of the former ``owner`` to the new one."""
        left = self.process.step_ids.filtered(
            lambda s: not s.done_on and s.user_id == owner
        )
        left.write({"user_id": self.process.user_id.id})
