from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...facts.sides import DOMAIN, UNSIGNED
from ..health.evidence import TURNS
from ..health.words import short
from ..mixins.access import USER


class MailMessage(models.Model):
    """In the list of messages behind a figure: who owed an answer, and when it came."""

    _inherit = "mail.message"

    client_health_automatic = fields.Boolean(
        string="Automatic",
        readonly=True,
        copy=False,
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
