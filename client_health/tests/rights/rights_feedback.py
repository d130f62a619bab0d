"""Who may what with what people state about clients: a part of ``rights.py``."""

SHEET = """
    health_id currency_id as_of months grey_reason earned hours_worked time_cost
    other_cost cost result rate required_rate margin overdue has_rate has_margin
    line_ids target price hours scope settled
"""

FEEDBACK = {
    "client.affiliation": {
        "user": "r",
        "manager": "r",
        "shared": True,
        "user reads": "contact_id partner_id until",
    },
    "client.agreement": {
        "user": "r",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id user_id version previous_id next_ids
            state date_start date_end notice_days notice_date
            channel client_response_hours our_response_hours
            contact_every_days currency_id boundaries termination_clause
            in_force renewal renewal_months accepted_days_late
            not_judged_by_money_until activate hours_sold hours_period
            talk_count
        """,
        "manager reads": "required_rate price",
        "nobody reads": "warned_for",
        "manager writes": """
            partner_id company_id user_id next_ids date_start date_end
            notice_days renewal renewal_months channel
            client_response_hours our_response_hours
            contact_every_days required_rate boundaries termination_clause
            accepted_days_late not_judged_by_money_until activate
            hours_sold hours_period price
        """,
        "user calls": "action_open_previous action_open_talks action_record_talk",
        "manager calls": """
            action_activate action_back_to_draft action_end
            action_new_version action_refuse
        """,
    },
    "client.incident": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id contact_id date category category_help
            severity points description reporter_id state confirmed_by_id
            confirmed_on dismissed_by_id dismiss_reason anonymised_on
            res_model res_id document_name may_judge judge_note may_end_now
        """,
        "author writes": """
            partner_id company_id contact_id date category severity
            description res_model res_id
        """,
        "manager writes": "dismiss_reason",
        "user calls": "action_open_document action_reported",
        "manager calls": """
            action_anonymise action_back_to_reported action_confirm
            action_dismiss action_open_dismiss action_end_now
        """,
    },
    "client.pulse": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id user_id date valid_until respect
            attitude respect_word attitude_word note is_valid is_mine
        """,
        "user writes": "respect attitude respect_word attitude_word note",
        "user calls": "action_given",
    },
    "client.request": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id name task_id contact_id asked_in asked_on
            due_on delivered_on cancelled_on state user_id is_late
        """,
        "user writes": """
            partner_id company_id name task_id contact_id asked_in asked_on
            due_on delivered_on cancelled_on state user_id
        """,
        "user calls": "action_delivered action_cancel action_reopen",
    },
    "client.hours.word": {
        "user": "",
        "manager": "r",
        "manager reads": """
            partner_id company_id res_model res_id period_start percent sold used
            user_id told_on
        """,
    },
    "client.sheet": {
        "user": "",
        "manager": "rwcu",
        "manager reads": f"""
            {SHEET} new_margin new_rate new_result month_price month_hours
            below_required price_most hours_most by_price by_hours by_scope freed basis
        """,
        "manager writes": SHEET,
        "manager calls": """
            action_new_agreement action_open_figure action_start_offboarding
            action_start_recovery action_use
        """,
    },
    "client.sheet.line": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "sheet_id name first last sold used percent model record_ids",
        "manager writes": "sheet_id name first last sold used model record_ids",
        "manager calls": "action_open",
    },
    "client.talk": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id date user_id contact_id reason what said
            agreed next_on recovery_id agreement_id
        """,
        "user writes": """
            partner_id company_id date user_id contact_id reason what said
            agreed next_on recovery_id agreement_id
        """,
    },
}
