from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from ..mixins import company_day
from ..mixins.dialog import dialog
from ..process.appointment import appointment
from .target_figures import is_missed

_lt = LazyTranslate(__name__)

# Code of a check → what to talk about, and what to ask of the client, when it is a red
# flag. Said to a client, so without a figure and without blame.
PROPOSED = {
    "time_cost": (
        _lt("How much time our work together takes, and where it goes"),
        _lt("Come prepared, and decide within a time that we agree on"),
    ),
    "rejection": (
        _lt("What happens to our recommendations, and what is missing in them"),
        _lt("Tell us early what does not fit, and why"),
    ),
    "respect": (
        _lt("How we deal with each other and with appointments"),
        _lt("Keep appointments, or move them a day before"),
    ),
    "communication": (
        _lt("Which channel works for both, and how soon we answer each other"),
        _lt("Answer within the agreed time, or say when you will"),
    ),
    "progress": (
        _lt("What stands still, and what should be better in three months"),
        _lt("Name one person who decides"),
    ),
    "attitude": (
        _lt("How you find working with us, and what would make it better"),
        _lt("Tell us when something bothers you, to us and at once"),
    ),
    "profit": (
        _lt("Scope, price and payment: what both sides need to go on"),
        _lt("Agree on what belongs to the work, and on the days of payment"),
    ),
    "abuse": (
        _lt("What is not said to our people, and what cannot be asked of them"),
        _lt("Speak to our people with respect; what is urgent goes to one person"),
    ),
}


class ClientRecoveryConversation(models.AbstractModel):
    """The part of a recovery about the talk with the client: its plan, which stays with
    us, and the records of what was said."""

    _name = "client.recovery.conversation"
    _description = "Talk of a recovery"
    _inherit = ["client.process.talk"]

    topics = fields.Text(
        help="What we want to talk about, in order. For us: the client never reads it."
    )
    talk_asks = fields.Text(
        string="What we ask",
        copy=False,
        help="What we ask of the client, and may ask. For us: the client never reads "
        "it.",
    )
    speaker_id = fields.Many2one(string="Who talks")
    contact_id = fields.Many2one(
        string="With whom", help="Who at the client we talk with."
    )
    talk_ids = fields.One2many("client.talk", "recovery_id", string="Talks", copy=False)
    talk_count = fields.Integer(string="Talks recorded", compute="_compute_talks")
    last_talk_on = fields.Date(string="Last talk", compute="_compute_talks")
    missed_words = fields.Char(
        string="Not kept",
        compute="_compute_missed_words",
        help="Targets whose day has passed without being met, and of which nobody has "
        "talked with the client since.",
    )

    @api.depends("talk_ids.date")
    def _compute_talks(self):
        for recovery in self:
            days = recovery.talk_ids.mapped("date")
            recovery.talk_count = len(days)
            recovery.last_talk_on = max(days, default=False)

    @api.depends("talk_ids.date", "talk_ids.reason", "state")
    @api.depends_context("lang", "uid")
    def _compute_missed_words(self):
        for recovery in self:
            missed = recovery._missed()
            names = missed.indicator_id.mapped("name")
            recovery.missed_words = format_list(self.env, names) if names else False

    def _missed(self):
        """The targets, of those that the user may see, that were to be reached by a day
        before today, are not, and were not talked about since; none when it is over."""
        self.ensure_one()
        today = company_day.today(self.env, self.company_id or self.env.company)
        broken = self.talk_ids.filtered(lambda talk: talk.reason == "not_kept")
        talked = max(broken.mapped("date"), default=None)
        # not through target_ids: see _check_targets_in_time
        targets = self.env["client.recovery.target"].search(
            [("recovery_id", "in", self.ids), ("by_when", "<", today)]
        )
        if self.state in self._closed:
            return targets.browse()
        return targets.filtered(
            lambda target: (not talked or talked < target.by_when) and is_missed(target)
        )

    # -- the plan --------------------------------------------------------------

    def _talk_deadline(self):
        return self.talk_on or self.sudo()._step("agreement").date

    def action_propose_topics(self):
        """Add topics, and what to ask, for each red flag and warning of the client.

        What is there stays. Raises UserError when nothing is left to propose.
        """
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        flags = self._health().open_flag_ids.filtered(lambda f: f.side == "client")
        flags = flags.sorted(lambda f: (f != self.sudo().flag_id, f.level != "red"))
        values = {}
        for place, name in enumerate(("topics", "talk_asks")):
            lines = (self[name] or "").splitlines()
            for check in flags.check_id:
                known = PROPOSED.get(check.code)
                text = self.env._(known[place]) if known else ""
                line = f"• {text or self._named_check(check, place)}"
                if line not in lines and line != "• ":
                    lines.append(line)
                    values[name] = "\n".join(lines)
        if not values:
            raise UserError(
                self.env._(
                    "The red flags of %s propose nothing more. Write down what you "
                    "want to talk about.",
                    self.partner_id.display_name,
                )
            )
        self.write(values)
        return True

    def _named_check(self, check, place):
        """What is proposed for a check of the firm's own: its name as a topic."""
        return "" if place else check.with_env(self.env).sudo().name

    def action_make_appointment(self):
        """Open a new meeting with the client, not saved yet."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        contact = self.contact_id or self.partner_id
        lang = contact.sudo().lang or self.partner_id.sudo().lang or self.env.lang
        return appointment(self, contact, lang)

    def action_print_talk(self):
        """Print the plan of the talk, for colleagues."""
        self.ensure_one()
        self.check_access("read")
        return self.env.ref("client_health.report_recovery_talk").report_action(self)

    # -- what was said ---------------------------------------------------------

    def action_record_talk(self):
        """Open the dialog that records a talk; filled in with the plan, or with the
        targets that were not kept."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_over()
        missed = self._missed()
        told = missed.filtered(lambda target: not target.money)  # everybody reads it
        names = told.indicator_id.mapped("name")
        return dialog(
            self.env._("Record the talk"),
            "client.talk",
            {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_recovery_id": self.id,
                "default_contact_id": self.contact_id.id,
                "default_reason": "not_kept" if missed else "repair",
                "default_what": format_list(self.env, names) if names else False,
            },
        )
