from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...facts.elsewhere import talks_elsewhere
from ...scoring.score import Settings
from ..mixins.access import MANAGER

# These fields are prefetched with each other only: every screen reads companies, and
# few need them.
SETTING = {"groups": "base.group_user", "prefetch": "client_health"}

LIMITS = {
    "client_health_healthy": "healthy",
    "client_health_watch": "watch",
    "client_health_at_risk": "at_risk",
    "client_health_min_coverage": "min_coverage",
}

TERMS = (
    "client_health_client_hours",
    "client_health_our_hours",
    "client_health_contact_days",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    client_health_setup_on = fields.Datetime(
        string="Set up on",
        readonly=True,
        help="When somebody went through the set-up of Client Health, or skipped it.",
        **SETTING,
    )
    client_health_required_rate = fields.Monetary(
        string="Required rate per hour",
        help="What one hour of work should earn. Clients whose agreement names no "
        "rate of its own are measured against it; empty: not measured.",
        groups=MANAGER,
        prefetch="client_health",
    )
    client_health_least_overdue = fields.Monetary(
        string="Least overdue amount",
        help="Less than this is not overdue. Empty: 0.05 % of what the company "
        "invoiced in a year.",
        **SETTING,
    )
    client_health_client_hours = fields.Float(
        string="Client answers within",
        default=16,
        help="Working hours within which a client answers us, where its agreement "
        "says nothing else.",
        **SETTING,
    )
    client_health_our_hours = fields.Float(
        string="We answer within",
        default=8,
        help="Working hours within which we answer a client, where its agreement "
        "says nothing else.",
        **SETTING,
    )
    client_health_contact_days = fields.Integer(
        string="In touch every",
        default=30,
        help="Days within which we are in touch with a client with open work, where "
        "its agreement says nothing else.",
        **SETTING,
    )
    client_health_talks_elsewhere = fields.Boolean(
        string="Talks outside Odoo",
        readonly=True,
        help="Under half of the clients' asking mails of the last 90 days, of at least "
        "20, were answered in Odoo. Kept by the run over all clients.",
        **SETTING,
    )
    client_health_alert_activity = fields.Boolean(
        string="Activity on a drop",
        default=True,
        help="A drop in level gives the salesperson one to-do, never a second one "
        "while it is open.",
        **SETTING,
    )
    client_health_healthy = fields.Integer(string="Healthy from", default=80, **SETTING)
    client_health_watch = fields.Integer(string="Watch from", default=65, **SETTING)
    client_health_at_risk = fields.Integer(string="At risk from", default=50, **SETTING)
    client_health_min_coverage = fields.Integer(
        string="Measured at least (%)",
        default=40,
        help="Under this share of the checks' weight that rests on evidence the "
        "level is unknown, unless a red flag sets it; it is known again from five "
        "more.",
        **SETTING,
    )
    client_health_ask_pulse = fields.Boolean(
        string="Ask for pulses",
        default=True,
        help="Every week colleagues are asked, by an activity, about some of the "
        "clients they worked for.",
        **SETTING,
    )
    client_health_archive_guard = fields.Boolean(
        string="Archive guard",
        default=True,
        help="A client with open projects cannot be archived; it is offboarded first.",
        **SETTING,
    )
    client_health_catch_up = fields.Boolean(
        string="Keep clients up to date by day",
        default=True,
        help="Every ten minutes the clients whose records changed are scored.",
        **SETTING,
    )
    client_health_hours_word = fields.Boolean(
        string="Word about hours sold",
        default=True,
        help="Once at 75 % and once at 100 % of the hours that were sold for running "
        "work, its owner gets a to-do.",
        **SETTING,
    )
    client_health_weekly_mail = fields.Boolean(
        string="Weekly summary",
        help="On Monday each salesperson gets one mail about their own clients: whose "
        "level changed, which flags are open, and the three that need them most.",
        **SETTING,
    )

    @api.model
    def _update_talks_elsewhere(self, company, near=False):
        """Keep whether a company answers its clients' mail outside Odoo: as its last
        asking mails tell, ``near``: quickly; as it was where they are too few."""
        elsewhere = talks_elsewhere(self.env, company, near)
        company = company.sudo()
        if elsewhere is None and not near:
            elsewhere = False
        if elsewhere not in (None, company.client_health_talks_elsewhere):
            company.client_health_talks_elsewhere = elsewhere

    @api.constrains(
        *LIMITS, *TERMS, "client_health_required_rate", "client_health_least_overdue"
    )
    def _check_client_health_limits(self):
        for company in self.sudo():
            healthy, watch, at_risk, coverage = (company[name] for name in LIMITS)
            if not 100 >= healthy > watch > at_risk > 0:
                raise ValidationError(
                    self.env._(
                        "The levels of %(company)s are out of order: healthy from "
                        "%(healthy)s, watch from %(watch)s, at risk from %(at_risk)s. "
                        "Give three scores between 1 and 100, each lower than the one "
                        "before.",
                        company=company.name,
                        healthy=healthy,
                        watch=watch,
                        at_risk=at_risk,
                    )
                )
            if not 0 <= coverage <= 100:
                raise ValidationError(
                    self.env._(
                        "“Measured at least” of %(company)s is %(coverage)s %%. Give a "
                        "percentage between 0 and 100.",
                        company=company.name,
                        coverage=coverage,
                    )
                )
            # this also refuses infinity and NaN
            if not all(0 < company[name] < float("inf") for name in TERMS):
                raise ValidationError(
                    self.env._(
                        "The answer times and the contact interval of %(company)s must "
                        "be above zero.",
                        company=company.name,
                    )
                )
            if company.client_health_required_rate < 0:
                raise ValidationError(
                    self.env._(
                        "The required rate of %(company)s is below zero. Give an "
                        "amount per hour, or leave it empty.",
                        company=company.name,
                    )
                )
            if not company.client_health_least_overdue >= 0:
                raise ValidationError(
                    self.env._(
                        "The least overdue amount of %(company)s is below zero. Give "
                        "an amount, or leave it empty.",
                        company=company.name,
                    )
                )

    def write(self, vals):
        """Changed limits change levels, and a changed currency what amounts are worth:
        score all clients again in the background."""
        before = self.mapped("currency_id.id")
        result = super().write(vals)
        if any(name.startswith("client_health_") for name in vals) or (
            before != self.mapped("currency_id.id")
        ):
            self.env["client.health"]._refresh_soon()
        return result

    def _client_health_settings(self):
        """The limits of this company: a :class:`Settings` of the scoring."""
        self.ensure_one()
        return Settings(**{key: self[name] for name, key in LIMITS.items()})
