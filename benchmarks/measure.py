"""Measure one thing in a database that fill.py made, in a process of its own.

    python benchmarks/measure.py DATABASE WHAT

Prints one line of JSON: seconds, counts, and the memory the process took beyond what
it had before (peak, MB). Everything is rolled back.
"""

import contextlib
import json
import resource
import statistics
import sys
import time
from datetime import date, timedelta

import sums
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

ROUNDS = 3


def timed(function, rounds=ROUNDS):
    """Median seconds of a few calls."""
    seconds = []
    for _round in range(rounds):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def peak():
    """Most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextlib.contextmanager
def undone(env):
    env.flush_all()
    savepoint = env.cr.savepoint(flush=False)
    try:
        yield
    finally:
        savepoint.rollback()
        env.invalidate_all()


def add_up(env):
    params = {"company": env.company.id, "note": env.ref("mail.mt_note").id}
    for statement in sums.SUMS.values():
        env.cr.execute(statement, params)
        env.cr.fetchall()


def changed(env):
    """Rows that the last run changed."""
    run = env["client.health.run"].search([("kind", "=", "night")], limit=1)
    return run.changed


def forget(env):
    """Make every stored row out of date, as if all facts had changed."""
    env.cr.execute("UPDATE client_health SET config_version = NULL, fingerprint = NULL")
    env.invalidate_all()


def scored(env):
    """The health of the clients, who are scored first: nothing is ever kept."""
    health = env["client.health"]
    health._refresh()
    return health.search([])


def night(env):
    """The sums, the first night, one after which all changed, and one of nothing."""
    health = env["client.health"]
    add_up(env)  # what is read from disk is read by both
    bare = timed(lambda: add_up(env))
    before = peak()
    start = time.perf_counter()
    health._refresh()
    first = time.perf_counter() - start
    taken = peak() - before
    clients = health.search_count([])
    seconds = []
    for _round in range(ROUNDS):
        forget(env)
        start = time.perf_counter()
        health._refresh()
        seconds.append(time.perf_counter() - start)
    everything = changed(env)
    quiet = timed(health._refresh)
    return {
        "clients": clients, "sums": bare, "first": first,
        "night": statistics.median(seconds), "changed": everything,
        "quiet": quiet, "quiet changed": changed(env), "memory": taken,
        "sums again": timed(lambda: add_up(env)),
    }  # fmt: skip


def partner_totals(env):
    """Odoo's own two figures of a partner, for some clients, and ours for all."""
    clients = scored(env)[:500].partner_id

    def own():
        env.invalidate_all()
        for client in clients:
            client.mapped("total_invoiced")
            client.mapped("credit")

    def together():
        env.invalidate_all()
        clients.mapped("total_invoiced")
        clients.mapped("credit")

    return {"one by one": timed(own, 1) / 500, "together": timed(together) / 500}


def one(env):
    """One client refreshed, as by the button."""
    clients = scored(env)[:30].partner_id
    seconds = []
    for client in clients:
        start = time.perf_counter()
        env["client.health"]._refresh(client)
        env.flush_all()
        seconds.append(time.perf_counter() - start)
    return {"one": statistics.median(seconds)}


def history(env):
    """24 month-ends, and a night beside them."""
    health = env["client.health"]
    ids = scored(env).partner_id.ids
    forget(env)
    start = time.perf_counter()
    health._refresh()
    night = time.perf_counter() - start
    day = date.today().replace(day=1)
    start = time.perf_counter()
    for _month in range(24):
        day -= timedelta(days=1)
        for first in range(0, len(ids), 1000):
            health._score_clients(env.company, ids[first : first + 1000], day)
        day = day.replace(day=1)
    return {"history": time.perf_counter() - start, "night": night}


def what_if(env):
    """A limit moved and the weights changed, over all clients."""
    result = {}
    scored(env)
    for name, limit in (("nothing", None), ("a limit", 0.2)):
        wizard = env["client.health.what.if"].create({})
        wizard._load()
        if limit:
            lines = wizard.indicator_line_ids
            lines.filtered(
                lambda line: line.indicator_id.code == "overdue"
            ).watch = limit
        result[name] = timed(wizard.action_compare, 2)
    return result


MEASURES = {
    function.__name__: function for function in (night, partner_totals, one, history,
                                                 what_if)
}  # fmt: skip


def main(database, what):
    config.parse_config(["-d", database, "--log-level=error"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env = env(context={"allowed_company_ids": env.company.ids})
        result = MEASURES[what](env)
        cr.rollback()
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
