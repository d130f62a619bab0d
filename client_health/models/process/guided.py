from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

from ..mixins.dialog import dialog


class ClientGuided(models.AbstractModel):
    """What recoveries and offboardings have in common: one open per client and
    company, taken in steps that stand in people's activity lists.

    Its state is the first step that is not finished; ``step_ids`` are records of
    a ``client.guided.step``.
    """

    _name = "client.guided"
    _description = "Something done with a client in steps"
    _inherit = ["client.said"]

    # States in which it is over, and the steps as (code, label).
    _closed = ()
    _steps = ()
    # What the activity type of a step is called, and who writes what is over.
    _step_type = ""
    _lasting = frozenset({"message_follower_ids", "activity_ids"})

    # -- shown -----------------------------------------------------------------

    def _open(self):
        """Action: this record, or the list of several."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self._name).name,
            "res_model": self._name,
        }
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        domain = [("id", "in", self.ids)]
        return {**action, "domain": domain, "views": [(False, "list"), (False, "form")]}

    def action_open_partner(self):
        """Open the client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _open_of(self, partners, company=None):
        """The open ones of these clients in a company."""
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", (company or self.env.company).id),
                ("state", "not in", self._closed),
            ]
        )

    # -- the client ------------------------------------------------------------

    def _family(self):
        """The client and all its contacts, archived ones too; with sudo."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        family = partners.search([("commercial_partner_id", "in", self.partner_id.ids)])
        return family.with_context(active_test=True)

    def _health(self):
        """The client's health here, with sudo; an empty one where there is none."""
        self.ensure_one()
        return (
            self.env["client.health"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )

    def _log_on_client(self, body):
        """A note on the client, unless other companies of ours read it there."""
        if not self.env["client.health"]._shared(self.partner_id):
            self.partner_id._message_log(body=body)

    def _set_phase(self, phase):
        """Give the client's health a phase; returns the one before."""
        found = self._health()
        if not found and self.partner_id.active:
            self._refresh_health()
            found = self._health()
        before = found.phase or "active"
        found.write({"phase": phase})
        return before

    # -- who may ---------------------------------------------------------------

    def _open_ask(self, summary, user, day):
        """Action: the dialog that asks a colleague, as an activity with a deadline.

        ``summary``: for what; ``user`` and ``day``: proposed, the person may choose
        others.
        """
        self.ensure_one()
        self.check_access("read")
        today = self._today(self.company_id)
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

    def _check_manager(self, what):
        """Raise UserError unless the user decides about such things."""
        self.check_access("write")
        if not self.env.su and not self._is_manager():
            raise UserError(
                self.env._(
                    "Only managers of Client Health %(what)s. Ask one of them.",
                    what=what,
                )
            )

    def _only_one(self):
        """Take the row for this transaction: of two people one wins.

        Raises UserError for whoever comes second, or when it is over.
        """
        if not self.id:
            raise UserError(self.env._("Open one record and try again."))
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state in self._closed:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s already.",
                    record=self.display_name,
                    state=labels[self.state].lower(),
                )
            )

    def _lock(self):
        """Let nobody else move it on meanwhile; raises UserError when they do."""
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
        moving = {"partner_id", "company_id"} & set(vals)
        for record in self:
            if moving:
                raise UserError(
                    self.env._(
                        "%s stays with its client. Cancel it and start another one.",
                        record.display_name,
                    )
                )
            if record.state in self._closed and set(vals) - self._lasting:
                raise UserError(self._over_sentence(record))

    @api.model
    def _over_sentence(self, record):
        return self.env._("%s is over and stays as it was.", record.display_name)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_cancelled(self):
        for record in self:
            if record.state != "cancelled":
                raise UserError(
                    self.env._(
                        "%s belongs to the history of the client. Cancel it instead of "
                        "deleting it.",
                        record.display_name,
                    )
                )

    # -- steps and their activities --------------------------------------------

    def _step(self, code):
        return self.step_ids.filtered(lambda step: step.code == code)

    def _first_open(self):
        """The first step not finished; the last one when all are."""
        for code, _label in self._steps:
            if not self.sudo()._step(code).done_on:
                return code
        return self._steps[-1][0]

    def _present_step(self, seen):
        """The step to finish now. ``seen``: the step on the user's screen, if known.

        Raises UserError when it is over, or somebody else finished that step.
        """
        self._only_one()
        step = self.sudo()._step(self.state)
        seen = seen or self.state
        if seen != self.state or step.done_on:
            other = self.sudo()._step(seen)
            raise UserError(
                self.env._(
                    "The step “%(step)s” of %(record)s was finished already, by "
                    "%(user)s. Reload the page to go on from there.",
                    step=other.display_name,
                    record=self.display_name,
                    user=other.done_user_id.name or self.env._("somebody else"),
                )
            )
        return step

    def _finish(self, step):
        """Note who finished a step, and go on with the next one that is open."""
        step.write(
            {"done_on": self._today(self.company_id), "done_user_id": self.env.uid}
        )
        self._finish_activity(step)
        self.sudo().state = self._first_open()

    def _finished_step(self, code):
        """A step that is finished, to take it up again; raises UserError if not."""
        self._only_one()
        step = self.sudo()._step(code)
        if not step.done_on:
            raise UserError(
                self.env._(
                    "This step of %s is not finished, so there is nothing to reopen.",
                    self.display_name,
                )
            )
        return step

    @api.model
    def _type_of(self, code):
        """The activity type of a step, or None."""
        return self.env.ref(self._step_type % code, raise_if_not_found=False)

    def _step_of(self, template):
        """True when an activity template of the plan is one of the steps."""
        kinds = [self._type_of(code) for code, _label in self._steps]
        return template.activity_type_id in kinds

    def _work_day(self, day, company=None):
        """The day, or the last working day of the company before it; never a day
        that has passed."""
        company = company or self.company_id
        today = self._today(company)
        calendar = company.sudo().resource_calendar_id
        if calendar:
            week = [day - timedelta(days=back) for back in range(7)]
            day = next(filter(calendar._works_on_date, week), day)
        return max(day, today)

    def _schedule(self, step, template):
        """The activity of a step, in the language of its user."""
        words = self.with_context(
            lang=step.user_id.lang, mail_activity_quick_update=True
        )
        return words.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=step.date,
            user_id=step.user_id.id,
            summary=template.with_context(lang=step.user_id.lang).summary,
            note=template.with_context(lang=step.user_id.lang).note,
        )

    def _schedule_other(self, template, day):
        """What a firm added to the plan besides the steps, for a day."""
        user = template._determine_responsible(self.user_id, self)["responsible"]
        self.activity_schedule(
            activity_type_id=template.activity_type_id.id,
            date_deadline=max(day, self._today(self.company_id)),
            user_id=(user or self.user_id).id,
            summary=template.summary,
            note=template.note,
        )

    def _finish_activity(self, step):
        """Tick the activity of a step off."""
        activity = step.activity_id.sudo()
        if activity.active:
            activity.action_feedback()

    def _drop_activities(self):
        """Remove what it put into people's lists."""
        self.env["mail.activity"].search(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        ).unlink()


