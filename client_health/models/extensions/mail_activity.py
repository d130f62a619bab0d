from odoo import api, models


class MailActivity(models.Model):
    """An activity on a record of ours is planned by those who may see the record. Who
    has one on an offboarding has a part in it, so that otherwise anybody would see one
    by planning something for themselves."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        defaults = self.default_get(["res_model_id", "res_id"])
        seen = self._client_health_seen([{**defaults, **vals} for vals in vals_list])
        activities = super().create(vals_list)
        activities._client_health_refuse_others(seen)
        return activities

    def write(self, vals):
        """Also one that is moved to another record."""
        if self.env.su or not {"res_model_id", "res_model", "res_id"} & set(vals):
            return super().write(vals)
        seen = self._client_health_seen(
            [
                {"res_model_id": each.res_model_id.id, "res_id": each.res_id, **vals}
                for each in self.sudo()
            ]
        )
        result = super().write(vals)
        self._client_health_refuse_others(seen)
        return result

    @api.model
    def _client_health_seen(self, vals_list):
        """(model, id) of the records of ours named in these values; raises AccessError
        where the user may not read one."""
        seen = set()
        for vals in vals_list:
            model = self.env["ir.model"].sudo().browse(vals.get("res_model_id") or [])
            for record in self._client_health_records(model.model, vals.get("res_id")):
                record.check_access("read")
                seen.add((record._name, record.id))
        return seen

    @api.model
    def _client_health_records(self, model, record_id):
        """The record, where its model is one of ours about a client; else nothing."""
        ours = self.env.registry["client.access.partner"]
        if not record_id or not issubclass(self.env.registry.get(model, object), ours):
            return ()
        return self.env[model].browse(int(record_id))

    def _client_health_refuse_others(self, seen):
        """Raise AccessError for an activity that came to be on another record of ours
        than those in ``seen``."""
        for each in self.sudo():
            for record in self._client_health_records(each.res_model, each.res_id):
                if (record._name, record.id) not in seen:
                    raise self.env["ir.rule"]._make_access_error("read", record)
