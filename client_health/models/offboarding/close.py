"""The end: the client is archived last, in one transaction, and comes back."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MEMORY_DAYS = "-730d"  # business of another company in this period keeps a client


class ClientOffboarding(models.Model):
    _inherit = "client.offboarding"

    def action_done(self):
        """Archive the client and what belongs to it, and remember exactly what.

        All or nothing. Raises UserError while a step or anything else is open;
        returns a notification instead when a finished step is open again.
        """
        self.ensure_one()
        self._check_manager(self.env._("archive a client"))
        self._only_one()
        record = self.sudo()
        record._sync_projects()
        reopened = record._reopen_broken()
        if reopened:
            return self._say_reopened(reopened)
        record._refuse_unfinished()
        with self.env.cr.savepoint():
            record._end(self.env.user)
        return True

    def _refuse_unfinished(self):
        """Raise UserError that names the steps and blockers left."""
        steps = self.step_ids.filtered(lambda step: not step.done_on)
        left = [
            self.env._("The step “%s” is not finished.", step.display_name)
            for step in steps
        ]
        left += [blocker["text"] for blocker in self._open_blockers("done")]
        if left:
            raise UserError(
                self.env._(
                    "%(client)s cannot be archived yet:\n%(list)s\nSettle this first, "
                    "or pass it with a reason.",
                    client=self.partner_id.display_name,
                    list="\n".join(f"• {text}" for text in left),
                )
            )

    def _end(self, user):
        """Everything that happens at the end, with sudo."""
        self.ensure_one()
        self._measure()
        self._drop_activities()
        keepers = self._keepers()
        self.write(
            {
                "state": "done",
                "ended_on": self._today(self.company_id),
                "ended_user_id": user.id,
            }
        )
        if keepers:
            archived, parts = [], [f"kept: {', '.join(keepers.mapped('name'))}"]
        else:
            archived, parts = self._put_away_all()
        self.write({"archived": archived, "outcome": "\n".join(parts)})
        self._set_phase("ended")
        lines = self.outcome_words.splitlines()
        self._tell_partner(self.env._("The relationship ended."), lines)

    @api.depends("outcome")
    @api.depends_context("lang")
    def _compute_outcome_words(self):
        """What the end did, in the language of who reads it."""
        words = {
            "kept": self.env._(
                "Not archived: %s still works with this client. Only our own "
                "relationship ended."
            ),
            "meetings": self.env._("Coming meetings cancelled: %s"),
            "activities": self.env._("Activities closed: %s"),
            "subscriptions": self.env._("Mailing-list subscriptions ended: %s"),
            "portal": self.env._("Portal access ended: %s"),
            "contacts": self.env._("Contacts archived: %s"),
            "client": self.env._("Client archived: %s"),
            "ours": self.env._("Left as they are, because they are users of ours: %s"),
            "shared": self.env._(
                "Projects that go on, with others or by a manager's word: %s"
            ),
        }
        for offboarding in self:
            lines = []
            for line in (offboarding.outcome or "").splitlines():
                code, _colon, names = line.partition(": ")
                lines.append(words[code] % names if code in words else line)
            offboarding.outcome_words = "\n".join(lines)

    def _tell_partner(self, title, lines):
        """A note on the client and here, without a figure or the reason."""
        items = Markup("<br/>").join(lines)
        body = Markup("<p><b>%s</b><br/>%s</p>") % (title, items)
        self._log_on_client(body)
        self._message_log(body=body)

    # -- companies -------------------------------------------------------------

    def _keepers(self):
        """Other companies of ours that still work with the client; with sudo."""
        self.ensure_one()
        if self.partner_id.company_id:
            return self.env["res.company"]
        others = (
            self.env["res.company"].sudo().search([("id", "!=", self.company_id.id)])
        )
        return others.filtered(self._is_kept_by)

    def _is_kept_by(self, company):
        """True when a company has business of its own that did not end.

        Records without a company say nothing about any one of them.
        """
        health = (
            self.env["client.health"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", company.id),
                ]
            )
        )
        if health.phase == "ended":
            return False
        for model, domain in self._business(self._family().ids):
            mine = Domain("company_id", "=", company.id) & domain
            if (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search(mine, limit=1)
            ):
                return True
        return False

    def _business(self, family):
        """(model, domain) of what makes a partner the client of a company."""
        recent = Domain("create_date", ">=", MEMORY_DAYS)
        partner = Domain("partner_id", "in", family)
        still = Domain("active", "=", True)
        yield "client.agreement", partner & Domain("state", "=", "active")
        yield "project.project", partner & still & self._is_open_project()
        yield "crm.lead", partner & still & recent
        lines = self.env.get("account.analytic.line")
        if lines is not None and "project_id" in lines:
            worked = Domain("project_id", "!=", False)
            worked &= Domain("date", ">=", MEMORY_DAYS)
            yield "account.analytic.line", partner & worked
        if "sale.order" in self.env:
            yield (
                "sale.order",
                partner
                & Domain("state", "=", "sale")
                & Domain("date_order", ">=", MEMORY_DAYS),
            )
        if "account.move" in self.env:
            yield (
                "account.move",
                Domain("commercial_partner_id", "in", family)
                & Domain("state", "=", "posted")
                & Domain("move_type", "=", "out_invoice")
                & Domain("invoice_date", ">=", MEMORY_DAYS),
            )

    # -- put away --------------------------------------------------------------

    def _put_away_all(self):
        """Archive all that belongs to the client: (what was changed, the lines of
        the outcome).

        Changed is a list of ``[model, id, {field: value before}]``, in the order
        in which it was done.
        """
        archived, parts = [], []
        family = self._family()
        users = self._users(family)
        internal = users.filtered(lambda user: user._is_internal())
        left = internal.partner_id
        external = users - internal
        meetings = self._coming_meetings(family) if self.cancel_meetings else None
        activities = self._coming_activities(family) if self.close_activities else None
        subscriptions = self._subscriptions(family) if self.end_subscriptions else None
        contacts = (family - self.partner_id - left).filtered("active")
        groups = [
            ("meetings", meetings, {"active": False}),
            ("activities", activities, {"active": False}),
            ("subscriptions", subscriptions, {"opt_out": True}),
            ("portal", external, self._no_access()),
            ("contacts", contacts, {"active": False}),
            ("client", self.partner_id, {"active": False}),
        ]
        for code, records, values in groups:
            if records:
                archived += self._put_away(records, values)
                parts.append(f"{code}: {', '.join(map(_name, records))}")
        shared = self.sudo()._open_projects(family)
        for code, records in (("ours", left), ("shared", shared)):
            if records:
                parts.append(f"{code}: {', '.join(records.mapped('display_name'))}")
        return archived, parts

    def _put_away(self, records, values):
        """Write ``values`` and remember what was there before."""
        names = list(values)
        if records._name == "mailing.subscription":
            names += ["opt_out_datetime", "opt_out_reason_id"]
        if records._name == "res.users":
            names.append("partner_id")
        before = [
            [record._name, record.id, {name: _plain(record, name) for name in names}]
            for record in records
        ]
        if records._name == "res.users":
            for entry, user in zip(before, records, strict=True):
                entry[2]["signup_type"] = user.partner_id.signup_type or False
            records.partner_id.write({"signup_type": False})
        records.write(dict(values))
        return before

    def _no_access(self):
        """What ends the access of a portal user, as the portal itself does it."""
        portal = self.env.ref("base.group_portal")
        public = self.env.ref("base.group_public")
        return {
            "group_ids": [
                fields.Command.unlink(portal.id),
                fields.Command.link(public.id),
            ],
            "active": False,
        }

    def _users(self, family):
        """Active users of the client and its contacts."""
        users = self.env["res.users"].sudo()
        return users.search([("partner_id", "in", family.ids), ("active", "=", True)])

    def _portal_users(self):
        """Users from outside who may still log in."""
        users = self._users(self._family())
        return users.filtered(lambda user: not user._is_internal())

    def _coming_meetings(self, family):
        """Meetings from now on that somebody of the client attends."""
        return (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", family.ids),
                    ("start", ">=", fields.Datetime.now()),
                ]
            )
            .with_context(dont_notify=True, skip_attendee_notification=True)
        )

    def _coming_activities(self, family):
        """Open activities on the client and its contacts."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", "res.partner"), ("res_id", "in", family.ids)])
        )

    def _subscriptions(self, family):
        """Subscriptions to the addresses of the client that nobody else has."""
        if "mailing.subscription" not in self.env:
            return None
        partners = self.env["res.partner"].sudo()
        addresses = {p.email_normalized for p in family if p.email_normalized}
        shared = partners.search(
            [
                ("email_normalized", "in", list(addresses)),
                ("id", "not in", family.ids),
            ]
        )
        addresses -= set(shared.mapped("email_normalized"))
        return (
            self.env["mailing.subscription"]
            .sudo()
            .search(
                [
                    ("contact_id.email_normalized", "in", list(addresses)),
                    ("opt_out", "=", False),
                ]
            )
        )

    # -- and back --------------------------------------------------------------

    def action_reactivate(self):
        """Bring back exactly what the end archived, and no more.

        Closed projects stay closed. Returns True; raises UserError unless it was
        done, and for the second time.
        """
        self.ensure_one()
        self._check_manager(self.env._("reactivate a client"))
        self._lock()
        self.invalidate_recordset(["reactivated_on"])
        record = self.sudo()
        if record.state != "done" or record.reactivated_on:
            raise UserError(
                self.env._(
                    "%s did not end, or was taken back already.", self.display_name
                )
            )
        missing = record._bring_back()
        record.write(
            {
                "reactivated_on": self._today(record.company_id),
                "reactivated_user_id": self.env.uid,
            }
        )
        record._set_phase("active")
        lines = [self.env._("What was archived at the end is back.")]
        if missing:
            lines.append(
                self.env._("Deleted meanwhile, and not back: %s", ", ".join(missing))
            )
        record._tell_partner(self.env._("The relationship was taken up again."), lines)
        return True

    def _bring_back(self):
        """Restore what was remembered, last things first; names what is gone."""
        missing = []
        for model, record_id, before in reversed(self.archived or []):
            record = self._still_there(model, record_id)
            if not record:
                missing.append(f"{model} {record_id}")
                continue
            values = dict(before)
            if model == "res.users":
                partner = (
                    self.env["res.partner"].sudo().browse(values.pop("partner_id"))
                )
                kind = values.pop("signup_type")
                values["group_ids"] = [fields.Command.set(values["group_ids"])]
                record.write(values)
                partner.signup_type = kind
            else:
                record.with_context(
                    dont_notify=True, skip_attendee_notification=True
                ).write(values)
        return missing

    def _still_there(self, model, record_id):
        """The record, or None when it or its app is gone."""
        if model not in self.env:
            return None
        return self.env[model].sudo().browse(record_id).exists()


def _name(record):
    """What people know a record by; a subscriber may have nothing but an address."""
    address = record.contact_id.email if "contact_id" in record else None
    return record.display_name or address or "…"


def _plain(record, name):
    """The value of a field as JSON keeps it and write() takes it."""
    field, value = record._fields[name], record[name]
    if field.type == "many2one":
        return value.id
    if field.relational:
        return value.ids
    if field.type in ("date", "datetime"):
        return value and field.to_string(value)
    return value
