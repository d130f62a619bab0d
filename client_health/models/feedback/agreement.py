from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..mixins import company_day
from ..mixins.access import MANAGER
from .sold import SOLD

ACTIVITY = "client_health.mail_activity_type_agreement"
# Figures that are never below zero.
FIGURES = (
    "notice_days",
    "client_response_hours",
    "our_response_hours",
    "contact_every_days",
    "required_rate",
    "accepted_days_late",
)
MOST = 36_500  # days or hours, of each of them
MOST_MONTHS = 600  # of a renewal
# The agreed terms, which change with a new version only.
TERMS = {
    "partner_id",
    "company_id",
    "date_start",
    "channel",
    "client_response_hours",
    "our_response_hours",
    "contact_every_days",
    "required_rate",
    "accepted_days_late",
    "not_judged_by_money_until",
    "boundaries",
    "termination_clause",
    *SOLD,
}
END = {"date_end", "notice_days", "renewal", "renewal_months"}
LIVED = ("active", "ended")  # states that were in force on their dates


class ClientAgreement(models.Model):
    """What both sides promised, in versions.

    An agreement was in force on a day when it is active or ended and the day lies
    within its dates. A client has at most one in force per company.
    """

    _name = "client.agreement"
    _description = "Agreement"
    _inherit = ["client.record", "client.internal.thread", "client.sold"]
    _order = "date_start desc, version desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _lived = LIVED

    _by_buttons = {
        "state": "draft",
        "version": 1,
        "previous_id": False,
        "warned_for": False,
    }
    _computed_only = ("notice_date",)

    partner_id = fields.Many2one(ondelete="restrict", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is warned before notice must be given; the client's salesperson "
        "when empty.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        "client.agreement",
        string="Previous version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    next_ids = fields.One2many("client.agreement", "previous_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("ended", "Ended"),
            ("refused", "Refused"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: company_day.today(self.env, self.env.company),
        tracking=True,
    )
    date_end = fields.Date(
        string="Until",
        tracking=True,
        help="The last day. Empty: until one side ends it.",
    )
    notice_days = fields.Integer(
        string="Notice (days)",
        tracking=True,
        help="How many days before the end either side must say that it ends.",
    )
    renewal = fields.Selection(
        [("none", "It ends"), ("tacit", "It is renewed")],
        string="After that day",
        default="none",
        required=True,
        tracking=True,
        help="Renewed: unless either side gives notice in time, it goes on for as many "
        "months, again and again.",
    )
    renewal_months = fields.Integer(
        string="Renewed for (months)",
        tracking=True,
        aggregator=None,
    )
    notice_date = fields.Date(
        string="Notice by",
        compute="_compute_notice_date",
        store=True,
        index=True,
        help="The last day to give notice: the end less the days of notice.",
    )
    warned_for = fields.Date(readonly=True, copy=False, groups=fields.NO_ACCESS)
    channel = fields.Selection(
        [
            ("email", "Email"),
            ("phone", "Phone"),
            ("meeting", "Meeting"),
            ("message", "Messages"),
            ("portal", "Portal"),
        ],
        default="email",
        tracking=True,
        help="How we speak with each other.",
    )
    client_response_hours = fields.Float(
        string="Client answers within (hours)",
        tracking=True,
        aggregator=None,
        help="Working hours. Empty: the company's setting.",
    )
    our_response_hours = fields.Float(
        string="We answer within (hours)",
        tracking=True,
        aggregator=None,
        help="Working hours. Empty: the company's setting.",
    )
    contact_every_days = fields.Integer(
        string="In touch every (days)",
        tracking=True,
        aggregator=None,
        help="Longer without contact is silence. Empty: the company's setting.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    required_rate = fields.Monetary(
        string="Required rate per hour",
        aggregator=None,
        groups=MANAGER,
        help="What one hour of work should earn. Empty: the company's setting.",
    )
    accepted_days_late = fields.Integer(
        string="Accepted days late",
        tracking=True,
        aggregator=None,
        help="Days after the due date within which a payment is not late: what the "
        "client's own payment runs need.",
    )
    not_judged_by_money_until = fields.Date(
        string="Not judged by money until",
        tracking=True,
        help="Until this day margin, effective rate and months of loss are not "
        "measured: work for free, or an investment. What is owed still is.",
    )
    boundaries = fields.Text(help="What is in, what is not, and what costs extra.")
    termination_clause = fields.Text(
        help="The contract's own words on how it may be ended."
    )
    in_force = fields.Boolean(
        compute="_compute_in_force", search="_search_in_force", help="Today."
    )

    @api.depends("partner_id", "version")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for agreement in self._named():
            agreement.display_name = self.env._(
                "Version %(version)s of the agreement with %(client)s",
                client=agreement.partner_id.display_name or "",
                version=agreement.version,
            )

    @api.depends("date_end", "notice_days")
    def _compute_notice_date(self):
        for agreement in self:
            end = agreement.date_end
            days = max(agreement.notice_days, 0)
            # in a form the days are not checked yet
            agreement.notice_date = end and date.fromordinal(
                max(end.toordinal() - days, 1)
            )

    @api.depends("state", "date_start", "date_end", "renewal")
    def _compute_in_force(self):
        for agreement in self:
            today = company_day.today(
                self.env, agreement.company_id or self.env.company
            )
            agreement.in_force = (
                agreement.state == "active"
                and agreement.date_start <= today
                and (
                    not agreement.date_end
                    or agreement.date_end >= today
                    or agreement.renewal == "tacit"
                )
            )

    @api.model
    def _search_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        covers_today = company_day.each_today(self.env, self._covers)
        domain = Domain("state", "=", "active") & covers_today
        return domain if True in value else ~domain

    @api.model
    def _covers(self, day):
        """Domain: the day lies within the dates."""
        open_end = Domain("date_end", "=", False) | Domain("date_end", ">=", day)
        open_end |= Domain("state", "=", "active") & Domain("renewal", "=", "tacit")
        return Domain("date_start", "<=", day) & open_end

    @api.model
    def _in_force(self, partner, company, on_date=None):
        """The agreement in force with the client of a contact, or an empty one.

        ``on_date``: a day, also a past one; default today where the company is.
        """
        day = on_date or company_day.today(self.env, company)
        client = partner.sudo().commercial_partner_id
        return self.search(
            Domain("partner_id", "=", client.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", LIVED)
            & self._covers(day),
            limit=1,
        )

    # -- what may be written ---------------------------------------------------

    @api.constrains("date_start", "date_end", *FIGURES)
    def _check_figures(self):
        for agreement in self.sudo():
            start, end = agreement.date_start, agreement.date_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of %(agreement)s is %(end)s, before its start on "
                        "%(start)s. Give a later day, or none.",
                        field=self._label("date_end"),
                        agreement=agreement.display_name,
                        end=agreement.date_end,
                        start=agreement.date_start,
                    )
                )
            for name in FIGURES:
                if name != "required_rate" and not agreement[name] <= MOST:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of %(agreement)s is more than %(most)s. Give "
                            "a smaller number.",
                            field=self._label(name),
                            agreement=agreement.display_name,
                            most=MOST,
                        )
                    )
                if not agreement[name] >= 0:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of %(agreement)s is below zero. Give a "
                            "positive number, or leave it empty.",
                            field=self._label(name),
                            agreement=agreement.display_name,
                        )
                    )

    @api.constrains("renewal", "renewal_months", "date_end")
    def _check_renewal(self):
        for agreement in self.filtered(lambda a: a.renewal == "tacit"):
            if not 1 <= agreement.renewal_months <= MOST_MONTHS:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is renewed for %(months)s months. Say for how "
                        "many, between 1 and %(most)s, or that it ends.",
                        agreement=agreement.display_name,
                        months=agreement.renewal_months,
                        most=MOST_MONTHS,
                    )
                )
            if not agreement.date_end:
                raise ValidationError(
                    self.env._(
                        "%s is renewed, but its first period has no last day. Fill in "
                        "“Until”.",
                        agreement.display_name,
                    )
                )

    @api.constrains("state", "date_start", "date_end", "partner_id", "company_id")
    def _check_overlap(self):
        for agreement in self.sudo().filtered(
            lambda a: a.state in LIVED and a.date_start
        ):
            overlap = (
                Domain("id", "!=", agreement.id)
                & Domain("partner_id", "=", agreement.partner_id.id)
                & Domain("company_id", "=", agreement.company_id.id)
                & Domain("state", "in", LIVED)
                & (
                    Domain("date_end", "=", False)
                    | Domain("date_end", ">=", agreement.date_start)
                )
            )
            if agreement.date_end:
                overlap &= Domain("date_start", "<=", agreement.date_end)
            other = self.sudo().search(overlap, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s would be in force together with %(other)s, from "
                        "%(start)s until %(end)s. End that one first, make a new "
                        "version of it, or give other dates.",
                        agreement=agreement.display_name,
                        other=other.display_name,
                        start=other.date_start,
                        end=other.date_end or self.env._("further notice"),
                    )
                )

    @api.model
    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements.filtered(lambda a: a.state in LIVED)._refresh_health()
        return agreements

    def write(self, vals):
        """Terms change with a new version; the end of an active one may be moved."""
        if not self.env.su:
            self._refuse_terms(set(vals))
        counting = self.filtered(lambda a: a.state in LIVED)
        result = super().write(vals)
        if vals.get("state") not in (None, "active"):
            self.sudo().activity_unlink([ACTIVITY])
        if (TERMS | {"date_end", "state"}) & set(vals):
            counting |= self.filtered(lambda a: a.state in LIVED)
            counting._refresh_health()
        return result

    def _refuse_terms(self, names):
        """Raise UserError when fields are written that are agreed already."""
        for agreement in self.filtered(lambda a: a.state != "draft"):
            fixed = TERMS if agreement.state == "active" else TERMS | END
            if fixed & names:
                raise UserError(
                    self.env._(
                        "%s is no draft any more, and what was agreed stays as it was. "
                        "Make a new version to change it.",
                        agreement.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_in_history(self):
        for agreement in self:
            if agreement.state in LIVED:
                raise UserError(
                    self.env._(
                        "%s was in force and belongs to the history of the client. End "
                        "it instead of deleting it.",
                        agreement.display_name,
                    )
                )
