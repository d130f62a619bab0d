"""Who may what with what the module adds to models of Odoo: see ``rights.py``."""

# Models of Odoo that have fields or methods of ours. Whose records they are is
# Odoo's to say.
EXTENDED = {
    "crm.lead": {
        "user reads": """
            client_health_level client_health_score client_health_phase
            client_health_badge client_red_flag_count
        """,
        "user calls": "action_open_client_health",
    },
    "crm.lost.reason": {"internal reads": "client_refusal"},
    "crm.team": {
        "user reads": "client_health_figures",
        "user calls": "action_open_client_flags action_open_client_health",
    },
    "digest.digest": {
        "internal reads": "kpi_clients_at_risk",
        "user reads": "kpi_clients_at_risk_value",
    },
    "mail.mail": {
        "internal reads": "client_health_automatic",
        "user reads": "client_health_answer client_health_late client_health_word",
    },
    "mail.message": {
        "internal reads": "client_health_automatic",
        "user reads": "client_health_answer client_health_late client_health_word",
        "user calls": """
            action_client_health_needed action_client_health_not_needed
            action_client_health_take_back
        """,
    },
    "project.project": {
        "user reads": """
            client_health_level client_health_score client_health_phase
            client_health_badge client_red_flag_count
        """,
        "user calls": "action_open_client_health",
    },
    "res.company": {
        "internal reads": """
            client_health_client_hours client_health_our_hours
            client_health_contact_days client_health_alert_activity
            client_health_healthy client_health_watch client_health_at_risk
            client_health_min_coverage client_health_ask_pulse
            client_health_archive_guard client_health_weekly_mail
            client_health_setup_on client_health_catch_up
            client_health_talks_elsewhere client_health_least_overdue
            client_health_hours_word
        """,
        "manager reads": "client_health_required_rate",
    },
    # for administrators: nobody else opens the settings
    "res.config.settings": {
        "system reads": """
            client_health_client_hours client_health_our_hours
            client_health_contact_days client_health_alert_activity
            client_health_healthy client_health_watch client_health_at_risk
            client_health_min_coverage client_health_ask_pulse
            client_health_archive_guard client_health_weekly_mail
            client_health_catch_up client_health_currency_id client_health_levels_now
            client_health_required_rate client_health_least_overdue
            client_health_hours_word
        """,
    },
    "res.partner": {
        "user reads": """
            own_health_id health_id health_score health_level health_badge
            health_trend red_flag_count health_phase incident_count agreement_id
            offboarding_id left_offboarding_id left_note recovery_id in_recovery
        """,
        "user calls": """
            action_open_agreement action_open_health action_open_incidents
            action_open_offboarding action_open_pulses action_open_recovery
            action_start_offboarding action_start_recovery
        """,
        "manager calls": "action_erase_person action_print_stored erase_person",
    },
}
