from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ClientTurn(models.Model):
    """What people do with a question that waits."""

    _inherit = "client.turn"

    def _content(self):
        """These questions, with what they say: those that are still there.

        Raises UserError where the user may not read what one was written on.
        """
        turns = self.exists()
        turns.check_access("read")
        hidden = turns.filtered("is_hidden")
        if hidden:
            raise UserError(
                self.env._(
                    "You may not open what waits in %s: ask a colleague with access to "
                    "that app.",
                    hidden[0].record_name,
                )
            )
        return turns.sudo()

    @api.model
    def _gone(self):
        return self._notice(
            self.env._("This was answered or deleted in the meantime."), "warning"
        )

    @api.model
    def _notice(self, message, kind="success", undo=None):
        return {
            "type": "ir.actions.client",
            "tag": "client_health_said",
            "params": {"message": message, "type": kind, "undo": undo or []},
        }

    def action_open(self):
        """Open the record that it was written on, at the message that asks."""
        turn = self._content()[:1]
        if not turn or not self.env[turn.res_model].browse(turn.res_id).exists():
            return self._gone()
        return {
            "type": "ir.actions.act_window",
            "res_model": turn.res_model,
            "res_id": turn.res_id,
            "views": [(False, "form")],
            "context": {"client_health_message": turn.message_id.id},
        }

    def action_open_elsewhere(self):
        """Open the record in which the answer may be, at that message."""
        message = self._content()[:1].elsewhere_id.sudo(False)
        if not message:
            return self._gone()
        message.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": message.model,
            "res_id": message.res_id,
            "views": [(False, "form")],
            "context": {"client_health_message": message.id},
        }

    def action_answered(self):
        """What came in another record was the answer."""
        turns = self._content()
        turns.filtered("perhaps").write(
            {"perhaps": False, "looked_on": fields.Datetime.now()}
        )
        return self._notice(self.env._("Answered."))

    def action_not_needed(self):
        """Say that these need no answer: kept, and counted from now on."""
        turns = self._say("not_needed")
        if not turns:
            return self._gone()
        return self._notice(
            self.env._("Needs no answer: %s.", len(turns)), undo=turns.ids
        )

    def action_needed(self):
        """Say that these do need an answer."""
        turns = self._say("needs")
        return self._notice(self.env._("Needs an answer.")) if turns else self._gone()

    def action_take_back(self):
        """Take back what was said of these, by whomever."""
        turns = self._say(None)
        return self._notice(self.env._("Taken back.")) if turns else self._gone()

    def _say(self, word):
        turns = self._content()
        turns.message_id._client_health_say(word)
        return turns

    def action_remind(self):
        """Open the composer in the same conversation; nothing is sent by itself."""
        turn = self._content()[:1]
        if not turn or not self.env[turn.res_model].browse(turn.res_id).exists():
            return self._gone()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remind")
            if turn.waits_for == "client"
            else self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": turn.res_model,
                "default_res_ids": [turn.res_id],
                "default_partner_ids": turn.contact_id.ids,
                "default_parent_id": turn.message_id.id,
                "default_body": turn._draft(),
            },
        }

    def _draft(self):
        """The text with which a letter begins, in the language of the contact."""
        if self.waits_for != "client":
            return ""
        env = self.with_context(lang=self.contact_id.lang or self.env.lang).env
        lines = [
            env._("Hello %s,", self.contact_id.name or ""),
            env._("On %s we asked you:", format_date(env, self.asked_on)),
            env._("Could you let us know?"),
        ]
        hello, asked, please = [Markup("<p>%s</p>") % line for line in lines]
        quote = Markup("<blockquote>%s</blockquote>") % (self.sentence or "")
        return hello + asked + quote + please
