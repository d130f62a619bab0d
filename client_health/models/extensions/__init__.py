from . import (
    res_company,
    res_config_settings,
    mail_message,
    mail_template,
    calendar_event,
    res_partner,
    crm_lead,
    project_project,
    crm_team,
    digest,
    ir_filters,
    indexes,
)
