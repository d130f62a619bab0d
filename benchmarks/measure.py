"""Measure one thing in a database that fill.py made, in a process of its own.

    python benchmarks/measure.py DATABASE WHAT

Prints one line of JSON: seconds, counts, and the memory the process took beyond what
it had before (peak, MB). What a night writes stays in the database, as it does in
real life: rows that are written twice in a transaction cost more.
"""

import contextlib
import json
import resource
import statistics
import sys
import time
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2
import screens
import sums
from odoo import SUPERUSER_ID, api, fields
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
    """Make every stored row out of date, its history of today too."""
    env.cr.execute(
        "UPDATE client_health SET config_version = NULL, fingerprint = NULL,"
        " judgement = NULL"
    )
    env.cr.commit()


def born_again(env):
    """No client has a health yet."""
    env.cr.execute("DELETE FROM client_health")
    env.cr.execute("DELETE FROM client_health_run")
    env.cr.commit()


@contextlib.contextmanager
def days_later(days):
    """What we do happens on a later day; the clock of the measurement runs on."""
    with patch.object(
        fields.Datetime, "now", lambda: datetime.now().replace(microsecond=0)
        + timedelta(days=days),
    ):  # fmt: skip
        yield


def scheduled(env):
    """As the scheduler works: batches are committed."""
    return env(context={**env.context, "cron_id": True})


def vacuum(env):
    """As autovacuum leaves our tables a minute after a night."""
    tables = "client_health, client_health_flag, client_health_snapshot"
    with contextlib.closing(psycopg2.connect(dbname=env.cr.dbname)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"VACUUM (ANALYZE) {tables}")


def scored(env):
    """The health of the clients, who are scored first."""
    health = env["client.health"]
    health._refresh()
    env.cr.commit()
    return health.search([])


def night(env):
    """The first night; the next three, on which the figures of every client are a day
    older, each after the sums; one of nothing; one after which every row is written
    anew."""
    health = scheduled(env)["client.health"]

    def refresh():
        health._refresh()
        env.cr.commit()

    born_again(env)
    before = peak()
    first = timed(refresh, 1)
    taken = peak() - before
    bare, seconds, rows = [], [], []
    for day in range(1, ROUNDS + 1):
        bare.append(timed(lambda: add_up(env), 1))
        with days_later(day):
            seconds.append(timed(refresh, 1))
        rows.append(changed(env))
    with days_later(ROUNDS):
        quiet = timed(refresh)
        left = changed(env)
        forget(env)
        worst = timed(refresh, 1)
    return {
        "clients": health.search_count([]), "sums": statistics.median(bare),
        "first": first, "nights": seconds, "changed": min(rows),
        "quiet": quiet, "quiet changed": left, "worst": worst, "memory": taken,
    }  # fmt: skip


def again(env):
    """Nights on which the figures of every client are a day older, without more."""
    health = scheduled(env)["client.health"]
    scored(env)
    seconds = []
    for day in range(1, ROUNDS + 1):
        with days_later(day):
            seconds.append(timed(health._refresh, 1))
            env.cr.commit()
    return {"nights": seconds}


def catch_up(env):
    """A night; the catch-up of the day when nothing changed since, and when tasks of
    200 clients did."""
    env = scheduled(env)
    health = env["client.health"]
    scored(env)
    night = timed(health._refresh, 1)
    env.cr.commit()
    clients = health.search([]).partner_id.ids[:600]
    work = health._catch_up(env.company)
    quiet = timed(work.run)
    rows = env["client.health.run"].search_count([("kind", "=", "catch_up")])
    seconds = []
    for some in (clients[:200], clients[200:400], clients[400:]):
        env.cr.execute(
            "UPDATE project_task SET write_date = NOW() AT TIME ZONE 'UTC'"
            " WHERE partner_id = ANY(%s)", [some],
        )  # fmt: skip
        env.cr.commit()
        seconds.append(timed(work.run, 1))
    return {
        "night": night, "quiet": quiet, "quiet runs": rows,
        "some": statistics.median(seconds),
    }  # fmt: skip


