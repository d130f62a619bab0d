from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mixins import company_day
from ..mixins.dialog import open_form
from .promises import remind

# What belongs to the task; people write the client's word, not the rest.
OF_TASK = ("project_line_id", "task_id", "promised", "activity_id")
# Visibility of projects that no client sees.
INTERNAL = ("followers", "employees")
# What an activity about a promise says.
REMINDED = {"name", "user_id", "date_due", "done_on", "promised", "kind"}
FIXED = {"kind", "offboarding_id", "partner_id", "company_id", *OF_TASK}


class ClientOffboardingDeliverable(models.Model):
    """Something the client still gets, or no longer wants.

    Kind ``task``: an open task with the client's decision about it. Kind ``promise``:
    what is still to come, with a person and a date. A task that is not finished when
    its project is closed is promised too, and stays open.
    """

    _name = "client.offboarding.deliverable"
    _inherit = ["client.offboarding.named"]
    _description = "Deliverable of an offboarding"
    _order = "project_line_id, date_due, id"
    _called_after = "task_id"

    kind = fields.Selection(
        [("task", "Task"), ("promise", "Promise")], required=True, default="task"
    )
    project_line_id = fields.Many2one(
        "client.offboarding.project",
        string="Project",
        index="btree_not_null",
        ondelete="cascade",
    )
    task_id = fields.Many2one(
        "project.task",
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )
    name = fields.Char(string="What")
    client_name = fields.Char(
        string="Name for the client",
        compute="_compute_client_name",
        store=True,
        readonly=False,
        help="How the exit plan calls it. Proposed: the name it has with us, but for "
        "tasks of projects that only our own people see.",
    )
    in_plan = fields.Boolean(
        string="In the plan",
        compute="_compute_in_plan",
        store=True,
        readonly=False,
        help="The exit plan shows it to the client. Proposed for what is finished or "
        "handed over; not for what is dropped, for projects that only our own people "
        "see, and for sub-tasks, which belong to their task.",
    )
    decision = fields.Selection(
        [("finish", "Finish"), ("hand_over", "Hand over"), ("drop", "Drop")],
        string="The client's decision",
        help="Finish: we do it. Hand over: somebody else goes on with it. Drop: the "
        "client no longer wants it.",
    )
    becomes = fields.Selection(
        [
            ("deliver", "Still to deliver"),
            ("done", "It is finished"),
            ("drop", "No longer wanted"),
        ],
        string="What becomes of it",
        default="deliver",
        required=True,
        help="Of an open task that the client wants finished, when its project is "
        "closed.",
    )
    promised = fields.Boolean(
        readonly=True, help="It was not finished when its project was closed."
    )
    handed_to = fields.Char(string="Handed to")
    note = fields.Char(help="For us: the client never reads it.")
    is_open = fields.Boolean(compute="_compute_is_open")
    may_deliver = fields.Boolean(compute="_compute_may_deliver")
    user_id = fields.Many2one("res.users", string="Who", domain=[("share", "=", False)])
    date_due = fields.Date(string="Until")
    done_on = fields.Date(string="Delivered on")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )

    @api.depends("task_id.state", "done_on", "kind", "promised")
    def _compute_is_open(self):
        """A task is open as in its project, a promise until it is delivered."""
        for deliverable in self.sudo():
            if task := deliverable.task_id:
                deliverable.is_open = task.state not in ("1_done", "1_canceled")
            else:
                promised = deliverable.kind == "promise" or deliverable.promised
                deliverable.is_open = promised and not deliverable.done_on

    @api.depends("task_id")
    @api.depends_context("uid")
    def _compute_may_deliver(self):
        """Whether the user may press *Delivered*."""
        for deliverable in self:
            task, line = deliverable.sudo().task_id, deliverable.project_line_id
            deliverable.may_deliver = not task or line._may_change(task)

    @api.depends("own_name")
    def _compute_client_name(self):
        """Whoever reads the offboarding reads it: what is internal gives no name."""
        for deliverable in self:
            task = deliverable.sudo().task_id
            internal = task.project_id.privacy_visibility in INTERNAL
            proposed = not internal and deliverable.sudo().own_name
            deliverable.client_name = deliverable.client_name or proposed

    def _is_written_by_hand(self):
        return self.kind == "promise" or super()._is_written_by_hand()

    def _no_name(self):
        return self.env._("A task that you may not see")

    @api.depends("decision", "kind")
    def _compute_in_plan(self):
        for deliverable in self:
            task = deliverable.sudo().task_id
            listed = deliverable.offboarding_id.sudo().deliverable_ids.task_id
            internal = task.project_id.privacy_visibility in INTERNAL
            ours = task and (task.parent_id in listed or internal)
            dropped = deliverable.kind == "task" and deliverable.decision == "drop"
            deliverable.in_plan = not ours and not dropped

    @api.constrains("decision", "handed_to")
    def _check_handed_to(self):
        for deliverable in self:
            if deliverable.decision == "hand_over" and not deliverable.handed_to:
                raise ValidationError(
                    self.env._("Say to whom “%s” is handed over.", deliverable.name)
                )

    @api.constrains("kind", "promised", "user_id", "date_due")
    def _check_promise(self):
        for deliverable in self.filtered(lambda d: d.kind == "promise" or d.promised):
            if not deliverable.user_id or not deliverable.date_due:
                raise ValidationError(
                    self.env._(
                        "“%s” is promised: say who delivers it, and until when.",
                        deliverable.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """People add promises; tasks are added automatically."""
        if not self.env.su:
            self = self._without_defaults(OF_TASK)
            for vals in vals_list:
                self._refuse_nonsense(vals)
                belongs = any(vals.get(name) for name in OF_TASK)
                if vals.get("kind", "task") != "promise" or belongs:
                    raise UserError(
                        self.env._(
                            "Tasks of the client are added automatically. Add what "
                            "else is promised under Transition."
                        )
                    )
                self._refuse_nameless(vals.get("name"))
        deliverables = super().create(vals_list)
        # the rules check its company, whatever was given for it
        deliverables.offboarding_id.check_access("write")
        deliverables._refuse_over()
        remind(deliverables.sudo())
        return deliverables

    def write(self, vals):
        self.check_access("write")
        self._refuse_over()
        if not self.env.su and FIXED & set(vals):
            raise UserError(
                self.env._("What a deliverable belongs to is not written by hand.")
            )
        if "name" in vals:
            self._refuse_nameless(vals["name"])
        result = super().write(vals)
        if REMINDED & set(vals):
            remind(self.sudo())
        return result

    @api.model
    def _refuse_nameless(self, name):
        if not (isinstance(name, str) and name.strip()):
            raise UserError(self.env._("Say what the client gets."))

    @api.ondelete(at_uninstall=False)
    def _unlink_promises(self):
        self._refuse_over()
        if not self.env.su and self.filtered(lambda d: d.kind == "task"):
            raise UserError(
                self.env._(
                    "A task stays on the list. Say “drop” when the client no longer "
                    "wants it."
                )
            )
        self.sudo().activity_id.unlink()

    def _refuse_over(self):
        if not self.env.su:
            self.offboarding_id._refuse_over()

    def action_deliver(self):
        """Mark promises as delivered today; a promised task is done then."""
        for deliverable in self:
            deliverable.check_access("write")
            deliverable.project_line_id._deliver(deliverable.sudo().task_id)
            deliverable.done_on = company_day.today(
                deliverable.offboarding_id.env, deliverable.company_id
            )

    def action_open_task(self):
        """Open the task."""
        self.ensure_one()
        self.check_access("read")
        return open_form(self.sudo().task_id)
