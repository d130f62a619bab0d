"""The night in jobs of OCA's queue_job: a real server with two workers.

Two copies of one database: the night in jobs must say the same in one as the plain
night in the other.
"""

import os
import subprocess

import crowd
import psutil
import pytest
from crowd import MAKE, one

from conftest import Server

pytestmark = pytest.mark.server
CLIENTS = 600
BATCH = 50
FORGET = f"""
DELETE FROM client_health_run;
DELETE FROM client_health_flag WHERE raised_on >= CURRENT_DATE - 1;
DELETE FROM client_health_snapshot WHERE date >= CURRENT_DATE;
UPDATE client_health SET encoded_facts = NULL, fingerprint = NULL,
       config_version = NULL;
INSERT INTO ir_config_parameter (key, value)
VALUES ('client_health_queue_job.batch', '{BATCH}');
ANALYZE;
"""
RUNNER = """SELECT count(*) = 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
             WHERE d.datname = current_database() AND l.locktype = 'advisory'
               AND l.objsubid = 1 AND l.granted
               AND (l.classid::bigint << 32) | l.objid::bigint = 2293787760715711918"""
# the scheduler comes to one company after the other
DONE = """SELECT bool_and(state = 'done') AND count(DISTINCT company_id) =
                 (SELECT count(DISTINCT company_id) FROM client_health
                   WHERE phase <> 'ended') FROM client_health_run"""
# the clients that were given to jobs; queue_job keeps arguments as JSON in a string
GIVEN = """(SELECT r.id AS run, r.company_id, client::int
              FROM queue_job j
              JOIN client_health_run r ON r.id = j.client_health_run_id,
                   jsonb_array_elements((j.args #>> '{}')::jsonb -> 0) client) given"""
# what people see of a client; not when it was worked out, nor the ids of new rows
FIGURES = """
    SELECT partner_id, company_id, score, level, level_rule, coverage, trend,
           flag_count, red_flag_count, direction, config_version, encoded_facts
      FROM client_health ORDER BY company_id, partner_id;
    SELECT health_id, check_id, level, driver_id, side, points, state, raised_on
      FROM client_health_flag ORDER BY health_id, check_id, raised_on, side;
    SELECT health_id, date, score, level, coverage, encoded_facts, points
      FROM client_health_snapshot ORDER BY health_id, date;
    SELECT res_model, res_id, summary, user_id FROM mail_activity
     WHERE res_model = 'client.health' ORDER BY res_id, summary, user_id;
"""


def wait(query, database):
    crowd.wait(query, database, about="SELECT state, retry, exc_info FROM queue_job")


class Workers(Server):
    """A server with two workers and a job runner that gives work to both."""

    def start(self, **options):
        import bed

        self.kill()  # one that a failed test has left
        super().start(
            "--workers=2", "--load=base,web,queue_job", "--max-cron-threads=1",
            f"--gevent-port={bed.free_port()}", **options,
        )  # fmt: skip
        wait(RUNNER, self.database)

    def kill(self):
        """As when the power fails: nobody can tell anybody."""
        if not self.process or self.process.poll() is not None:
            return
        everyone = psutil.Process(self.process.pid).children(recursive=True)
        for process in [psutil.Process(self.process.pid), *everyone]:
            process.kill()
        self.process.wait(30)
        psutil.wait_procs(everyone, 30)

    def begin_the_night(self):
        """The scheduler's time has come for our job alone."""
        one(
            """UPDATE ir_cron SET nextcall = now() + INTERVAL '1 year';
               DELETE FROM ir_cron_trigger;
               UPDATE ir_cron
                  SET nextcall = now() AT TIME ZONE 'UTC' - INTERVAL '1 minute'
                WHERE id = (SELECT res_id FROM ir_model_data
                             WHERE module = 'client_health'
                               AND name = 'ir_cron_refresh')""",
            self.database,
        )
        one(f"NOTIFY cron_trigger, '{self.database}'", "postgres")


def make(name):
    """A database of some hundred clients; the same ones under every name."""
    import bed

    bed.copy(bed.jobs_database(), name)
    one(MAKE.format(clients=CLIENTS), name)
    one(FORGET, name)


