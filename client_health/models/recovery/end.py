"""The decision: recovered, extended once, offboarding, or cancelled."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..mixins.dialog import dialog
from .recovery import CLOSED


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    # -- who decides, and what is asked ----------------------------------------

    may_decide = fields.Boolean(compute="_compute_may_decide")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        """The owner decides, or a manager."""
        manager = self._is_manager()
        for recovery in self:
            recovery.may_decide = manager or recovery.user_id == self.env.user

    def _decide(self):
        """Take it for this transaction; raises UserError for whom it is not."""
        self._only_one()
        if self.env.su or self.may_decide:
            return
        raise UserError(
            self.env._(
                "%(owner)s decides about %(recovery)s, or a manager of Client Health "
                "does. Ask one of them.",
                owner=self.user_id.display_name,
                recovery=self.display_name,
            )
        )

    def action_ask_decision(self):
        """Ask whoever decides for a decision, by the day of the review."""
        return self._open_ask(
            self.env._("Did it help? Decide"), self.user_id, self.review_date
        )

    def _ask(self, what):
        self._decide()
        return self._open_decide(what)

    def _open_decide(self, what, **defaults):
        """Action: the dialog in which ``what`` is confirmed."""
        titles = {
            "pass": self.env._("Pass with a reason"),
            "recovered": self.env._("Recovered"),
            "extend": self.env._("Extend the recovery"),
            "cancel": self.env._("Cancel the recovery"),
        }
        return dialog(
            titles[what],
            "client.recovery.decide",
            {
                "default_recovery_id": self.id,
                "default_decision": what,
                **defaults,
            },
        )

    def action_recovered(self):
        """Ask what was learned, and end it: the relationship is repaired."""
        return self._ask("recovered")

    def action_extend(self):
        """Ask until when and why it goes on. Raises UserError the second time."""
        self._refuse_second_extension()
        return self._ask("extend")

    def action_cancel(self):
        """Ask why, and stop it without a result."""
        return self._ask("cancel")

    def action_offboard(self):
        """Ask how to say goodbye, with what is known from here.

        The recovery ends when the offboarding starts, and not before.
        """
        self._decide()
        action = self.env["client.offboarding"]._open_start(
            self.partner_id, self.display_name
        )
        return {
            **action,
            "context": {**action["context"], "default_reason": self._leaving_reason()},
        }

    def action_open_offboarding(self):
        """Open the offboarding that it led to."""
        self.ensure_one()
        return self.offboarding_id._open()

    # -- what is decided -------------------------------------------------------

    def _refuse_second_extension(self):
        self.ensure_one()
        if self.is_extended:
            raise UserError(
                self.env._(
                    "%s was extended once already, and that is all. Decide now: "
                    "recovered, or offboarding.",
                    self.display_name,
                )
            )

    @api.private
    def set_recovered(self, note=None):
        """End it: the relationship is repaired."""
        self._decide()
        self.sudo()._end("recovered", note)

    @api.private
    def set_cancelled(self, note=None):
        """Stop it without a result; the client stays as it was."""
        self._decide()
        self.sudo()._end("cancelled", note)

    @api.private
    def extend(self, day, reason):
        """Review it on a later day. Raises UserError without a reason, for a day
        that is not later, and the second time."""
        self._decide()
        self._refuse_second_extension()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why more time helps: others will ask."))
        if not day or day <= self.review_date:
            raise UserError(
                self.env._(
                    "“%(field)s” must be after %(day)s, when %(recovery)s was to be "
                    "reviewed.",
                    field=self._label("review_date"),
                    day=self.review_date,
                    recovery=self.display_name,
                )
            )
        recovery = self.sudo()
        recovery.write(
            {
                "first_review_date": self.review_date,
                "review_date": day,
                "extension_reason": reason,
            }
        )
        recovery._message_log(
            body=self.env._(
                "Extended until %(day)s: %(reason)s",
                day=format_date(self.env, day),
                reason=reason,
            )
        )

    def _end(self, result, note=None, offboarding=None):
        """End it with a result; with sudo. Alarms are back from now on."""
        self.ensure_one()
        note = (note or "").strip()
        values = {
            "state": result,
            "ended_on": self._today(self.company_id),
            "ended_user_id": self.env.uid,
            "offboarding_id": offboarding.id if offboarding else False,
        }
        if note:
            values["result_note"] = "\n".join(filter(None, [self.result_note, note]))
        if result != "cancelled":
            figures = self._final_figures()
            if figures:
                values["outcome"] = figures
                values["score_change"] = figures["score"]["change"] or 0
        review = self._step("review")
        if result != "cancelled":
            review.write({"done_on": values["ended_on"], "done_user_id": self.env.uid})
            self._finish_activity(review)
        self._drop_activities()
        self.write(values)
        health = self._health()
        if health.phase == "recovery":
            health.phase = "active"
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._say(self.env._("The recovery ended: %s.", labels[result]))
        unmet = self._unmet(values.get("outcome")) if result == "recovered" else None
        if unmet:
            self._message_log(
                body=self.env._(
                    "Decided while these targets were not met: %s", ", ".join(unmet)
                )
            )
        if self.checkin_count:
            self._message_log(
                body=self.env._(
                    "Check-ins still in the calendar: %s. Remove those that are not "
                    "needed any more.",
                    self.checkin_count,
                )
            )

    @api.model
    def _unmet(self, review):
        """The names of the targets that are not met, without a figure.
        ``review``: what :meth:`review` returns."""
        targets = review["targets"] if review else []
        return [row["name"] for row in targets if row["met"] is not True]

    def _final_figures(self):
        """Before and after at this moment, kept as lines for reporting too."""
        self._refresh_health()
        figures = self._compare_with_entry()
        if not figures:
            return None
        checks = self.env["client.health.check"].with_context(active_test=False)
        ids = {check.code: check.id for check in checks.search([])}
        self.env["client.recovery.check"].create(
            [
                {
                    "recovery_id": self.id,
                    "check_id": ids[row["code"]],
                    "before": row["old"]["level"],
                    "after": row["new"]["level"],
                    "moved": row["moved"],
                    "change": row["change"] or 0,
                }
                for row in figures["checks"]
                if row["code"] in ids
            ]
        )
        return figures

    # -- what others do meanwhile ----------------------------------------------

    @api.model
    def _stop_archived(self, partners):
        """The clients were archived: what was being repaired stops; with sudo."""
        for recovery in self.search(
            [("partner_id", "in", partners.ids), ("state", "not in", CLOSED)]
        ):
            recovery._end("cancelled", self.env._("The client was archived."))

    def _leaving_reason(self):
        """The reason to leave that its red flag stands for, or False."""
        return self.sudo().flag_id.check_id.code

    def _tried(self):
        """What was tried, as text for whoever prepares the goodbye; with sudo."""
        self.ensure_one()
        lines = [
            self.env._(
                "What we tried since %(day)s: %(reason)s",
                day=format_date(self.env, self.date_start),
                reason=self.reason or self.env._("a recovery"),
            )
        ]
        if self.result_note:
            lines.append(self.env._("What we learned: %s", self.result_note))
        return "\n".join(lines)

    def _stop(self, why):
        """What merging its client into another one does; with sudo."""
        self._end("cancelled", why)

    def _lead_to(self, offboarding):
        """End it with the offboarding that starts now. Returns what is known from
        here, as its values; raises UserError for whom that decision is not."""
        self.sudo(False)._decide()
        self._end("offboard", offboarding=offboarding)
        return {
            "origin": self.display_name,
            "reason": self._leaving_reason(),
            "topics": self._tried(),
        }
