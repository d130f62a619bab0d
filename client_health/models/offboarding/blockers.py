"""What keeps a step from being finished, each with the way to its record."""

from odoo import api, models
from odoo.tools import format_date

from .offboarding import CLOSED

SHOWN = 5  # names of records behind one line of the guide


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def _blocker(self, code, text, record=None, tab=None, field=None):
        """One thing to settle: its key is what a manager passes.

        ``record``: where it is settled; ``tab``: the page of this form instead, and
        ``field``: its field there.
        """
        key = f"{code}:{record._name}:{record.id}" if record else code
        return {
            "key": key,
            "code": code,
            "text": text,
            "model": record._name if record else None,
            "ids": record.ids if record else [],
            "tab": tab,
            "field": field,
        }

    def _blockers(self, step):
        """All blockers of a step, passed ones too: a list of :meth:`_blocker`."""
        self.ensure_one()
        return getattr(self, f"_blockers_{step}")()

    def _open_blockers(self, step):
        passed = set(self.sudo().waiver_ids.mapped("key"))
        return [b for b in self._blockers(step) if b["key"] not in passed]

    def _questions(self, step):
        """What does not block a step, but is named before it is finished."""
        self.ensure_one()
        if step == "projects":
            return [s for s in self.sudo()._open_sources() if s["ids"]]
        if step == "conversation" and self.partner_id.is_company:
            text = self.env._(
                "Nobody is chosen under “Who is told”: it would be the client's own "
                "address."
            )
            return self._missing(step, {"contact_id": text})
        return []

    def _missing(self, tab, names):
        """Blockers for fields without a value: ``names`` of field → text."""
        return [
            self._blocker(f"no_{name}", text, tab=tab, field=name)
            for name, text in names.items()
            if not self[name]
        ]

    def _blockers_contract(self):
        found = self._missing(
            "contract",
            {
                "date_end": self.env._("Say on which day the relationship ends."),
                "legal_user_id": self.env._(
                    "Somebody reads the contract and ticks that it may be ended so."
                ),
            },
        )
        if self.is_too_early:
            blocker = self._blocker(
                "notice",
                self.env._(
                    "The end on %(end)s is before the notice allows: with %(days)s "
                    "days of notice it ends on %(earliest)s at the earliest.",
                    end=format_date(self.env, self.date_end),
                    days=self.notice_days,
                    earliest=format_date(self.env, self.earliest_end),
                ),
                self.agreement_id,
            )
            # another day is another decision
            blocker["key"] = f"notice:{self.agreement_id.id}:{self.date_end}"
            found.append(blocker)
        return found

    def _blockers_projects(self):
        found = []
        for line in self.project_ids:
            found += line._blockers()
        return found

    def _blockers_conversation(self):
        found = self._missing(
            "conversation",
            {
                "reason": self.env._("Choose the reason, for ourselves."),
                "reason_text": self.env._(
                    "Write the reason in one clear sentence for the client."
                ),
                "topics": self.env._("Write down what will be said, in order."),
                "speaker_id": self.env._("Say who tells the client."),
                "talk_on": self.env._("Say on which day the client is told."),
                "rehearsed_on": self.env._("Rehearse the conversation."),
                "reviewed_on": self.env._("Let a second person review it."),
            },
        )
        if self.agreement_id.termination_clause and not self.clause:
            found.append(
                self._blocker(
                    "no_clause",
                    self.env._("Quote the clause of the agreement on how it ends."),
                    self.agreement_id,
                )
            )
        return found

    def _blockers_tell(self):
        found = self._missing(
            "tell",
            {
                "told_on": self.env._(
                    "The client was not told yet: write the mail, or make an "
                    "appointment, and say when it was done."
                ),
                "told_how": self.env._("Say how the client was told."),
                "reaction": self.env._("Note how the client took it."),
            },
        )
        if self.told_on and self.told_on > self._today(self.company_id):
            found.append(
                self._blocker(
                    "told_later",
                    self.env._(
                        "The client is told on %s, not yet.",
                        format_date(self.env, self.told_on),
                    ),
                    tab="tell",
                )
            )
        if self.told_how == "mail" and self._is_undelivered():
            found.append(
                self._blocker(
                    "undelivered",
                    self.env._(
                        "The mail to %s did not arrive. Send it again, or tell it in "
                        "another way and say so.",
                        self._told_contact().display_name,
                    ),
                    tab="tell",
                )
            )
        return found

    def _blockers_transition(self):
        found = self._missing(
            "transition",
            {
                "files_handed_over": self.env._("Hand the client's files over."),
                "access_handed_over": self.env._("Hand accounts and access over."),
                "final_invoice": self.env._(
                    "Send the final invoice, or say that there is none."
                ),
            },
        )
        today = self._today(self.company_id)
        for promise in self.promise_ids.filtered("is_open"):
            late = promise.date_due and promise.date_due < today
            text = (
                self.env._("Overdue since %(day)s: %(what)s (%(who)s)")
                if late
                else self.env._("Promised by %(day)s: %(what)s (%(who)s)")
            )
            words = {
                "day": format_date(self.env, promise.date_due) or self.env._("no day"),
                "what": promise.name,
                "who": promise.user_id.name or self.env._("nobody"),
            }
            found.append(self._blocker("promise", text % words, promise))
        for source in self._open_sources():
            if source["blocks"] and source["ids"]:
                blocker = self._blocker("open_" + source["code"], source["text"])
                blocker.update(model=source["model"], ids=source["ids"])
                found.append(blocker)
        return found

    def _blockers_done(self):
        """What keeps the client from being archived, besides the steps."""
        found = []
        today = self._today(self.company_id)
        if self.date_end and self.date_end > today:
            found.append(
                self._blocker(
                    "not_over",
                    self.env._(
                        "The relationship lasts until %s, and the agreement is kept "
                        "until then.",
                        format_date(self.env, self.date_end),
                    ),
                    tab="contract",
                )
            )
        if self.portal_until and self.portal_until > today and self._portal_users():
            found.append(
                self._blocker(
                    "portal",
                    self.env._(
                        "Access to the portal was promised until %s.",
                        format_date(self.env, self.portal_until),
                    ),
                    tab="transition",
                )
            )
        return found

    # -- the guide on the form -------------------------------------------------

    @api.readonly
    def guide(self):
        """What the form shows: one mapping per step, the last one for the end.

        ``state`` is ``done``, ``passed`` (done, with something passed), ``current``,
        ``again`` or ``todo``; ``blockers`` are the open ones, ``questions`` what is
        only asked, ``passed`` what was passed with a reason, ``open`` what else is
        open. Names are those of records that the user may read; no money is among
        it.
        """
        self.ensure_one()
        self.check_access("read")
        record = self.sudo()
        steps = [self._guide_step(record, step) for step in record.step_ids]
        if record.state in CLOSED:
            return {"steps": steps, "manager": self._is_manager(), "over": True}
        ready = all(step.done_on for step in record.step_ids)
        ending = {
            "code": "done",
            "name": self.env._("Archive the client"),
            "state": "current" if ready else "todo",
            "blockers": self._readable(record._open_blockers("done")),
            "questions": [],
            "passed": self._passed(record, "done"),
            "open": self._still_open(record) if ready else [],
            "tips": [],
        }
        return {
            "steps": [*steps, ending],
            "manager": self._is_manager(),
            "over": False,
        }

    def _guide_step(self, record, step):
        """One step for :meth:`guide`."""
        over = record.state in CLOSED
        blockers = [] if over else record._open_blockers(step.code)
        passed = self._passed(record, step.code)
        state = "todo"
        if step.done_on:
            state = "again" if blockers else "passed" if passed else "done"
        elif step.code == record.state:
            state = "current"
        questions = []
        if state == "current" and step.code != "projects":  # there: what is open
            questions = record._questions(step.code)
        return {
            "code": step.code,
            "name": step.display_name,
            "state": state,
            "who": (step.done_user_id or step.user_id).name or "",
            "date": str(step.done_on or step.date or ""),
            "late": bool(
                not step.done_on
                and step.date
                and step.date < record._today(record.company_id)
            ),
            "again": step.reopened_reason or "",
            "blockers": self._readable(blockers),
            "questions": self._readable(questions),
            "passed": passed,
            "open": self._still_open(record, blockers) if state == "current" else [],
            "tips": record._tips().get(step.code, []),
        }

    def _passed(self, record, step):
        """What was passed in a step: mappings with ``text``, ``who``, ``reason``."""
        return [
            {"text": w.text, "who": w.user_id.name, "reason": w.reason}
            for w in record.waiver_ids
            if w.step == step
        ]

    def _still_open(self, record, blockers=()):
        """From the second step on: what else is open with the client, and is not
        among the blockers that are shown."""
        if not record._step("contract").done_on:
            return []
        shown = {blocker["key"] for blocker in blockers}
        sources = [s for s in record._open_sources() if s["ids"]]
        return self._readable([s for s in sources if s["key"] not in shown])

    def _readable(self, items):
        """Leave names and ids of what the user may not read out of ``items``."""
        shown = []
        for item in items:
            item = dict(item, names=[])
            if item["model"]:
                records = self.env[item["model"]].browse(item["ids"]).exists()
                readable = records._filtered_access("read")
                item["hidden"] = len(records) - len(readable)
                item["ids"] = readable.ids
                item["names"] = [
                    {"id": r.id, "name": r.display_name} for r in readable[:SHOWN]
                ]
            shown.append(item)
        return shown

    def _tips(self):
        """Advice per step, in short."""
        return {
            "contract": [
                self.env._("Ending with the agreement is better than half-way."),
                self.env._("In doubt, ask somebody who knows the law."),
            ],
            "projects": [
                self.env._("Ask what the client still needs, and finish that well."),
                self.env._("The last work is what the client will talk about."),
            ],
            "conversation": [
                self.env._("One clear reason, thought through."),
                self.env._("Quote the agreement; do not interpret it."),
                self.env._("Be tactful, and direct: no blame, no list of faults."),
            ],
            "tell": [
                self.env._("By mail, with the reason, or by appointment."),
                self.env._("Keep to the plan, whatever the answer is."),
            ],
            "transition": [
                self.env._("Leave nobody hanging: who delivers what, and when."),
                self.env._("Every promise is kept before the client is archived."),
            ],
        }
