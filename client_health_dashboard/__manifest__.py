{
    "name": "Client Health: dashboard",
    "summary": "Clients, money, questions and flags among Odoo's dashboards",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Client Health contributors",
    "depends": ["client_health", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}
