"""That a client is offboarded is in its phase once it is told; before, the phase is the
one from before. And nobody outside follows what colleagues write to each other."""

INTERNAL = [
    "client.health",
    "client.incident",
    "client.agreement",
    "client.request",
    "client.recovery",
    "client.offboarding",
]


def migrate(cr, version):
    cr.execute(
        """UPDATE client_health h SET phase = COALESCE(o.phase_before, 'active')
             FROM client_offboarding o
            WHERE o.partner_id = h.partner_id AND o.company_id = h.company_id
              AND o.state NOT IN ('done', 'cancelled') AND o.told_on IS NULL
              AND h.phase = 'offboarding'"""
    )
    cr.execute(
        """DELETE FROM mail_followers f USING res_partner p
            WHERE p.id = f.partner_id AND p.partner_share AND f.res_model = ANY(%s)""",
        [INTERNAL],
    )
