"""The catch-up of the day: scores the clients whose records changed since the last."""

from datetime import datetime

from odoo import fields
from odoo.tools import SQL

from .batches import BATCH
from .night import Night


class CatchUp(Night):
    """Scores what changed, every few minutes; alarms are left to the night.

    Nothing is written when nothing changed. What cannot be seen by when a row was
    written, such as what was deleted, waits for the night.
    """

    alarms = False

    def run(self):
        """Score the clients whose records changed since the last run.

        Returns the run; none when nothing changed, while another run is under way, and
        before the first night.
        """
        if not self.runs._lock(self.company, "night"):
            return self.runs.browse()
        try:
            return self.batches.retry(self._run)
        finally:
            self.runs._unlock(self.company, "night")

    def _run(self):
        self.turns.age()
        self.read_messages()
        until = self.runs._oldest_open()
        since = self.runs._seen_until(self.company)
        clients = self.changed(since) if since else []
        if not clients:
            self.batches.commit()
            return self.runs.browse()
        run = self.runs._catch_up(self.company, until, len(clients))
        for start in range(0, len(clients), BATCH):
            part = clients[start : start + BATCH]
            counts = self.batches.work(part, self.score)
            run._note(part[-1], counts, 0)
            self.batches.commit(len(part))
        run.seconds = (fields.Datetime.now() - run.date_start).total_seconds()
        run._end()
        self.batches.commit()
        return run

    def changed(self, since: datetime) -> list[int]:
        """Ids of the clients to look at: whose records were written since a moment, or
        for whom the agreed time of an answer was over since.

        Those who were last scored under other settings are left to the night.
        """
        self.env.flush_all()
        sources = self.env["client.health.facts"]._sources()
        parts = [source._changed(since) for source in sources]
        parts.append(
            SQL(
                """SELECT partner_id FROM client_turn
                    WHERE company_id = %s AND state = 'waiting' AND surely
                      AND due_on >= %s AND due_on <= %s""",
                self.company.id,
                since,
                fields.Datetime.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id FROM client_health h
                    WHERE h.company_id = %(company)s AND h.phase <> 'ended'
                      AND COALESCE(h.config_version, %(version)s) = %(version)s
                      AND h.partner_id IN (SELECT * FROM (%(changed)s) changed)
                    ORDER BY 1""",
                company=self.company.id,
                version=self.reader.config().version,
                changed=SQL(" UNION ALL ").join(
                    SQL("SELECT * FROM (%s) part", part) for part in parts if part
                ),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]
