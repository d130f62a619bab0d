"""Kill the server, or the database, at any moment: nothing is half done.

make test tries a few moments; make test-kill twenty for each of four actions and two
victims. They are spread over the time that the action takes undisturbed.
"""

import concurrent.futures
import os
import random
import time
import urllib.error
from pathlib import Path

import pytest
from crowd import COMPANY, MINE, check_whole, due, make
from outside import Person, Refused, Server, shell
from victims import Cluster, Scheduler, kill_odoo, start_again

KILLS = int(os.environ.get("KILLS", "2"))
CLIENTS = 2500  # two batches
TOLD = 40  # of them, of whose fall somebody is told every night
MONTHS = 2  # of history that are filled in
VICTIMS = ("server", "database")
UNDISTURBED = 2  # offboardings for a button in each test; the second one is timed

# Each client has an opportunity and nothing else, and a salesperson.
PREPARE = """
DELETE FROM project_task WHERE name = 'Load';
UPDATE res_partner SET user_id = 2 WHERE name LIKE 'Load %';
UPDATE ir_cron SET active = false WHERE id NOT IN (
  SELECT res_id FROM ir_model_data WHERE module = 'client_health'
     AND name IN ('ir_cron_refresh', 'ir_cron_history'));
"""


@pytest.fixture(scope="module")
def cluster():
    import bed

    with Cluster(bed.BED / "kill", "ch_kill") as cluster:
        make(CLIENTS, cluster.database)
        cluster.ask(PREPARE)
        yield cluster


@pytest.fixture(scope="module")
def told():
    """Writes a line on each kill, for whoever asks what was tried."""
    import bed

    with (bed.LOGS / "kills.txt").open("w") as lines:
        yield lambda *words: print(*words, file=lines, flush=True)


def moments(dice, duration):
    """Random moments, one in each part of the time."""
    return [duration * (number + dice.random()) / KILLS for number in range(KILLS)]


# -- work over all clients -----------------------------------------------------


class Night:
    cron = "ir_cron_refresh"
    runs = f"FROM client_health_run WHERE {MINE} AND kind = 'night'"
    # How long the opportunity of a client has not moved: another time every night.
    DAYS = """(CASE WHEN p.id <= {last} THEN 130 + {n}
                    ELSE (p.id * 37 + {n} * 53) % 190 END)"""

    def __init__(self, cluster):
        self.cluster, self.ask = cluster, cluster.ask

    def prepare(self, number):
        """Let the facts of all clients change, and some stand better than they are."""
        last = (
            f"(SELECT min(id) + {TOLD - 1} FROM res_partner WHERE name LIKE 'Load %')"
        )
        self.days = self.DAYS.format(n=number, last=last)
        self.ask(
            f"""UPDATE crm_lead l
                   SET date_last_stage_update = now() - {self.days} * INTERVAL '1 day'
                  FROM res_partner p WHERE p.id = l.partner_id AND l.name = 'Load';
                UPDATE client_health
                   SET level = 'healthy', told_level = 'healthy', level_rank = 3
                 WHERE partner_id IN (SELECT id FROM res_partner
                                       WHERE name LIKE 'Load %' AND id <= {last});
                DELETE FROM mail_activity WHERE res_model = 'client.health';
                DELETE FROM mail_message WHERE model = 'client.health';
                DELETE FROM client_health_run"""
        )
        due(self.cron, self.cluster.database)

    def check_whole(self):
        check_whole(self.cluster.database)
        assert int(self.ask(NOTES)) <= TOLD

    def check_complete(self):
        """As if nothing had happened."""
        check_whole(self.cluster.database)
        assert (
            self.ask(
                f"""SELECT bool_and(failed = 0 AND error IS NULL AND seen = total
                                AND total >= {CLIENTS} AND date_end >= date_start)
                  {self.runs}"""
            )
            == "t"
        )
        flagged = """EXISTS (SELECT 1 FROM client_health_flag f
                      JOIN client_health_check c ON c.id = f.check_id
                      WHERE f.health_id = h.id AND f.state <> 'cleared'
                        AND c.code = 'progress')"""
        assert (
            self.ask(
                f"""SELECT count(*) FILTER (WHERE days >= 61 AND NOT flagged),
                       count(*) FILTER (WHERE days < 54 AND flagged),
                       count(*) FILTER (WHERE flagged) > {CLIENTS // 2}
                  FROM (SELECT {self.days} AS days, {flagged} AS flagged
                          FROM client_health h JOIN res_partner p ON p.id = h.partner_id
                         WHERE p.name LIKE 'Load %') client"""
            )
            == "0|0|t"
        )
        assert self.ask(NOTES) == str(TOLD)
        assert self.ask(
            """SELECT count(*) FROM mail_activity
                WHERE active AND res_model = 'client.health'"""
        ) == str(TOLD)


NOTES = """SELECT count(*) FROM mail_message
            WHERE model = 'client.health' AND body LIKE '%Client health dropped%'"""


