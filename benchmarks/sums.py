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
    "messages": """
        SELECT client, COUNT(*), COUNT(*) FILTER (WHERE answer - date < '1 day')
          FROM (SELECT client, side, date,
                       LEAD(date) OVER (PARTITION BY client, res_id ORDER BY date)
                           AS answer,
                       LAG(side) OVER (PARTITION BY client, res_id ORDER BY date)
                           AS before
                  FROM (SELECT p.commercial_partner_id AS client, m.res_id, m.date,
                               1 AS side
                          FROM mail_message m JOIN res_partner p ON p.id = m.author_id
                         WHERE m.message_type IN ('email', 'comment')
                           AND p.partner_share AND m.subtype_id <> %(note)s
                         UNION ALL
                        SELECT p.commercial_partner_id, m.res_id, m.date, 2
                          FROM mail_notification n
                          JOIN mail_message m ON m.id = n.mail_message_id
                          JOIN res_partner p ON p.id = n.res_partner_id
                         WHERE m.subtype_id <> %(note)s) said) turns
         WHERE side IS DISTINCT FROM before AND date > CURRENT_DATE - 90
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
