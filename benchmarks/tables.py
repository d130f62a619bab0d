"""What :mod:`fill` makes, table by table: rows per client, and SQL of each column.

The figures vary from client to client (its number decides), so that every level and
every check is there, and the same number of clients gives the same records.
"""

PEOPLE = 40  # of ours, who log the hours and write

# Pseudo-random, the same in every run: a number below ``sides`` that depends on i.
# A real hash: a client's rows are n apart, and what is regular in i would fall on the
# same few days for one number of clients and be spread well for another.
DICE = "((hashint8extended({i}, {salt}) & 2147483647) % {sides})"


def dice(sides, salt=0, of="i"):
    return DICE.format(i=of, sides=sides, salt=salt)


def day(salt, before=730, of="i"):
    """SQL: a day of the last two years, or of the last ``before`` days; the same day
    for the same number ``of``."""
    return f"(CURRENT_DATE - 1 - {dice(before, salt, of)}::int)"


# What a client is like: 0 fine … 9 in trouble, in every table below.
MOOD = "(({client}) % 10)"

# (what, rows per client, table, {column: SQL}); ``i`` counts the rows from 0.
TABLES = [
    (
        "clients", 1, "res_partner",
        {
            "id": "%(partner)s + i",
            "name": "'Client ' || i",
            "complete_name": "'Client ' || i",
            "commercial_partner_id": "%(partner)s + i",
            "commercial_company_name": "'Client ' || i",
            "is_company": "TRUE", "active": "TRUE", "type": "'contact'",
            "partner_share": "TRUE",
            "lang": "'en_US'", "autopost_bills": "'ask'",
            "email": "'office@client' || i || '.example'",
            "email_normalized": "'office@client' || i || '.example'",
            "user_id": "(%(users)s)[1 + i % %(people)s]",
            "create_date": "NOW() - INTERVAL '3 years'",
        },
    ),
    (
        "contacts", 3, "res_partner",
        {
            "id": "%(contact)s + i",
            "name": "'Contact ' || i",
            "complete_name": "'Client ' || i % %(n)s || ', Contact ' || i",
            "commercial_partner_id": "%(partner)s + i % %(n)s",
            "parent_id": "%(partner)s + i % %(n)s",
            "is_company": "FALSE", "active": "TRUE", "type": "'contact'",
            "partner_share": "TRUE",
            "lang": "'en_US'", "autopost_bills": "'ask'",
            "email": "'person' || i || '@client.example'",
            "email_normalized": "'person' || i || '@client.example'",
            "create_date": "NOW() - INTERVAL '3 years'",
        },
    ),
    (
        "mail aliases", 1, "mail_alias",
        {
            "id": "%(alias)s + i", "alias_model_id": "%(task_model)s",
            "alias_contact": "'everyone'", "alias_defaults": "'{}'",
        },
    ),
    (
        "projects", 1, "project_project",
        {
            "id": "%(project)s + i", "alias_id": "%(alias)s + i",
            "name": "jsonb_build_object('en_US', 'Project ' || i)",
            "partner_id": "%(partner)s + i", "company_id": "%(company)s",
            "active": "TRUE", "privacy_visibility": "'portal'",
            "last_update_status": "'on_track'", "billing_type": "'not_billable'",
            "allow_timesheets": "TRUE", "allow_billable": "TRUE",
            "is_template": "FALSE", "stage_id": "%(project_stage)s",
            "user_id": "(%(users)s)[1 + i % %(people)s]",
            "create_date": "NOW() - INTERVAL '2 years'",
        },
    ),
    (
        "tasks", 16, "project_task",
        {
            "id": "%(task)s + i", "name": "'Task ' || i", "active": "TRUE",
            "project_id": "%(project)s + i % %(n)s",
            "partner_id": "%(partner)s + i % %(n)s", "company_id": "%(company)s",
            "stage_id": "%(task_stage)s", "priority": "'0'", "is_template": "FALSE",
            # most are done; troubled clients have results turned down
            "state": f"""CASE WHEN {dice(100, 3)} < 60 THEN '1_done'
                              WHEN {dice(100, 3)} < 64 + 3 * {MOOD} THEN '1_canceled'
                              WHEN {dice(100, 3)} < 80 THEN '03_approved'
                              ELSE '01_in_progress' END""",
            "allocated_hours": f"CASE WHEN {dice(3, 5)} = 0 THEN 5 ELSE 0 END",
            "create_date": f"{day(1)} + TIME '09:00' - INTERVAL '20 days'",
            "date_last_stage_update": f"{day(1)} + TIME '09:00'",
        },
    ),
    (
        "hours", 48, "account_analytic_line",
        {
            "name": "'Work'", "company_id": "%(company)s", "date": day(2),
            "partner_id": "%(partner)s + i % %(n)s",
            "project_id": "%(project)s + i % %(n)s",
            "task_id": "%(task)s + i % (16 * %(n)s)",
            "employee_id": "(%(employees)s)[1 + i % %(people)s]",
            "user_id": "(%(users)s)[1 + i % %(people)s]",
            "currency_id": "%(currency)s", "unit_amount": f"1 + {dice(4, 7)}",
            "amount": f"-(1 + {dice(4, 7)}) * (30 + 5 * {MOOD})",
        },
    ),
    (
        "invoices", 16, "account_move",
        {
            "id": "%(move)s + i", "journal_id": "%(sales)s",
            "company_id": "%(company)s", "currency_id": "%(currency)s",
            "partner_id": "%(partner)s + i % %(n)s",
            "commercial_partner_id": "%(partner)s + i % %(n)s",
            "name": "'BENCH/' || i", "state": "'posted'", "auto_post": "'no'",
            "move_type": f"CASE WHEN {dice(20, 9)} = 0 THEN 'out_refund'"
            " ELSE 'out_invoice' END",
            "date": day(11), "invoice_date": day(11),
            "invoice_date_due": f"{day(11)} + 30",
            "amount_untaxed_signed": f"(200 + {dice(800, 12)})"
            f" * CASE WHEN {dice(20, 9)} = 0 THEN -1 ELSE 1 END",
        },
    ),
    (
        "what is due of them", 16, "account_move_line",
        {
            "id": "%(line)s + i", "move_id": "%(move)s + i",
            "company_id": "%(company)s", "currency_id": "%(currency)s",
            "account_id": "%(receivable)s", "display_type": "'payment_term'",
            "partner_id": "%(partner)s + i % %(n)s", "parent_state": "'posted'",
            "date": day(11), "date_maturity": f"{day(11)} + 30",
            "balance": f"(200 + {dice(800, 12)})"
            f" * CASE WHEN {dice(20, 9)} = 0 THEN -1 ELSE 1 END",
            "amount_residual": f"""CASE WHEN {dice(20, 9)} = 0
                    THEN -200 - {dice(800, 12)}
                    WHEN {dice(40, 13)} < {MOOD} THEN 200 + {dice(800, 12)}
                    ELSE 0 END""",
            "reconciled": f"{dice(20, 9)} <> 0 AND {dice(40, 13)} >= {MOOD}",
        },
    ),
    (
        "what was sold", 16, "account_move_line",
        {
            "move_id": "%(move)s + i", "company_id": "%(company)s",
            "currency_id": "%(currency)s", "account_id": "%(income)s",
            "display_type": "'product'", "partner_id": "%(partner)s + i % %(n)s",
            "parent_state": "'posted'", "date": day(11),
            "balance": f"-(200 + {dice(800, 12)})"
            f" * CASE WHEN {dice(20, 9)} = 0 THEN -1 ELSE 1 END",
        },
    ),
    (
        "payments", 16, "account_move",
        {
            "id": "%(paid)s + i", "journal_id": "%(bank)s",
            "company_id": "%(company)s", "currency_id": "%(currency)s",
            "partner_id": "%(partner)s + i % %(n)s", "name": "'BANK/' || i",
            "state": "'posted'", "auto_post": "'no'", "move_type": "'entry'",
            "date": f"{day(11)} + 20 + 4 * {MOOD}",
        },
    ),
    (
        "their lines", 16, "account_move_line",
        {
            "id": "%(paid_line)s + i", "move_id": "%(paid)s + i",
            "company_id": "%(company)s", "currency_id": "%(currency)s",
            "account_id": "%(receivable)s", "display_type": "'product'",
            "partner_id": "%(partner)s + i % %(n)s", "parent_state": "'posted'",
            "date": f"{day(11)} + 20 + 4 * {MOOD}",
            "balance": f"-(200 + {dice(800, 12)})",
            "amount_residual": "0", "reconciled": "TRUE",
        },
    ),
    (
        "what they settle", 16, "account_partial_reconcile",
        {
            "debit_move_id": "%(line)s + i", "credit_move_id": "%(paid_line)s + i",
            "company_id": "%(company)s", "amount": f"200 + {dice(800, 12)}",
            "debit_amount_currency": f"200 + {dice(800, 12)}",
            "credit_amount_currency": f"200 + {dice(800, 12)}",
            "max_date": f"{day(11)} + 20 + 4 * {MOOD}",
        },
    ),
    (
        "messages", 80, "mail_message",
        {
            # five to a task: they, we, a note of the system, they, we (or a note)
            "id": "%(message)s + i", "model": "'project.task'",
            "res_id": "%(task)s + i % (16 * %(n)s)",
            "author_id": """CASE WHEN i / (16 * %(n)s) IN (0, 3)
                    THEN %(contact)s + i % (3 * %(n)s)
                    ELSE (%(authors)s)[1 + i % %(people)s] END""",
            "message_type": """CASE i / (16 * %(n)s) WHEN 0 THEN 'email'
                    WHEN 2 THEN 'notification' WHEN 3 THEN 'email'
                    ELSE 'comment' END""",
            "subtype_id": """CASE WHEN i / (16 * %(n)s) = 2
                    OR i / (16 * %(n)s) = 4 AND i % 3 = 0
                    THEN %(note)s ELSE %(discussion)s END""",
            "is_internal": "FALSE", "record_company_id": "%(company)s",
            "date": f"""{day(81, of="(i % (16 * %(n)s))")} + TIME '09:00'
                    + i / (16 * %(n)s) * (2 + {MOOD}) * INTERVAL '5 hours'""",
            "body": "'<p>About this task</p>'", "subject": "'Re: Task'",
        },
    ),
    (
        "what they ask", 80, "client_message",
        {
            "message_id": "%(message)s + i", "read_on": "NOW()",
            "verdict": f"(ARRAY['asks', 'closes', 'between'])[1 + {dice(3, 83)}]",
            "automatic": "FALSE", "to_many": "FALSE",
        },
    ),
    (
        "notifications", 80, "mail_notification",
        {
            "mail_message_id": "%(message)s + i", "notification_type": "'email'",
            "notification_status": "'sent'", "is_read": "TRUE",
            "res_partner_id": "%(contact)s + i % (3 * %(n)s)",
        },
    ),
    (
        "quotations", 4, "sale_order",
        {
            "id": "%(order)s + i", "name": "'S' || i", "company_id": "%(company)s",
            "partner_id": "%(partner)s + i % %(n)s",
            "partner_invoice_id": "%(partner)s + i % %(n)s",
            "partner_shipping_id": "%(partner)s + i % %(n)s",
            "date_order": f"{day(21)} + TIME '10:00'", "currency_rate": "1",
            "state": f"""CASE WHEN {dice(20, 22)} < 12 - {MOOD} THEN 'sale'
                    WHEN {dice(20, 22)} < 16 THEN 'cancel' ELSE 'sent' END""",
            "validity_date": f"{day(21)} + 30", "currency_id": "%(currency)s",
            "create_date": f"{day(21)} + TIME '10:00' - INTERVAL '5 days'",
        },
    ),
    (
        "their lines", 4, "sale_order_line",
        {
            "order_id": "%(order)s + i", "name": "'Work'", "product_uom_qty": "1",
            "price_unit": "500", "customer_lead": "0", "company_id": "%(company)s",
            "untaxed_amount_to_invoice": f"CASE WHEN {dice(4, 23)} = 0"
            " THEN 500 ELSE 0 END",
            "invoice_status": f"CASE WHEN {dice(4, 23)} = 0"
            " THEN 'to invoice' ELSE 'invoiced' END",
        },
    ),
    (
        "opportunities", 2, "crm_lead",
        {
            "name": "'Opportunity ' || i", "type": "'opportunity'",
            "partner_id": "%(partner)s + i % %(n)s", "company_id": "%(company)s",
            "user_id": "(%(users)s)[1 + i % %(people)s]", "priority": "'0'",
            "active": f"{dice(4, 31)} <> 1", "expected_revenue": "1000 + i % 20 * 500",
            "stage_id": f"CASE {dice(4, 31)} WHEN 0 THEN %(won_stage)s"
            f" ELSE (%(open_stages)s)[1 + {dice(3, 33)}] END",
            "probability": f"CASE {dice(4, 31)} WHEN 0 THEN 100 WHEN 1 THEN 0"
            " ELSE 30 END",
            "won_status": f"CASE {dice(4, 31)} WHEN 0 THEN 'won' WHEN 1 THEN 'lost'"
            " ELSE 'pending' END",
            "date_closed": f"CASE WHEN {dice(4, 31)} < 2"
            f" THEN {day(32)} + TIME '11:00' END",
            "create_date": f"{day(32)} + TIME '11:00' - INTERVAL '30 days'",
            "date_last_stage_update": f"{day(32)} + TIME '11:00'",
        },
    ),
    (
        "meetings", 4, "calendar_event",
        {
            "id": "%(event)s + i", "name": "'Meeting'", "show_as": "'busy'",
            "active": "TRUE", "privacy": "'public'", "allday": "FALSE",
            "start": f"{day(41)} + TIME '13:00'", "stop": f"{day(41)} + TIME '14:00'",
            "user_id": "(%(users)s)[1 + i % %(people)s]",
        },
    ),
    (
        "who came", 4, "calendar_attendee",
        {
            "event_id": "%(event)s + i", "state": "'accepted'",
            "partner_id": "%(contact)s + i % (3 * %(n)s)",
        },
    ),
    (
        "ratings", 2, "rating_rating",
        {
            "res_model": "'project.task'", "res_id": "%(task)s + i",
            "res_model_id": "%(task_model)s",
            "parent_res_model": "'project.project'",
            "parent_res_model_id": "%(project_model)s",
            "parent_res_id": "%(project)s + i % %(n)s", "consumed": "TRUE",
            "partner_id": "%(contact)s + i % (3 * %(n)s)",
            "rating": f"5 - {dice(2, 51)} - {MOOD} / 4",
            "rated_on": f"{day(52)} + TIME '15:00'",
        },
    ),
    (
        "incidents", 0.2, "client_incident",
        {
            "partner_id": "%(partner)s + i * 5", "company_id": "%(company)s",
            "category": "(ARRAY['unprepared', 'rejected', 'disrespect', 'pessimism',"
            " 'abuse', 'unreasonable'])[1 + i % 6]",
            "severity": "'moderate'", "points": "2", "state": "'confirmed'",
            "date": day(61, 365), "confirmed_on": f"{day(61, 365)} + TIME '08:00'",
            "reporter_id": "(%(users)s)[1 + i % %(people)s]",
        },
    ),
    (
        "pulses", 0.4, "client_pulse",
        {
            "partner_id": "%(partner)s + i / 2 * 5", "company_id": "%(company)s",
            "user_id": "(%(users)s)[1 + i % %(people)s]", "date": day(71, 80),
            "valid_until": f"{day(71, 80)} + 90",
            "respect": f"1 + {dice(5, 72)}", "attitude": f"1 + {dice(5, 73)}",
        },
    ),
]  # fmt: skip

# An invoice, no refund, of a client that pays it.
PAID = f"{dice(20, 9)} <> 0 AND {dice(40, 13)} >= {MOOD}"

# Rows of a table that are made for some i only.
ONLY = {
    "payments": PAID,
    "their lines of account_move_line": PAID,
    "what they settle": PAID,
    "what they ask": "i / (16 * %(n)s) <> 2 AND (i / (16 * %(n)s) <> 4 OR i % 3 > 0)",
    "notifications": "i / (16 * %(n)s) = 1 OR i / (16 * %(n)s) = 4 AND i % 3 > 0",
}
