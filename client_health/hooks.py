"""What happens when the module is installed and uninstalled."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# Up to this many clients are scored while the module is installed; more are
# left to the scheduler, which works in batches and may be interrupted.
SCORE_AT_INSTALL = 100
# Models of Odoo whose records name another model in a text, and where.
POINTING = {
    "mail.activity": "res_model",
    "mail.activity.plan": "res_model",
    "mail.message.subtype": "res_model",
    "ir.filters": "model_id",
    "ir.exports": "resource",
    "base_import.mapping": "res_model",
}

# Activity plans, whose names Odoo stores in one language only.
PLANS = {
    "client_health.client_offboarding_plan": _lt("Offboarding in five steps"),
    "client_health.client_recovery_plan": _lt("Recovery in four steps"),
}


def post_init_hook(env):
    """Name the plans in the language of the main company; score the clients and their
    last 24 month-ends, the latter first."""
    _name_plans(env)
    health = env["client.health"].sudo()
    runs = env["client.health.run"].sudo()
    companies = env["res.company"].sudo().search([])
    clients = sum(health._night(company).clients.count() for company in companies)
    runs._start(companies, at_once=clients <= SCORE_AT_INSTALL)


def _name_plans(env):
    language = env(context={**env.context, "lang": env.company.partner_id.lang})
    for xmlid, name in PLANS.items():
        plan = language.ref(xmlid)
        plan.name = language._(name)
        for template in plan.template_ids:
            template.summary = template.activity_type_id.summary


def uninstall_hook(env):
    """Delete the records of Odoo's models that point at ours, such as activities and
    favourites: Odoo does not know that they belong to the module, and they would name
    models that are gone."""
    ours = [
        name
        for name, model in env.registry.items()
        if model._original_module == "client_health"
    ]
    for model, field in POINTING.items():
        if model in env:
            records = env[model].sudo().with_context(active_test=False)
            records.search([(field, "in", ours)]).unlink()
