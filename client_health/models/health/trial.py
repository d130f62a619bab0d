"""Trying a custom indicator on the clients before it is saved."""

from statistics import median_low

from markupsafe import Markup
from odoo.tools import SQL

from ...scoring.thresholds import Limits, check_level

SHOWN = 8  # clients in a trial, those with the most cases


class Trial:
    """An indicator, saved or not, measured for the clients of the current company that
    the user may see."""

    def __init__(self, indicator):
        self.indicator = indicator
        self.env = indicator.env

    def measure(self):
        """Measure the indicator, saved or not, for the clients of the company.

        Returns ``(rows, clients)``: client id → (value, cases) of those that are
        measured, and the ids of all clients. Raises UserError where it cannot.
        """
        self.indicator._check_limits()
        self.indicator._check_window()
        source = self.env["client.health.facts.custom"]
        # what the person reads who tries it, not who saved it
        item = source._define(self.indicator)._replace(user_id=self.env.uid)
        company = self.env.company
        healths = self.env["client.health"]._search([("company_id", "=", company.id)])
        clients = [
            row[0]
            for row in self.env.execute_query(
                healths.select(SQL.identifier(healths.table, "partner_id"))
            )
        ]
        scope = source._scope(company, clients)
        found = source._measure(item, self.indicator.window_days, scope)
        blank = (None if item.aggregate == "average" else 0.0, 0)
        rows = {client: found.get(client, blank) for client in clients}
        return {
            client: (value, cases)
            for client, (value, cases) in rows.items()
            if value is not None and cases >= self.indicator.min_sample
        }, clients

    def _level(self, value):
        """The level of a value, and its label."""
        limits = Limits(*(self.indicator[name] for name in ("good", "watch", "red")))
        level = check_level(limits.penalty(value))
        names = {
            "ok": self.env._("Fine"),
            "watch": self.env._("Warning"),
            "red": self.env._("Red"),
        }
        return level, names[level]

    def html(self):
        """HTML: the clients with the most cases, the median, and how many are
        fine, at watch, red or not measured."""
        rows, clients = self.measure()
        if not clients:
            return self._note(self.env._("There are no clients to try it on."))
        counts = {"ok": 0, "watch": 0, "red": 0}
        for value, _cases in rows.values():
            counts[self._level(value)[0]] += 1
        summary = self.env._(
            "Of %(clients)s clients: %(ok)s fine, %(watch)s with a warning, "
            "%(red)s red, %(grey)s not measured.",
            clients=len(clients),
            grey=len(clients) - len(rows),
            **counts,
        )
        most = sorted(rows, key=lambda client: (-rows[client][1], client))[:SHOWN]
        partners = self.env["res.partner"].browse(most)
        lines = [
            self._line(partner.display_name, *rows[partner.id]) for partner in partners
        ]
        if rows:
            lines.append(
                self._line(
                    self.env._("Median of the measured clients"),
                    median_low(value for value, _cases in rows.values()),
                    median_low(cases for _value, cases in rows.values()),
                )
            )
        heads = (
            self.env._("Client"),
            self.env._("Value"),
            self.env._("Cases"),
            self.env._("Level"),
        )
        head = Markup().join(Markup("<th>%s</th>") % text for text in heads)
        table = Markup(
            '<table class="table table-sm mb-0"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, Markup().join(lines))
        return self._note(summary) + (table if lines else Markup())

    def _note(self, text):
        return Markup('<p class="text-muted mb-1">%s</p>') % text

    def _line(self, name, value, cases):
        """HTML: one row of the trial."""
        level, text = self._level(value)
        colour = {"ok": "success", "watch": "warning", "red": "danger"}[level]
        return Markup(
            "<tr><td>%s</td><td>%s</td><td>%s</td>"
            '<td><span class="badge text-bg-%s">%s</span></td></tr>'
        ) % (name, self.indicator._format(value), cases, colour, text)
