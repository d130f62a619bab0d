from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixins import company_day

ACTIVITY = "client_health.mail_activity_type_request"
FINISHED = ("delivered", "cancelled")


class ClientRequest(models.Model):
    """What we asked a client to deliver: texts, access, an approval.

    What was asked in a message or a meeting counts in *Client delivers late* once it
    is due. One of us is reminded by an activity on the day after it was due.
    """

    _name = "client.request"
    _description = "Request to a client"
    _inherit = ["client.record", "mail.thread", "mail.activity.mixin"]
    _order = "due_on, id"
    _check_company_auto = True
    _mail_post_access = "read"

    _computed_only = ("is_late",)

    partner_id = fields.Many2one(tracking=True)
    name = fields.Char(
        string="What we asked for",
        required=True,
        tracking=True,
        help="In the words the client read or heard: the texts of the home page.",
    )
    task_id = fields.Many2one(
        "project.task",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The task that waits for it.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Asked of",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="The person who was asked.",
    )
    asked_in = fields.Selection(
        [
            ("message", "A message"),
            ("meeting", "A meeting or call"),
            ("not_yet", "Not asked yet"),
        ],
        string="Asked in",
        required=True,
        default="message",
        tracking=True,
        help="What was not asked yet is owed by nobody and does not count.",
    )
    asked_on = fields.Date(
        string="Asked on",
        required=True,
        default=lambda self: company_day.today(self.env, self.env.company),
    )
    due_on = fields.Date(
        string="Due",
        required=True,
        tracking=True,
        index=True,
        help="The last day on which it is in time.",
    )
    delivered_on = fields.Date(string="Delivered", copy=False, tracking=True)
    cancelled_on = fields.Date(string="Not needed since", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "Waiting"),
            ("delivered", "Delivered"),
            ("cancelled", "Not needed"),
        ],
        default="open",
        required=True,
        copy=False,
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is reminded when it does not come.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", help="Due, and not there yet."
    )

    @api.depends("due_on", "state")
    def _compute_is_late(self):
        for request in self:
            company = request.company_id or self.env.company
            today = company_day.today(self.env, company)
            due = request.due_on
            request.is_late = request.state == "open" and bool(due) and due < today

    @api.constrains("name", "contact_id", "task_id", "partner_id")
    def _check_of_client(self):
        """Contact and task are the client's, and there is something to ask for."""
        for request in self.sudo():
            if not (request.name or "").strip():
                raise ValidationError(self.env._("Say what the client should deliver."))
            client = request.partner_id
            task = request.task_id
            owner = task.partner_id or task.project_id.partner_id
            for found, about in (
                (request.contact_id.commercial_partner_id, request.contact_id),
                (owner.commercial_partner_id, task),
            ):
                if found and found != client:
                    raise ValidationError(
                        self.env._(
                            "“%(record)s” is not of %(client)s. Choose one that is, or "
                            "leave it empty.",
                            record=about.display_name,
                            client=client.display_name,
                        )
                    )

    # -- what is written ---------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Take the task whose button was used."""
        values = super().default_get(fields)
        source = self._source_record()
        if source and source._name == "project.task" and "task_id" in fields:
            values.setdefault("task_id", source.id)
        return values

    @api.model
    def _contact_of(self, record):
        """The contact of a task, else of its project."""
        if record._name == "project.task":
            return record.partner_id or record.project_id.partner_id
        return super()._contact_of(record)

    @api.model
    def _complete(self, vals):
        self._finish(vals)

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._remind()
        requests._refresh_health()
        return requests

    def write(self, vals):
        vals = dict(vals)
        self._finish(vals)
        before = self._clients()
        result = super().write(vals)
        if {"state", "due_on", "user_id"} & set(vals):
            self._remind()
        self._refresh_clients(before + self._clients())
        return result

    def unlink(self):
        clients = self._clients()
        result = super().unlink()
        self._refresh_clients(clients)
        return result

    @api.model
    def _finish(self, vals):
        """Let the state and the days in ``vals`` say the same; in place."""
        company = self[:1].company_id or self.env.company
        today = company_day.today(self.env, company)
        if vals.get("delivered_on"):
            vals.setdefault("state", "delivered")
        elif "delivered_on" in vals and "state" not in vals:
            vals["state"] = "open"
        state = vals.get("state")
        if state == "delivered":
            vals.setdefault("delivered_on", today)
        elif state:
            vals["delivered_on"] = False
        if state:
            vals["cancelled_on"] = today if state == "cancelled" else False

    def _remind(self):
        """One activity for who asked, on the day after the last in time; none for what
        came or is not needed."""
        self.sudo().activity_unlink([ACTIVITY], only_automated=False)
        for request in self.sudo().filtered(lambda r: r.state == "open" and r.due_on):
            user = request.user_id
            if not user.active or request.company_id not in user.company_ids:
                continue
            words = request.with_context(lang=user.lang).env
            request.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                date_deadline=fields.Date.add(request.due_on, days=1),
                user_id=user.id,
                summary=words._("Did it come? %s", request.name),
            )

    # -- buttons -----------------------------------------------------------------

    def action_delivered(self):
        """It came: today, unless a day is there already."""
        self.filtered(lambda r: r.state == "open").write({"state": "delivered"})

    def action_cancel(self):
        """We do not need it any more."""
        self.filtered(lambda r: r.state == "open").write({"state": "cancelled"})

    def action_reopen(self):
        """It did not come, or we need it after all."""
        self.filtered(lambda r: r.state in FINISHED).write({"state": "open"})
