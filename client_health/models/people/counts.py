"""How much was said, and when."""

from collections import defaultdict


class Count:
    """What was said, as sets of ids by kind, and the moments of it."""

    def __init__(self):
        self.said = defaultdict(set)
        self.days = set()
        self.heard_days = set()
        self.last = None

    def add(self, talk, day, readable):
        self.said[talk.kind].add(talk.id)
        self.days.add(day)
        if talk.theirs:
            self.heard_days.add(day)
        if readable:
            self.last = max(day, self.last or day)

    @property
    def total(self):
        return sum(map(len, self.said.values()))

    @property
    def heard(self):
        """The last day on which they were heard, None for none."""
        return max(self.heard_days, default=None)


def talks_text(env, count):
    """How much was said, as text."""
    words = {
        "message": (env._("1 message"), env._("%s messages")),
        "call": (env._("1 call"), env._("%s calls")),
        "meeting": (env._("1 meeting"), env._("%s meetings")),
    }
    parts = []
    for kind, (one, many) in words.items():
        number = len(count.said[kind])
        if number:
            parts.append(one if number == 1 else many % number)
    return ", ".join(parts)
