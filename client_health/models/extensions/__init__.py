from . import (
    res_company,
    res_config_settings,
    mail_message,
    res_partner,
    crm_lead,
    project_project,
    crm_team,
    digest,
    indexes,
)
