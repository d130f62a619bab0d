import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import AccessError

from .gather import MANY

_logger = logging.getLogger(__name__)

MONTHS = 24


class ClientHealthRun(models.Model):
    """The past: one run per month-end, the oldest first, in the background."""

    _inherit = "client.health.run"

    @api.model
    def _month_ends(self, company):
        """The last MONTHS month-ends before today, the oldest first."""
        day = self._today(company).replace(day=1) - timedelta(days=1)
        days = []
        for _month in range(MONTHS):
            days.append(day)
            day = day.replace(day=1) - timedelta(days=1)
        return days[::-1]

    @api.model
    def _plan_history(self, company):
        """Put the month-ends that have no history yet on the list."""
        history = [("company_id", "=", company.id), ("kind", "=", "history")]
        there = self.search([*history, ("state", "!=", "failed")]).mapped("as_of")
        return self.create(
            [
                {
                    "company_id": company.id,
                    "kind": "history",
                    "state": "waiting",
                    "as_of": day,
                }
                for day in self._month_ends(company)
                if day not in there
            ]
        )

    @api.model
    def _fill_history(self, company):
        """Work through the list, the oldest month-end first.

        Each month-end goes on after the last client that is done. Returns True
        when the list is empty, False when time is up or another run is at it.
        """
        if not self._lock(company, "history"):
            return False
        try:
            waiting = self.with_company(company).search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "history"),
                    ("state", "in", ("waiting", "running")),
                ],
                order="as_of",
            )
            if not waiting:
                return True
            with waiting._reading_ahead() as parts:
                for run in waiting:
                    if run.state == "waiting":
                        run._retrying(run._begin)
                    if not run._work(parts):
                        return False
            self.env["client.health.flag"]._date_back(company)
            return True
        finally:
            self._unlock(company, "history")

    @contextmanager
    def _reading_ahead(self):
        """Yields the parts of month-ends, as :meth:`_parts` does. Under the scheduler,
        where clients are many, the next one is read while one is scored: 85 s instead
        of 165 (24 month-ends of 25,000 clients, two cores)."""
        mine = [("company_id", "=", self.env.company.id)]
        many = self.env["client.health"].search_count(mine, limit=MANY + 1) > MANY
        if not (many and self._is_committed()):
            yield self._past_parts()
            return
        with self.env.registry.cursor() as cr:
            parts = self.with_env(self.env(cr=cr))._past_parts_read()
            with closing(parts), ThreadPoolExecutor(1) as pool:
                yield _one_ahead(parts, pool)

    def _past_parts(self):
        """The parts of month-ends, one after the other, with their clients found."""
        for run in self:
            run._retrying(run._find_clients)
            yield from run._parts()

    def _past_parts_read(self):
        """As :meth:`_past_parts`, on a connection of its own, with what
        :meth:`_read_part` may rest on. What every month-end looks through is kept
        there meanwhile."""
        facts = self.env["client.health.facts"]
        kept = self._attempt(facts._keep, facts._scope(self.company_id, []))
        kept = kept or frozenset()
        # looking for clients may have to begin again, and must not lose what is kept
        self.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            for run in self:
                for left, part, _ahead in run._past_parts():
                    # the new clients are for whoever scores them
                    self.env.cr.commit()  # pylint: disable=invalid-commit
                    yield left, part, run._read_ahead(part, kept)
        finally:
            if not self.env.cr.closed:
                self.env.cr.rollback()
                facts._forget(kept)
                self.env.cr.commit()  # pylint: disable=invalid-commit

    def _find_clients(self):
        """Give the clients of that time their health row."""
        self.env["client.health"]._census(self.company_id, as_of=self.as_of)

    def _read_ahead(self, part, kept):
        """What was read of a part; None where it is to be read when it is its turn."""
        if len(part) <= MANY:
            return None
        read = self.env["client.health"]._read_ahead
        return self._attempt(read, self.company_id, part, self.as_of, kept)

    def _attempt(self, read, *args):
        """What a function reads; None where a client's records cannot be summed up:
        its batch will find out which."""
        try:
            with self.env.cr.savepoint():
                return read(*args)
        except psycopg2.Error as error:
            _logger.info("A past day is not read ahead: %s", error)
            return None

    def _begin(self):
        self.write({"state": "running", "date_start": fields.Datetime.now()})

    def _read_part(self, part, ahead):
        if self.kind == "night":
            return super()._read_part(part, ahead)
        health = self.env["client.health"]
        return health._read_past(self.company_id, part, self.as_of, ahead), part

    @api.model
    def _cron_history(self):
        """Fill in the history of every company; resumable."""
        done = [
            self._fill_history(company)
            for company in self.env["res.company"].sudo().search([])
        ]
        if all(done):
            # trends look back at the history that is there now
            self.env["client.health"]._refresh_soon()
        else:
            self.env.ref("client_health.ir_cron_history")._trigger()

    def action_fill_history(self):
        """Have the history of the company filled in, in the background.

        Raises AccessError for others than managers.
        """
        if not self.env.user.has_group("client_health.group_manager"):
            raise AccessError(
                self.env._("Only managers of Client Health may fill in the history.")
            )
        self.check_access("read")
        runs = self.sudo()
        planned = sum(
            (runs._plan_history(company) for company in self.env.companies),
            runs.browse(),
        )
        self.env.ref("client_health.ir_cron_history").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s month-ends are on the list. You can leave this page; the list "
                    "shows how far it is.",
                    len(planned),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


def _one_ahead(items, pool):
    """Yield ``items``; while one is in use, ``pool`` fetches the next."""
    following = pool.submit(next, items, None)
    while item := following.result():
        following = pool.submit(next, items, None)
        yield item
