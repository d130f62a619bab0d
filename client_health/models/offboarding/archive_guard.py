"""The guard of open projects: whoever owns some, as a client or as a contact, is not
archived, deleted, or merged into somebody who is archived."""

from odoo.exceptions import RedirectWarning, ValidationError

from ..process.family import family
from ..process.requirement import names_for
from .starting import open_start


class ArchiveGuard:
    """Checks partners before they go, with the rights of the user; nobody in a company
    that switched the guard off.

    A client owns the projects of its contacts too, a contact those in its own name.
    """

    def __init__(self, partners):
        self.env = partners.env
        self.partners = partners.sudo()
        self.clients = self.partners.filtered(lambda p: p.commercial_partner_id == p)
        self.offboardings = self.env["client.offboarding"]

    def check(self):
        """Raise when one of them owns open projects, and name these.

        RedirectWarning with *Start offboarding* for users who may start one, else
        ValidationError.
        """
        if not self.partners:
            return
        projects = self._open_projects()
        owners = {}
        for project in projects:
            client = project.partner_id.commercial_partner_id
            owner = client if client in self.clients else project.partner_id
            owners[owner] = owners.get(owner, projects.browse()) | project
        if not owners:
            return
        message = "\n".join(
            self.env._(
                "%(client)s still has open projects: %(projects)s.",
                client=owner.display_name,
                projects=self._names(mine),
            )
            for owner, mine in owners.items()
        )
        contacts = [owner for owner in owners if owner not in self.clients]
        if contacts:
            raise ValidationError(
                message
                + "\n"
                + self.env._("Choose another customer for the projects first.")
            )
        guarded = self.partners.browse(owner.id for owner in owners)
        self._refuse(guarded.with_env(self.env), message)

    def _open_projects(self):
        """Open projects of the clients, without those of an offboarding that is done:
        they go on with others, or a manager passed them with a reason."""
        projects = self.offboardings._projects().open(
            family(self.clients) | self.partners
        )
        over = self.offboardings.sudo().search(
            [
                ("partner_id", "in", self.partners.commercial_partner_id.ids),
                ("state", "=", "done"),
                ("reactivated_on", "=", False),
            ]
        )
        return (projects - over.project_ids.project_id).filtered(
            lambda p: (p.company_id or self.env.company.sudo())
            .client_health_archive_guard
        )  # fmt: skip

    def _names(self, projects):
        """Names of projects that the user may read, and how many others there are."""
        shown = projects.with_env(self.env)._filtered_access("read")
        return names_for(self.env, shown.mapped("display_name"), len(projects))

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
