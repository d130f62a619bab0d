"""What the end of a relationship costs: figures for managers."""

from collections import Counter

from odoo import fields, models

from ...scoring.keys import FactKey
from ..health.evidence import MARGIN
from ..mixins.access import MANAGER, check_manager

MONEY = {"groups": MANAGER, "readonly": True, "copy": False}
# The fields of an offboarding that hold the figures.
COST_FIELDS = "revenue revenue_share margin margin_share receivable hours".split()
COSTS = ("timesheet_cost", "other_cost")
EARNED = tuple(name for name, sign in MARGIN.items() if sign == "+")
# Of other clients those facts are stored that the checks read: not their revenue, but
# what they were invoiced, which is as much for all of them together.
STORED = ("billed", *EARNED, *COSTS, "hours")
KEYS = ("revenue", *STORED)
PERIOD = 365


def share(part, others):
    """The share of a part in the whole; 0 where the whole is not positive.

    >>> share(25, 75)
    0.25
    >>> share(-5, 5)
    0
    """
    whole = part + others
    return part / whole if whole > 0 else 0


class LeavingCosts:
    """Revenue, margin, hours and receivable of a client as they stand today."""

    def __init__(self, offboarding):
        self.env = offboarding.env
        self.client, self.company = offboarding.partner_id, offboarding.company_id

    def values(self):
        """Values for the fields of the offboarding."""
        own, others = self._own(), self._others()
        revenue, margin = own["revenue"], self._margin(own)
        of_others = others["billed"] + own["billed"] - revenue
        return {
            "revenue": revenue,
            "revenue_share": share(revenue, of_others),
            "margin": margin,
            "margin_share": share(margin, self._margin(others)),
            "hours": own["hours"],
            "receivable": self._receivable(),
        }

    def _margin(self, totals):
        """What was earned, less what it cost."""
        earned = sum(totals[key] for key in EARNED)
        return earned - sum(totals[key] for key in COSTS)

    def _own(self):
        """Fact → total of the client over PERIOD days, read now."""
        keys = [FactKey(key, PERIOD) for key in KEYS]
        health = self.env["client.health"].sudo()
        facts = health._read_facts(keys, self.company, self.client.ids)
        return self._totals(facts.values())

    def _others(self):
        """Fact → total of all other clients, from their stored facts."""
        known = self.env["client.health.codec"]._facts_of(self.company)
        own = self.client.id
        return self._totals(facts for client, facts in known if client != own)

    def _totals(self, many):
        totals = Counter(dict.fromkeys(KEYS, 0))
        for facts in many:
            totals.update({key: facts.get(f"{key}_{PERIOD}", 0) for key in KEYS})
        return totals

    def _receivable(self):
        if "account.move" not in self.env:
            return 0
        posted = [
            ("commercial_partner_id", "=", self.client.id),
            ("company_id", "=", self.company.id),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
        ]
        moves = self.env["account.move"].sudo()
        return moves._read_group(posted, [], ["amount_residual_signed:sum"])[0][0] or 0


class ClientOffboardingCosts(models.AbstractModel):
    """The part of an offboarding that says what leaving costs."""

    _name = "client.offboarding.costs"
    _description = "What an offboarding costs"
    _inherit = ["client.process"]

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
        groups=MANAGER,
        help="Colleagues with an open task or a project of the client.",
    )
    project_count = fields.Integer(
        string="Projects affected",
        compute="_compute_affected",
        groups=MANAGER,
    )

    def _compute_affected(self):
        for offboarding in self:
            lines = offboarding.sudo().project_ids
            users = lines._open_tasks().user_ids | lines.project_id.user_id
            offboarding.people_count = len(users)
            offboarding.project_count = len(lines)

    def action_measure(self):
        """Measure again what leaving costs."""
        self._only_one()
        check_manager(self.env, self.env._("see what leaving costs"))
        self.sudo()._measure()

    def _measure(self):
        """Store the figures as they stand today; with sudo."""
        self.write(self._costs().values())

    def _costs(self):
        return LeavingCosts(self)
