"""The steps, requirements and waivers of a process, as its form shows them."""

from ..mixins import company_day
from .requirement import told

SHOWN = 5  # names of records behind one line


class Guide:
    """The steps of one process, for one reader.

    ``process``: the record with the rights of the reader; ``needs``: step code → its
    requirements that are not passed; ``also``: requirements of other steps to show with
    the current one; ``tips``: step code → short advice; ``end``: (code, name) of what
    follows the last step, or None.
    """

    def __init__(self, process, needs, also=(), tips=None, end=None):
        self.env = process.env
        self.process = process.sudo()
        self.needs, self.also = needs, also
        self.tips, self.end = tips or {}, end
        self.today = company_day.today(process.env, process.company_id)
        self.over = process.state in process._closed

    def content(self):
        """``{"steps": [mapping], "over": bool}``, see ``client.process.guide``."""
        steps = [self._step(s) for s in self.process.step_ids.sorted("sequence")]
        if self.end and not self.over:
            steps.append(self._ending(*self.end))
        return {"steps": steps, "over": self.over}

    def _step(self, step):
        state = self._state(step)
        overdue = not step.done_on and step.date and step.date < self.today
        return {
            **self._lists(step.code, state),
            "name": step.display_name,
            "who": (step.done_user_id or step.user_id).name or "",
            "date": str(step.done_on or step.date or ""),
            "late": bool(overdue),
            "again": step.reopened_reason or "",
            "first": not self.over and self.process._may_be_first(step),
        }

    def _ending(self, code, name):
        ready = all(step.done_on for step in self.process.step_ids)
        nobody = {"who": "", "date": "", "late": False, "again": "", "first": False}
        lists = self._lists(code, "current" if ready else "todo")
        return {**lists, **nobody, "name": name}

    def _state(self, step):
        if not step.done_on:
            return "current" if step.code == self.process.state else "todo"
        if any(need.blocking for need in self.needs.get(step.code, ())):
            return "again"
        return "passed" if self._passed(step.code) else "done"

    def _lists(self, code, state):
        """Blocking requirements, those that are only asked about, passed ones, and what
        else is open; each requirement is in one of the lists only."""
        needs = self.needs.get(code, ())
        blocking = [need for need in needs if need.blocking]
        also, asked = [], []
        if state == "current":
            shown = {need.key for need in blocking}
            also = [need for need in self.also if need.key not in shown]
            shown = {need.key for need in also}
            asked = [n for n in needs if not n.blocking and n.key not in shown]
        return {
            "code": code,
            "state": state,
            "blockers": [self._item(need) for need in blocking],
            "questions": [self._item(need) for need in asked],
            "passed": self._passed(code),
            "open": [{**self._item(need), "code": need.source} for need in also],
            "tips": self.tips.get(code, []),
        }

    def _passed(self, code):
        return [
            {
                "text": waiver.with_env(self.env).what,
                "who": waiver.user_id.name,
                "reason": waiver.reason,
            }
            for waiver in self.process.waiver_ids
            if waiver.step == code
        ]

    def _item(self, need):
        """A requirement, with names and ids of the records that the reader may read."""
        nothing = {"model": None, "ids": [], "names": [], "ask": False}
        item = {**need._asdict(), "code": need.code, **nothing}
        item["text"] = told(self.env, need)
        del item["record"], item["by_name"]
        if need.record:
            records = self.env[need.record._name].browse(need.record.ids).exists()
            readable = records._filtered_access("read")
            item["model"] = records._name
            item["ids"] = readable.ids
            if need.writes and not records.has_access("write"):
                item["button"] = ""
            item["hidden"] = len(records) - len(readable)
            # who may neither see nor settle it asks somebody who may
            item["ask"] = bool(item["hidden"] or (need.button and not item["button"]))
            item["names"] = [
                {"id": record.id, "name": record.display_name}
                for record in readable[:SHOWN]
            ]
        return item