class ClientGuidedStep(models.AbstractModel):
    """Who takes a step, and by when; its activity follows.

    Models that inherit this have a ``code`` and a many2one, named by ``_guided``,
    to what it is a step of; ``partner_id`` and ``company_id`` follow from it.
    """

    _name = "client.guided.step"
    _inherit = ["client.of.partner"]
    _description = "Step of something done with a client"

    _guided = ""

    sequence = fields.Integer()
    user_id = fields.Many2one("res.users", string="Who", domain=[("share", "=", False)])
    date = fields.Date(string="By when")
    done_on = fields.Date(string="Done on", readonly=True)
    done_user_id = fields.Many2one("res.users", string="Done by", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for step in self:
            step.display_name = labels.get(step.code)

    def write(self, vals):
        """People say who and when; the rest is done by buttons."""
        if not self.env.su:
            if set(vals) - {"user_id", "date"}:
                raise UserError(
                    self.env._(
                        "Of a step only who and by when are written. Use the buttons "
                        "of the form it belongs to."
                    )
                )
            self._refuse_outsider(vals)
            guided = self[self._guided]
            over = guided.filtered(lambda record: record.state in record._closed)[:1]
            if over:
                over._refuse_closed(vals)
        result = super().write(vals)
        if {"user_id", "date"} & set(vals):
            self.sudo()._move_activity()
        return result

    def _move_activity(self):
        """Let the activity follow who and when."""
        for step in self:
            activity = step.activity_id
            if activity.active and step.date:
                user = step.user_id or step[self._guided].user_id
                activity.write({"date_deadline": step.date, "user_id": user.id})
