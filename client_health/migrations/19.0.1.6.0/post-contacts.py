"""Contacts name their health again; what quotations show is a module of its own."""

from odoo import SUPERUSER_ID, api

THERE = ("installed", "to upgrade", "to install")


def migrate(cr, version):
    """Write the healths there are on their contacts, and bring the module for
    quotations where there are quotations: Odoo installs by itself only what comes
    together with a module that is new."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.partner"]._link_healths(env["res.company"].search([]))
    modules = env["ir.module.module"]
    if modules.search_count([("name", "=", "sale"), ("state", "in", THERE)]):
        name = [("name", "=", "client_health_sale"), ("state", "=", "uninstalled")]
        modules.search(name).button_install()