class History:
    cron = "ir_cron_history"
    runs = f"FROM client_health_run WHERE {MINE} AND kind = 'history'"
    MONTHS = f"""SELECT (date_trunc('month', now()) - (n || ' months')::interval
                         - INTERVAL '1 day')::date
                   FROM generate_series(0, {MONTHS - 1}) n"""
    PAST = f"""SELECT md5(string_agg(concat_ws(',', health_id, date, score, level,
                      encoded_facts, points), ';' ORDER BY health_id, date)), count(*)
                 FROM client_health_snapshot s WHERE date IN ({MONTHS})"""
    PRESENT = """SELECT md5(string_agg(concat_ws(',', id, score, level, encoded_facts,
                        computed_on), ';' ORDER BY id)) FROM client_health"""

    def __init__(self, cluster):
        self.cluster, self.ask = cluster, cluster.ask
        self.undisturbed = None

    def prepare(self, _number):
        """Forget the months, and ask for them."""
        self.ask(
            f"""DELETE FROM client_health_run;
                DELETE FROM client_health_snapshot WHERE date IN ({self.MONTHS});
                UPDATE ir_cron SET active = true;
                INSERT INTO client_health_run (company_id, kind, state, as_of, total,
                                               seen, changed, failed, cursor)
                SELECT {COMPANY}, 'history', 'waiting', day, 0, 0, 0, 0, 0
                  FROM ({self.MONTHS}) month (day)"""
        )
        due(self.cron, self.cluster.database)
        # what history asks for when it is done is another test's
        self.ask(
            """UPDATE ir_cron SET active = false WHERE id IN (
                 SELECT res_id FROM ir_model_data
                  WHERE module = 'client_health' AND name = 'ir_cron_refresh')"""
        )
        self.present = self.ask(self.PRESENT)

    def check_whole(self):
        check_whole(self.cluster.database)
        assert self.ask(self.PRESENT) == self.present

    def check_complete(self):
        self.check_whole()
        assert (
            self.ask(
                f"""SELECT count(*) = {MONTHS} AND bool_and(failed = 0 AND error IS NULL
                         AND seen = total AND total >= {CLIENTS}
                         AND changed = (SELECT count(*) FROM client_health_snapshot s
                                         WHERE s.company_id = r.company_id
                                           AND s.date = r.as_of))
                  FROM client_health_run r WHERE {MINE} AND kind = 'history'"""
            )
            == "t"
        )
        past = self.ask(self.PAST)
        self.undisturbed = self.undisturbed or past
        assert past == self.undisturbed


@pytest.fixture(scope="module")
def scheduler(cluster):
    import bed

    log = bed.LOGS / "ch_kill-jobs.log"
    log.unlink(missing_ok=True)
    scheduler = Scheduler(cluster.database, log)
    yield scheduler
    scheduler.stop()


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("kind", [Night, History])
def test_work_over_all_clients_goes_on_after_a_kill(
    kind, victim, cluster, scheduler, told
):
    dice = random.Random(f"{kind.__name__} {victim} 20260131")
    work = kind(cluster)
    done = f"SELECT count(*) > 0 AND bool_and(state = 'done') {work.runs}"
    seen = f"SELECT coalesce(sum(seen), 0) {work.runs}"
    for number in range(2):  # the first one warms up: every client is new
        work.prepare(number)
        scheduler.begin()
        duration = scheduler.wait()
    work.check_complete()
    hits = 0
    for number, moment in enumerate(moments(dice, duration)):
        work.prepare(number + 2)
        scheduler.log.write_text("")
        scheduler.begin()
        time.sleep(moment)
        before = cluster.ask(seen)
        if victim == "server":
            scheduler.kill()
            what = "the scheduler"
        else:
            what = cluster.kill(dice)
            cluster.back()
        scheduler.wait()
        cluster.wait_for_the_dead()
        after, hit = cluster.ask(seen), cluster.ask(done) != "t"
        goes_on = cluster.ask(
            f"SELECT count(*) > 0 {work.runs} AND state = 'running' AND seen > 0"
        )
        hits += hit
        told(
            f"{kind.__name__}, after {moment:.2f} s of {duration:.2f}: {what};"
            f" {after} clients are done, {'not all' if hit else 'which is all'}"
        )
        assert int(after) >= int(before), "what was stored is lost"
        work.check_whole()
        due(work.cron, cluster.database)
        scheduler.begin()
        scheduler.wait()
        assert cluster.ask(done) == "t"
        work.check_complete()
        if goes_on == "t":
            assert "Going on with the clients" in scheduler.log.read_text()
    assert hits, "all came too late"


# -- buttons -------------------------------------------------------------------

