# odoo shell -d DB < assets.py: builds and keeps the bundles of a back-end page, else
# the first page (and every tour, as tests roll back) takes six seconds more
for name in (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_tests",
    "web.assets_backend_lazy",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "bus.websocket_worker_assets",
):
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)  # noqa: F821
    bundle.js()
    bundle.css()
env.cr.commit()  # noqa: F821
