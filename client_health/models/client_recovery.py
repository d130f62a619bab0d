from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError

from .client_health_check import LEVELS

STEPS = [
    ("self_review", "Our side first"),
    ("channel", "Ways to communicate"),
    ("agreement", "New agreement"),
    ("review", "Review"),
]
RESULTS = [
    ("recovered", "Recovered"),
    ("offboard", "To offboarding"),
    ("cancelled", "Cancelled"),
]
CLOSED = tuple(dict(RESULTS))


class ClientRecovery(models.Model):
    """An attempt to repair the relationship with a client, with a day to decide.

    One open per client and company. Its state is the first step that is not
    finished, and in the end how it ended. Meanwhile the health of the client is
    in the phase ``recovery`` and raises no alarm.
    """

    _name = "client.recovery"
    _description = "Recovery"
    _inherit = ["client.said", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True

    _by_buttons = {
        "state": "self_review",
        "entry_on": False,
        "entry_score": False,
        "entry_level": False,
        "entry": False,
        "ended_on": False,
        "ended_user_id": False,
        "extension_reason": False,
        "first_review_date": False,
        "offboarding_id": False,
    }
    _computed_only = ("duration",)

    partner_id = fields.Many2one(ondelete="restrict", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    state = fields.Selection(
        [*STEPS, *RESULTS],
        default="self_review",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    date_start = fields.Date(
        string="Started on", required=True, default=fields.Date.context_today
    )
    review_date = fields.Date(
        string="Review on",
        required=True,
        default=lambda self: self._usual_review_date(),
        tracking=True,
        help="The day on which we look whether it helped, and decide.",
    )
    reason = fields.Text(
        string="Why", help="What goes wrong, and what should be better in the end."
    )
    flag_id = fields.Many2one(
        "client.health.flag",
        string="Started from",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The red flag it was started from.",
    )
    # how the client stood when it started
    entry_on = fields.Date(string="Measured on", readonly=True, copy=False)
    entry_score = fields.Integer(
        string="Score at the start", readonly=True, copy=False, aggregator="avg"
    )
    entry_level = fields.Selection(
        LEVELS, string="Level at the start", readonly=True, copy=False
    )
    entry = fields.Json(
        readonly=True,
        copy=False,
        groups="client_health.group_manager",
        help="Facts, points and settings at the start.",
    )
    # how it ended
    first_review_date = fields.Date(
        string="First to be reviewed on", readonly=True, copy=False
    )
    extension_reason = fields.Text(string="Extended because", readonly=True, copy=False)
    result_note = fields.Text(string="What we learned")
    ended_on = fields.Date(string="Ended on", readonly=True, copy=False)
    ended_user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False
    )
    offboarding_id = fields.Many2one(
        "client.offboarding", readonly=True, copy=False, ondelete="set null"
    )
    duration = fields.Integer(
        string="Duration (days)",
        compute="_compute_duration",
        store=True,
        aggregator="avg",
    )

    _one_open = models.UniqueIndex(
        "(partner_id, company_id) "
        "WHERE state NOT IN ('recovered', 'offboard', 'cancelled')",
        "This client already has an open recovery in this company.",
    )

    @api.model
    def _usual_review_date(self):
        """Three months from today."""
        return fields.Date.context_today(self) + relativedelta(months=3)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for recovery in self:
            recovery.display_name = self.env._(
                "Recovery of %s", recovery.partner_id.display_name or ""
            )

    @api.depends("date_start", "ended_on")
    def _compute_duration(self):
        for recovery in self:
            end = recovery.ended_on
            recovery.duration = (end - recovery.date_start).days if end else 0

    @api.ondelete(at_uninstall=False)
    def _unlink_if_cancelled(self):
        for recovery in self:
            if recovery.state != "cancelled":
                raise UserError(
                    self.env._(
                        "%s belongs to the history of the client. Cancel it instead of "
                        "deleting it.",
                        recovery.display_name,
                    )
                )
