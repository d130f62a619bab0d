"""Eight people work on the very clients that a night is scoring.

On each client each of them does something else, so that every kind of work meets
every other and the night; over all clients each of them does everything.
"""

import concurrent.futures
import contextlib
import datetime
import random
import re
import threading
import time

import psycopg2
import pytest
from crowd import COMPANY, MINE, due, make, one, wait, wake
from outside import Person, Refused

PEOPLE = [f"person{number}" for number in range(8)]
CLIENTS = 600  # scored by each night
SHARED = 8  # of them, on which people work
PAUSE = 1  # seconds between two nights: else they would follow each other for minutes
TWINS = 100  # how much further the contact is that is merged into a client
SOON = str(datetime.date.today() + datetime.timedelta(days=30))
# Standing still, seen as pessimistic: two flags on each client that people work on;
# and abuse, reported by nobody in particular, which somebody confirms.
TROUBLE = f"""
UPDATE crm_lead l SET date_last_stage_update = now() - INTERVAL '190 days'
  FROM res_partner p WHERE p.id = l.partner_id AND p.name IN ({{clients}}, {{twins}});
UPDATE project_task t SET date_last_stage_update = now() - INTERVAL '140 days'
  FROM res_partner p WHERE p.id = t.partner_id AND p.name IN ({{clients}}, {{twins}});
INSERT INTO client_incident (partner_id, company_id, date, category, severity, points,
                             state, create_date, confirmed_on)
SELECT p.id, {COMPANY}, CURRENT_DATE - 3, said.category, 'severe', 3, said.state, now(),
       CASE said.state WHEN 'confirmed' THEN now() - INTERVAL '1 day' END
  FROM res_partner p, (VALUES ('pessimism', 'confirmed'), ('pessimism', 'confirmed'),
                              ('abuse', 'reported')) said (category, state)
 WHERE p.name IN ({{clients}});
INSERT INTO client_incident (partner_id, company_id, date, category, severity, points,
                             state, create_date, confirmed_on)
SELECT p.id, {COMPANY}, CURRENT_DATE - 3, 'disrespect', 'severe', 3, 'confirmed', now(),
       now() - INTERVAL '1 day'
  FROM res_partner p WHERE p.name IN ({{twins}});
"""
NIGHTS = f"FROM client_health_run WHERE {MINE} AND kind = 'night'"
# Flags and what the health says of them are stored together, at any moment.
TORN = """
SELECT p.name, h.flag_count, count(f.id)
  FROM client_health h JOIN res_partner p ON p.id = h.partner_id
  LEFT JOIN client_health_flag f ON f.health_id = h.id AND f.state <> 'cleared'
 WHERE h.computed_on IS NOT NULL AND p.name LIKE 'Load %'
 GROUP BY h.id, p.name HAVING h.flag_count <> count(f.id)
"""
# What Odoo logs of every try that another transaction spoiled, before it tries again,
# and what it tells whoever starts a recovery with a client archived just now.
EXPECTED = re.compile(
    "bad query.*ERROR: (could not serialize access|deadlock detected)"
    r"| odoo\.http: (Load \d+ is archived|Recovery of Load \d+ is cancelled already)",
    re.S,
)


def names(numbers):
    return ", ".join(f"'Load {number}'" for number in numbers)


@pytest.fixture(scope="module")
def shop(server):
    """Hundreds of scored clients, eight managers, and a server with a scheduler."""
    database = server.database
    make(CLIENTS, database)
    shared = range(1, SHARED + 1)
    twins = [number + TWINS for number in shared]
    one(TROUBLE.format(clients=names(shared), twins=names(twins)), database)
    due("ir_cron_refresh", database)
    server.start("--max-cron-threads=1")
    hire(Person(server, "admin"), database)
    wake(database)
    wait(f"SELECT bool_and(state = 'done') {NIGHTS}", database)
    return server


def hire(admin, database):
    """Eight people who may do everything of this module, and merge contacts."""
    groups = one(
        """SELECT res_id FROM ir_model_data
            WHERE model = 'res.groups' AND (module, name) IN (
              ('base', 'group_user'), ('base', 'group_partner_manager'),
              ('client_health', 'group_manager'))""",
        database,
    ).split()
    values = {"group_ids": [[6, 0, list(map(int, groups))]]}
    admin.call(
        "res.users",
        "create",
        [{"name": name, "login": name, **values} for name in PEOPLE],
        context={"no_reset_password": True},
    )
    # all with the password of the administrator: making one takes half a second
    one(
        "UPDATE res_users u SET password = admin.password FROM res_users admin"
        " WHERE admin.login = 'admin' AND u.login LIKE 'person%'",
        database,
    )


# -- what people do with a client ----------------------------------------------


def edit(person, client, _twin):
    person.call(
        "res.partner",
        "web_save",
        [client],
        {"phone": f"0032 {client}"},
        specification={"phone": {}},
    )


