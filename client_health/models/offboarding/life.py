"""How an offboarding goes on and ends: its buttons."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins import company_day
from ..mixins.access import check_manager
from ..mixins.dialog import dialog
from ..process.requirement import told
from . import recurring
from .archive_guard import ArchiveGuard
from .archiving import Archiving, outcome_lines
from .handing_on import replace_who_left
from .keepers import keepers
from .portal import end_portal
from .promises import remind
from .settling import Settling
from .starting import open_start


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    outcome_words = fields.Text(
        compute="_compute_outcome_words", string="What was archived"
    )

    @api.depends("outcome")
    @api.depends_context("lang")
    def _compute_outcome_words(self):
        """What was archived, in the language of the reader."""
        for offboarding in self:
            lines = outcome_lines(self.env, offboarding.outcome)
            offboarding.outcome_words = "\n".join(lines)

    # -- start and contract ----------------------------------------------------

    @api.model
    def _archive_guard(self, partners):
        return ArchiveGuard(partners)

    @api.model
    def _open_start(self, partners, origin=None):
        """Action: the dialog that starts offboardings of these clients.

        ``origin``: name of the record it is started from, such as a recovery.
        """
        return open_start(partners, origin)

    def action_open_recovery(self):
        """Open the recovery that led to it."""
        self.ensure_one()
        return self.recovery_ids._open()

    def action_end_with_agreement(self):
        """Set the end to the last day of the agreement; open steps move with it."""
        self.ensure_one()
        self.check_access("write")
        self.date_end = self.agreement_id.date_end or self.date_end

    def action_check_contract(self):
        """Note that the user read the contract and that it may be ended like this."""
        self._vouch("legal")

    # -- projects and what else is open ----------------------------------------

    def action_sync_projects(self):
        """Add projects and tasks that the client has got meanwhile."""
        self._only_one()
        self.sudo()._catch_up()

    def action_open_source(self, code):
        """Open the records of one source of open items that the user may read."""
        self.check_access("read")
        item = self._open_item(code)
        return {
            "type": "ir.actions.act_window",
            "name": item.text,
            "res_model": item.record._name,
            "domain": [("id", "in", item.record.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def action_settle(self, code):
        """Settle the open items of one source, with the rights of the user.

        Returns an action, or True. Raises UserError for a source without a button or
        without open items.
        """
        self._only_one()
        item = self._open_item(code, settled=True)
        return self._open_items().settle(code, item.record.sudo(False))

    def _open_item(self, code, settled=False):
        """The requirement of a source; ``settled``: one that Odoo can settle."""
        for item in self._open_items().requirements():
            if item.source == code and (item.button or not settled):
                return item
        raise UserError(
            self.env._("There is nothing left to do here. Reload the page.")
        )

    # -- conversation ----------------------------------------------------------

    def _talk_deadline(self):
        return self.sudo()._step("conversation").date or self.date_end

    # -- finish and pass -------------------------------------------------------

    def _ask_finish(self, step):
        return dialog(
            self.env._("Finish “%s”?", step.display_name),
            "client.offboarding.finish",
            {"default_offboarding_id": self.id, "default_step": step.code},
        )

    def action_pass(self, key):
        """Open the dialog in which a manager passes a blocking requirement."""
        self.check_access("write")
        check_manager(self.env, self.env._("pass what blocks a step"))
        return dialog(
            self.env._("Pass with a reason"),
            "client.offboarding.pass",
            {"default_offboarding_id": self.id, "default_key": key},
        )

    @api.private
    def pass_blocker(self, key, reason):
        """Pass a requirement; raises UserError without a reason, or if none blocks."""
        self._only_one()
        check_manager(self.env, self.env._("pass what blocks a step"))
        step, need = self.sudo()._find_blocker(key)
        if not need:
            raise UserError(
                self.env._(
                    "This no longer blocks %s, so there is nothing to pass.",
                    self.display_name,
                )
            )
        self._waive(step, [need], reason)

    def _pass_records(self, need, reason):
        """Pass the records of a requirement, such as hours billed by hand."""
        check_manager(self.env, self.env._("pass what blocks a step"))
        self._waive("transition", [need], reason)

    @api.private
    def close_remainder(self, orders, reason):
        """Close the remainder of orders that are open items of the client.

        Raises UserError without a reason, and AccessError for users who may not write
        the orders.
        """
        self._only_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why nothing more is delivered."))
        open_orders = self._open_item("deliver").record
        Settling(self).close_remainder((orders & open_orders).sudo(False), reason)

    def _find_blocker(self, key):
        """(step, the requirement of that key that blocks it); (None, None) without."""
        needs = [(step, n) for step in self._codes() for n in self._blocking(step)]
        return next((found for found in needs if found[1].key == key), (None, None))

    # -- archive and reactivate --------------------------------------------------

    def action_done(self):
        """Archive the client and what belongs to it, and store what was archived.

        All or nothing. Raises UserError while a step or requirement is open; returns a
        notification instead when a finished step had to be reopened.
        """
        self._only_one()
        check_manager(self.env, self.env._("archive a client"))
        record = self.sudo()
        record._catch_up()
        reopened = record._reopen_broken()
        if reopened:
            return self._say_reopened(reopened)
        record._refuse_unfinished()
        with self.env.cr.savepoint():
            record._end()
        return True

    def _refuse_unfinished(self):
        """Raise UserError that lists open steps and blocking requirements."""
        steps = self.step_ids.filtered(lambda step: not step.done_on)
        left = [
            self.env._("The step “%s” is not finished.", step.display_name)
            for step in steps
        ]
        left += [told(self.env, need) for need in self._blocking("done")]
        if left:
            raise UserError(
                self.env._(
                    "%(client)s cannot be archived yet:\n%(list)s\nSettle this first, "
                    "or pass it with a reason.",
                    client=self.partner_id.display_name,
                    list="\n".join(f"• {text}" for text in left),
                )
            )

    def _end(self):
        """Everything that happens at the end, with sudo."""
        self._measure()
        recurring.stop(self, self._recurring())
        self._schedule().drop()
        companies = self._keepers()
        today = company_day.today(self.env, self.company_id)
        self.write({"state": "done", "ended_on": today, "ended_user_id": self.env.uid})
        changed, outcome = self._archiving().end(companies, self._keeps_contact())
        changed = [*(self.archived or []), *changed]
        self.write({"archived": changed, "outcome": outcome})
        self._set_phase("ended")
        lines = self.outcome_words.splitlines()
        self._note_lines(self.env._("The relationship ended."), lines)

    def _recurring(self):
        """Tasks of the client that still recur."""
        promised = self.deliverable_ids.filtered("promised").task_id
        return self._projects().tasks() | promised

    def _keepers(self):
        """Other companies of ours that still work with the client."""
        return keepers(self, self._projects().is_open())

    def _archiving(self):
        return Archiving(self, self._projects())

    def _note_lines(self, title, lines):
        """Log a note on the client and on the record; without figures or reason."""
        items = Markup("<br/>").join(lines)
        self._note(Markup("<p><b>%s</b><br/>%s</p>") % (title, items))

    def action_reactivate(self):
        """Bring back what was archived, as it was; people who moved, joined us or opted
        out meanwhile are left alone and named.

        Closed projects stay closed. Returns True; raises UserError for an offboarding
        that is not done or was reactivated before.
        """
        self.ensure_one()
        self.check_access("write")
        check_manager(self.env, self.env._("reactivate a client"))
        self._lock()
        self.invalidate_recordset(["reactivated_on"])
        record = self.sudo()
        if record.state != "done" or record.reactivated_on:
            raise UserError(
                self.env._(
                    "%s did not end, or was taken back already.", self.display_name
                )
            )
        missed = record._bring_back()
        today = company_day.today(self.env, record.company_id)
        record.write({"reactivated_on": today, "reactivated_user_id": self.env.uid})
        record._set_phase("active")
        lines = [self.env._("What was archived at the end is back."), *missed]
        record._note_lines(self.env._("The relationship was taken up again."), lines)
        return True

    def _bring_back(self):
        """Restore what was changed; returns, as sentences, what is not back."""
        gone, left = self._archiving().bring_back(self.archived or [])
        lines = []
        if gone:
            lines.append(
                self.env._("Deleted meanwhile, and not back: %s", ", ".join(gone))
            )
        if left:
            lines.append(
                self.env._("Changed meanwhile, and left alone: %s", ", ".join(left))
            )
        return lines

    def action_cancel(self):
        """Cancel the offboarding: the client stays as it was before. What recurred
        recurs again, and who lost portal access has it again.

        What was finished, such as closed projects, stays finished: a note names it.
        """
        for offboarding in self:
            offboarding._only_one()
            check_manager(self.env, self.env._("cancel an offboarding"))
            offboarding.sudo()._stop()

    def _stop(self, why=None):
        """Cancel it; with sudo. ``why``: logged first."""
        self.ensure_one()
        if why:
            self._message_log(body=why)
        closed = self.project_ids.filtered("closed_on")
        if closed:
            self._message_log(
                body=self.env._(
                    "Cancelled. Projects that were closed stay closed (%s, listed "
                    "here), with the tasks that were done or cancelled and the "
                    "milestones that were reached. Open again those on which work "
                    "goes on.",
                    len(closed),
                )
            )
        self._schedule().drop()
        for words in self._bring_back():
            self._message_log(body=words)
        today = company_day.today(self.env, self.company_id)
        self.write({"state": "cancelled", "cancelled_on": today, "archived": False})
        self._set_phase(self.phase_before or "active")

    # -- every day -------------------------------------------------------------

    @api.model
    def _cron_offboardings(self):
        """Add new projects and tasks, reopen steps that are blocked again, and do what
        is due by a day: stop what recurs, end portal access, replace who left."""
        for offboarding in self.search([("state", "not in", self._closed)]):
            offboarding = offboarding.with_company(offboarding.company_id)
            replace_who_left(offboarding)
            recurring.stop_over(offboarding)
            end_portal(offboarding)
            offboarding._catch_up()
            remind(offboarding.promise_ids | offboarding.deliverable_ids)
            offboarding._reopen_broken()
