from odoo import models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Refuse records about clients in one sentence, there or not.

        In developer mode Odoo names the records and the rules that forbid them, which
        would tell about whom there are incidents. Who may read them by switching to
        another company of theirs is told so, as everywhere.
        """
        if not isinstance(records, self.env.registry["client.access.partner"]):
            return super()._make_access_error(operation, records)
        theirs = self.env.user.company_ids.ids
        if records.with_context(allowed_company_ids=theirs).has_access(operation):
            return super()._make_access_error(operation, records)
        # as Odoo does: what was read to find out is forgotten
        records.invalidate_recordset()
        return AccessError(
            self.env._(
                "This is not there, or not yours to see or change (%s). Ask a manager "
                "of Client Health.",
                records._kind(),
            )
        )