def archive(person, client, _twin):
    """A contact of the client. Who is archived itself is no client any more."""
    contact = {"name": f"Left {client}", "parent_id": client}
    [left] = person.call("res.partner", "create", [contact])
    person.call("res.partner", "action_archive", [left])


def merge(person, client, twin):
    person.dialog(
        "base.partner.merge.automatic.wizard",
        "action_merge",
        {
            "state": "selection",
            "partner_ids": [[6, 0, [client, twin]]],
            "dst_partner_id": client,
        },
    )


def confirm(person, client, _twin):
    about = [["partner_id", "=", client], ["category", "=", "abuse"]]
    incident = person.call("client.incident", "search", about)
    person.call("client.incident", "action_confirm", incident)


def open_flag(person, client, code):
    return person.call(
        "client.health.flag",
        "search",
        [
            ["partner_id", "=", client],
            ["check_id.code", "=", code],
            ["state", "!=", "cleared"],
        ],
    )


def acknowledge(person, client, _twin):
    flag = open_flag(person, client, "progress")
    person.call("client.health.flag", "action_acknowledge", flag)


def snooze(person, client, _twin):
    flag = open_flag(person, client, "attitude")
    person.dialog(
        "client.health.flag.snooze",
        "action_apply",
        {"flag_ids": [[6, 0, flag]], "until": SOON, "reason": "On holiday"},
    )


def override(person, client, _twin):
    about = [["partner_id", "=", client]]
    person.dialog(
        "client.health.override",
        "action_apply",
        {
            "health_id": person.call("client.health", "search", about)[0],
            "level": "watch",
            "reason": "We know better",
            "until": SOON,
        },
    )


def repair(person, client, _twin):
    """Start a recovery and cancel it, unless somebody archives the client."""
    try:
        started = person.dialog(
            "client.recovery.start",
            "action_start",
            {"partner_ids": [[6, 0, [client]]], "reason": "They stand still"},
        )
        person.dialog(
            "client.recovery.decide",
            "action_apply",
            {
                "recovery_id": started["res_id"],
                "decision": "cancel",
                "note": "Not needed",
            },
        )
    except Refused as refused:
        if refused.name != "odoo.exceptions.UserError" or not (
            "is archived" in str(refused) or "is cancelled already" in str(refused)
        ):
            raise


FLAG = """SELECT array_agg(f.state) = ARRAY['{state}'::varchar]
            FROM client_health_flag f JOIN client_health_check c ON c.id = f.check_id
           WHERE f.partner_id = {{client}} AND c.code = '{code}'
             AND f.state <> 'cleared'"""
# Each kind of work, and the question whether it is kept.
WORK = {
    edit: "SELECT phone = '0032 {client}' FROM res_partner WHERE id = {client}",
    archive: "SELECT NOT active FROM res_partner WHERE name = 'Left {client}'",
    merge: """SELECT NOT EXISTS (SELECT 1 FROM res_partner WHERE id = {twin})
                 AND (SELECT count(*) FROM client_incident
                       WHERE partner_id = {client}) = 4
                 AND (SELECT count(*) FROM client_health
                       WHERE partner_id = {client}) = 1""",
    confirm: f"""SELECT ({FLAG.format(code="abuse", state="open")})
                    AND (SELECT state = 'confirmed' FROM client_incident
                          WHERE partner_id = {{client}} AND category = 'abuse')""",
    acknowledge: FLAG.format(code="progress", state="acknowledged"),
    snooze: FLAG.format(code="attitude", state="snoozed"),
    override: f"""SELECT level = 'watch' AND level_rule = 'override'
                     AND override_level = 'watch' AND override_until = '{SOON}'
                    FROM client_health WHERE partner_id = {{client}}""",
    repair: """SELECT phase = 'active' AND (
                 SELECT bool_and(state = 'cancelled') FROM client_recovery
                  WHERE partner_id = {client}) IS NOT FALSE
                 FROM client_health WHERE partner_id = {client}""",
}


def not_counted(admin, clients):
    """Clients whose confirmed abuse is not in their score, among ``clients``."""
    missed = []
    for client in clients:
        health = admin.call(
            "client.health", "search_read", [["partner_id", "=", client]], ["score"]
        )[0]
        said = admin.call("client.health", "explain", [health["id"]])
        values = {
            indicator["code"]: indicator["value"]
            for check in said["checks"]
            for indicator in check["indicators"]
        }
        if values["abuse"] != 3 or said["score"] != health["score"]:
            missed.append((client, values["abuse"], said["score"], health["score"]))
    return missed


def problems(log):
    """Warnings and errors in a log that nobody expects."""
    import bed

    return [found for found in bed.problems(log) if not EXPECTED.search(found)]