# Without Odoo's own note that access to the portal is gone: where the commit itself
# fails, the worker goes on believing so, and says nothing of it the second time.
FINGERPRINT = """
WITH offboarding AS (SELECT * FROM client_offboarding WHERE id = {id}),
family AS (SELECT p.* FROM res_partner p JOIN offboarding g
                    ON p.commercial_partner_id = g.partner_id),
project AS (SELECT p.* FROM project_project p JOIN offboarding g USING (partner_id))
SELECT concat_ws('; ',
    (SELECT concat_ws(',', state, ended_on, ended_user_id, outcome IS NOT NULL,
                      jsonb_array_length(NULLIF(archived, 'null'))) FROM offboarding),
    (SELECT h.phase FROM client_health h
       JOIN offboarding g USING (partner_id, company_id)),
    (SELECT string_agg(active::text, ',' ORDER BY id) FROM family),
    (SELECT string_agg(u.active::text, ',' ORDER BY u.id) FROM res_users u
       JOIN family f ON f.id = u.partner_id),
    (SELECT count(*) FROM res_groups_users_rel r JOIN res_users u ON u.id = r.uid
       JOIN family f ON f.id = u.partner_id
       JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid
                           AND d.module = 'base' AND d.name = 'group_portal'),
    (SELECT string_agg(s.opt_out::text, ',' ORDER BY s.id) FROM mailing_subscription s
       JOIN mailing_contact c ON c.id = s.contact_id JOIN family f USING (email)),
    (SELECT string_agg(e.active::text, ',' ORDER BY e.id) FROM calendar_event e
       JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
       JOIN family f ON f.id = r.res_partner_id),
    (SELECT string_agg(concat(a.res_model, ' ', a.active), ',' ORDER BY a.id)
       FROM mail_activity a
      WHERE a.res_model = 'res.partner' AND a.res_id IN (SELECT id FROM family)
         OR a.res_model = 'client.offboarding' AND a.res_id = {id}),
    (SELECT concat_ws(',', p.last_update_status, s.fold) FROM project p
       LEFT JOIN project_project_stage s ON s.id = p.stage_id),
    (SELECT string_agg(t.state, ',' ORDER BY t.id) FROM project_task t
       JOIN project p ON p.id = t.project_id),
    (SELECT m.is_reached FROM project_milestone m
       JOIN project p ON p.id = m.project_id),
    (SELECT concat_ws(',', closed_on, closed_user_id) FROM client_offboarding_project
      WHERE offboarding_id = {id}),
    (SELECT string_agg(said, ',' ORDER BY said) FROM (
     SELECT concat_ws(' ', m.model, m.message_type, count(v.id)) AS said
       FROM mail_message m LEFT JOIN mail_tracking_value v ON v.mail_message_id = m.id
      WHERE COALESCE(m.body, '') NOT LIKE '%Portal Access Revoked%'
        AND (m.model = 'client.offboarding' AND m.res_id = {id}
             OR m.model = 'res.partner' AND m.res_id IN (SELECT id FROM family)
             OR m.model = 'project.project' AND m.res_id IN (SELECT id FROM project))
      GROUP BY m.id) m))
"""
BUTTONS = {
    "close": ("client.offboarding.project", "action_close"),
    "done": ("client.offboarding", "action_done"),
    "at once": ("client.offboarding", "action_finish_now"),
}


@pytest.fixture(scope="module")
def offboardings(cluster):
    """Button → offboardings, all alike, in which it can be pressed."""
    number = len(VICTIMS) * (KILLS + UNDISTURBED)
    return shell(
        cluster.database,
        f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import offboardings
answer = offboardings.make(env, {number})
""",
    )


@pytest.fixture(scope="module")
def odoo(cluster, offboardings):
    """A server whose pages have a process of their own."""
    import bed

    log = bed.LOGS / "ch_kill.log"
    log.unlink(missing_ok=True)
    server = Server(
        cluster.database, bed.free_port(), log,
        "--workers=1", f"--gevent-port={bed.free_port()}",
    )  # fmt: skip
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_does_all_or_nothing(
    button, victim, cluster, odoo, offboardings, told
):
    dice = random.Random(f"{button} {victim} 20260131")
    person = Person(odoo, "admin")

    def fingerprint(offboarding):
        return cluster.ask(FINGERPRINT.format(id=offboarding))

    def press(record):
        return person.call(*BUTTONS[button], [record])

    for _time in range(UNDISTURBED):
        offboarding, record = offboardings[button].pop()
        before = fingerprint(offboarding)
        start = time.monotonic()
        assert press(record) is True
        duration = time.monotonic() - start
        after = fingerprint(offboarding)
        assert before != after
    hits = 0
    for moment in moments(dice, duration):
        offboarding, record = offboardings[button].pop()
        assert fingerprint(offboarding) == before
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answer = pool.submit(press, record)
            time.sleep(moment)
            if victim == "server":
                what = kill_odoo(odoo, dice)
            else:
                what = cluster.kill(dice)
                cluster.back()
                start_again(odoo)
        found = fingerprint(offboarding)
        hits += found == before
        told(
            f"{button}, after {moment:.3f} s of {duration:.3f}: {what};"
            f" {'nothing' if found == before else 'all'} was done"
        )
        assert found in (before, after)
        if not answer.exception():
            assert found == after, "the person was told that it is done"
        if found == before:
            try:
                assert press(record) is True
            except urllib.error.HTTPError:  # the connection that died is noticed once
                assert press(record) is True
        else:
            with pytest.raises(Refused, match="odoo.exceptions.UserError"):
                press(record)
        assert fingerprint(offboarding) == after
    assert hits, "all came too late"
