from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...facts.places import places_of
from ...facts.scope import array
from ...facts.sides import DOMAIN, UNSIGNED
from ..health.evidence import TURNS
from ..health.words import short
from ..mixins.access import USER, check_user

# Kinds of messages that may need an answer.
TALK = ("email", "comment", "email_outgoing")


class MailMessage(models.Model):
    """In the list of messages behind a figure: who owed an answer, and when it came.
    There and in the chatter: what a person says about that."""

    _inherit = "mail.message"

    client_health_automatic = fields.Boolean(
        string="Automatic",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="No person wrote it, as the headers of the mail say.",
    )
    client_health_answer = fields.Char(
        string="Answer",
        compute="_compute_client_health_answer",
        groups=USER,
        help="Working hours until the other side answered.",
    )
    client_health_late = fields.Selection(
        [("client", "The client"), ("ours", "We")],
        string="Who is late",
        compute="_compute_client_health_answer",
        groups=USER,
    )

    client_health_word = fields.Selection(
        [("needs", "Needs an answer"), ("not_needed", "Needs no answer")],
        string="Said of it",
        compute="_compute_client_health_word",
        groups=USER,
        help="What a person said about whether it needs an answer.",
    )

    # what one client's people wrote from an address that no contact has: Seq Scan of
    # all messages → Index Scan
    _client_health_unsigned = models.Index(
        f"(({DOMAIN.format(m='')})) WHERE {UNSIGNED.format(m='')}"
    )

    @api.depends_context(TURNS, "lang", "uid", "allowed_company_ids")
    def _compute_client_health_answer(self):
        turns = self._client_health_turns()
        for message in self:
            message.client_health_answer = message.client_health_late = False
            if message.id not in turns:
                continue
            side, answered, hours, agreed = turns[message.id]
            number = short(self.env, hours)
            times = {
                "agreed": short(self.env, agreed),
                "hours": self.env._("1 working hour")
                if number == "1"
                else self.env._("%s working hours", number),
            }
            if answered:
                answer = self.env._("after %(hours)s (agreed: %(agreed)s)", **times)
            else:
                answer = self.env._("none for %(hours)s (agreed: %(agreed)s)", **times)
            message.client_health_answer = answer
            message.client_health_late = side if hours > agreed else False

    def _client_health_turns(self):
        """The facts about those of these messages that began a turn.

        Returns message id → (side that owes the answer, whether it answered, working
        hours until then, hours agreed); empty without a client the user may read.
        """
        client, company, day = self.env.context.get(TURNS) or (0, 0, None)
        health = self.env["client.health"].search(
            Domain("partner_id", "=", client) & Domain("company_id", "=", company)
        )
        dates = [message.date for message in self if message.date]
        if not health or not dates:
            return {}
        source = self.env["client.health.facts.messages"].sudo()
        day = fields.Date.to_date(day)
        scope = source._scope(health.sudo().company_id, [client], day)
        since = min(dates).date() - timedelta(days=2)
        scope = source._look_up(scope)._replace(reach={"turn": since})
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "%s SELECT res_id, waits_for, answered, hours, agreed FROM timed"
                " WHERE res_id = ANY(%s)",
                source._with(scope),
                self.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    # -- a person's word -------------------------------------------------------

    def _compute_client_health_word(self):
        self.env.flush_all()
        words = dict(
            self.env.execute_query(
                SQL(
                    """SELECT message_id, word FROM client_message
                        WHERE message_id = ANY(%s::int[]) AND word IS NOT NULL""",
                    array(self._origin.ids),
                )
            )
        )
        for message in self:
            message.client_health_word = words.get(message._origin.id)

    def _to_store_defaults(self, target):
        """The chatter offers *Needs no answer* to those who see clients' health."""
        names = super()._to_store_defaults(target)
        if target.is_internal(self.env) and self.env.user.has_group(USER):
            # "" and not False: a field that is not sent is not offered
            word = Store.Attr("client_health_word", lambda m: m._client_health_said())
            return [*names, word]
        return names

    def _client_health_said(self):
        """What the chatter is told: the word, "" without, None where none applies."""
        if self.message_type not in TALK or self.is_internal or not self.res_id:
            return None
        return self.client_health_word or ""

    def action_client_health_not_needed(self):
        """Say that these messages need no answer: kept, and counted from now on.

        Raises UserError for messages of no client that the user may read.
        """
        return self._client_health_say_as_user("not_needed")

    def action_client_health_needed(self):
        """Say that these messages do need an answer; raises as above."""
        return self._client_health_say_as_user("needs")

    def action_client_health_take_back(self):
        """Take back what was said of these messages, by whomever; raises as above."""
        return self._client_health_say_as_user(None)

    def _client_health_say_as_user(self, word):
        check_user(self.env)
        messages = self.exists()
        messages.check_access("read")
        for message in messages:
            healths = message.sudo()._client_health_healths().sudo(False)
            if not healths._filtered_access("read"):
                raise UserError(
                    self.env._(
                        "This message is of no client whose health you may see, so "
                        "nobody waits for an answer to it."
                    )
                )
        messages.sudo()._client_health_say(word)
        return True

    def _client_health_say(self, word):
        """Keep what the user says of these messages, and count it from now on."""
        self.env["client.message"]._say(self, word)
        self._client_health_healths()._refresh_these()
        self.invalidate_recordset(["client_health_word"])

    def _client_health_healths(self):
        """The healths of the clients that these messages are of, or to, or on whose
        records they are, in every company."""
        health = self.env["client.health"]
        if not self:
            return health
        people = self.author_id | self.partner_ids | self.notified_partner_ids
        spots = SQL(
            "(SELECT model, res_id FROM mail_message WHERE id = ANY(%s::int[])) spots",
            array(self.ids),
        )
        self.env.flush_all()
        places = self.env["client.health.facts.messages"]._places()
        rows = self.env.execute_query(places_of(places, spots))
        clients = {*people.commercial_partner_id.ids, *(row[2] for row in rows)}
        return health.search([("partner_id", "in", list(clients))])
