"""SQL about tasks with a plan, and the hours that went into them."""

from odoo.api import Environment
from odoo.tools import SQL

from .plans import by_a_person
from .projects import task_made_on
from .scope import Scope


def budget(env: Environment, scope: Scope) -> SQL:
    """SQL: the tasks with a plan that were worked on, with all their hours.

    Hours of a sub-task count on the nearest task above it that has a plan, itself
    included. A task that is billed by time has no plan and its hours count on none, and
    hours that Odoo wrote for the units that were sold are no plan.
    """
    sold, by_time, plan = _how_it_is_sold(env)
    # task by task: one look through all lines takes half as long again, as tasks
    # and their hours are written in about the same order
    return SQL(
        """WITH RECURSIVE plan AS (
                SELECT t.id, %(client)s AS client_id,
                       t.allocated_hours::float8 AS allocated
                  FROM project_task t
                  JOIN project_project pr ON pr.id = t.project_id
                  JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)
                  %(sold)s
                 WHERE %(mine)s AND %(my_task)s AND t.allocated_hours > 0
                   AND %(plan)s AND NOT %(by_time)s
                   AND pr.is_template IS NOT TRUE AND %(no_template)s
           ), below(id, plan_id) AS (
                SELECT id, id FROM plan
                UNION
                SELECT t.id, b.plan_id
                  FROM below b
                  JOIN project_task t ON t.parent_id = b.id %(sold)s
                 WHERE NOT (t.allocated_hours > 0 AND %(plan)s) AND NOT %(by_time)s
           )
           SELECT plan.client_id, plan.id AS res_id, MAX(l.day) AS day,
                  SUM(l.spent) AS spent, plan.allocated
             FROM below
             JOIN plan ON plan.id = below.plan_id
            CROSS JOIN LATERAL (
                SELECT MAX(l.date) AS day, SUM(l.unit_amount)::float8 AS spent
                  FROM account_analytic_line l
                 WHERE l.task_id = below.id AND l.company_id = %(company)s
                   AND l.date <= %(as_of)s) l
            WHERE l.day IS NOT NULL
            GROUP BY plan.client_id, plan.id, plan.allocated""",
        sold=sold,
        client=scope.client_of("p", task_made_on(scope)),
        mine=scope.was_mine("p", task_made_on(scope)),
        my_task=scope.my_task(SQL("t.id")),
        plan=plan,
        by_time=by_time,
        no_template=scope.no_template(SQL("t.id")),
        company=scope.company.id,
        as_of=scope.as_of,
    )


def _how_it_is_sold(env: Environment) -> tuple[SQL, SQL, SQL]:
    """SQL: joins the line of the order of a task ``t``, and two conditions: it is
    billed by time; its hours were allocated by a person."""
    if "sale_line_id" not in env["project.task"]:
        return SQL(), SQL("FALSE"), SQL("TRUE")
    hour = env.ref("uom.product_uom_hour", raise_if_not_found=False)
    written = SQL(
        """CASE WHEN sl.task_id = t.id AND u.parent_path NOT LIKE %s
                THEN sl.product_uom_qty END""",
        f"{hour.parent_path}%" if hour else "-",
    )
    joins = SQL(
        """LEFT JOIN sale_order_line sl ON sl.id = t.sale_line_id
           LEFT JOIN product_product sv ON sv.id = sl.product_id
           LEFT JOIN product_template st ON st.id = sv.product_tmpl_id
           LEFT JOIN uom_uom u ON u.id = sl.product_uom_id"""
    )
    by_time = SQL(
        """COALESCE(sl.qty_delivered_method = 'timesheet'
                    AND st.invoice_policy = 'delivery', FALSE)"""
    )
    return joins, by_time, by_a_person(SQL("t.allocated_hours"), written)
