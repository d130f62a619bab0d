"""A client with open projects is not archived."""

from odoo.exceptions import RedirectWarning, ValidationError


class ArchiveGuard:
    """Refuses to archive clients that still have open projects, naming them."""

    def __init__(self, partners):
        self.env = partners.env
        self.clients = partners.sudo().filtered(
            lambda partner: partner.active and partner.commercial_partner_id == partner
        )

    def check(self):
        """Raise where a client has open projects.

        RedirectWarning with *Start offboarding* for those who may, else
        ValidationError. Contacts under a client are archived as ever, and so is
        everybody where the company switched the guard off.
        """
        if not self.clients:
            return
        projects = self._open_projects()
        guarded = projects.partner_id.commercial_partner_id & self.clients
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
        self._refuse(guarded.with_env(self.env), message)

    def _open_projects(self):
        """Open projects of the clients, without those that were settled in the
        offboarding with which a client left: they go on with others, or a manager
        passed them with a reason."""
        offboardings = self.env["client.offboarding"].sudo()
        family = self.env["res.partner"].sudo().with_context(active_test=False)
        family = family.search([("commercial_partner_id", "in", self.clients.ids)])
        projects = offboardings._open_projects(family).filtered(
            lambda project: (
                (project.company_id or self.env.company)
                .sudo()
                .client_health_archive_guard
            )
        )
        over = offboardings.search(
            [
                ("partner_id", "in", self.clients.ids),
                ("state", "=", "done"),
                ("reactivated_on", "=", False),
            ]
        )
        return projects - over.project_ids.project_id

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
            lambda project: (
                project.id in readable.ids
                or (
                    project.privacy_visibility != "followers"
                    and project.company_id <= here
                )
            )
        )
        names = shown.mapped("display_name")
        hidden = len(projects) - len(shown)
        if hidden:
            names.append(self.env._("%s that you may not see", hidden))
        return ", ".join(names)

    def _refuse(self, clients, message):
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