def waiting(env):
    """The list of questions that wait for us, and Odoo's own list of all tasks."""
    scored(env)

    def opened(model, domain, view):
        arch = env[model].get_view(env.ref(view).id, "list")["arch"]
        asked = screens.specification(env, arch, model)

        def read():
            env.invalidate_all()
            env[model].web_search_read(domain, asked, limit=80, count_limit=10001)

        read()
        return timed(read, 9)

    ours = [("waits_for", "=", "ours"), ("state", "=", "waiting")]
    return {
        "waiting": opened("client.turn", ours, "client_health.client_turn_view_list"),
        "tasks": opened("project.task", [], "project.open_view_all_tasks_list_view"),
        "lines": env["client.turn"].search_count(ours),
    }


def manager(env):
    """The environment of a manager who may read invoices; nothing of it is kept."""
    user = env["res.users"].search([("login", "=", screens.LOGIN)])
    for group in ("client_health.group_manager", "account.group_account_readonly"):
        user.group_ids += env.ref(group)
    return env(user=user)


def figures(env):
    """Figures with their totals and the page of one client, and Odoo's own list of 80
    customers with what they were invoiced."""
    client = scored(env)[:1]
    vacuum(env)
    env = manager(env)

    def page(model, view, domain, **more):
        arch = env[model].get_view(env.ref(view).id, "list")["arch"]
        asked = {**screens.specification(env, arch, model), **more}
        env[model].web_search_read(domain, asked, limit=80, count_limit=10001)

    def ours():
        model = "client.health.figure"
        page(model, "client_health.client_health_figure_view_list", [])
        env[model].formatted_read_group([], [], measured)

    def customers():
        view = "base.view_partner_tree"
        page("res.partner", view, [("name", "=like", "Client %")], total_invoiced={})

    def relationship():
        env["client.health"].browse(client.id).relationship()

    def opened(read):
        def anew():
            env.invalidate_all()
            read()

        anew()
        return timed(anew, 9)

    # as the web client asks (getAggregateSpecifications)
    fields = env["client.health.figure"].fields_get(attributes=[
        "aggregator", "type", "currency_field",
    ])  # fmt: skip
    measured = ["currency_id:array_agg_distinct"]
    for name, field in fields.items():
        if field["type"] not in ("integer", "float", "monetary"):
            continue
        if field.get("aggregator"):
            measured.append(f"{name}:{field['aggregator']}")
            if field["type"] == "monetary":
                measured.append(f"{name}:sum_currency")
    return {
        "figures": opened(ours),
        "page": opened(relationship),
        "customers": opened(customers),
    }


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
    """One client refreshed, as by the button, after the night was cleaned up after."""
    clients = scored(env)[:30].partner_id
    vacuum(env)
    seconds = []
    for client in clients:
        start = time.perf_counter()
        env["client.health"]._refresh(client)
        env.flush_all()
        seconds.append(time.perf_counter() - start)
    return {"one": statistics.median(seconds)}


def history(env):
    """24 month-ends, and a night beside them."""
    env = scheduled(env)
    scored(env)
    with days_later(1):
        night = timed(env["client.health"]._refresh, 1)
    env.cr.execute("DELETE FROM client_health_snapshot")
    env.cr.execute("DELETE FROM client_health_run WHERE kind = 'history'")
    history = env["client.health"]._history(env.company)
    history.plan()
    env.cr.commit()
    return {
        "history": timed(history.fill, 1),
        "night": night,
    }


def what_if(env):
    """A limit moved and the weights changed, over all clients."""
    result = {}
    scored(env)
    for name in ("nothing", "a limit", "a weight"):
        wizard = env["client.health.what.if"].create({})
        wizard._load()
        if name == "a limit":
            lines = wizard.indicator_line_ids
            lines.filtered(lambda line: line.indicator_id.code == "overdue").watch = 0.2
        elif name == "a weight":
            wizard.check_line_ids[0].weight += 5
        result[name] = timed(wizard.action_compare, 2)
    return result


MEASURES = {
    function.__name__: function for function in (night, again, catch_up, waiting,
                                                 figures, partner_totals, one, history,
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
