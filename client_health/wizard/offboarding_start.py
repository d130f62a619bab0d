from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.mixins import company_day
from ..models.mixins.dialog import notification
from ..models.offboarding.schedule import LEAST_NOTICE, PREPARE_DAYS, usual_end
from ..models.process.requirement import told


class ClientOffboardingStart(models.TransientModel):
    """The dialog that starts offboardings. It writes nothing before its button."""

    _name = "client.offboarding.start"
    _inherit = ["client.dialog"]
    _description = "Start offboarding"

    partner_ids = fields.Many2many("res.partner", string="Clients", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date_end = fields.Date(
        string="Ends on",
        compute="_compute_date_end",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    end_note = fields.Text(compute="_compute_end_note", compute_sudo=False)
    reason = fields.Selection(
        lambda self: self.env["client.health.check"]._reasons(),
        help="For us: the client never reads it.",
    )
    origin = fields.Char(readonly=True)
    at_once = fields.Boolean(
        string="End now",
        help="After abuse: contract and telling on one page, without a rehearsal. Who "
        "may refuse contact is said first.",
    )
    open_note = fields.Text(compute="_compute_open_note")

    @api.depends("partner_ids")
    def _compute_open_note(self):
        """Which of the clients are being offboarded already."""
        for wizard in self:
            found = self.env["client.offboarding"]._open_of(wizard.partner_ids)
            names = ", ".join(found.partner_id.mapped("display_name"))
            wizard.open_note = names and self.env._(
                "Under way already, and opened as it is: %s", names
            )

    def _agreement(self):
        """The agreement in force of the only client; an empty one of several."""
        agreements = self.env["client.agreement"]
        if len(self.partner_ids) != 1:
            return agreements
        partner = self.partner_ids._origin or self.partner_ids
        return agreements._in_force(partner, self.env.company)

    @api.depends("partner_ids", "at_once")
    def _compute_date_end(self):
        """Of several clients each has its own day. At once is the first day that the
        notice allows."""
        today = company_day.today(self.env, self.env.company)
        for wizard in self:
            one, agreement = len(wizard.partner_ids) == 1, wizard._agreement()
            end = usual_end(agreement, today)
            if wizard.at_once:
                end = agreement._earliest_end(today) if agreement else today
            wizard.date_end = one and end

    @api.depends("partner_ids")
    def _compute_end_note(self):
        """Why this day is proposed."""
        for wizard in self:
            agreement = wizard._agreement()
            words = [
                self.env._(
                    "Proposed: %(prepare)s days to prepare, then the notice of the "
                    "agreement, at least %(least)s days.",
                    prepare=PREPARE_DAYS,
                    least=LEAST_NOTICE,
                )
            ]
            if len(wizard.partner_ids) > 1:
                words += [self.env._("Empty: use each client's own date.")]
            elif agreement:
                words += [self.env._("Its notice in days: %s.", agreement.notice_days)]
            else:
                words += [self.env._("There is no agreement in force.")]
            if agreement.date_end:
                words.append(
                    self.env._(
                        "The agreement runs until %s: ending with it is better than "
                        "half-way.",
                        format_date(self.env, agreement.date_end),
                    )
                )
            wizard.end_note = " ".join(words)

    def action_start(self):
        """Start with every client; open offboardings are opened instead. Of several,
        contacts are skipped and named: a relationship ends with the whole company."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one client."))
        offboardings = self.env["client.offboarding"]
        clients = self.partner_ids
        contacts = clients.filtered(lambda p: p != p.commercial_partner_id)
        if contacts != clients:  # of contacts only, the first says what to do
            clients -= contacts
        else:
            contacts = contacts.browse()
        found = offboardings._open_of(clients)
        for partner in clients - found.partner_id:
            found |= offboardings.create(
                {
                    "partner_id": partner.id,
                    "company_id": self.env.company.id,
                    "user_id": self.user_id.id,
                    "date_end": self.date_end,
                    "reason": self.reason,
                    "origin": self.origin,
                    "at_once": self.at_once,
                }
            )
        if not contacts:
            return found._open()
        return notification(
            self.env._(
                "Skipped, because they are contacts of a client: %s",
                ", ".join(contacts.mapped("display_name")),
            ),
            title=self.env._("Not started with everybody"),
            next=found._open(),
        )


class ClientOffboardingPass(models.TransientModel):
    """The dialog that passes a requirement; the offboarding checks who may."""

    _name = "client.offboarding.pass"
    _inherit = ["client.dialog"]
    _description = "Pass a requirement"

    offboarding_id = fields.Many2one("client.offboarding", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    text = fields.Char(compute="_compute_text")
    reason = fields.Char(required=True)

    @api.depends("offboarding_id", "key")
    def _compute_text(self):
        for wizard in self:
            offboarding = wizard.offboarding_id
            need = None
            if offboarding and offboarding.has_access("read"):
                _step, need = offboarding.sudo()._find_blocker(wizard.key)
            wizard.text = need and wizard._by_name(need)

    def _by_name(self, need):
        """The text of a requirement, with the names of records that the user sees."""
        if need.by_name:
            return told(self.env, need)
        records = need.record.sudo(False) if need.source else None
        names = records and records._filtered_access("read").mapped("display_name")
        return f"{need.text} ({', '.join(names)})" if names else need.text

    def action_apply(self):
        """Pass it. Raises what ``client.offboarding.pass_blocker`` raises."""
        self.ensure_one()
        self.offboarding_id.pass_blocker(self.key, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
