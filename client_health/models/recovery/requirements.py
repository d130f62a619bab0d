"""Requirements of the steps of a recovery."""

from ..process.requirement import Requirement, missing


class RecoveryRequirements:
    """The requirements of one recovery; with sudo.

    They do not block a step, which may be finished without them, with a reason. Only a
    decision finishes the review.
    """

    def __init__(self, recovery):
        self.recovery = recovery
        self.env = recovery.env

    def of(self, step):
        """A list of requirements. ``step``: a code."""
        return getattr(self, f"_{step}")()

    def _need(self, code, text, tab, field=""):
        return Requirement(code, text, blocking=False, tab=tab, field=field)

    def _self_review(self):
        needs, recovery = [], self.recovery
        if not any(answer.text for answer in recovery.answer_ids):
            text = self.env._("No question is answered in our own words.")
            needs.append(self._need("no_answers", text, "self_review", "answer_ids"))
        text = self.env._("Nobody has said whose doing it is.")
        needs += missing(recovery, "self_review", {"self_result": text}, blocking=False)
        if recovery.self_result in ("ours", "both"):
            text = self.env._("It is ours too, and nothing says what we change.")
            needs += missing(
                recovery, "self_review", {"self_note": text}, blocking=False
            )
        return needs

    def _channel(self):
        """A way to communicate in the new agreement, or check-ins."""
        recovery = self.recovery
        chosen = (
            recovery.checkin_id
            or recovery.new_agreement_id.state == "active"
            or "proposed" in recovery.channel_ids.mapped("status")
        )
        text = self.env._("No other way is chosen, and no regular check-in is planned.")
        return [] if chosen else [self._need("no_way", text, "channel", "channel_ids")]

    def _agreement(self):
        recovery = self.recovery
        text = self.env._("The talk with the client is not planned.")
        needs = missing(recovery, "talk", {"topics": text}, blocking=False)
        if not recovery.new_agreement_id:
            text = self.env._("There is no new agreement.")
            needs.append(self._need("no_agreement", text, "agreement"))
        elif not recovery.agreement_answer:
            text = self.env._("The client has not answered the new agreement yet.")
            needs.append(self._need("no_answer", text, "agreement", "answered_on"))
        # not through target_ids: what users may not see must not stay in its cache
        targets = self.env["client.recovery.target"]
        if not targets.search_count([("recovery_id", "=", recovery.id)], limit=1):
            text = self.env._("No target says what should be better, and by when.")
            needs.append(self._need("no_target", text, "agreement", "target_ids"))
        return needs

    def _review(self):
        text = self.env._(
            "The review ends with a decision: recovered, extended once, or offboarding."
        )
        return [Requirement("no_decision", text, tab="review")]
