"""With whom an offboarding can start, and the dialog that starts it."""

from odoo.exceptions import RedirectWarning, UserError

from ..mixins.access import colleagues
from ..mixins.dialog import dialog, open_form


def open_start(partners, origin=None):
    """Action: the dialog that starts offboardings of these clients."""
    return dialog(
        partners.env._("Start offboarding"),
        "client.offboarding.start",
        {"default_partner_ids": partners.ids, "default_origin": origin or False},
    )


def refuse_partner(partner):
    """Raise when ``partner`` is a company or a user of ours, a contact, or archived,
    with a button to the right record for users who may open it. With sudo."""
    env = partner.env
    company = env["res.company"].search([("partner_id", "=", partner.id)], limit=1)
    if company:
        _refuse(
            env._(
                "%s is a company of ours, no client. Open it under the settings of "
                "companies instead.",
                partner.display_name,
            ),
            company,
            env._("Open the company"),
        )
    users = colleagues(partner)
    if users:
        _refuse(
            env._(
                "%s is a user of ours, no client. To let a colleague go, archive the "
                "user instead.",
                partner.display_name,
            ),
            users[:1],
            env._("Open the user"),
        )
    client = partner.commercial_partner_id
    if client and client != partner:
        raise RedirectWarning(
            env._(
                "%(contact)s is a contact of %(client)s. A relationship ends with the "
                "whole company: start the offboarding of %(client)s.",
                contact=partner.display_name,
                client=client.display_name,
            ),
            open_start(client),
            env._("Offboard %s", client.display_name),
        )
    if partner and not partner.active:
        raise UserError(
            env._(
                "%s is archived already. Unarchive it first, if it is a client after "
                "all.",
                partner.display_name,
            )
        )


def _refuse(message, record, label):
    """Raise, with a button to ``record`` for users who may open it."""
    if not record.sudo(False).has_access("write"):
        raise UserError(message)
    raise RedirectWarning(message, open_form(record), label)
