"""What was wrong with a client when its open recovery began rests until that ends."""


def migrate(cr, version):
    cr.execute(
        """UPDATE client_health_flag f SET rests = TRUE
             FROM client_recovery r, client_health_check c
            WHERE r.partner_id = f.partner_id AND r.company_id = f.company_id
              AND r.state NOT IN ('recovered', 'offboard', 'cancelled')
              AND c.id = f.check_id AND c.code <> 'abuse'
              AND f.state <> 'cleared' AND f.raised_on <= r.date_start"""
    )
