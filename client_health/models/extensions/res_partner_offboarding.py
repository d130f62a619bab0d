"""Clients with open projects are not archived, and those who left are marked."""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tools import format_date

from ..mixins.setting import SETTING
from ..offboarding.offboarding import CLOSED

# New work of these kinds warns when the client left.
WARNED = ("crm.lead", "sale.order", "project.project")


class ResPartner(models.Model):
    _inherit = "res.partner"

    offboarding_id = fields.Many2one(
        "client.offboarding",
        string="Offboarding under way",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )
    left_offboarding_id = fields.Many2one(
        "client.offboarding",
        string="How the relationship ended",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )
    left_note = fields.Text(
        string="Client who left",
        compute="_compute_about_client",
        groups="client_health.group_user",
    )

    def _fill_offboarding(self, clients):
        """The open goodbye of the client, and the one it left with."""
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.offboarding"]._about(clients, here, "id")
        going = {o.partner_id.id: o for o in found if o.state not in CLOSED}
        latest = {o.partner_id.id: o for o in found if o.state == "done"}
        empty = self.env["client.offboarding"]
        for partner in self:
            client = partner.commercial_partner_id.id
            left = latest.get(client, empty)
            left = left if not left.reactivated_on else empty
            partner.offboarding_id = going.get(client, empty)
            partner.left_offboarding_id = left
            partner.left_note = partner._left_words(left) if left else False

    def _left_words(self, left):
        """Why a client left and on which conditions it may come back."""
        reasons = dict(left._fields["reason"]._description_selection(self.env))
        words = self.env._(
            "The relationship with %(client)s ended on %(day)s: %(reason)s.",
            client=left.partner_id.display_name,
            day=format_date(self.env, left.ended_on),
            reason=reasons.get(left.reason, self.env._("no reason given")),
        )
        if left.return_conditions:
            words += "\n" + self.env._(
                "Conditions for a return: %s", left.return_conditions
            )
        return words

    # -- starting --------------------------------------------------------------

    def action_start_offboarding(self):
        """Start saying goodbye to these clients, or go on with the open ones."""
        offboardings = self.env["client.offboarding"]
        offboardings.check_access("create")
        (self | self.commercial_partner_id).check_access("read")
        if len(self) == 1:
            open_one = offboardings._open_of(self)
            if open_one:
                return open_one._open()
            offboardings._refuse_partner(self.sudo())
        return offboardings._open_start(self)

    def action_open_offboarding(self):
        """Open the goodbye under way, or the one the client left with."""
        self.ensure_one()
        return (self.offboarding_id or self.left_offboarding_id)._open()

    # -- the guard -------------------------------------------------------------

    def write(self, vals):
        """Refuse to archive a client that still has open projects."""
        if "active" in vals and not vals["active"]:
            self.check_access("write")
            self._guard_archive()
        return super().write(vals)

    def _guard_archive(self):
        """Raise when a client among these has open projects, naming them.

        RedirectWarning with *Start offboarding* for those who may, else
        ValidationError. Contacts under a client are archived as ever, and so is
        everybody where the company switched the guard off.
        """
        clients = self.sudo().filtered(
            lambda p: p.active and p.commercial_partner_id == p
        )
        if not clients:
            return
        family = self.env["res.partner"].sudo().with_context(active_test=False)
        family = family.search([("commercial_partner_id", "in", clients.ids)])
        projects = self.env["client.offboarding"].sudo()._open_projects(family)
        projects = projects.filtered(
            lambda p: (
                (p.company_id or self.env.company).sudo().client_health_archive_guard
            )
        )
        projects -= self._passed_projects(clients)
        guarded = projects.partner_id.commercial_partner_id & clients
        if not guarded:
            return
        message = "\n".join(
            self.env._(
                "%(client)s still has open projects: %(projects)s.",
                client=client.display_name,
                projects=self._names_of(
                    projects.filtered(
                        lambda p, c=client: p.partner_id.commercial_partner_id == c
                    )
                ),
            )
            for client in guarded
        )
        self._refuse_archive(guarded.with_env(self.env), message)

    def _passed_projects(self, clients):
        """Projects that were settled in the goodbye with which a client left.

        They go on with others, or a manager passed them with a reason.
        """
        over = (
            self.env["client.offboarding"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", clients.ids),
                    ("state", "=", "done"),
                    ("reactivated_on", "=", False),
                ]
            )
        )
        return over.project_ids.project_id

    def _names_of(self, projects):
        """Names of projects; private ones, and those of companies one does not work
        in, only for those who may read them."""
        mine = projects.with_env(self.env)
        if mine.has_access("read"):
            readable = mine
        elif self.env["project.project"].has_access("read"):
            readable = mine._filtered_access("read")
        else:
            readable = mine.browse()
        here = self.env.companies
        shown = projects.filtered(
            lambda p: (
                p.id in readable.ids
                or (p.privacy_visibility != "followers" and p.company_id <= here)
            )
        )
        names = shown.mapped("display_name")
        hidden = len(projects) - len(shown)
        if hidden:
            names.append(self.env._("%s that you may not see", hidden))
        return ", ".join(names)

    def _refuse_archive(self, clients, message):
        """Raise: with the way out as a button, or as a sentence."""
        offboardings = self.env["client.offboarding"]
        may_start = (
            not self.env.context.get("import_file")
            and offboardings.has_access("create")
            and clients.has_access("read")
        )
        if may_start:
            open_ones = offboardings._open_of(clients)
            goes_on = len(clients) == 1 and open_ones
            raise RedirectWarning(
                message
                + "\n"
                + self.env._(
                    "End the relationship properly first: the offboarding closes the "
                    "projects and archives the client last."
                ),
                open_ones._open() if goes_on else offboardings._open_start(clients),
                self.env._("Open the offboarding")
                if goes_on
                else self.env._("Start offboarding"),
            )
        raise ValidationError(
            message
            + "\n"
            + self.env._(
                "Close the projects first, or ask a colleague who works with Client "
                "Health to start the offboarding."
            )
        )


