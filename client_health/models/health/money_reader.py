"""Who sees which figures about money: managers all of them, and those who may read a
client's invoices what the client owes."""

from odoo.fields import Domain
from odoo.tools import SQL

from ...scoring.explain import EVERYTHING, Reader
from ..mixins.access import is_manager

INVOICES = Domain("state", "=", "posted") & Domain(
    "move_type", "in", ("out_invoice", "out_refund")
)


def reader_of(health):
    """What the user may see of one health: a :class:`Reader`."""
    if is_manager(health.env):
        return EVERYTHING
    return Reader(money=bool(with_open_invoices(health)), cost=False)


def for_whom(indicator):
    """Who sees a figure about money that the user may not see, as a sentence."""
    if indicator.sudo().cost:
        return indicator.env._("For managers only.")
    return indicator.env._(
        "For managers, and for whoever may read all invoices of the client."
    )


def with_open_invoices(healths):
    """The healths of the clients whose posted invoices the user may read, all of them;
    none for a user who may read no invoices. Two queries, however many healths."""
    env = healths.sudo(False).env
    if "account.move" not in env or not env["account.move"].has_access("read"):
        return healths.browse()
    clients = healths.sudo()
    domain = (
        INVOICES
        & Domain("commercial_partner_id", "in", clients.partner_id.ids)
        & Domain("company_id", "in", clients.company_id.ids)
    )

    def counted(moves):
        by = ["commercial_partner_id", "company_id"]
        rows = moves._read_group(domain, by, ["__count"])
        return {(client.id, company.id): count for client, company, count in rows}

    all_of_them = counted(env["account.move"].sudo())
    mine = counted(env["account.move"])
    hidden = {key for key, count in all_of_them.items() if mine.get(key) != count}
    return clients.filtered(
        lambda health: (health.partner_id.id, health.company_id.id) not in hidden
    ).with_env(healths.env)


def invoices_are_open(env, client, company):
    """SQL condition: the same of a client and company (SQL of their ids): the user may
    read all its posted invoices, or is a manager. True where there are no invoices at
    all, of which nothing is told."""
    if env.su or is_manager(env) or "account.move" not in env:
        return SQL("TRUE")
    moves = env["account.move"]
    if not moves.has_access("read"):
        return SQL("FALSE")
    return SQL(
        """NOT EXISTS (SELECT FROM account_move m
              WHERE m.commercial_partner_id = %s AND m.company_id = %s
                AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')
                AND m.id NOT IN %s)""",
        client,
        company,
        moves._search(INVOICES).subselect(),
    )
