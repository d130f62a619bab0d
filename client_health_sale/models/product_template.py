from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    passed_on_at_cost = fields.Boolean(
        string="Passed on at cost",
        help="What is bought for clients and billed to them at what it cost, such as "
        "media. It is no work of ours: Client Health counts neither what is billed nor "
        "what is paid for it. Tick it on what is sold and on what is bought.",
    )
