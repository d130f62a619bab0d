from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...facts.base import BUSINESS, EFFORT, LANES, SCORES
from ...facts.reading import Layout, texts
from ...facts.scope import one_of
from .gather import MANY
from .health import snapshot_of
from .lanes import Gathered, read_lane, side_by_side

EARLY = (EFFORT, BUSINESS)


class Ahead(NamedTuple):
    """What was read of clients for a past day under the settings ``version``, but no
    earlier scores."""

    version: str
    layout: Layout
    rows: list


class ClientHealth(models.Model):
    """The past: judged by what was known then, written down as history only."""

    _inherit = "client.health"

    @api.model
    def _read_ahead(self, company, clients, as_of, kept):
        """The facts of many clients that no earlier score has a say in: :class:`Ahead`.

        ``kept``: the relations that are kept on this connection.
        """
        config = self.env["client.health.config"]._current(company)
        facts = self.env["client.health.facts"]
        scope = facts._scope(company, clients, as_of, everyone=True)
        statement, layout = facts._statement(
            config.keys, scope._replace(kept=kept), EARLY
        )
        return Ahead(config.version, layout, read_lane(self.env.cr, statement))

    @api.model
    def _read_past(self, company, clients, as_of, ahead=None):
        """The facts of clients as of a past day: :class:`Gathered`.

        ``ahead``: what was read before; it counts unless settings changed since.
        """
        self.env.flush_all()
        config = self.env["client.health.config"]._current(company)
        facts = self.env["client.health.facts"]
        scope = facts._scope(company, clients, as_of, everyone=len(clients) > MANY)
        counts = ahead and ahead.version == config.version
        statement, layout = facts._statement(
            config.keys, scope, (SCORES,) if counts else LANES
        )
        rows = read_lane(self.env.cr, statement, alone=True)
        if counts:
            layout, rows = side_by_side([(ahead.layout, ahead.rows), (layout, rows)])
        return Gathered(layout, texts(rows))

    @api.model
    def _score_past(self, config, scope, read=None):
        """Write history only: what can be said of the clients for a past day.

        Returns how many have one.
        """
        if not read or read.versions is not None:  # a night whose day has just passed
            read = self._read_past(scope.company, scope.clients, scope.as_of)
        self.env.cr.execute(
            SQL(
                "SELECT id, partner_id FROM client_health WHERE company_id = %s AND %s",
                scope.company.id,
                one_of(SQL("partner_id"), scope.clients),
            )
        )
        rows = []
        for health, client in self.env.cr.fetchall():
            result = config.assess(read.facts(client))
            if result.score is not None:
                rows.append(
                    {
                        "id": health,
                        "changed": False,
                        "history": True,
                        "found": read.known[client],
                        "score": result.score,
                        "level": result.level,
                        "coverage": result.coverage,
                        "config_version": config.version,
                        **snapshot_of(result),
                    }
                )
        self._store(rows, config, read.layout, scope)
        return len(rows)
