from odoo import fields, models


class QueueJob(models.Model):
    _inherit = "queue.job"

    client_health_run_id = fields.Many2one(
        "client.health.run",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
    )
