"""What happens when the module arrives and leaves."""

# Up to this many clients are scored while the module is installed; more are
# left to the scheduler, which works in batches and may be interrupted.
SCORE_AT_INSTALL = 100


def post_init_hook(env):
    """Score the clients and their last 24 month-ends, the latter first."""
    health = env["client.health"].sudo()
    runs = env["client.health.run"].sudo()
    companies = env["res.company"].sudo().search([])
    runs._start(companies, at_once=health._count_clients() <= SCORE_AT_INSTALL)


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
