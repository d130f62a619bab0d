"""The bare sums: what a night has to add up, as one would write it by hand.

One statement per table, over all clients of one company at once, without anything
that makes the figures safe or explained: no templates, no archive, no agreements, no
calendar. The night is measured against these, in the same run.
"""

SUMS = {
    "hours": """
        SELECT p.commercial_partner_id,
               SUM(l.unit_amount) FILTER (WHERE l.date > CURRENT_DATE - 365),
               SUM(-l.amount) FILTER (WHERE l.date > CURRENT_DATE - 365)
          FROM account_analytic_line l JOIN res_partner p ON p.id = l.partner_id
         WHERE l.company_id = %(company)s AND l.project_id IS NOT NULL
           AND l.date <= CURRENT_DATE
         GROUP BY 1""",
    "hours by month": """
        SELECT p.commercial_partner_id, DATE_TRUNC('month', l.date), SUM(-l.amount)
          FROM account_analytic_line l JOIN res_partner p ON p.id = l.partner_id
         WHERE l.company_id = %(company)s AND l.project_id IS NOT NULL
           AND l.date >= DATE_TRUNC('month', CURRENT_DATE) - INTERVAL '12 months'
           AND l.date < DATE_TRUNC('month', CURRENT_DATE)
         GROUP BY 1, 2""",
    "other cost": """
        SELECT p.commercial_partner_id, DATE_TRUNC('month', l.date), SUM(-l.amount)
          FROM account_analytic_line l
          JOIN project_project pr ON pr.account_id = l.account_id
          JOIN res_partner p ON p.id = pr.partner_id
         WHERE l.company_id = %(company)s AND l.project_id IS NULL AND l.amount < 0
           AND l.date > CURRENT_DATE - 396
         GROUP BY 1, 2""",
    "allocated hours": """
        SELECT p.commercial_partner_id, SUM(x.spent), SUM(t.allocated_hours)
          FROM (SELECT task_id, SUM(unit_amount) AS spent, MAX(date) AS day
                  FROM account_analytic_line WHERE task_id IS NOT NULL
                 GROUP BY 1) x
          JOIN project_task t ON t.id = x.task_id AND t.allocated_hours > 0
          JOIN res_partner p ON p.id = t.partner_id
         WHERE x.day > CURRENT_DATE - 365
         GROUP BY 1""",
    "invoices": """
        SELECT p.commercial_partner_id,
               SUM(m.amount_untaxed_signed)
                   FILTER (WHERE m.invoice_date > CURRENT_DATE - 365),
               SUM(m.amount_untaxed_signed)
                   FILTER (WHERE m.invoice_date > CURRENT_DATE - 182),
               SUM(m.amount_untaxed_signed)
                   FILTER (WHERE m.invoice_date > CURRENT_DATE - 364
                             AND m.invoice_date <= CURRENT_DATE - 182),
               COUNT(*), MAX(m.invoice_date)
          FROM account_move m JOIN res_partner p ON p.id = m.partner_id
         WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
           AND m.company_id = %(company)s AND m.invoice_date <= CURRENT_DATE
         GROUP BY 1""",
    "invoices by month": """
        SELECT p.commercial_partner_id, DATE_TRUNC('month', m.invoice_date),
               SUM(m.amount_untaxed_signed)
          FROM account_move m JOIN res_partner p ON p.id = m.partner_id
         WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
           AND m.company_id = %(company)s
           AND m.invoice_date >= DATE_TRUNC('month', CURRENT_DATE)
                                 - INTERVAL '12 months'
           AND m.invoice_date < DATE_TRUNC('month', CURRENT_DATE)
         GROUP BY 1, 2""",
    "usual gap": """
        SELECT client, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)
          FROM (SELECT client, day - LAG(day) OVER (PARTITION BY client ORDER BY day)
                       AS gap
                  FROM (SELECT DISTINCT p.commercial_partner_id AS client,
                               m.invoice_date AS day
                          FROM account_move m JOIN res_partner p ON p.id = m.partner_id
                         WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                           AND m.company_id = %(company)s
                           AND m.invoice_date > CURRENT_DATE - 730) days) gaps
         GROUP BY 1""",
    "receivables": """
        SELECT p.commercial_partner_id, SUM(l.amount_residual)
          FROM account_move_line l
          JOIN account_account a ON a.id = l.account_id
          JOIN res_partner p ON p.id = l.partner_id
         WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
           AND l.company_id = %(company)s AND l.reconciled IS NOT TRUE
           AND l.date_maturity < CURRENT_DATE
         GROUP BY 1""",
    "payments": """
        SELECT p.commercial_partner_id, COUNT(DISTINCT l.move_id),
               SUM(GREATEST(r.max_date - l.date_maturity, 0) * r.amount)
                   / SUM(r.amount)
          FROM account_partial_reconcile r
          JOIN account_move_line l ON l.id = r.debit_move_id
          JOIN account_move_line paid ON paid.id = r.credit_move_id
          JOIN account_move payment ON payment.id = paid.move_id
          JOIN res_partner p ON p.id = l.partner_id
         WHERE r.company_id = %(company)s AND r.max_date > CURRENT_DATE - 365
           AND r.max_date <= CURRENT_DATE AND payment.move_type = 'entry'
         GROUP BY 1""",
    "quotations": """
        SELECT p.commercial_partner_id,
               COUNT(*) FILTER (WHERE o.state = 'sale'),
               COUNT(*) FILTER (WHERE o.state <> 'sale'), MAX(o.date_order)
          FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
         WHERE o.company_id = %(company)s AND o.date_order > CURRENT_DATE - 365
         GROUP BY 1""",
    "to invoice": """
        SELECT p.commercial_partner_id, SUM(l.untaxed_amount_to_invoice)
          FROM sale_order_line l
          JOIN sale_order o ON o.id = l.order_id
          JOIN res_partner p ON p.id = o.partner_id
         WHERE o.state = 'sale' AND l.invoice_status = 'to invoice'
         GROUP BY 1""",
    "opportunities": """
        SELECT p.commercial_partner_id,
               COUNT(*) FILTER (WHERE o.won_status = 'won'),
               COUNT(*) FILTER (WHERE o.won_status = 'lost'),
               COUNT(*) FILTER (WHERE o.won_status = 'pending'),
               MAX(o.date_last_stage_update)
          FROM crm_lead o JOIN res_partner p ON p.id = o.partner_id
         GROUP BY 1""",
    "tasks": """
        SELECT p.commercial_partner_id,
               COUNT(*) FILTER (WHERE t.state IN ('1_done', '03_approved')),
               COUNT(*) FILTER (WHERE t.state
                                IN ('1_canceled', '02_changes_requested')),
               COUNT(*) FILTER (WHERE t.state NOT IN ('1_done', '1_canceled')),
               COUNT(*) FILTER (WHERE t.state NOT IN ('1_done', '1_canceled')
                   AND t.date_last_stage_update < CURRENT_DATE - 30),
               MAX(t.date_last_stage_update)
          FROM project_task t JOIN res_partner p ON p.id = t.partner_id
         WHERE t.active
         GROUP BY 1""",
    "worth of the hours": """
        SELECT p.commercial_partner_id, DATE_TRUNC('month', l.date),
               SUM(l.unit_amount * s.price_unit), SUM(l.unit_amount),
               SUM(l.unit_amount) FILTER (WHERE e.hourly_cost IS NULL)
          FROM account_analytic_line l
          JOIN res_partner p ON p.id = l.partner_id
          LEFT JOIN sale_order_line s ON s.id = l.so_line
          LEFT JOIN hr_employee e ON e.id = l.employee_id
         WHERE l.company_id = %(company)s AND l.project_id IS NOT NULL
           AND l.date >= DATE_TRUNC('month', CURRENT_DATE) - INTERVAL '12 months'
         GROUP BY 1, 2""",
    "work that goes on": """
        SELECT p.commercial_partner_id, MAX(l.date)
          FROM account_analytic_line l
          JOIN res_partner p ON p.id = l.partner_id
          JOIN project_task t ON t.id = l.task_id
         WHERE l.company_id = %(company)s
           AND (t.date_deadline IS NULL OR t.date_deadline > l.date)
         GROUP BY 1""",
    "work that stands still": """
        SELECT p.commercial_partner_id, COUNT(*),
               COUNT(*) FILTER (WHERE GREATEST(x.day, t.date_last_stage_update, m.date)
                                      < CURRENT_DATE - 30)
          FROM project_task t
          JOIN res_partner p ON p.id = t.partner_id
          LEFT JOIN (SELECT task_id, MAX(date) AS day FROM account_analytic_line
                      WHERE date > CURRENT_DATE - 60 GROUP BY 1) x ON x.task_id = t.id
          LEFT JOIN (SELECT res_id, MAX(date) AS date FROM mail_message
                      WHERE model = 'project.task' AND date > CURRENT_DATE - 60
                      GROUP BY 1) m ON m.res_id = t.id
         WHERE t.active AND t.state NOT IN ('1_done', '1_canceled')
         GROUP BY 1""",
    "a year and the year before": """
        SELECT p.commercial_partner_id,
               SUM(m.amount_untaxed_signed)
                   FILTER (WHERE m.invoice_date > CURRENT_DATE - 365),
               SUM(m.amount_untaxed_signed)
                   FILTER (WHERE m.invoice_date <= CURRENT_DATE - 365),
               COUNT(DISTINCT m.invoice_date), MIN(m.invoice_date)
          FROM account_move m JOIN res_partner p ON p.id = m.partner_id
         WHERE m.move_type IN ('out_invoice', 'out_refund') AND m.state = 'posted'
           AND m.company_id = %(company)s
         GROUP BY 1""",
    "questions": """
        WITH said AS MATERIALIZED (
            SELECT p.commercial_partner_id AS client, p.id AS person, m.res_id, m.date,
                   1 AS side, v.verdict
              FROM mail_message m
              JOIN res_partner p ON p.id = m.author_id
              JOIN client_message v ON v.message_id = m.id AND NOT v.automatic
             WHERE m.message_type IN ('email', 'comment') AND p.partner_share
               AND m.subtype_id <> %(note)s AND m.date > CURRENT_DATE - 92
             UNION ALL
            SELECT p.commercial_partner_id, p.id, m.res_id, m.date, 2, v.verdict
              FROM mail_notification n
              JOIN mail_message m ON m.id = n.mail_message_id
              JOIN res_partner p ON p.id = n.res_partner_id
              JOIN client_message v ON v.message_id = m.id AND NOT v.to_many
             WHERE m.subtype_id <> %(note)s AND m.date > CURRENT_DATE - 92)
        SELECT client, side, COUNT(*) FILTER (WHERE verdict = 'asks'),
               COUNT(*) FILTER (WHERE CASE side WHEN 1 THEN LEAST(ours_here, ours_away)
                                      ELSE LEAST(theirs_here, theirs_away) END
                                      - date < '1 day')
          FROM (SELECT *, MIN(date) FILTER (WHERE side = 1) OVER away AS theirs_away,
                       MIN(date) FILTER (WHERE side = 2) OVER away AS ours_away
                  FROM (SELECT *, MIN(date) FILTER (WHERE side = 1) OVER here
                                      AS theirs_here,
                               MIN(date) FILTER (WHERE side = 2) OVER here
                                      AS ours_here
                          FROM said
                        WINDOW here AS (PARTITION BY client, res_id ORDER BY date DESC
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) h
                WINDOW away AS (PARTITION BY client, person ORDER BY date DESC
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) a
         GROUP BY 1, 2""",
    "months in which it was heard": """
        SELECT p.commercial_partner_id, MAX(m.date),
               COUNT(DISTINCT DATE_TRUNC('month', m.date))
                   FILTER (WHERE m.date > CURRENT_DATE - INTERVAL '6 months')
          FROM mail_message m JOIN res_partner p ON p.id = m.author_id
         WHERE m.message_type IN ('email', 'comment') AND p.partner_share
           AND m.subtype_id <> %(note)s
         GROUP BY 1""",
    "last message": """
        SELECT client, MAX(date)
          FROM (SELECT p.commercial_partner_id AS client, m.date
                  FROM mail_message m JOIN res_partner p ON p.id = m.author_id
                 WHERE m.message_type IN ('email', 'comment')
                   AND p.partner_share AND m.subtype_id <> %(note)s
                 UNION ALL
                SELECT p.commercial_partner_id, m.date
                  FROM mail_notification n
                  JOIN mail_message m ON m.id = n.mail_message_id
                  JOIN res_partner p ON p.id = n.res_partner_id
                 WHERE m.subtype_id <> %(note)s) said
         GROUP BY 1""",
    "meetings": """
        SELECT p.commercial_partner_id, MAX(e.start)
          FROM calendar_attendee a
          JOIN calendar_event e ON e.id = a.event_id
          JOIN res_partner p ON p.id = a.partner_id
         WHERE e.start < NOW()
         GROUP BY 1""",
    "ratings": """
        SELECT p.commercial_partner_id, AVG(r.rating), COUNT(*)
          FROM rating_rating r JOIN res_partner p ON p.id = r.partner_id
         WHERE r.consumed AND r.rated_on > CURRENT_DATE - 180
         GROUP BY 1""",
    "milestones": """
        SELECT p.commercial_partner_id, MAX(m.reached_date)
          FROM project_milestone m
          JOIN project_project pr ON pr.id = m.project_id
          JOIN res_partner p ON p.id = pr.partner_id
         WHERE m.is_reached
         GROUP BY 1""",
    "incidents": """
        SELECT partner_id, category, SUM(points)
          FROM client_incident
         WHERE company_id = %(company)s AND state = 'confirmed'
           AND date > CURRENT_DATE - 365
         GROUP BY 1, 2""",
    "pulses": """
        SELECT partner_id, COUNT(DISTINCT user_id), AVG(respect), AVG(attitude)
          FROM client_pulse
         WHERE company_id = %(company)s AND valid_until >= CURRENT_DATE
         GROUP BY 1""",
    "month-ends": """
        SELECT health_id, ARRAY_AGG(points->'communication' ORDER BY date DESC)
          FROM client_health_snapshot
         WHERE company_id = %(company)s AND date > CURRENT_DATE - 396
           AND EXTRACT(DAY FROM date + 1) = 1
         GROUP BY 1""",
}
