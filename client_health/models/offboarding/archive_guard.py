"""The archive guard: clients with open projects are not archived."""

from odoo.exceptions import RedirectWarning, ValidationError

from ..process.family import family
from .starting import open_start


class ArchiveGuard:
    """Checks partners before they are archived, with the rights of the user.

    Contacts of a client are not checked, nor is anybody in a company that switched the
    guard off.
    """

    def __init__(self, partners):
        self.env = partners.env
        self.clients = partners.sudo().filtered(
            lambda p: p.active and p.commercial_partner_id == p
        )
        self.offboardings = self.env["client.offboarding"]

    def check(self):
        """Raise when a client among them has open projects, and name these.

        RedirectWarning with *Start offboarding* for users who may start one, else
        ValidationError.
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
                projects=self._names(
                    projects.filtered(
                        lambda p, c=client: p.partner_id.commercial_partner_id == c
                    )
                ),
            )
            for client in guarded
        )
        self._refuse(guarded.with_env(self.env), message)

    def _open_projects(self):
        """Open projects of the clients, without those of an offboarding that is done:
        they go on with others, or a manager passed them with a reason."""
        projects = self.offboardings._projects().open(family(self.clients))
        over = self.offboardings.sudo().search(
            [
                ("partner_id", "in", self.clients.ids),
                ("state", "=", "done"),
                ("reactivated_on", "=", False),
            ]
        )
        return (projects - over.project_ids.project_id).filtered(
            lambda p: (p.company_id or self.env.company.sudo())
            .client_health_archive_guard
        )  # fmt: skip

    def _names(self, projects):
        """Names of projects. Private projects, and those of companies in which the user
        does not work, are named only to users who may read them."""
        readable = projects.with_env(self.env)._filtered_access("read")
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

    def _refuse(self, clients, message):
        """Raise, with a button that starts the offboarding, or a sentence instead."""
        may_start = (
            not self.env.context.get("import_file")
            and self.offboardings.has_access("create")
            and clients.has_access("read")
        )
        if not may_start:
            raise ValidationError(
                message
                + "\n"
                + self.env._(
                    "Close the projects first, or ask a colleague who works with "
                    "Client Health to start the offboarding."
                )
            )
        open_ones = self.offboardings._open_of(clients)
        if len(clients) == 1 and open_ones:
            action, label = open_ones._open(), self.env._("Open the offboarding")
        else:
            action, label = open_start(clients), self.env._("Start offboarding")
        raise RedirectWarning(
            message
            + "\n"
            + self.env._(
                "End the relationship properly first: the offboarding closes the "
                "projects and archives the client last."
            ),
            action,
            label,
        )
