from odoo import api, fields, models
from odoo.exceptions import LockError, RedirectWarning, UserError

from ..mixins import company_day
from ..mixins.access import as_reader
from ..mixins.dialog import dialog, open_form


class ClientOneOpen(models.AbstractModel):
    """A record of which a client has one open per company. One person at a time changes
    it, and nobody once it is over.

    Models that inherit this have a ``state``.
    """

    _name = "client.one.open"
    _description = "Work with a client, one at a time"
    _inherit = ["client.record", "client.internal.thread"]

    _order = "id desc"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True

    # States in which it is over, and fields that may still be written then.
    _closed = ()
    _lasting = frozenset({"message_follower_ids", "activity_ids"})
    # Fields of contacts that show it, and the fields here that these depend on.
    _marks = ()
    _marking = frozenset({"state"})

    partner_id = fields.Many2one(ondelete="restrict", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    date_start = fields.Date(
        string="Started on",
        required=True,
        default=lambda self: company_day.today(self.env, self.env.company),
    )
    ended_on = fields.Date(string="Ended on", readonly=True, copy=False)
    ended_user_id = fields.Many2one(
        "res.users", string="Ended by", readonly=True, copy=False
    )
    duration = fields.Integer(
        string="Duration (days)",
        compute="_compute_duration",
        store=True,
        aggregator="avg",
    )
    may_change = fields.Boolean(
        compute="_compute_may_change",
        help="Not over, and with the right to write it: buttons that change it show.",
    )

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_may_change(self):
        """What every button that changes it asks before it shows, see ``_only_one``."""
        allowed = self._filtered_access("write")
        for process in self:
            process.may_change = process in allowed and process.state not in (
                self._closed
            )

    @api.depends("date_start", "ended_on")
    def _compute_duration(self):
        for process in self:
            end = process.ended_on
            process.duration = (end - process.date_start).days if end else 0

    # -- to override -----------------------------------------------------------

    @api.model
    def _refuse_start(self, partner, company):
        """Raise when it cannot start with this client."""

    def _begin(self):
        """Fill in new records: called after create, with sudo."""

    # -- one open per client ---------------------------------------------------

    @api.model
    def _open_of(self, partners, company=None):
        """The open ones of these clients in a company."""
        company = company or self.env.company
        theirs = [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        return self.search([*theirs, ("state", "not in", self._closed)])

    @api.model
    def _complete(self, vals):
        """Raise RedirectWarning to the open record of the client, and whatever
        ``_refuse_start`` raises."""
        result = super()._complete(vals)
        partner = self.env["res.partner"].browse(vals["partner_id"] or []).exists()
        company = self.env["res.company"].browse(vals["company_id"])
        if not partner:
            return result
        open_one = self.sudo()._open_of(partner, company)
        if open_one and not as_reader(open_one).has_access("read"):
            raise UserError(self._not_now(partner))
        if open_one:
            raise RedirectWarning(
                self.env._(
                    "%s is under way already. Go on with that one.",
                    open_one.display_name,
                ),
                open_one._open(),
                self.env._("Open it"),
            )
        self._refuse_start(partner, company)
        vals.setdefault("date_start", company_day.today(self.env, company))
        return result

    @api.model
    def _not_now(self, partner):
        """Why nothing can start, for who may not know what is under way."""
        return self.env._(
            "This cannot be started with %s now. Ask a manager of Client Health.",
            partner.display_name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Create and begin: steps and activities come with the records.

        Raises RedirectWarning to the open one, and what ``_refuse_start`` raises.
        """
        processes = super().create(vals_list)
        self.env["res.partner"].invalidate_model(self._marks, flush=False)
        processes.sudo()._begin()
        return processes

    def write(self, vals):
        """Records that are over do not change."""
        if not self.env.su:
            self._refuse_closed(vals)
        result = super().write(vals)
        if self._marking & set(vals):
            self.env["res.partner"].invalidate_model(self._marks, flush=False)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_cancelled(self):
        for process in self.filtered(lambda p: p.state != "cancelled"):
            raise UserError(
                self.env._(
                    "%s belongs to the history of the client. Cancel it instead of "
                    "deleting it.",
                    process.display_name,
                )
            )

    # -- who may change it -------------------------------------------------------

    def _only_one(self):
        """Lock the row of one record for this transaction.

        Raises UserError when another transaction has it, or when it is over.
        """
        if not self.id:
            raise UserError(self.env._("Open one record and try again."))
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state in self._closed:
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s already.",
                    record=self.display_name,
                    state=self._state_label().lower(),
                )
            )

    def _state_label(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    def _lock(self):
        """Lock the row; raises UserError when another transaction has it."""
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on %s at this moment. Reload the page "
                    "and see what they did.",
                    self.display_name,
                )
            ) from error
        self.invalidate_recordset(["state"])

    def _refuse_closed(self, vals):
        """Raise UserError when something is written that is over, or that would
        move it to another client."""
        if self and {"partner_id", "company_id"} & set(vals):
            raise UserError(
                self.env._(
                    "%s stays with its client. Cancel it and start another one.",
                    self[0].display_name,
                )
            )
        if set(vals) - self._lasting:
            self._refuse_over()

    def _refuse_over(self):
        """Raise UserError when one of them is over: then nothing of it changes."""
        for process in self.sudo().filtered(lambda p: p.state in p._closed):
            raise UserError(process._over_sentence())

    @api.model
    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    def _over_sentence(self):
        return self.env._("%s is over and stays as it was.", self.display_name)

    # -- the client, and actions -------------------------------------------------

    def _health(self):
        """The client's health here, with sudo; an empty one where there is none."""
        self.ensure_one()
        client, company = self.partner_id.id, self.company_id.id
        mine = [("partner_id", "=", client), ("company_id", "=", company)]
        return self.env["client.health"].sudo().search(mine)

    def _set_phase(self, phase=None):
        """Give the client's health a phase, if one is named; returns the one before."""
        health = self._health()
        if not health and self.partner_id.active:
            self._refresh_health()
            health = self._health()
        before = health.phase or "active"
        if phase:
            health.phase = phase
        return before

    def _note(self, body):
        """Log a note on the client's health and on the record; without figures. On the
        contact everybody would read it, in every company."""
        self._message_log(body=body)
        if health := self._health():
            health._message_log(body=body)

    def _open(self):
        """Action: this record, or the list of several."""
        name = self.env["ir.model"]._get(self._name).name
        if len(self) == 1:
            return open_form(self, name=name)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "domain": [("id", "in", self.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def action_open_partner(self):
        """Open the client."""
        self.ensure_one()
        return open_form(self.partner_id)

    def action_open_sheet(self):
        """Open the sheet on which the client is fixed, repriced or parted with. Raises
        AccessError for others than managers, UserError for whoever is no client."""
        self.ensure_one()
        self.check_access("read")
        health = self.env["client.health"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not health:
            raise UserError(
                self.env._(
                    "%s has no figures yet: they come with the first invoice, order or "
                    "hour, the night after.",
                    self.partner_id.display_name,
                )
            )
        return health.action_open_sheet()

    def _open_ask(self, summary, user, day):
        """Action: the dialog that asks a colleague, as an activity with a deadline.

        ``summary``: for what; ``user`` and ``day``: proposed, the person may choose
        others.
        """
        self.ensure_one()
        self.check_access("read")
        today = company_day.today(self.env, self.company_id)
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return dialog(
            self.env._("Ask a colleague"),
            "mail.activity.schedule",
            {
                "active_model": self._name,
                "active_ids": self.ids,
                "default_activity_type_id": todo.id if todo else False,
                "default_summary": summary,
                "default_activity_user_id": user.id,
                "default_date_deadline": max(day or today, today),
            },
        )
