"""The straight line of every score: read → score → store → alert."""

import json
import logging
import time
from collections.abc import Collection, Iterator
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from odoo.api import Environment
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from ..facts.figures import KEPT, SHOWN, kept, kept_keys
from ..facts.scope import Scope, one_of
from ..scoring.figures import grey_figures
from ..scoring.levels import AT_REST, GONE
from ..scoring.score import Assessment, LevelRule
from .alerts import Alerts
from .batches import Batches, Counts, batches
from .clients import Clients
from .codec import EncodedFacts
from .flags import Flags, held_levels, wanted_flags
from .phases import Phases
from .reader import MANY, ReadAhead, Reader
from .staleness import Staleness, Stored
from .store import COMPARED, JUDGED, Store, new_row, snapshot_of
from .turns import Turns, mark_of

_logger = logging.getLogger(__name__)

ALL = 2**31  # messages at most
PART = 50_000  # clients whose facts are read at once; some ten seconds of work


class Part(NamedTuple):
    """Clients whose facts are read at once. ``left``: how many clients of the run are
    to do, these included; ``ahead``: facts of them that were read before."""

    left: int
    clients: list[int]
    ahead: ReadAhead | None = None


class Night:
    """Scores the clients of one company: all of them, or some.

    All of them are scored in a run (``client.health.run``), which keeps the last client
    that is done: a run that is interrupted goes on after it.
    """

    alarms = True  # a drop in level is told

    def __init__(self, env: Environment, company: Any) -> None:
        self.env = env
        self.company = company
        self.runs = env["client.health.run"]
        self.batches = Batches(env)
        self.clients = Clients(env, company)
        self.phases = Phases(env, company)
        self.reader = Reader(env, company)
        self.flags = Flags(env)
        self.turns = Turns(env, company)

    # -- all clients -----------------------------------------------------------

    def run(self) -> Any:
        """Score all clients; go on with a run that was interrupted.

        Returns the run when it is complete, an empty recordset when the time of the
        scheduler is up first. Raises UserError while another run for the company is
        under way.
        """
        with self.runs._one_at_a_time(self.company, "night"):
            if done := self.runs._done_this_night(self.company):
                return done
            self.read_messages()
            while True:
                run = self.batches.retry(self.begin)
                if self.work(run):
                    return run
                if not run._is_over():
                    return self.runs.browse()

    def read_messages(self) -> None:
        """Read what came since the last time, so that it is known what asks."""
        bookmark = self.env["client.message.bookmark"]
        self.batches.retry(bookmark._read_new, ALL, lambda _n: self.batches.commit())
        self.batches.commit()

    def begin(self) -> Any:
        """Today's unfinished run, or a new one, with a health row for every client."""
        run = self.runs._take_up(self.company)
        if run.state != "running":
            self.clients.create_missing(as_of=run.as_of)
            self.env["res.company"]._update_talks_elsewhere(self.company)
            self.phases.settle()
            self.age_gone(run.as_of)
            self.remember(run.as_of)
            run._begin(self._count())
        return run

    def age_gone(self, as_of: date) -> None:
        """Who is no client any more is not scored; what they were invoiced in the last
        year counts in the revenue of all, and ages as that of clients."""
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id FROM client_health h
                    WHERE h.company_id = %s AND h.phase IN %s AND %s <> 0""",
                self.company.id,
                GONE,
                kept("revenue"),
            )
        )
        clients = [row[0] for row in self.env.cr.fetchall()]
        revenue = SHOWN["revenue"]
        healths = self.env["client.health"]
        read = healths._read_facts([revenue], self.company, clients, as_of)
        self.env.cr.execute(
            SQL(
                """UPDATE client_health h SET figures[%s] = new.revenue,
                          fingerprint = NULL
                     FROM json_to_recordset(%s) AS new(id int, revenue float8)
                    WHERE h.partner_id = new.id AND h.company_id = %s
                      AND %s IS DISTINCT FROM new.revenue""",
                KEPT.index("revenue") + 1,
                json.dumps(
                    [
                        {
                            "id": client,
                            "revenue": read.get(client, {}).get(str(revenue)),
                        }
                        for client in clients
                    ]
                ),
                self.company.id,
                kept("revenue"),
            )
        )

    def _count(self) -> int:
        """The number of clients in a run over all of them."""
        mine = [("company_id", "=", self.company.id), ("phase", "not in", GONE)]
        return self.env["client.health"].search_count(mine)

    def remember(self, as_of: date) -> None:
        """Store settings and codec of a run, before many transactions refer to them."""
        self.env["client.health.config"]._remember(self.reader.config())
        self.env["client.health.codec"]._remember(self.reader.codec(as_of))

    def work(self, run: Any, parts: Iterator[Part] | None = None) -> bool:
        """Work through parts and batches. True at the end of the run; False when the
        time of the scheduler, or the day that is scored, is over first.

        ``parts``: the parts of this run, followed by those of later runs.
        """
        run._log_resumed()
        for part in parts or self.parts(run):
            if not run.total:
                run.total = part.left
            self.batches.commit(remaining=part.left)
            if part.clients and not self._work_part(run, part):
                return False
            if part.left == len(part.clients):
                break
            if not self.batches.commit():
                return False
        run._end()
        self.batches.commit()
        return True

    def parts(self, run: Any) -> Iterator[Part]:
        """The parts that are left in a run; at least one, which may be empty."""
        queue = self.queue(run)
        for start in range(0, len(queue) or 1, PART):
            yield Part(len(queue) - start, queue[start : start + PART])

    def queue(self, run: Any) -> list[int]:
        """Ids of the clients that are left in a run, in order; without those who are no
        clients any more."""
        return self._after_bookmark(run, SQL("AND h.phase NOT IN %s", GONE))

    def _after_bookmark(self, run: Any, which: SQL) -> list[int]:
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT h.partner_id FROM client_health h
                    WHERE h.company_id = %s AND h.partner_id > %s %s ORDER BY 1""",
                self.company.id,
                run.cursor,
                which,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _work_part(self, run: Any, part: Part) -> bool:
        """Read the facts of a part and score, in batches, the clients that need it;
        note the progress and commit after each. False when the time is up first."""
        start = time.monotonic()
        facts, stale = self.batches.retry(self.read_part, run, part)
        self.wake(run)
        for clients, todo, is_last in batches(part.clients, stale):
            if run._is_over():
                return False
            counts = self.batches.work(
                todo, lambda some: self.score(some, run.as_of, facts)
            )
            unchanged = Counts(len(clients) - len(todo))
            run._note(clients[-1], counts.plus(unchanged), time.monotonic() - start)
            start = time.monotonic()
            if not self.batches.commit(len(clients)) and not is_last:
                return False
        return True

    def wake(self, run: Any) -> None:
        """Reopen flags that were snoozed until the day of a run, and say anew how soon
        answers are due, and from whom."""
        self.flags.wake(self.company, run.as_of)
        self.turns.assign()
        self.turns.age()

    # -- read ------------------------------------------------------------------

    @property
    def committed(self) -> bool:
        """True where all work before is committed: under the scheduler."""
        return self.batches.scheduled

    def read_part(self, run: Any, part: Part) -> tuple[EncodedFacts | None, list[int]]:
        """The facts of a part, and the clients of it that need scoring.

        Reading the tables once for all clients takes as long as for a thousand. When
        the database fails on one client's records nothing is read here; its batch finds
        out which client it is.
        """
        found = self.batches.attempt(self.read_stale, part.clients)
        if not found:
            return None, part.clients
        self.batches.commit()  # a new transaction: batches see the rows as they are
        return found

    def read_stale(self, clients: list[int]) -> tuple[EncodedFacts, list[int]]:
        """The facts of many clients, and the clients that need scoring, in order."""
        self.env.flush_all()
        scope = self.reader.scope(clients, everyone=len(clients) > MANY)
        facts, followed_until = self.reader.read_many(scope, self.committed)
        staleness = Staleness(self.env, self.reader.config(), scope)
        versions = staleness.versions(facts, followed_until)
        return facts._replace(versions=versions), list(versions)

    # -- score → store → alert -------------------------------------------------

    def refresh(
        self, clients: Collection[int] | None = None, as_of: date | None = None
    ) -> Any:
        """Score these clients (None: all) now, in one go; returns their healths."""
        self.env.flush_all()
        self.env["client.message.bookmark"]._read_new()
        self.clients.create_missing(clients, as_of)
        if not as_of:
            self.env["res.company"]._update_talks_elsewhere(self.company, near=True)
        self.phases.settle(clients)
        domain = [("company_id", "=", self.company.id)]
        if clients is not None:
            domain.append(("partner_id", "in", list(clients)))
        healths = self.env["client.health"].search(domain)
        present = healths.filtered(lambda health: health.phase != "past")
        self.score((healths if as_of else present).partner_id.ids, as_of)
        return healths

    def score(
        self,
        clients: list[int],
        as_of: date | None = None,
        facts: EncodedFacts | None = None,
    ) -> int:
        """Facts → score → store → alert for some clients.

        The number of queries does not depend on the number of clients. ``as_of``: a
        past day writes history only. ``facts``: of these clients, where they were
        read before. Returns how many rows changed.
        """
        self.env.flush_all()
        if not clients:
            return 0
        scope = self.reader.scope(clients, as_of)
        with disabling_gc():  # many small objects without reference cycles
            if not scope.present:
                return self._score_past(scope, facts)
            facts = facts or self.reader.read_scope(scope)
            stored = Staleness(self.env, self.reader.config(), scope).rows(facts)
            changed = self._score_present(scope, facts, stored)
        self.turns.assign(clients)
        if facts.versions is not None:
            moved = sorted(set(clients) - {old["partner_id"] for old in stored})
            return changed + self.score(moved, as_of)
        return changed

    def _score_present(
        self, scope: Scope, facts: EncodedFacts, stored: list[Stored]
    ) -> int:
        """Judge clients, and store health, history and flags."""
        config = self.reader.config()
        open_flags = self.flags.open([old["id"] for old in stored])
        missing = self.reader.missing()
        rows, pairs, flagged, moved = [], [], [], []
        shown = kept_keys(facts.codec.scalars)
        for old in stored:
            held = open_flags.get(old["id"], {})
            old["levels"] = held_levels(held)
            known = facts.of(old["partner_id"])
            lacked = old["level_rule"] == "coverage"
            result = config.assess(known, old["levels"], lacked)
            readings = chain.from_iterable(check.readings for check in result.checks)
            grey = grey_figures(readings, known)
            if old["phase"] in AT_REST:
                result = _at_rest(result, old["phase"])
            wanted = wanted_flags(
                result, held, config.indicator_ids, missing, scope.as_of
            )
            row = new_row(result, wanted, old, facts, config.version, scope)
            row["turn_mark"] = mark_of(known)
            row["grey_figures"] = grey
            row["figures"] = [known.get(key) for key in shown]
            told = old["told_level"] or old["level"]
            row["told_level"] = row["level"] if self.alarms else told
            if row["turn_mark"] != old["turn_mark"]:
                moved.append(old["partner_id"])
            flagged.append((old["id"], held, wanted))
            row["changed"] = any(row[name] != old[name] for name in COMPARED)
            # a figure that changes no point, level or driver makes no snapshot
            row["history"] = scope.is_month_end or any(
                row[name] != old[name] for name in JUDGED
            )
            if row["history"]:
                row |= snapshot_of(result)
            if row["changed"] or row["history"]:
                rows.append(row)
                pairs.append(({**old, "level": told}, row))
        news = self.flags.reconcile(flagged, config, scope.as_of)
        self.flags.wake(self.company, scope.as_of)
        Store(self.env, config, scope).save(rows, facts.codec)
        self.turns.sync(moved, scope)
        if self.alarms:
            Alerts(self.env, config, scope.as_of).tell(pairs, facts, news)
        return len(rows)

    def _score_past(self, scope: Scope, facts: EncodedFacts | None) -> int:
        """Write snapshots only, of the clients that have a score on a past day.

        Returns how many have one.
        """
        # facts with versions are of a run whose day ended while it ran
        if not facts or facts.versions is not None:
            facts = self.reader.read_past(scope.clients, scope.as_of)
        config = self.reader.config()
        self.env.cr.execute(
            SQL(
                "SELECT id, partner_id FROM client_health WHERE company_id = %s AND %s",
                self.company.id,
                one_of(SQL("partner_id"), scope.clients),
            )
        )
        rows = []
        for health, client in self.env.cr.fetchall():
            result = config.assess(facts.of(client))
            if result.uncapped is None:
                continue
            row = {
                "id": health,
                "changed": False,
                "history": True,
                "encoded_facts": facts.texts[client],
                "score": result.score,
                "uncapped_score": result.uncapped,
                "level_check": result.rule.check,
                "level": result.level,
                "coverage": result.coverage,
                "config_version": config.version,
            }
            rows.append(row | snapshot_of(result))
        Store(self.env, config, scope).save(rows, facts.codec)
        return len(rows)


def _at_rest(result: Assessment, phase: str) -> Assessment:
    """The judgement of a client that rests: none, whatever its figures say."""
    return Assessment(None, "unknown", LevelRule(phase), result.coverage, [])