@pytest.fixture(scope="module")
def workers():
    """The server, not started."""
    if "BED" not in os.environ:
        pytest.fail("run this with make test T=..., which makes the database")
    import bed

    make("ch_workers")
    log = bed.LOGS / "ch_workers.log"
    log.unlink(missing_ok=True)
    server = Workers("ch_workers", bed.free_port(), log)
    yield server
    server.kill()
    bed.drop("ch_workers")


@pytest.fixture(scope="module")
def plain(workers):
    """What a night without jobs says in a copy of that database."""
    import bed

    make("ch_plain")
    done = subprocess.run(
        ["odoo", "shell", "-d", "ch_plain", "--no-http", "--log-level=warn"],
        input="env['client.health']._refresh()\nenv.cr.commit()\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.returncode and " ERROR " not in done.stderr, done.stderr
    assert one(DONE, "ch_plain") == "t"
    assert one("SELECT count(*) FROM queue_job", "ch_plain") == "0"
    figures = one(FIGURES, "ch_plain")
    bed.drop("ch_plain")
    return figures


@pytest.fixture
def two_at_a_time(monkeypatch):
    monkeypatch.setenv("ODOO_QUEUE_JOB_CHANNELS", "root:2")


def check(workers, plain):
    """Every client once, nothing failed, and the figures of the plain night."""
    database = workers.database
    wait(DONE, database)
    assert one("SELECT bool_and(state = 'done') FROM queue_job", database) == "t"
    for what, query in {
        "a run that did not see everybody once": f"""
            SELECT count(*) FROM client_health_run
             WHERE seen <> total OR failed > 0 OR error IS NOT NULL
                OR date_end IS NULL OR (total > {CLIENTS} AND seconds <= 0)""",
        "a client in two jobs of a night": f"""
            SELECT count(*) - count(DISTINCT (run, client)) FROM {GIVEN}""",
        "a client in no job": f"""
            SELECT count(*) FROM client_health h
             WHERE phase <> 'ended' AND (company_id, partner_id) NOT IN (
                   SELECT company_id, client FROM {GIVEN})""",
    }.items():
        assert one(query, database) == "0", what
    assert one(FIGURES, database).splitlines() == plain.splitlines()


def test_two_workers_say_what_a_plain_night_says(workers, plain, two_at_a_time):
    import bed

    assert plain.count("\n") > 2 * CLIENTS
    workers.start()
    workers.begin_the_night()
    wait("SELECT count(*) >= 12 FROM queue_job", workers.database)
    workers.begin_the_night()  # once more, while the jobs are worked off
    check(workers, plain)
    assert (
        one("SELECT count(DISTINCT worker_pid) FROM queue_job", workers.database) == "2"
    )
    jobs = f"""SELECT count(*) = (SELECT sum(ceil(total / {BATCH}.)) FROM
               client_health_run) FROM queue_job"""
    wait(jobs, workers.database)  # where the second night came late, it ends too
    assert not bed.problems(workers.log), "\n".join(bed.problems(workers.log))


def test_a_night_in_jobs_that_is_killed_goes_on(workers, plain, two_at_a_time):
    database = workers.database
    one(
        """DELETE FROM queue_job; DELETE FROM client_health_run;
           DELETE FROM client_health_flag WHERE raised_on >= CURRENT_DATE - 1;
           DELETE FROM client_health_snapshot WHERE date >= CURRENT_DATE;
           UPDATE client_health SET encoded_facts = NULL, config_version = NULL""",
        database,
    )
    if not workers.process:
        workers.start()
    workers.begin_the_night()
    wait("SELECT count(*) >= 2 FROM queue_job WHERE state = 'done'", database)
    workers.kill()
    assert one(DONE, database) != "t"
    # time goes by: queue_job takes a job for dead ten seconds after it was given out
    one(
        "UPDATE queue_job SET date_enqueued = date_enqueued - INTERVAL '1 min'",
        database,
    )
    workers.start()
    check(workers, plain)
