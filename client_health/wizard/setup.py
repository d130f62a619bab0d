from datetime import datetime

from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..engine.history import MONTHS
from ..models.mixins import company_day
from ..models.mixins.access import check_manager

# Fields of the wizard → settings of the company.
SETTINGS = {
    "required_rate": "client_health_required_rate",
    "client_hours": "client_health_client_hours",
    "our_hours": "client_health_our_hours",
    "contact_days": "client_health_contact_days",
}


class ClientHealthSetup(models.TransientModel):
    """The set-up of a company: the records that were found, a few settings, and the
    start of the first run."""

    _name = "client.health.setup"
    _description = "Set up Client Health"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    found = fields.Html(compute="_compute_found", sanitize=False)
    client_count = fields.Integer(
        string="Clients", compute="_compute_found", help="Who is a client today."
    )
    required_rate = fields.Monetary(
        string="Required rate per hour",
        default=lambda self: self._setting("required_rate"),
        help="What one hour of work should earn. Empty: not measured.",
    )
    client_hours = fields.Float(
        string="Client answers within",
        default=lambda self: self._setting("client_hours"),
    )
    our_hours = fields.Float(
        string="We answer within", default=lambda self: self._setting("our_hours")
    )
    contact_days = fields.Integer(
        string="In touch every", default=lambda self: self._setting("contact_days")
    )

    _finite = models.Constraint(
        "CHECK (abs(required_rate::float8) < 'Infinity'"
        " AND abs(client_hours) < 'Infinity' AND abs(our_hours) < 'Infinity')",
        "Give ordinary numbers, not “infinity” nor what is no number.",
    )

    @api.model
    def _setting(self, name):
        check_manager(self.env, self.env._("set it up"))  # Odoo checks no defaults
        return self.env.company.sudo()[SETTINGS[name]]

    def _check_company_at_hand(self):
        """Raise AccessError for others than managers of the company."""
        check_manager(self.env, self.env._("set it up"))
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You are not working in this company now. Switch to it, and set "
                    "Client Health up there."
                )
            )

    @api.depends("company_id")
    @api.depends_context("lang", "uid")
    def _compute_found(self):
        for wizard in self:
            company = wizard.company_id
            wizard._check_company_at_hand()
            health = self.env["client.health"].sudo()
            wizard.client_count = health._night(company).clients.count()
            wizard.found = wizard._show_found()

    def _show_found(self):
        """HTML: records and months of history per source, the richest first."""
        rows = sorted(self._count_found(self.company_id), key=_richest_first)
        today = company_day.today(self.env, self.company_id)
        lines = []
        for label, count, first in rows:
            if count is None:
                number, since = "–", self.env._("app not installed")
            else:
                number = formatLang(self.env, count, digits=0)
                since = self._since(first, today)
            muted = "" if count else "text-muted"
            lines.append(
                Markup(
                    '<tr class="%s"><td>%s</td><td class="text-end">%s</td>'
                    "<td>%s</td></tr>"
                )
                % (muted, label, number, since)
            )
        heads = (
            Markup("<th>%s</th>") % self.env._("Read from"),
            Markup('<th class="text-end">%s</th>') % self.env._("Records"),
            Markup("<th>%s</th>") % self.env._("History"),
        )
        return Markup(
            '<table class="table table-sm mb-0"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (Markup().join(heads), Markup().join(lines))

    @api.model
    def _count_found(self, company):
        """What is there to be read for a company: ``[(label, count, first day)]``.

        Apps that are not installed have the count None; the day is None when
        there are no records.
        """
        rows = []
        for source in self.env["client.health.facts"]._sources(available=False):
            found = source._found
            if not found:
                continue
            if not source._available():
                rows.append((str(found.label), None, None))
                continue
            records = self.env[found.model].sudo().with_context(active_test=False)
            domain = Domain(found.domain)
            for name in ("company_id", "record_company_id"):
                if name in records:
                    domain &= Domain(name, "in", [company.id, False])
            [(count, first)] = records._read_group(
                domain, [], ["__count", f"{found.date}:min"]
            )
            day = first.date() if isinstance(first, datetime) else first
            rows.append((str(found.label), count, day or None))
        return rows

    @api.model
    def _since(self, first, today):
        """How far back records go, as text."""
        if not first:
            return self.env._("none yet")
        gap = relativedelta(today, first)
        months = gap.years * 12 + gap.months
        if months < 1:
            return self.env._("since %s", format_date(self.env, first))
        if months >= MONTHS:
            return self.env._("%s months or more", MONTHS)
        if months == 1:
            return self.env._("1 month")
        return self.env._("%s months", months)

    def action_start(self):
        """Store the settings and start: all clients are scored in the background, then
        the month-ends of the past.

        Raises AccessError for others than managers, ValidationError for wrong values.
        """
        self.ensure_one()
        runs = self.env["client.health.run"]
        self._check_company_at_hand()
        # only administrators write companies; these fields are for our managers
        self.company_id.sudo().write(
            {
                **{setting: self[name] for name, setting in SETTINGS.items()},
                "client_health_setup_on": fields.Datetime.now(),
            }
        )
        runs.sudo()._start(self.company_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


def _richest_first(row):
    """Sort key: most records first, apps that are not installed last."""
    _label, count, _first = row
    return -1 - count if count is not None else 0
