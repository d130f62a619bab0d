from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate, format_date

from ...engine.flags import ABUSE
from ...engine.sql import with_room
from ..mixins import company_day
from ..mixins.access import MANAGER, is_manager
from ..mixins.dialog import dialog
from .evidence import may_open
from .money_reader import for_whom, with_open_invoices
from .raters import is_few, of_pulses

_lt = LazyTranslate(__name__)

# The fields of a flag that people write; the scoring and buttons write the others.
BY_PEOPLE = {"user_id", "feedback", "feedback_note"}


class ClientHealthFlag(models.Model):
    """A check of a client at red or warning: raised and cleared by the scoring, handled
    by people. There is one open flag per client, check and side."""

    _name = "client.health.flag"
    _inherit = ["client.access.partner", "mail.activity.mixin"]
    _description = "Flag"
    _order = "level, raised_on desc, id desc"
    _rec_name = "check_id"

    health_id = fields.Many2one(
        "client.health", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="health_id.partner_id", store=True, string="Client", index=True
    )
    company_id = fields.Many2one(related="health_id.company_id", store=True, index=True)
    check_id = fields.Many2one(
        "client.health.check", required=True, readonly=True, ondelete="cascade"
    )
    level = fields.Selection(
        [("red", "Red"), ("watch", "Warning")], required=True, readonly=True
    )
    side = fields.Selection(
        [("client", "The client's"), ("ours", "Ours")], required=True, readonly=True
    )
    driver_id = fields.Many2one(
        "client.health.indicator",
        readonly=True,
        ondelete="set null",
        groups=MANAGER,
    )
    has_records = fields.Boolean(
        compute="_compute_has_records",
        help="One may see the records that its driver counted.",
    )
    value = fields.Float(
        readonly=True,
        aggregator=None,
        digits=(16, 4),
        groups=MANAGER,
    )
    points = fields.Integer(
        readonly=True,
        groups=MANAGER,
        help="Points this costs the client's score.",
    )
    sentence = fields.Char(compute="_compute_sentence")
    why = fields.Char(
        compute="_compute_why", help="What it is about, and the figure behind it."
    )
    raised_on = fields.Date(string="Raised on", readonly=True)
    unmeasured_since = fields.Date(
        string="Not measured since",
        readonly=True,
        help="Its figure cannot be measured since this day, which says nothing of its "
        "cause: the flag stays for 90 days.",
    )
    cleared_on = fields.Date(string="Cleared on", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("acknowledged", "Acknowledged"),
            ("snoozed", "Snoozed"),
            ("cleared", "Cleared"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    acknowledged_on = fields.Date(string="Acknowledged on", readonly=True)
    rests = fields.Boolean(
        string="Known before the recovery",
        readonly=True,
        help="It was there when the recovery began, which is about it. What is new or "
        "worse does not rest, and abuse never does.",
    )
    snooze_until = fields.Date(
        string="Snoozed until",
        readonly=True,
        help="It comes back on this day, or sooner when it gets worse.",
    )
    snooze_reason = fields.Char(
        string="Reason for snoozing", readonly=True, help="Why it was last snoozed."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain=[("share", "=", False)],
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
    )
    feedback = fields.Selection(
        [
            ("useful", "Useful"),
            ("false_alarm", "False alarm"),
            ("known", "Already known"),
        ],
        falsy_value_label=_lt("No feedback"),  # pylint: disable=translation-field
        help="Was it right to raise this flag? Managers see the share of false "
        "alarms of every check.",
    )
    feedback_note = fields.Char(string="Note on the feedback")
    feedback_user_id = fields.Many2one("res.users", string="Feedback by", readonly=True)

    _one_open = models.UniqueIndex(
        "(health_id, check_id, side) WHERE state <> 'cleared'",
        "There is already an open flag for this check.",
    )
    _snoozed = models.Index("(company_id, snooze_until) WHERE state = 'snoozed'")

    def init(self):
        self.env.cr.execute(with_room(self._table))

    @api.depends("driver_id", "level", "unmeasured_since")
    @api.depends_context("lang", "uid")
    def _compute_sentence(self):
        """The driver with figure, limit and window; the check alone where the driver is
        about money and the user may not see that."""
        private = self._private() | self._of_few_raters()
        for flag in self:
            driver = flag.sudo().driver_id.with_context(
                allowed_company_ids=flag.company_id.ids
            )
            if not driver:
                flag.sentence = self.env._("Its indicator was removed.")
            elif flag in private:
                check = flag.sudo().check_id
                flag.sentence = self.env._("%s: beyond its limit", check.name)
            else:
                # decoding facts takes time: only where the sentence may tell of them
                told = driver.unit == "times" and flag.sudo().health_id.facts
                words = driver._words()
                flag.sentence = words.sentence(flag.sudo().value, flag.level, told)
            if driver and flag.unmeasured_since:
                flag.sentence = self.env._(
                    "%(sentence)s, not measured since %(day)s",
                    sentence=flag.sentence,
                    day=format_date(self.env, flag.unmeasured_since),
                )

    @api.depends("sentence", "check_id", "side")
    @api.depends_context("lang", "uid")
    def _compute_why(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        for flag in self:
            check = flag.check_id.name
            flag.why = " · ".join(
                [check] * (not flag.sentence.startswith(check))
                + [sides["ours"]] * (flag.side == "ours")
                + [flag.sentence]
            )

    @api.depends("driver_id")
    @api.depends_context("uid")
    def _compute_has_records(self):
        """Whether there are records behind it that the user may open."""
        private = self._private()
        may = {
            driver: may_open(driver, self.env)
            for driver in (self - private).sudo().driver_id
        }
        for flag in self:
            flag.has_records = flag not in private and may.get(
                flag.sudo().driver_id, False
            )

    def _private(self):
        """The flags whose driver is about money that the user may not see."""
        if is_manager(self.env):
            return self.browse()
        money = self.filtered(lambda flag: flag.sudo().driver_id.money)
        owed = money.filtered(lambda flag: not flag.sudo().driver_id.cost)
        if not owed:
            return money
        shown = with_open_invoices(owed.sudo().health_id)
        return money - owed.filtered(lambda flag: flag.sudo().health_id in shown)

    def _of_few_raters(self):
        """The flags about a pulse of so few colleagues that the user may not see it."""
        told = of_pulses(self.sudo().driver_id)
        mine = self.filtered(lambda flag: flag.sudo().driver_id.code in told)
        return mine.filtered(lambda f: is_few(self.env, f.sudo().health_id.facts))

    @api.model
    def _rest(self, health, rests):
        """What is wrong with a client rests while a recovery is about it."""
        flags = self.sudo().search([("health_id", "in", health.ids)])
        if rests:
            flags = flags.filtered(
                lambda flag: flag.state != "cleared" and flag.check_id.code != ABUSE
            )
        flags.write({"rests": rests})

    # -- what people do --------------------------------------------------------

    def write(self, vals):
        """People change the owner of a flag and give feedback; buttons do the rest."""
        if not self.env.su and set(vals) - BY_PEOPLE:
            raise AccessError(
                self.env._(
                    "A flag follows the records of the client and is not edited by "
                    "hand. Use its buttons, change its owner or give feedback."
                )
            )
        if not self.env.su:
            self._refuse_outsider(vals)
        if "feedback" in vals and "feedback_user_id" not in vals:
            by = self.env.uid if vals["feedback"] else False
            vals = {**vals, "feedback_user_id": by}
        return super().write(vals)

    def _for_people(self):
        """These flags with sudo, if the user may handle all of them.

        Raises AccessError, or UserError when one has been cleared meanwhile.
        """
        self.check_access("write")
        flags = self.sudo()
        for flag in flags.filtered(lambda flag: flag.state == "cleared")[:1]:
            raise UserError(
                self.env._(
                    "The flag “%(check)s” of %(client)s was cleared on %(day)s: its "
                    "cause is gone and there is nothing left to do. Reload the page.",
                    check=flag.check_id.name,
                    client=flag.partner_id.display_name,
                    day=fields.Date.to_string(flag.cleared_on),
                )
            )
        return flags

    def action_acknowledge(self):
        """Mark the flags as taken up; they stay until their cause is gone.

        A flag without owner gets the user as its owner.
        """
        flags = self._for_people().filtered(lambda flag: flag.state == "open")
        flags.filtered(lambda flag: not flag.user_id).user_id = self.env.user
        for company, mine in flags.grouped("company_id").items():
            mine.write(
                {
                    "state": "acknowledged",
                    "acknowledged_on": company_day.today(self.env, company),
                }
            )

    def action_reopen(self):
        """Take back an acknowledgement, or end a snooze: open again."""
        self._for_people().write(
            {"state": "open", "acknowledged_on": False, "snooze_until": False}
        )

    def action_snooze(self):
        """Open the dialog that asks why and until when these flags are snoozed."""
        self._for_people()
        return dialog(
            self.env._("Snooze"),
            "client.health.flag.snooze",
            {"default_flag_ids": self.ids},
        )

    def snooze(self, until, reason):
        """Snooze these flags until a day.

        ``until``: a date after today, at most a year ahead; ``reason``: text.
        Raises UserError for anything else, AccessError for flags of others.
        """
        flags = self._for_people()
        companies = flags.company_id or self.env.company
        today = max(company_day.today(self.env, company) for company in companies)
        latest = today + relativedelta(years=1)
        try:
            day = fields.Date.to_date(until)
        except (ValueError, TypeError):
            day = None
        if not day or not today < day <= latest:
            raise UserError(
                self.env._(
                    "A flag cannot be snoozed until “%(day)s”. Give a day after today "
                    "and not after %(latest)s.",
                    day=until or "",
                    latest=fields.Date.to_string(latest),
                )
            )
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(
                self.env._(
                    "Say why the flag is snoozed: whoever finds it later should "
                    "understand."
                )
            )
        flags.write({"state": "snoozed", "snooze_until": day, "snooze_reason": reason})

    def action_start_recovery(self):
        """Start a recovery because of these flags, or go on with it."""
        self.check_access("read")
        action = self.partner_id.action_start_recovery()
        if action["res_model"] == "client.recovery.start":
            return self.env["client.recovery"]._open_start(self.partner_id, self)
        return action

    def action_show_records(self):
        """Open the records that the driver counted.

        Raises UserError when it is gone, AccessError when it is about money that
        one may not see.
        """
        self.ensure_one()
        self.check_access("read")
        driver = self.sudo().driver_id
        if not driver:
            raise UserError(
                self.env._(
                    "The indicator that raised this flag was removed, so that its "
                    "records are not known any more. The flag clears with the next run."
                )
            )
        if self._private():
            raise AccessError(for_whom(driver.with_env(self.env)))
        return self.health_id.action_show_records(driver.code)
