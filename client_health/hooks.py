"""What happens when the module arrives and leaves."""

# Up to this many clients are scored while the module is installed; more are
# left to the scheduler, which works in batches and may be interrupted.
SCORE_AT_INSTALL = 100


def post_init_hook(env):
    """Score the clients and their last 24 month-ends, the latter first."""
    health = env["client.health"].sudo()
    runs = env["client.health.run"].sudo()
    companies = env["res.company"].sudo().search([])
    for company in companies:
        runs._plan_history(company)
    if health._count_clients() <= SCORE_AT_INSTALL:
        for company in companies:
            runs._fill_history(company)
        health._refresh()
    else:
        env.ref("client_health.ir_cron_refresh")._trigger()
        env.ref("client_health.ir_cron_history")._trigger()


def uninstall_hook(env):
    """Leave no activity behind that points at our records."""
    activities = env["mail.activity"].sudo().with_context(active_test=False)
    for prefix in (
        "client.health",
        "client.incident",
        "client.agreement",
        "client.offboarding",
        "client.recovery",
    ):
        activities.search([("res_model", "=like", f"{prefix}%")]).unlink()
