"""The night with a real PostgreSQL replica, which follows by streaming.

make test-replica runs these. What is asked: are facts read there, is the score the
same, what happens when it lags or is away.
"""

import os
import shutil
import subprocess
import time

import pytest
from crowd import MAKE, one

pytestmark = pytest.mark.replica
CLIENTS = 1100  # enough for two lanes
CHANGE = """
UPDATE crm_lead SET date_last_stage_update = now() - INTERVAL '1 minute'
 WHERE partner_id = (SELECT max(id) FROM res_partner WHERE name = 'Load 1')
"""
OURS = """SELECT score, coverage, encoded_facts FROM client_health
           WHERE company_id = (SELECT min(id) FROM res_company)
             AND partner_id = (SELECT max(id) FROM res_partner WHERE name = 'Load 1')"""
FIGURES = """
    SELECT partner_id, company_id, score, level, coverage, trend, flag_count,
           encoded_facts
      FROM client_health ORDER BY company_id, partner_id"""
FORGET = """UPDATE client_health
               SET encoded_facts = NULL, fingerprint = NULL, score = NULL
             WHERE phase <> 'ended'"""
HOURS_AGO = "UPDATE client_health SET computed_on = computed_on - INTERVAL '9 hours'"
# how often the rows of a table were looked for
READ = """SELECT sum(seq_scan + COALESCE(idx_scan, 0))
            FROM pg_stat_user_tables WHERE relname = '{}'"""


class Standby:
    """A copy of the private PostgreSQL below .bed that follows it."""

    def __init__(self):
        import bed
        import pg

        self.primary = pg.Server(bed.BED)
        self.folder = bed.BED / "standby"
        self.destroy()
        self.server = pg.Server(self.folder)
        prefix, owner = self.server.become()
        self.server.folder(self.folder, owner)
        self.server.folder(self.server.data, owner)
        self.server.run(
            *prefix, self.server.bin / "pg_basebackup",
            "-h", self.primary.socket, "-p", pg.PORT, "-U", "odoo",
            "-D", self.server.data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
        )  # fmt: skip
        self.server.start()

    def destroy(self):
        if hasattr(self, "server"):
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, query, database):
        command = ["psql", "-h", self.server.socket, "-d", database, "-qAtc", query]
        done = subprocess.run(command, capture_output=True, text=True)
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def catch_up(self, database):
        """Wait until it has all that the primary has."""
        end = one("SELECT pg_current_wal_lsn()", database)
        for _ in range(300):
            behind = f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"
            if self.ask(behind, database) == "t":
                return
            time.sleep(0.1)
        pytest.fail("the replica does not follow")


@pytest.fixture(scope="module")
def name():
    import bed

    bed.copy(bed.full_database(), "ch_replica")
    one(MAKE.format(clients=CLIENTS), "ch_replica")
    yield "ch_replica"
    bed.drop("ch_replica")


@pytest.fixture(scope="module")
def standby(name):
    if not os.environ.get("BED_PRIVATE_PG"):
        pytest.skip("needs the private PostgreSQL: this one is not ours to copy")
    standby = Standby()
    yield standby
    standby.destroy()


def shell(name, code, *options):
    done = subprocess.run(
        ["odoo", "shell", "-d", name, "--no-http", "--log-level=warn", *options],
        input=code,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not done.returncode and " ERROR " not in done.stderr, done.stderr
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr


def night(name, standby=None):
    """The scheduler's turn, in a process of its own."""
    options = [f"--db_replica_host={standby.server.socket}"] if standby else []
    shell(
        name,
        "env.ref('client_health.ir_cron_refresh').method_direct_trigger()\n",
        *options,
    )


def test_a_night_reads_facts_on_the_replica_and_says_the_same(name, standby):
    night(name)
    plain = one(FIGURES, name)
    assert plain.count("\n") > CLIENTS
    one(FORGET, name)
    standby.catch_up(name)
    tasks = READ.format("project_task")
    before = int(standby.ask(tasks, name) or 0)
    night(name, standby)
    assert one(FIGURES, name).splitlines() == plain.splitlines()
    for _ in range(50):  # statistics come a moment later
        if int(standby.ask(tasks, name)) > before:
            break
        time.sleep(0.1)
    assert int(standby.ask(tasks, name)) > before, "nobody read on the replica"
    assert standby.ask("SELECT pg_is_in_recovery()", name) == "t"


def test_a_replica_that_lags_says_what_it_knew_and_never_undoes_a_refresh(
    name, standby
):
    night(name, standby)
    known = one(OURS, name)
    one(HOURS_AGO, name)
    standby.catch_up(name)
    standby.ask("SELECT pg_wal_replay_pause()", name)
    try:
        one(CHANGE, name)
        night(name, standby)
        assert one(OURS, name) == known, "as of the moment of the replica"
        client = "env['res.partner'].search([('name', '=', 'Load 1')], limit=1)"
        shell(
            name,
            f"env['client.health']._refresh({client})\nenv.cr.commit()\n",
            f"--db_replica_host={standby.server.socket}",
        )
        fresh = one(OURS, name)
        assert fresh != known, "the button reads the database itself"
        night(name, standby)
        assert one(OURS, name) == fresh
    finally:
        standby.ask("SELECT pg_wal_replay_resume()", name)
    standby.catch_up(name)
    night(name, standby)
    assert one(OURS, name) == fresh


def test_without_its_replica_the_night_goes_on(name, standby):
    one(FORGET, name)
    standby.server.stop()
    options = [f"--db_replica_host={standby.server.socket}", "--log-level=error"]
    code = "env.ref('client_health.ir_cron_refresh').method_direct_trigger()\n"
    shell(name, code, *options)
    left = """SELECT count(*) FROM client_health
               WHERE encoded_facts IS NULL AND phase <> 'ended'"""
    assert one(left, name) == "0"
