from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..mixins import company_day

VALID_DAYS = 90
ACTIVITY = "client_health.mail_activity_type_pulse"
RESPECT = [
    ("1", "1 None"),
    ("2", "2 Little"),
    ("3", "3 Some"),
    ("4", "4 Much"),
    ("5", "5 Full"),
]
ATTITUDE = [
    ("1", "1 Hostile"),
    ("2", "2 Negative"),
    ("3", "3 Neutral"),
    ("4", "4 Positive"),
    ("5", "5 Enthusiastic"),
]
# Selection field on the screen → stored number.
WORDS = {"respect_word": "respect", "attitude_word": "attitude"}


class ClientPulse(models.Model):
    """How one colleague experiences a client, valid for VALID_DAYS.

    A colleague has one valid pulse per client: a new one ends the one before.
    """

    _name = "client.pulse"
    _description = "Pulse"
    _inherit = ["client.record"]
    _order = "date desc, id desc"
    _check_company_auto = True

    _by_buttons = {"user_id": False, "date": False, "valid_until": False}

    user_id = fields.Many2one(
        "res.users",
        string="Given by",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: company_day.today(self.env, self.env.company),
    )
    valid_until = fields.Date(
        readonly=True,
        copy=False,
        index=True,
        help="The last day on which it counts: 90 days, or until the next one.",
    )
    respect = fields.Integer(
        aggregator="avg", help="1 to 5: how much respect there is between us."
    )
    attitude = fields.Integer(
        aggregator="avg", help="1 to 5: how the client looks at things."
    )
    respect_word = fields.Selection(
        RESPECT,
        string="Respect between us",
        compute="_compute_words",
        inverse="_inverse_words",
    )
    attitude_word = fields.Selection(
        ATTITUDE,
        string="Their attitude",
        compute="_compute_words",
        inverse="_inverse_words",
    )
    note = fields.Text(help="What it rests on. Asked for at 1 and at 5.")
    is_valid = fields.Boolean(
        compute="_compute_is_valid", search="_search_is_valid", string="Valid"
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends("partner_id", "user_id", "date")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for pulse in self._named():
            pulse.display_name = self.env._(
                "Pulse on %(client)s by %(user)s, %(date)s",
                client=pulse.partner_id.display_name or "",
                user=pulse.user_id.name or "",
                date=format_date(self.env, pulse.date) or "",
            )

    @api.depends(*WORDS.values())
    def _compute_words(self):
        for pulse in self:
            for word, number in WORDS.items():
                mark = pulse[number]
                pulse[word] = str(mark) if 1 <= mark <= 5 else False

    def _inverse_words(self):
        for pulse in self:
            for word, number in WORDS.items():
                if pulse[word]:
                    pulse[number] = int(pulse[word])

    @api.depends("date", "valid_until")
    def _compute_is_valid(self):
        for pulse in self:
            today = company_day.today(self.env, pulse.company_id or self.env.company)
            until = pulse.valid_until
            pulse.is_valid = bool(until and pulse.date <= today <= until)

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = company_day.each_today(
            self.env,
            lambda day: Domain("date", "<=", day) & Domain("valid_until", ">=", day),
        )
        return valid if True in value else ~valid

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for pulse in self:
            pulse.is_mine = pulse.user_id == self.env.user

    @api.constrains("partner_id")
    def _check_not_ours(self):
        self._refuse_ours()

    @api.constrains("respect", "attitude", "note")
    def _check_marks(self):
        for pulse in self:
            marks = {pulse.respect, pulse.attitude}
            client = pulse.partner_id.display_name
            if not marks <= {1, 2, 3, 4, 5}:
                raise ValidationError(
                    self.env._(
                        "The pulse on %s needs two marks from 1 to 5: one for respect, "
                        "one for attitude.",
                        client,
                    )
                )
            if marks & {1, 5} and not (pulse.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "A mark of 1 or 5 for %s needs a note. Write in a sentence "
                        "what it rests on.",
                        client,
                    )
                )

    # -- giving a pulse --------------------------------------------------------

    @api.model
    def _new_values(self):
        return {
            **super()._new_values(),
            "user_id": self.env.uid,
            "date": company_day.today(self.env, self.env.company),
        }

    @api.model
    def _numbers(self, vals):
        """``vals`` with numbers in place of the selections; unknown values are left for
        Odoo to refuse."""
        vals = dict(vals)
        for word, number in WORDS.items():
            if vals.get(word) in [key for key, _label in RESPECT]:
                vals[number] = int(vals.pop(word))
        return vals

    @api.model
    def _complete(self, vals):
        result = super()._complete(vals)
        if not vals.get("valid_until"):
            day = fields.Date.to_date(vals.get("date"))
            day = day or company_day.today(self.env, self.env.company)
            vals["valid_until"] = day + timedelta(days=VALID_DAYS)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        pulses = super().create([self._numbers(vals) for vals in vals_list])
        for pulse in pulses.sudo():
            pulse._replace_others()
        pulses._close_activities()
        pulses._refresh_health()
        return pulses

    def write(self, vals):
        """People correct their own pulse while it is valid."""
        vals = self._numbers(vals)
        if not self.env.su:
            if {"partner_id", "company_id"} & set(vals):
                raise UserError(
                    self.env._(
                        "A pulse stays with the client it was given for. Delete it and "
                        "give a new one."
                    )
                )
            over = self.filtered(lambda pulse: not pulse.is_valid)[:1]
            if over and vals:
                raise UserError(
                    self.env._(
                        "%s is over and does not change any more. Give a new one.",
                        over.display_name,
                    )
                )
        result = super().write(vals)
        self._refresh_health()
        return result

    def unlink(self):
        clients = self._clients()
        result = super().unlink()
        self._refresh_clients(clients)
        return result

    def _replace_others(self):
        """End the pulse before, and this one before the next: those of one colleague on
        one client do not overlap."""
        self.ensure_one()
        same = [
            ("user_id", "=", self.user_id.id),
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("id", "!=", self.id),
        ]
        eve = self.date - timedelta(days=1)
        before = [("date", "<=", self.date), ("valid_until", ">", eve)]
        self.search(same + before)._end(eve)
        later = self.search(
            [*same, ("date", ">", self.date), ("date", "<=", self.valid_until)],
            order="date",
            limit=1,
        )
        if later:
            self._end(later.date - timedelta(days=1))

    def _end(self, day):
        """Set the last day on which pulses count."""
        # pylint: disable=super-method-mismatch
        return super().write({"valid_until": day})

    def _close_activities(self):
        """Mark the activities that asked for these pulses as done."""
        for pulse in self.sudo():
            self.env["client.health"].sudo().search(
                [
                    ("partner_id", "=", pulse.partner_id.id),
                    ("company_id", "=", pulse.company_id.id),
                ]
            ).activity_feedback([ACTIVITY], user_id=pulse.user_id.id)

    def action_given(self):
        """Close the dialog with a notification of thanks."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Thank you. It counts until %s.", self.valid_until
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
