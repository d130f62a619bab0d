"""Kill the server in the middle of a night, or of the history: nothing is lost."""

import random
import signal
import time

import pytest
from crowd import MINE, check_whole, due, make, one, wait, wake
from outside import shell

CLIENTS = 5000
MONTHS = 3  # of history; each is one pass over all clients
READ = """
company = env["res.company"].search([], order="id", limit=1)
health = env["client.health"].with_company(company)
clients = health.search([("company_id", "=", company.id)]).partner_id.sorted("id").ids
found = []
for committed in (True, False):
    night = health.with_context(cron_id=committed or False)._night(company)
    facts, stale = night.read_stale(clients)
    found.append(facts)
    env.cr.commit()
answer = [found[0] == found[1], len(found[0].texts)]
"""
READ_AHEAD = """
runs = env["client.health.run"].with_context(cron_id=1)
runs = runs.search([("kind", "=", "history"), ("state", "=", "done")], order="as_of")
runs.write({"cursor": 0})
env.cr.execute("DELETE FROM client_health_snapshot")
env.cr.commit()
history = env["client.health"].with_context(cron_id=1)._history(runs.company_id)
answer = []
with history._reading_ahead(runs) as parts:
    for day, (left, clients, ahead) in zip(runs.mapped("as_of"), parts, strict=True):
        read, plain = (
            history.reader.read_past(clients, day, first) for first in (ahead, None)
        )
        other = [
            (client, name, read.of(client).get(name), figure)
            for client in clients
            for name, figure in plain.of(client).items()
            if figure != read.of(client).get(name)
        ]
        same = read == plain or other[:9]
        answer.append([ahead is not None, same, len(clients) == left])
env.cr.execute(
    "SELECT count(*) FROM pg_class WHERE relname LIKE 'client_health_preloaded_%'"
)
answer.append(env.cr.fetchone()[0])
"""


class Night:
    """A server whose scheduler is killed and started again."""

    def __init__(self, server, kind):
        self.server = server
        self.database = server.database
        self.mine = f"client_health_run WHERE {MINE} AND kind = '{kind}'"
        self.rng = random.Random(f"{kind} 20260131")
        self.cursors = []

    def start(self):
        self.server.start("--max-cron-threads=1")
        wake(self.database)

    def look(self):
        """(month, client) up to which is done, and what is seen in all."""
        return one(
            f"SELECT coalesce(max(as_of)::text, ''), max(cursor), sum(seen)"
            f" FROM {self.mine} AND cursor > 0 AND as_of ="
            f" (SELECT max(as_of) FROM {self.mine} AND cursor > 0)",
            self.database,
        )

    def kill_in_the_middle(self, times, finished):
        """Kill while work is done, at once and then at random moments; returns how
        often it hit."""
        hits = 0
        for turn in range(times):
            self.start()
            before = self.look()
            end = time.monotonic() + 30
            while self.look() == before and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(self.rng.uniform(0, 0.3) if turn else 0)
            kinds = [signal.SIGKILL, signal.SIGTERM] if turn else [signal.SIGKILL]
            self.server.stop(self.rng.choice(kinds))
            self.cursors.append(self.look())
            if one(finished, self.database) == "t":
                break  # a start would begin another one
            hits += 1
        return hits

    def end(self, finished):
        """Go on until all is done; what is done is not begun again."""
        if one(finished, self.database) != "t":
            self.start()
            wait(finished, self.database)
            self.server.stop()


@pytest.fixture(scope="module")
def crowd(server):
    """Thousands of clients; the server is down, its scheduler knows one job."""
    make(CLIENTS, server.database)
    return server


def test_a_night_that_is_killed_goes_on_and_ends(crowd):
    database = crowd.database
    night = Night(crowd, "night")
    due("ir_cron_refresh", database)
    finished = f"SELECT bool_and(state = 'done') FROM {night.mine}"
    assert night.kill_in_the_middle(3, finished) >= 1
    assert one(f"SELECT state FROM {night.mine} ORDER BY id LIMIT 1", database)
    check_whole_rows(database)
    night.end(finished)
    # one run, each client once: it went on after the last batch that was stored
    assert one(f"SELECT count(*) FROM {night.mine}", database) == "1"
    assert (
        one(
            f"""SELECT seen = total AND failed = 0 AND error IS NULL
                       AND seen = (SELECT count(*) FROM client_health
                                    WHERE {MINE} AND phase <> 'ended')
                       AND date_end > date_start AND seconds > 0
                  FROM {night.mine}""",
            database,
        )
        == "t"
    )
    assert one(
        "SELECT count(*) FROM client_health h JOIN res_partner p"
        " ON p.id = h.partner_id WHERE p.name LIKE 'Load %'"
        " AND h.computed_on IS NOT NULL AND h.encoded_facts IS NOT NULL",
        database,
    ) == str(CLIENTS)
    check_whole_rows(database)


def check_whole_rows(database):
    """The clients before the bookmark are scored, those behind it are not."""
    check_whole(database)
    for what, query in {
        "a client before the bookmark without a score": f"""
            SELECT count(*) FROM client_health h JOIN client_health_run r
                ON r.company_id = h.company_id AND r.kind = 'night'
             WHERE h.{MINE} AND h.partner_id <= r.cursor AND computed_on IS NULL
               AND h.phase <> 'ended'""",
        "a client behind the bookmark with a score": f"""
            SELECT count(*) FROM client_health h JOIN client_health_run r
                ON r.company_id = h.company_id AND r.kind = 'night'
             WHERE h.{MINE} AND h.partner_id > r.cursor
               AND computed_on IS NOT NULL AND r.state = 'running'""",
    }.items():
        assert one(query, database) == "0", what


def test_a_history_that_is_killed_goes_on_and_ends(crowd):
    database = crowd.database
    history = Night(crowd, "history")
    one(
        f"""INSERT INTO client_health_run (company_id, kind, state, as_of, total, seen,
                                           changed, failed, cursor)
            SELECT (SELECT min(id) FROM res_company), 'history', 'waiting',
                   (date_trunc('month', now()) - (n || ' months')::interval
                    - INTERVAL '1 day')::date, 0, 0, 0, 0, 0
              FROM generate_series(0, {MONTHS - 1}) n""",
        database,
    )
    due("ir_cron_history", database)
    finished = f"SELECT bool_and(state = 'done') FROM {history.mine}"
    assert history.kill_in_the_middle(3, finished) >= 2
    # the oldest first, and never back
    assert history.cursors == sorted(history.cursors)
    history.end(finished)
    assert one(f"SELECT count(*) FROM {history.mine}", database) == str(MONTHS)
    months = one(
        f"""SELECT bool_and(seen = total AND failed = 0 AND total >= {CLIENTS}
                            AND changed = (SELECT count(*)
                                             FROM client_health_snapshot s
                                            WHERE s.company_id = r.company_id
                                              AND s.date = r.as_of))
              FROM client_health_run r
             WHERE r.{MINE} AND kind = 'history'""",
        database,
    )
    assert months == "t"
    assert "could not be scored" not in crowd.log.read_text(errors="replace")


def test_a_month_end_that_is_read_ahead_says_what_it_says_later(crowd):
    *months, kept = shell(crowd.database, READ_AHEAD)
    assert months == [[True, True, True]] * MONTHS
    assert kept == 0


def test_several_connections_read_what_one_statement_does(crowd):
    same, clients = shell(crowd.database, READ)
    assert same
    assert clients >= CLIENTS
