"""Kill the server in the middle of a night, or of the history: nothing is lost."""

import random
import signal
import time

import pytest

CLIENTS = 5000
MONTHS = 3  # of history; each is one pass over all clients
MAKE = f"""
INSERT INTO res_partner (name, complete_name, active, is_company, type,
                         autopost_bills, create_date)
SELECT 'Load ' || n, 'Load ' || n, true, true, 'contact', 'ask', now()
  FROM generate_series(1, {CLIENTS}) n;
UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Load %';
INSERT INTO crm_lead (name, type, partner_id, won_status, active, stage_id,
                      company_id, create_date, date_last_stage_update)
SELECT 'Load', 'opportunity', p.id, 'pending', true,
       (SELECT min(id) FROM crm_stage), (SELECT min(id) FROM res_company),
       now() - INTERVAL '200 days', now() - (p.id % 190) * INTERVAL '1 day'
  FROM res_partner p WHERE p.name LIKE 'Load %';
INSERT INTO project_task (name, active, state, project_id, partner_id, company_id,
                          create_date, date_last_stage_update)
SELECT 'Load', true, '01_in_progress',
       (SELECT min(id) FROM project_project WHERE active AND NOT is_template), p.id,
       (SELECT min(id) FROM res_company), now() - INTERVAL '150 days',
       now() - (p.id * k % 140) * INTERVAL '1 day'
  FROM res_partner p, generate_series(1, 3) k WHERE p.name LIKE 'Load %';
"""
MINE = "company_id = (SELECT min(id) FROM res_company)"


def one(query, database):
    import bed

    return bed.psql(query, database)


def wait(query, database, seconds=60):
    """Wait until a query answers t."""
    end = time.monotonic() + seconds
    while one(query, database) != "t":
        if time.monotonic() > end:
            runs = one("SELECT * FROM client_health_run ORDER BY id", database)
            pytest.fail(f"waited {seconds} s for {query}\n{runs}")
        time.sleep(0.05)


def due(cron, database):
    """Have the scheduler run one of our jobs now, and no other job of Odoo."""
    one(
        f"""UPDATE ir_cron SET nextcall = now() + INTERVAL '1 year';
            DELETE FROM ir_cron_trigger;
            UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - INTERVAL '1 minute'
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'client_health' AND name = '{cron}')""",
        database,
    )


def wake(database):
    """Tell the scheduler of a running server that there is something to do."""
    one(f"NOTIFY cron_trigger, '{database}'", "postgres")


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
        time.sleep(0.3)  # until the scheduler listens
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
        """Kill at random moments while work is done; returns how often it hit."""
        hits = 0
        for _time in range(times):
            self.start()
            before = self.look()
            end = time.monotonic() + 30
            while self.look() == before and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(self.rng.uniform(0, 0.8))
            hits += one(finished, self.database) != "t"
            self.server.stop(self.rng.choice([signal.SIGKILL, signal.SIGTERM]))
            self.cursors.append(self.look())
        return hits


@pytest.fixture(scope="module")
def crowd(server):
    """Thousands of clients; the server is down, its scheduler knows one job."""
    server.stop()
    one(MAKE, server.database)
    one(
        "ANALYZE; DELETE FROM client_health_run; DELETE FROM client_health_snapshot;"
        " UPDATE client_health SET facts = NULL, computed_on = NULL",
        server.database,
    )
    return server


def test_a_night_that_is_killed_goes_on_and_ends(crowd):
    database = crowd.database
    night = Night(crowd, "night")
    due("ir_cron_refresh", database)
    finished = f"SELECT bool_and(state = 'done') FROM {night.mine}"
    assert night.kill_in_the_middle(3, finished) >= 2
    assert one(f"SELECT state FROM {night.mine} ORDER BY id LIMIT 1", database)
    check_whole_rows(database)
    night.start()
    wait(f"SELECT bool_and(state = 'done') FROM {night.mine}", database)
    crowd.stop()
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
        " AND h.computed_on IS NOT NULL AND h.facts ? 'open_leads'",
        database,
    ) == str(CLIENTS)
    check_whole_rows(database)


def check_whole_rows(database):
    """A client is scored with flags and snapshot, or not at all."""
    for what, query in {
        "a health without its figures": """SELECT count(*) FROM client_health
            WHERE (computed_on IS NULL) <> (facts IS NULL)""",
        "a score without a snapshot": """SELECT count(*) FROM client_health h
            WHERE computed_on IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM client_health_snapshot s
               WHERE s.health_id = h.id AND s.score IS NOT DISTINCT FROM h.score)""",
        "flags that are not counted": """SELECT count(*) FROM client_health h
            WHERE computed_on IS NOT NULL AND flag_count <> (
              SELECT count(*) FROM client_health_flag f
               WHERE f.health_id = h.id AND f.state <> 'cleared')""",
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
    history.start()
    wait(finished, database)
    crowd.stop()
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
