"""Judging incidents, and making them anonymous."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..mixins import company_day
from ..mixins.access import check_manager
from .incident import ACTIVITY


class ClientIncident(models.Model):
    _inherit = "client.incident"

    may_end_now = fields.Boolean(compute="_compute_may_end_now")

    @api.depends("state", "category", "severity")
    def _compute_may_end_now(self):
        """Severe abuse that was confirmed."""
        for incident in self:
            found = incident.state, incident.category, incident.severity
            incident.may_end_now = found == ("confirmed", "abuse", "severe")

    def _check_reporter(self):
        """Raise AccessError where somebody else would change what a report says: it
        would be confirmed by whoever wrote it."""
        for incident in self.filtered(lambda i: i.reporter_id != self.env.user):
            raise AccessError(
                self.env._(
                    "Only %s, who reported it, changes what it says.",
                    incident.reporter_id.name,
                )
            )

    # -- judging ---------------------------------------------------------------

    def _is_mine(self):
        """True where the user reported it, also by another account of the same
        person."""
        reporter = self.sudo().reporter_id
        return reporter.partner_id == self.env.user.partner_id

    def _check_judge(self):
        """Raise AccessError for others than managers, UserError for a manager who
        reported one of these, and for anonymous incidents."""
        check_manager(self.env, self.env._("judge incidents"))
        self.check_access("write")
        for incident in self:
            if incident._is_mine():
                raise UserError(
                    self.env._(
                        "You reported %s yourself. Ask another manager to judge it.",
                        incident.display_name,
                    )
                )
            if incident.anonymised_on:
                raise UserError(
                    self.env._(
                        "%s was made anonymous and is judged no more.",
                        incident.display_name,
                    )
                )

    def _judge(self, values, word):
        """Store a judgement, close the activity and score the client again."""
        if not self:
            return
        self.sudo().write(values)
        self.sudo().activity_feedback([ACTIVITY], feedback=word)
        self._refresh_health()

    def action_confirm(self):
        """Confirm incidents: they count from now on."""
        self._check_judge()
        values = {
            "state": "confirmed",
            "confirmed_by_id": self.env.uid,
            "confirmed_on": fields.Datetime.now(),
            "dismissed_by_id": False,
            "dismiss_reason": False,
        }
        self.filtered(lambda i: i.state != "confirmed")._judge(
            values, self.env._("Confirmed")
        )

    def action_open_dismiss(self):
        """Ask for the reason in a dialog."""
        self.ensure_one()
        self._check_judge()
        view = self.env.ref("client_health.client_incident_view_form_dismiss")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss: %s", self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_dismiss(self, reason=None):
        """Dismiss incidents: they do not count. ``reason``: needed unless the field has
        one.

        Raises UserError when there is no reason.
        """
        self._check_judge()
        for incident in self.filtered(lambda i: i.state != "dismissed"):
            why = reason if isinstance(reason, str) else ""
            why = (why.strip() or incident.dismiss_reason or "").strip()
            if not why:
                raise UserError(
                    self.env._(
                        "Give the reason for dismissing %s, so that the reporter can "
                        "read it.",
                        incident.display_name,
                    )
                )
            incident._judge(
                {
                    "state": "dismissed",
                    "dismissed_by_id": self.env.uid,
                    "dismiss_reason": why,
                    "confirmed_by_id": False,
                    "confirmed_on": False,
                },
                self.env._("Dismissed"),
            )

    def action_back_to_reported(self):
        """Take a judgement back and ask a manager again."""
        self._check_judge()
        judged = self.filtered(lambda i: i.state != "reported")
        judged.sudo().write(
            {
                "state": "reported",
                "confirmed_by_id": False,
                "confirmed_on": False,
                "dismissed_by_id": False,
                "dismiss_reason": False,
            }
        )
        judged._ask_judgement()
        judged._refresh_health()

    def action_end_now(self):
        """Start the short way out, because of severe abuse that was confirmed; an
        offboarding that is open already is opened.

        Raises AccessError for others than managers, UserError for another incident.
        """
        self.ensure_one()
        self.check_access("read")
        check_manager(self.env, self.env._("end a relationship at once"))
        if not self.may_end_now:
            raise UserError(
                self.env._(
                    "%s is no severe abuse that was confirmed. Start an offboarding "
                    "the usual way.",
                    self.display_name,
                )
            )
        offboardings = self.env["client.offboarding"]
        running = offboardings._open_of(self.partner_id, self.company_id)
        if running:
            return running._open()
        action = offboardings._open_start(self.partner_id, self.display_name)
        action["context"] |= {"default_at_once": True, "default_reason": "abuse"}
        return action

    # -- privacy ---------------------------------------------------------------

    def action_anonymise(self):
        """Remove for good who reported what about whom. Date, category, severity,
        points and judgement stay, so that the score can still be explained."""
        check_manager(self.env, self.env._("make incidents anonymous"))
        self.check_access("write")
        for incident in self:
            if incident.state == "reported":
                raise UserError(
                    self.env._(
                        "%s was not judged yet. Confirm or dismiss it first: "
                        "afterwards nobody can tell who reported it.",
                        incident.display_name,
                    )
                )
        records = self.sudo().with_context(tracking_disable=True)
        records._track_discard()
        for company, mine in records.grouped("company_id").items():
            mine.write(
                {
                    "reporter_id": False,
                    "contact_id": False,
                    "description": False,
                    "dismiss_reason": False,
                    "res_model": False,
                    "res_id": False,
                    "anonymised_on": company_day.today(self.env, company),
                }
            )
        records._forget_traces()
        self._refresh_health()

    def _forget_traces(self):
        """Remove people from chatter, activities, attachments and log columns."""
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        everything = self.env(context={**self.env.context, "active_test": False})
        everything["mail.activity"].search(about).unlink()
        everything["ir.attachment"].search(about).unlink()
        everything["mail.followers"].search(about).unlink()
        everything["mail.message"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE client_incident
                      SET create_uid = %(root)s, write_uid = %(root)s
                    WHERE id = ANY(%(ids)s)""",
                root=SUPERUSER_ID,
                ids=self.ids,
            )
        )
        self.invalidate_recordset(flush=False)