class Background(threading.Thread):
    """Something that goes on, every moment, until the block is left."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self.function = function
        self.over = threading.Event()
        self.found = []
        self.error = None

    def run(self):
        try:
            while not self.over.is_set():
                self.found += self.function()
                self.over.wait(0.1)
        except BaseException as error:  # raised where the block is left
            self.error = error

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        self.join(300)
        if self.error:
            raise self.error


def change_a_weight(admin, database):
    """Change the settings, which has every client scored again; wait for the end."""
    check = admin.call("client.health.check", "search", [["code", "=", "rejection"]])
    before = int(one(f"SELECT count(*) {NIGHTS}", database))
    admin.call("client.health.check", "write", check, {"weight": 15 + before % 2})
    wait(
        f"SELECT count(*) > {before} AND bool_and(state = 'done') {NIGHTS}",
        database,
        240,
    )
    time.sleep(PAUSE)
    return [before]


def test_whatever_eight_people_do_during_a_night_is_kept_and_it_ends(shop):
    database = shop.database
    ids = dict(
        line.split("|")
        for line in one("SELECT name, id FROM res_partner", database).splitlines()
        if line.startswith("Load ")
    )
    pairs = [
        (int(ids[f"Load {number}"]), int(ids[f"Load {number + TWINS}"]))
        for number in range(1, SHARED + 1)
    ]
    kinds = list(WORK)
    admin = Person(shop, "admin")
    began = int(one(f"SELECT count(*) {NIGHTS}", database))

    def work(number):
        person = Person(shop, PEOPLE[number], "admin")
        dice = random.Random(number)
        failures = []
        for place, pair in enumerate(pairs):
            kind = kinds[(number + place) % len(kinds)]
            time.sleep(dice.uniform(0, 0.2))
            try:
                kind(person, *pair)
            except Refused as refused:
                failures.append((kind.__name__, pair, str(refused)))
        return failures

    with (
        Background(lambda: change_a_weight(admin, database)) as nights,
        Background(lambda: one(TORN, database).splitlines()) as torn,
        concurrent.futures.ThreadPoolExecutor(len(PEOPLE)) as pool,
    ):
        failures = sum(pool.map(work, range(len(PEOPLE))), [])
    assert not failures, "\n\n".join(map(str, failures))
    assert not torn.found
    assert nights.found, "no night while people worked"
    check_kept(pairs, admin, database)
    # and once more when everybody has gone home
    change_a_weight(admin, database)
    check_kept(pairs, admin, database)
    assert int(one(f"SELECT count(*) {NIGHTS}", database)) >= began + 2
    assert (
        one(
            # each of them after other settings, of which all clients know
            f"SELECT bool_and(changed > 0 AND failed = 0 AND error IS NULL) {NIGHTS}",
            database,
        )
        == "t"
    )
    assert not problems(shop.log)


def check_kept(pairs, admin, database):
    lost = [
        (kind.__name__, client, twin)
        for kind, question in WORK.items()
        for client, twin in pairs
        if one(question.format(client=client, twin=twin), database) != "t"
    ]
    assert not lost
    assert not not_counted(admin, [client for client, _twin in pairs])
    assert one(TORN, database) == ""


@contextlib.contextmanager
def held(query, database):
    """A transaction of somebody else that is not over."""
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        connection.cursor().execute(query)
        yield
        connection.rollback()


def test_a_word_said_between_reading_the_facts_and_storing_them_counts(shop):
    database = shop.database
    admin, judge = Person(shop, "admin"), Person(shop, PEOPLE[0], "admin")
    clients = list(map(int, one(
        f"""WITH told AS (
              INSERT INTO client_incident (partner_id, company_id, date, category,
                                           severity, points, state, create_date)
              SELECT id, {COMPANY}, CURRENT_DATE, 'abuse', 'severe', 3, 'reported',
                     now()
                FROM res_partner WHERE name LIKE 'Load %7' AND active
                 AND NOT EXISTS (SELECT 1 FROM client_incident
                                  WHERE partner_id = res_partner.id)
              RETURNING partner_id)
            SELECT partner_id FROM told ORDER BY random() LIMIT 6""",
        database,
    ).split()))  # fmt: skip
    first = f"SELECT min(partner_id) FROM client_health WHERE {MINE}"
    blocked = f"""SELECT count(*) > 0 FROM pg_stat_activity
                   WHERE datname = '{database}' AND wait_event_type = 'Lock'"""
    with concurrent.futures.ThreadPoolExecutor(len(clients) + 1) as pool:
        with held(
            f"SELECT 1 FROM client_health WHERE {MINE} AND partner_id = ({first})"
            " FOR NO KEY UPDATE",
            database,
        ):
            night = pool.submit(change_a_weight, admin, database)
            wait(blocked, database)  # the facts are read, storing waits
            said = [
                pool.submit(confirm, Person(shop, name, "admin"), client, None)
                for name, client in zip(PEOPLE, clients, strict=False)
            ]
            concurrent.futures.wait(said, 1.5)
        for answer in [*said, night]:
            answer.result(60)
    assert not not_counted(judge, clients)
    for client in clients:
        assert one(WORK[confirm].format(client=client), database) == "t"
    assert one(TORN, database) == ""
    assert not problems(shop.log)
