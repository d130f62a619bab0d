"""What happens when the module arrives and leaves."""

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


def post_init_hook(env):
    """Score the clients and their last 24 month-ends, the latter first."""
    health = env["client.health"].sudo()
    runs = env["client.health.run"].sudo()
    companies = env["res.company"].sudo().search([])
    clients = sum(health._night(company).clients.count() for company in companies)
    runs._start(companies, at_once=clients <= SCORE_AT_INSTALL)


def uninstall_hook(env):
    """Leave nothing behind that points at our records: what people made in other
    models of Odoo is not known to be ours, and would show models that are gone."""
    ours = [
        name
        for name, model in env.registry.items()
        if model._original_module == "client_health"
    ]
    for model, field in POINTING.items():
        if model in env:
            records = env[model].sudo().with_context(active_test=False)
            records.search([(field, "in", ours)]).unlink()
