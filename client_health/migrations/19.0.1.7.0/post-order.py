"""The client hears it before the projects are closed: in the plan of new offboardings,
where nobody changed it. Those that are under way keep their order."""

USUAL = {
    "conversation": (2, 1, 14, 14),
    "tell": (3, 2, 10, 10),
    "projects": (1, 3, 21, 3),
}


def migrate(cr, version):
    for step, values in USUAL.items():
        cr.execute(
            """UPDATE mail_activity_plan_template t
                  SET sequence = %s, delay_count = %s
                 FROM ir_model_data d
                WHERE d.model = 'mail.activity.plan.template' AND d.res_id = t.id
                  AND d.module = 'client_health' AND d.name = %s
                  AND t.sequence = %s AND t.delay_count = %s""",
            (
                values[1],
                values[3],
                f"client_offboarding_plan_{step}",
                values[0],
                values[2],
            ),
        )
