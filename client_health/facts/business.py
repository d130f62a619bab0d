"""SQL about when there was business with whom, and what is still open."""

from odoo.api import Environment
from odoo.tools import SQL

from .due_tasks import CLOSED
from .scope import Scope


def business(env: Environment, scope: Scope) -> SQL:
    """SQL: client and day of all business that the sources know of, up to the day of
    the scope; columns ``client_id`` and ``day``."""
    parts = [
        source._business(scope) for source in env["client.health.facts"]._sources()
    ]
    return SQL(" UNION ALL ").join(list(filter(None, parts)))


def something_open(env: Environment, scope: Scope) -> SQL:
    """SQL: ids of clients with whom something is open: a project, a task, an
    opportunity, a quotation, an order to invoice, money, an agreement in force."""
    parts = [
        SQL(
            """SELECT p.commercial_partner_id FROM project_project pr
                 JOIN res_partner p ON p.id = pr.partner_id
                WHERE pr.active AND pr.is_template IS NOT TRUE
                  AND pr.last_update_status IS DISTINCT FROM 'done' AND %s AND %s""",
            scope.own_or_shared("pr"),
            scope.mine(SQL("p.commercial_partner_id")),
        ),
        SQL(
            """SELECT p.commercial_partner_id FROM project_task t
                 JOIN project_project pr ON pr.id = t.project_id
                 JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)
                WHERE t.active AND pr.active AND t.state NOT IN %s
                  AND pr.is_template IS NOT TRUE AND t.is_template IS NOT TRUE
                  AND %s AND %s""",
            CLOSED,
            scope.own_or_shared("t"),
            scope.mine(SQL("p.commercial_partner_id")),
        ),
        SQL(
            """SELECT p.commercial_partner_id FROM crm_lead o
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE o.type = 'opportunity' AND o.active
                  AND o.won_status = 'pending' AND %s AND %s""",
            scope.own_or_shared("o"),
            scope.mine(SQL("p.commercial_partner_id")),
        ),
        SQL(
            """SELECT a.partner_id FROM client_agreement a
                WHERE a.state = 'active' AND a.company_id = %s AND a.date_start <= %s
                  AND (a.date_end IS NULL OR a.date_end >= %s
                       OR a.renewal = 'tacit') AND %s""",
            scope.company.id,
            scope.as_of,
            scope.as_of,
            scope.mine(SQL("a.partner_id")),
        ),
        money_open(env, scope),
    ]
    if "sale.order" in env:
        parts.append(
            SQL(
                """SELECT p.commercial_partner_id
                     FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                    WHERE o.company_id = %s AND %s
                      AND ((o.state IN ('draft', 'sent')
                            AND COALESCE(o.validity_date >= %s, TRUE))
                           OR (o.state = 'sale' AND o.invoice_status = 'to invoice'))
                """,
                scope.company.id,
                scope.mine(SQL("p.commercial_partner_id")),
                scope.as_of,
            )
        )
    return SQL(" UNION ALL ").join(parts)


def money_open(env: Environment, scope: Scope) -> SQL:
    """SQL: ids of the clients who owe us money, or whom we owe some as customers."""
    if "account.move" not in env:
        return SQL("SELECT NULL::int WHERE FALSE")
    return SQL(
        """SELECT p.commercial_partner_id
             FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id
             JOIN res_partner p ON p.id = l.partner_id
            WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
              AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
              AND l.company_id = %s AND %s""",
        scope.company.id,
        scope.mine(SQL("p.commercial_partner_id")),
    )
