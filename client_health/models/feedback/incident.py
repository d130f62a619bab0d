from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_date

from ..mixins import company_day
from ..mixins.access import check_manager, is_manager

_lt = LazyTranslate(__name__)

CATEGORIES = [
    ("unprepared", "Client came unprepared"),
    ("no_plan", "Does not commit to a plan"),
    ("rejected", "Advice dismissed"),
    ("disrespect", "Disrespect"),
    ("pessimism", "Pessimism"),
    ("abuse", "Verbal abuse"),
    ("unreasonable", "Impossible demand"),
]
CATEGORY_HELP = {
    "unprepared": _lt("Came to a meeting without what was agreed."),
    "no_plan": _lt("Would not commit to a plan, or dropped the one that was agreed."),
    "rejected": _lt("Turned down a proposal, an idea or a result, without a reason."),
    "disrespect": _lt("Broke an appointment, belittled us, or went behind our back."),
    "pessimism": _lt("Was negative about everything, whatever we did."),
    "abuse": _lt("Insulted, shouted at or threatened somebody. No reason excuses it."),
    "unreasonable": _lt("Asked for what nobody can deliver, or far outside the deal."),
}
SEVERITIES = {"minor": 1, "moderate": 2, "severe": 3}
ACTIVITY = "client_health.mail_activity_type_incident"
# Fields that nobody writes once a manager has judged the incident.
REPORT = {
    "partner_id",
    "contact_id",
    "company_id",
    "date",
    "category",
    "severity",
    "description",
    "res_model",
    "res_id",
}


