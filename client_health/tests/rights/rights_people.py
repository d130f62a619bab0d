"""Who may what with people, and with what clients owe: see rights.py."""

PEOPLE = {
    "client.people.dismissal": {
        "user": "r",
        "manager": "r",
        "user reads": """
            health_id partner_id company_id kind contact_id reason user_id
            dismissed_on active
        """,
        "user calls": "action_undo dismiss people_of",
    },
    "client.handover": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            user_id health_id level talks last_on activity_count task_count
            step_count promise_count others
        """,
        "user writes": """
            user_id health_id talks last_on activity_count task_count
            step_count promise_count others
        """,
        "user calls": "action_open_health",
    },
    # of the clients whose invoices they may read
    "client.health.receivable": {
        "user": "r",
        "manager": "r",
        "user reads": """
            health_id partner_id company_id currency_id user_id team_id tag_ids
            level level_rank overdue overdue_days days_late measured_paid late_amount
        """,
        "user calls": "action_open_figure action_open_health",
    },
}