class Base(models.AbstractModel):
    """New quotations, opportunities and projects warn when the client left.

    Here and not on each of them, because some belong to apps that may be
    missing.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Add the warning to what the form asks anyway."""
        result = super().onchange(values, field_names, fields_spec)
        if self._name in WARNED and not self and not result.get("warning"):
            warning = self._warn_of_client_who_left(values, field_names, result)
            if warning:
                result["warning"] = warning
        return result

    @api.model
    def _warn_of_client_who_left(self, values, field_names, result):
        """The warning about the client just chosen, or None."""
        if field_names and "partner_id" not in field_names:
            return None
        partner_id = result.get("value", {}).get("partner_id") or values.get(
            "partner_id"
        )
        if isinstance(partner_id, dict):
            partner_id = partner_id.get("id")
        group = "client_health.group_user"
        if not partner_id or not self.env.user.has_group(group):
            return None
        partner = self.env["res.partner"].browse(partner_id)
        if not partner.has_access("read") or not partner.left_offboarding_id:
            return None
        return {
            "title": self.env._("This client left"),
            "message": partner.left_note,
            "type": "dialog",
        }


class ClientHealth(models.Model):
    _inherit = "client.health"

    def action_start_offboarding(self):
        """Start saying goodbye to these clients, or go on with the open one."""
        self.check_access("read")
        return self.partner_id.action_start_offboarding()


class ResCompany(models.Model):
    _inherit = "res.company"

    client_health_archive_guard = fields.Boolean(
        string="Archive guard",
        default=True,
        help="A client with open projects cannot be archived; it is offboarded first.",
        **SETTING,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    client_health_archive_guard = fields.Boolean(
        related="company_id.client_health_archive_guard", readonly=False
    )