class ClientIncident(models.Model):
    """Something a client did, reported by one person and judged by another.

    Only confirmed incidents count in the score, within the window of their indicator.
    """

    _name = "client.incident"
    _description = "Incident"
    _inherit = ["client.record", "client.internal.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _by_buttons = {
        "state": "reported",
        "reporter_id": False,
        "confirmed_by_id": False,
        "confirmed_on": False,
        "dismissed_by_id": False,
        "anonymised_on": False,
    }
    _computed_only = ("points",)

    partner_id = fields.Many2one(tracking=True)
    company_id = fields.Many2one(tracking=True)
    contact_id = fields.Many2one(
        "res.partner",
        tracking=True,
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="The person at the client whom it is about, if any.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,  # the reporter's own day
        tracking=True,
        index=True,
    )
    category = fields.Selection(
        CATEGORIES, string="What happened", required=True, tracking=True
    )
    category_help = fields.Char("What it means", compute="_compute_category_help")
    severity = fields.Selection(
        [("minor", "Minor"), ("moderate", "Moderate"), ("severe", "Severe")],
        required=True,
        default="minor",
        tracking=True,
        help="Minor counts 1 point, moderate 2, severe 3.",
    )
    points = fields.Integer(
        string="Incident points",
        compute="_compute_points",
        store=True,
        help="What it counts when confirmed, by its severity. How many cost the client "
        "points of its score, the limits say.",
    )
    description = fields.Text(
        tracking=True,
        help="What was said or done, in plain words: behaviour, no judgement of a "
        "person. Only you and the managers read it.",
    )
    reporter_id = fields.Many2one(
        "res.users",
        string="Reported by",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [
            ("reported", "Reported"),
            ("confirmed", "Confirmed"),
            ("dismissed", "Dismissed"),
        ],
        default="reported",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    confirmed_by_id = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, copy=False
    )
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    dismissed_by_id = fields.Many2one(
        "res.users", string="Dismissed by", readonly=True, copy=False
    )
    dismiss_reason = fields.Text("Reason for dismissing", copy=False, tracking=True)
    anonymised_on = fields.Date(readonly=True, copy=False)
    res_model = fields.Char(string="Model of the record", copy=False)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Record", copy=False
    )
    document_name = fields.Char(
        compute="_compute_document_name",
        string="From",
        help="The task, meeting or other record it was reported from.",
    )
    may_judge = fields.Boolean(compute="_compute_may_judge")
    judge_note = fields.Char(
        compute="_compute_judge_note", help="Who makes it count, while it waits."
    )

    @api.depends("category", "partner_id", "date")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        labels = dict(self._fields["category"]._description_selection(self.env))
        for incident in self._named():
            incident.display_name = self.env._(
                "%(category)s: %(client)s, %(date)s",
                category=labels.get(incident.category, self.env._("Incident")),
                client=incident.partner_id.display_name or "",
                date=format_date(self.env, incident.date) or "",
            )

    @api.depends("category")
    @api.depends_context("lang")
    def _compute_category_help(self):
        for incident in self:
            words = CATEGORY_HELP.get(incident.category)
            incident.category_help = words and self.env._(words)

    @api.depends("severity")
    def _compute_points(self):
        for incident in self:
            incident.points = SEVERITIES.get(incident.severity, 0)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_document_name(self):
        """Empty for those who may not see the record."""
        for incident in self:
            document = incident._document()
            incident.document_name = document and document.display_name

    @api.depends("state", "reporter_id", "anonymised_on")
    @api.depends_context("uid")
    def _compute_may_judge(self):
        manager = is_manager(self.env)
        for incident in self:
            incident.may_judge = (
                manager and not incident._is_mine() and not incident.anonymised_on
            )

    @api.depends("state", "company_id", "reporter_id")
    def _compute_judge_note(self):
        """Who has to confirm it, or what to do where nobody may."""
        for incident in self:
            incident.judge_note = False
            if incident.state != "reported":
                continue
            manager = self._some_manager(incident.company_id, incident.reporter_id)
            if manager:
                incident.judge_note = self.env._(
                    "It counts once a manager of Client Health, such as %s, has "
                    "confirmed it.",
                    manager.name,
                )
            else:
                incident.judge_note = self.env._(
                    "It counts once a second person has confirmed it, and in "
                    "%(company)s there is none: ask an administrator to make a "
                    "colleague manager of Client Health.",
                    company=incident.company_id.name,
                )

    def _document(self):
        """The record it was reported from, if the user may read it; else None."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        document = self.env[self.res_model].browse(self.res_id).exists()
        return document if document and document.has_access("read") else None

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Replace a contact by its company, and keep it as the contact."""
        contact, client = self.partner_id, self.partner_id.commercial_partner_id
        if contact != client:
            self.contact_id = contact
            self.partner_id = client
        elif self.contact_id.commercial_partner_id != client:
            self.contact_id = False

    @api.constrains("date")
    def _check_date(self):
        for incident in self.filtered("date"):
            today = max(
                fields.Date.context_today(incident),
                company_day.today(self.env, incident.company_id),
            )
            if incident.date > today:
                raise ValidationError(
                    self.env._(
                        "The incident with %(client)s is dated %(date)s, which is "
                        "still to come. Give the day on which it happened.",
                        client=incident.partner_id.display_name,
                        date=incident.date,
                    )
                )

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for incident in self:
            contact = incident.contact_id
            if contact and contact.commercial_partner_id != incident.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(client)s. Choose one of its "
                        "contacts, or leave the contact empty.",
                        contact=contact.display_name,
                        client=incident.partner_id.display_name,
                    )
                )

    @api.constrains("partner_id", "contact_id")
    def _check_not_ours(self):
        self._refuse_ours()

    @api.constrains("res_model", "res_id")
    def _check_document(self):
        for incident in self:
            model = incident.res_model
            if not model:
                continue
            known = model in self.env and not self.env[model]._abstract
            # as the user: a constraint runs as the superuser
            if not known or not incident.sudo(self.env.uid == SUPERUSER_ID)._document():
                raise ValidationError(
                    self.env._(
                        "The incident with %(client)s points at a record that is not "
                        "there, or not yours to see (%(model)s, %(id)s). Leave the "
                        "record empty.",
                        client=incident.partner_id.display_name,
                        model=model,
                        id=incident.res_id,
                    )
                )

    # -- reporting -------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Take record and contact from where the dialog was opened."""
        values = super().default_get(fields)
        source = self._source_record()
        if not source:
            return values
        contact = self._contact_of(source)
        if "contact_id" in fields and contact != contact.commercial_partner_id:
            values.setdefault("contact_id", contact.id)
        if "res_id" in fields and source._name not in ("res.partner", "client.health"):
            values.setdefault("res_model", source._name)
            values.setdefault("res_id", source.id)
        return values

    @api.model
    def _new_values(self):
        values = {**super()._new_values(), "reporter_id": self.env.uid}
        return values if is_manager(self.env) else {**values, "dismiss_reason": False}

    @api.model
    def _check_may_dismiss(self):
        """Raise AccessError unless the user is a manager."""
        check_manager(self.env, self.env._("give the reason for dismissing"))

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("dismiss_reason") for vals in vals_list):
            self._check_may_dismiss()
        incidents = super().create(vals_list)
        incidents.filtered(lambda i: i.state == "reported")._ask_judgement()
        incidents.filtered(lambda i: i.state == "confirmed")._refresh_health()
        return incidents

    def write(self, vals):
        """A judged incident does not change."""
        if not self.env.su:
            if "dismiss_reason" in vals:
                self._check_may_dismiss()
            judged = self.filtered(lambda i: i.state != "reported")[:1]
            if judged and REPORT & set(vals):
                raise UserError(
                    self.env._(
                        "%s was judged already and does not change any more. A manager "
                        "can first set it back to reported.",
                        judged.display_name,
                    )
                )
            if REPORT & set(vals):
                self._check_reporter()
            if {"res_model", "res_id"} & set(vals):  # which cannot be tracked
                words = self.env._("What it was reported from was changed.")
                self.sudo()._message_log_batch(dict.fromkeys(self.ids, words))
        return super().write(vals)

    def unlink(self):
        clients = self.filtered(lambda i: i.state == "confirmed")._clients()
        result = super().unlink()
        self._refresh_clients(clients)
        return result

    def _ask_judgement(self):
        """One activity for the first manager who did not report it."""
        quiet = self.sudo().with_context(mail_activity_quick_update=True)
        for incident in quiet:
            manager = self._some_manager(incident.company_id, incident.reporter_id)
            if manager:
                incident.activity_schedule(
                    ACTIVITY,
                    user_id=manager.id,
                    summary=incident.with_context(lang=manager.lang).env._(
                        "Confirm or dismiss"
                    ),
                )
            else:
                incident._message_log(
                    body=self.env._(
                        "Nobody was asked to judge this: there is no other manager of "
                        "Client Health in %s.",
                        incident.company_id.name,
                    )
                )

    def action_reported(self):
        """Close the dialog with a notification that says what happens next."""
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Reported"),
                "message": self[:1].judge_note,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_document(self):
        """Open the record it was reported from."""
        document = self.ensure_one()._document()
        if not document:
            raise UserError(
                self.env._(
                    "The record that %s was reported from is gone, or not yours to "
                    "see.",
                    self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
