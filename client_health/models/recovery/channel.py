from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..mixins.dialog import notification
from .self_review import ANSWERED, COUNTS, PERIOD

_lt = LazyTranslate(__name__)

# Way to communicate → channel of an agreement.
WAYS = {"mail": "email", "meeting": "meeting", "call": "phone", "message": "message"}
ON_THE_SPOT = _lt("answered on the spot")


class ClientRecoveryChannel(models.Model):
    """A way to communicate with the client: how often in the 90 days before the start,
    how fast the client answered, and how it went."""

    _name = "client.recovery.channel"
    _inherit = ["client.recovery.counted"]
    _description = "Way to communicate"
    _order = "recovery_id, sequence, id"
    _by_hand = ("went", "note")

    code = fields.Selection(
        [
            ("mail", "Mail"),
            ("meeting", "Meeting"),
            ("call", "Phone"),
            ("message", "Message"),
        ],
        string="Way",
        required=True,
        readonly=True,
        help="Message: what was written in the portal, a chat or a text message.",
    )
    count = fields.Integer(string="How much", readonly=True, aggregator=None)
    turns = fields.Integer(string="Answers expected", readonly=True, aggregator=None)
    has_hours = fields.Boolean(readonly=True)
    hours = fields.Float(readonly=True, aggregator=None)
    has_on_time = fields.Boolean(readonly=True)
    on_time = fields.Float(readonly=True, aggregator=None)
    hours_text = fields.Char(
        string="The client answers in",
        compute="_compute_words",
        help="Median, in working hours.",
    )
    on_time_text = fields.Char(
        string="In time",
        compute="_compute_words",
        help="The share of the client's answers within the agreed working hours.",
    )
    went = fields.Selection(
        [("well", "Well"), ("mixed", "Mixed"), ("badly", "Badly")],
        string="How it went",
    )
    note = fields.Char(string="Why", help="For us: the client never reads it.")
    status = fields.Selection(
        [("proposed", "Proposed"), ("agreed", "Agreed")],
        string="Agreement",
        compute="_compute_status",
        help="Agreed: in the agreement in force. Proposed: in the new agreement.",
    )

    _one_each = models.UniqueIndex(
        "(recovery_id, code)", "A recovery has each way to communicate once."
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for channel in self:
            channel.display_name = labels.get(channel.code)

    @api.depends("code", "count", "hours", "has_hours", "on_time", "has_on_time")
    @api.depends_context("lang")
    def _compute_words(self):
        catalogue = self.env["client.health.facts"]._catalogue(available=True)
        words = self.env["client.health.indicator"].sudo()
        for channel in self:
            nothing = self.env._("not measurable: nothing of it in %s days", PERIOD)
            if channel.code not in ANSWERED:
                channel.hours_text = str(ON_THE_SPOT) if channel.count else nothing
                channel.on_time_text = "–"
                continue
            if COUNTS[channel.code] not in catalogue:
                missing = self.env._("no longer measured: its app is gone")
                channel.hours_text = channel.on_time_text = missing
                continue
            channel.hours_text = channel.on_time_text = nothing
            if channel.has_hours:
                channel.hours_text = words.new({"unit": "hours"})._format(channel.hours)
            if channel.has_on_time:
                channel.on_time_text = self.env._(
                    "%(share)s of %(cases)s",
                    share=words.new({"unit": "ratio"})._format(channel.on_time),
                    cases=channel.turns,
                )

    @api.depends("code", "recovery_id.new_agreement_id.channel")
    def _compute_status(self):
        agreed = {r: r._agreement_now().channel for r in self.recovery_id.sudo()}
        for channel in self:
            recovery = channel.recovery_id.sudo()
            way, draft = WAYS.get(channel.code), recovery.new_agreement_id
            channel.status = False
            if draft.state == "draft" and draft.channel == way:
                channel.status = "proposed"
            elif way and agreed.get(recovery) == way:
                channel.status = "agreed"

    def action_choose(self):
        """Write this way to the draft of the new agreement, which is made if needed,
        and notify. Only managers change agreements."""
        self.ensure_one()
        self.check_access("write")
        recovery = self.recovery_id
        recovery._refuse_over()
        if self.status == "agreed" and not recovery.new_agreement_id:
            raise UserError(
                self.env._(
                    "“%(way)s” is what is agreed with %(client)s already. Choose "
                    "another way, or leave it as it is.",
                    way=self.display_name,
                    client=self.partner_id.display_name,
                )
            )
        agreement = recovery._draft_agreement()
        agreement.channel = WAYS[self.code]
        recovery.invalidate_recordset(["channel_ids"], flush=False)
        return notification(
            self.env._(
                "“%(way)s” now stands in the draft of %(agreement)s. Its other terms, "
                "such as the boundaries, are those of before: read them again under "
                "Agreement.",
                way=self.display_name,
                agreement=agreement.display_name,
            ),
            kind="success",
            next={"type": "ir.actions.act_window_close"},
        )

    def action_show_records(self):
        """Open the mails, meetings, calls or messages that were counted."""
        self.ensure_one()
        self.check_access("read")
        return self._open_counted(self.display_name)
