from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..mixins.dialog import dialog

# What people may change of a flag; the rest is the scoring's.
BY_PEOPLE = {"user_id", "feedback", "feedback_note"}


class ClientHealthFlag(models.Model):
    """What people do with red flags."""

    _inherit = "client.health.flag"

    def write(self, vals):
        """People change who owns a flag and say whether it was right to raise it;
        the rest changes through its buttons."""
        if not self.env.su and set(vals) - BY_PEOPLE:
            raise AccessError(
                self.env._(
                    "A red flag follows the records of the client and is not edited "
                    "by hand. Use its buttons, change its owner or give feedback."
                )
            )
        if not self.env.su:
            self._refuse_outsider(vals)
        if "feedback" in vals and "feedback_user_id" not in vals:
            by = self.env.uid if vals["feedback"] else False
            vals = {**vals, "feedback_user_id": by}
        return super().write(vals)

    def _for_people(self):
        """These flags as the superuser, if the user may handle all of them.

        Raises AccessError, or UserError when one has been cleared meanwhile.
        """
        self.check_access("write")
        flags = self.sudo()
        for flag in flags.filtered(lambda flag: flag.state == "cleared")[:1]:
            raise UserError(
                self.env._(
                    "The flag “%(check)s” of %(client)s was cleared on %(day)s: its "
                    "cause is gone and there is nothing left to do. Reload the page.",
                    check=flag.check_id.name,
                    client=flag.partner_id.display_name,
                    day=fields.Date.to_string(flag.cleared_on),
                )
            )
        return flags

    def action_acknowledge(self):
        """Say that somebody is on it; the flag stays until its cause is gone.

        Who acknowledges a flag that nobody owns becomes its owner.
        """
        flags = self._for_people().filtered(lambda flag: flag.state == "open")
        flags.filtered(lambda flag: not flag.user_id).user_id = self.env.user
        flags.write(
            {
                "state": "acknowledged",
                "acknowledged_on": fields.Date.context_today(self),
            }
        )

    def action_reopen(self):
        """Take back an acknowledgement or wake up a snoozed flag: open again."""
        self._for_people().write(
            {"state": "open", "acknowledged_on": False, "snooze_until": False}
        )

    def action_snooze(self):
        """Ask until when and why these flags should be silent."""
        self._for_people()
        return dialog(
            self.env._("Snooze"),
            "client.health.flag.snooze",
            {"default_flag_ids": self.ids},
        )

    def snooze(self, until, reason):
        """Silence these flags until a day.

        ``until``: a date after today, at most a year ahead; ``reason``: words.
        Raises UserError for anything else, AccessError for flags of others.
        """
        flags = self._for_people()
        today = fields.Date.context_today(self)
        latest = today + relativedelta(years=1)
        try:
            day = fields.Date.to_date(until)
        except (ValueError, TypeError):
            day = None
        if not day or not today < day <= latest:
            raise UserError(
                self.env._(
                    "A flag cannot be snoozed until “%(day)s”. Give a day after today "
                    "and not after %(latest)s.",
                    day=until or "",
                    latest=fields.Date.to_string(latest),
                )
            )
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(
                self.env._(
                    "Say why the flag is snoozed: whoever finds it later should "
                    "understand."
                )
            )
        flags.write({"state": "snoozed", "snooze_until": day, "snooze_reason": reason})

    def action_start_recovery(self):
        """Start a recovery because of these flags, or go on with it."""
        self.check_access("read")
        action = self.partner_id.action_start_recovery()
        if action["res_model"] == "client.recovery.start":
            return self.env["client.recovery"]._open_start(self.partner_id, self)
        return action

    def action_show_records(self):
        """Open the records that the driver counted.

        Raises UserError when it is gone, AccessError when it is about money that
        one may not see.
        """
        self.ensure_one()
        self.check_access("read")
        driver = self.sudo().driver_id
        if not driver:
            raise UserError(
                self.env._(
                    "The indicator that raised this flag was removed, so that its "
                    "records are not known any more. The flag clears with the next run."
                )
            )
        if self._private():
            raise AccessError(
                self.env._("What stands behind this flag is for managers only.")
            )
        return self.health_id.action_show_records(driver.code)
