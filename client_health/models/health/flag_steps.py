from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..mixins import company_day
from .advice import Advice

KEPT = 20  # steps that a flag remembers


class ClientHealthFlag(models.Model):
    """What to do about a flag, and what was done."""

    _inherit = "client.health.flag"

    next_steps = fields.Json(
        compute="_compute_next_steps",
        exportable=False,
        help="Up to three steps, chosen by what drives the flag.",
    )
    steps_taken = fields.Json(
        readonly=True,
        copy=False,
        exportable=False,
        help="Which of them was taken, when, and by whom.",
    )
    last_step = fields.Char(
        string="Last step taken",
        compute="_compute_last_step",
        help="The step that was taken last, when, and by whom.",
    )

    @api.depends("driver_id", "state")
    @api.depends_context("lang", "uid")
    def _compute_next_steps(self):
        advice = Advice(self)
        for flag in self:
            flag.next_steps = [step._asdict() for step in advice.steps(flag)]

    @api.depends("steps_taken")
    @api.depends_context("lang")
    def _compute_last_step(self):
        for flag in self:
            *_before, last = flag.steps_taken or [None]
            flag.last_step = last and self.env._(
                "%(step)s – %(user)s, %(day)s",
                step=last["label"],
                user=self.env["res.users"].sudo().browse(last["user_id"]).name or "?",
                day=format_date(self.env, last["on"]),
            )

    def action_step(self, key):
        """Take one of the next steps of this flag, and remember it.

        ``key``: of a step in ``next_steps``. Returns an action. Raises UserError when
        the flag was cleared, or there is nothing to do in that way any more.
        """
        self.ensure_one()
        flag = self._for_people()
        advice = Advice(self)
        steps = {step.key: step.label for step in advice.steps(self)}
        if not isinstance(key, str) or key not in steps:
            raise UserError(
                self.env._(
                    "There is nothing to do in this way any more. Reload the page."
                )
            )
        action = advice.action(self, key)
        taken = {
            "key": key,
            "label": steps[key],
            "on": company_day.today(self.env, flag.company_id).isoformat(),
            "user_id": self.env.uid,
        }
        flag.steps_taken = [*(flag.steps_taken or []), taken][-KEPT:]
        return action

    def _steps_as_links(self):
        """The next steps of this flag as links to it, for a mail; "" without any."""
        url = f"{self.get_base_url()}/odoo/client-health-flags/{self.id}"
        links = [
            Markup('<a href="%s">%s</a>') % (url, step["label"])
            for step in self.next_steps or []
        ]
        return Markup(" · ").join(links)
