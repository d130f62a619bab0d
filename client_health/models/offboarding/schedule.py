"""Dates of the steps: the client is told early enough for the notice period."""

from datetime import timedelta

from ..process.schedule import Schedule, work_day

# Usual days until the client is told, and the least days from then to the end.
PREPARE_DAYS = 14
LEAST_NOTICE = 14
# Days between steps without templates; the last one is on the end date.
APART = 7


def usual_end(agreement, today):
    """The usual end: days to prepare, then the notice period from the day on which the
    client is told; the end of the running period where an agreement is renewed."""
    told = today + timedelta(days=PREPARE_DAYS)
    usual = told + timedelta(days=max(agreement.notice_days, LEAST_NOTICE))
    if agreement and agreement.renewal == "tacit":
        return max(usual, agreement._earliest_end(told))
    return usual


class OffboardingSchedule(Schedule):
    """Dates in order, from today to the end of the relationship."""

    def days(self, of_step):
        """Working days. When there is less time than the plan has before the client is
        told, the steps come closer together."""
        end, today = self.process.date_end, self.today
        ahead = self._days_ahead(of_step)
        told = end - timedelta(days=max(ahead["tell"], self.process.notice_days))
        told = max(told, today)
        days = {
            "tell": told,
            "transition": max(end - timedelta(days=ahead["transition"]), told),
        }
        before, room = {}, (told - today).days  # days before the client is told
        order = self._order()
        first = order[: order.index("tell")]
        if "projects" not in first:
            days["projects"] = self._closing(days, ahead["projects"])
        for code in reversed(first):
            before[code] = max(ahead[code] - ahead["tell"], *before.values(), 0)
        for code, gap in before.items():
            gap = gap * room // max(before["contract"], room, 1)
            days[code] = told - timedelta(days=gap)
        return {code: work_day(self.company, day, today) for code, day in days.items()}

    def _order(self):
        """The codes of the steps, as people chose; as usual before there are any."""
        steps = self.process.step_ids.sorted("sequence")
        return steps.mapped("code") or [*dict(self.process._steps)]

    def _closing(self, days, ahead):
        """When the projects are closed that the client hears of before: on the day of
        the plan, else with the transition, so that what runs goes on to the end."""
        day = self.process.date_end - timedelta(days=ahead)
        return day if days["tell"] < day <= days["transition"] else days["transition"]

    def _days_ahead(self, of_step):
        """Step code → days before the end, from the plan."""
        ahead = {}
        for place, (code, _label) in enumerate(reversed(self.process._steps)):
            template = of_step.get(code)
            day = template and self.day_of(template)
            ahead[code] = (self.process.date_end - day).days if day else APART * place
        return ahead

    def day_of(self, template):
        return template._get_date_deadline(self.process.date_end)

    def move(self):
        """Move the open steps to a new end date."""
        days = self.days(self.of_step())
        for step in self.process.step_ids.filtered(lambda s: not s.done_on):
            step.date = days[step.code]
