"""Our own people, by the contact of each: name, team, and whether they left."""


class Staff:
    """``names``: contact id → name, of those among some contacts that the reader may
    read; ``teams``: contact id → sales team, where the reader may read it; ``left``:
    ids of those who left: none of their users is in use, or their employee is
    archived. A fixed number of queries."""

    def __init__(self, env, ids):
        self.env = env
        ids = list(ids)
        partners = env["res.partner"].with_context(active_test=False)
        found = partners.search_fetch([("id", "in", ids)], ["name"])
        self.names = {partner.id: partner.name or "" for partner in found}
        users = env["res.users"].sudo().with_context(active_test=False)
        self.users = users.search_fetch(
            [("partner_id", "in", ids), ("share", "=", False)],
            ["partner_id", "active", "sale_team_id"],
        )
        self.teams = self._teams()
        self.left = self._left()

    def _teams(self):
        teams = self.env["crm.team"]
        if not teams.has_access("read"):
            return {}
        mine = teams.search_fetch([("id", "in", self.users.sale_team_id.ids)], ["name"])
        names = {team.id: team.name for team in mine}
        return {
            user.partner_id.id: names.get(user.sale_team_id.id, "")
            for user in self.users
        }

    def _left(self):
        here = set(self.users.filtered("active").partner_id.ids)
        gone = set(self.users.partner_id.ids) - here
        return gone | archived_employees(self.env, self.users)


def archived_employees(env, users):
    """Ids of the contacts of those users whose employees are all archived; none where
    there are no employees in Odoo."""
    if "hr.employee" not in env:
        return set()
    employees = env["hr.employee"].sudo().with_context(active_test=False)
    found = employees.search_fetch(
        [("user_id", "in", users.ids)], ["user_id", "active"]
    )
    here = found.filtered("active").user_id
    return set((found.user_id - here).partner_id.ids)
