"""What leaving costs: figures for managers."""

from collections import Counter

from odoo import fields, models

from ...scoring.keys import FactKey

KEYS = ("revenue", "timesheet_cost", "other_cost", "hours")
PERIOD = 365
MONEY = {"groups": "client_health.group_manager", "readonly": True, "copy": False}


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue = fields.Monetary(
        string="Revenue in 12 months",
        help="Revenue left behind, before tax.",
        **MONEY,
    )
    revenue_share = fields.Float(string="Share of revenue", aggregator=None, **MONEY)
    margin = fields.Monetary(
        string="Margin in 12 months",
        help="Revenue less the cost of hours and of purchases.",
        **MONEY,
    )
    margin_share = fields.Float(string="Share of margin", aggregator=None, **MONEY)
    receivable = fields.Monetary(
        string="Receivable at risk", help="Invoices not paid yet.", **MONEY
    )
    hours = fields.Float(
        string="Hours freed", help="Logged for the client in 12 months.", **MONEY
    )
    people_count = fields.Integer(
        string="People affected",
        compute="_compute_affected",
        groups="client_health.group_manager",
        help="Colleagues with an open task or a project of the client.",
    )
    project_count = fields.Integer(
        string="Projects affected",
        compute="_compute_affected",
        groups="client_health.group_manager",
    )

    def _compute_affected(self):
        for offboarding in self:
            lines = offboarding.sudo().project_ids
            tasks = lines._open_tasks()
            users = tasks.user_ids | lines.project_id.user_id
            offboarding.people_count = len(users)
            offboarding.project_count = len(lines)

    def action_measure(self):
        """Measure again what leaving costs."""
        self._only_one()
        self._check_manager(self.env._("see what leaving costs"))
        self.sudo()._measure()

    def _measure(self):
        """Store revenue, margin, hours and receivable as they stand today."""
        self.ensure_one()
        client = self.partner_id.id
        keys = [FactKey(key, PERIOD) for key in KEYS]
        health = self.env["client.health"].sudo()
        facts = health._read_facts(keys, self.company_id, [client])[client]
        revenue = facts.get(f"revenue_{PERIOD}", 0)
        margin = revenue - sum(facts.get(f"{key}_{PERIOD}", 0) for key in KEYS[1:3])
        others = self._others()
        values = {
            "revenue": revenue,
            "revenue_share": _share(revenue, others["revenue"]),
            "margin": margin,
            "margin_share": _share(margin, others["margin"]),
            "hours": facts.get(f"hours_{PERIOD}", 0),
            "receivable": self._receivable(),
        }
        self.write(values)

    def _others(self):
        """Revenue and margin of all other clients, as last scored."""
        totals = Counter()
        for client, facts in self.env["client.health.codec"]._facts_of(self.company_id):
            if client != self.partner_id.id:
                totals.update({key: facts.get(f"{key}_{PERIOD}", 0) for key in KEYS})
        revenue = totals[KEYS[0]]
        cost = sum(totals[key] for key in KEYS[1:3])
        return {"revenue": revenue, "margin": revenue - cost}

    def _receivable(self):
        if "account.move" not in self.env:
            return 0
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("state", "=", "posted"),
                ],
                [],
                ["amount_residual_signed:sum"],
            )
        )
        return rows[0][0] or 0


def _share(part, others):
    """The share of a part in the whole; nothing where the whole is no gain.

    >>> _share(25, 75)
    0.25
    >>> _share(-5, 5)
    0
    """
    whole = part + others
    return part / whole if whole > 0 else 0
