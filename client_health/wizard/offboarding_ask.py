"""Dialogs of an offboarding: finish a step with open items, close a project."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.process.requirement import bullets


class ClientOffboardingFinish(models.TransientModel):
    """The dialog that lists what is still open when a step is finished."""

    _name = "client.offboarding.finish"
    _inherit = ["client.dialog"]
    _description = "Finish a step with something open"

    offboarding_id = fields.Many2one("client.offboarding", required=True, readonly=True)
    step = fields.Char(required=True, readonly=True)
    text = fields.Text(compute="_compute_text")

    @api.depends("offboarding_id", "step")
    def _compute_text(self):
        for wizard in self:
            offboarding, items = wizard.offboarding_id, []
            if offboarding and offboarding.has_access("read"):
                items = offboarding.sudo()._open_requirements(wizard.step)
            wizard.text = bullets(wizard.env, items)

    def action_apply(self):
        """Finish it all the same. Raises what finishing a step raises."""
        self.ensure_one()
        answer = self.offboarding_id._finish_step(self.step, asked=True)
        if isinstance(answer, dict):  # another step is open again
            return answer
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ClientOffboardingClose(models.TransientModel):
    """The dialog that closes a project and asks what becomes of unfinished tasks."""

    _name = "client.offboarding.close"
    _inherit = ["client.dialog"]
    _description = "Close a project of a client who leaves"

    project_line_id = fields.Many2one(
        "client.offboarding.project", required=True, readonly=True
    )
    deliverable_ids = fields.Many2many(
        "client.offboarding.deliverable", string="Not finished yet"
    )
    text = fields.Text(compute="_compute_text")

    @api.depends("project_line_id")
    def _compute_text(self):
        """What happens to the other tasks and the project, as sentences."""
        for wizard in self:
            line, words = wizard.project_line_id, []
            if line and line.has_access("read"):
                words = wizard._rest(line.sudo())
            wizard.text = "\n".join(words)

    def _rest(self, line):
        """Sentences about tasks without a choice and the project; with sudo."""
        tasks = line._open_tasks()
        words = []
        for decision, sentence in (
            ("hand_over", self.env._("Handed over, and cancelled here: %s")),
            ("drop", self.env._("No longer wanted, and cancelled: %s")),
        ):
            mine = line.deliverable_ids.filtered(
                lambda d, word=decision: d.decision == word and d.task_id in tasks
            )
            if mine:
                words.append(sentence % mine._names())
        if line.goes_on:
            words.append(
                self.env._("Others work in the project too: for them it goes on.")
            )
        else:
            words.append(self.env._("Then the project is closed."))
            if line.asks_whose():
                words.append(
                    self.env._(
                        "It has no company, and another company works with the client "
                        "too: it is closed for both. If it is theirs, give it their "
                        "company first."
                    )
                )
        return words

    def action_apply(self):
        """Close it. Raises what ``client.offboarding.project.action_close`` raises."""
        self.ensure_one()
        self.project_line_id.action_close()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ClientOffboardingRemainder(models.TransientModel):
    """The dialog that closes what is left of orders, with a reason."""

    _name = "client.offboarding.remainder"
    _inherit = ["client.dialog"]
    _description = "Close the remainder of orders"

    offboarding_id = fields.Many2one("client.offboarding", required=True, readonly=True)
    # ids with commas: Sales may not be installed
    order_ids = fields.Char(required=True, readonly=True)
    text = fields.Text(compute="_compute_text")
    reason = fields.Char(required=True)

    def _orders(self):
        """The orders, as the user may see them; none without Sales."""
        if "sale.order" not in self.env:
            return []
        ids = map(int, filter(str.isdigit, (self.order_ids or "").split(",")))
        return self.env["sale.order"].browse(ids).exists()._filtered_access("read")

    @api.depends("order_ids")
    def _compute_text(self):
        for wizard in self:
            names = ", ".join(order.name for order in wizard._orders())
            wizard.text = self.env._(
                "Nothing more of it is delivered: %s. Their lines are ordered as far "
                "as they were delivered or invoiced.",
                names,
            )

    def action_apply(self):
        """Close it. Raises what ``client.offboarding.close_remainder`` raises, and
        UserError where there is nothing to close."""
        self.ensure_one()
        orders = self._orders()
        if not orders:
            raise UserError(self.env._("Nothing is left to close."))
        self.offboarding_id.close_remainder(orders, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
