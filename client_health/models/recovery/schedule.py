"""The days of the steps, from the start to the review."""

from datetime import timedelta

from ..process.schedule import Schedule, work_day

# Days after the start, where the plan says nothing of a step.
AFTER = {"self_review": 3, "channel": 7, "agreement": 14}


class RecoverySchedule(Schedule):
    """What the plan has *after* its date counts from the start, what it has *before*
    it from the review; no step comes after the review date."""

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
        """Let the review stand on its date, and no step to do come after it."""
        last = self.process.review_date
        for step in self.process.step_ids.filtered(lambda s: not s.done_on):
            late = step.date and step.date > last
            if step.code == "review" or late:
                step.date = work_day(self.company, last, self.today)

    def hand_over(self, owner):
        """Give what ``owner`` had still to do to the owner of now."""
        left = self.process.step_ids.filtered(
            lambda s: not s.done_on and s.user_id == owner
        )
        left.write({"user_id": self.process.user_id.id})
