"""Earlier versions become the present one: nothing is lost, nothing is missing.

``previous/`` holds them as they were, without screens' code, pictures, translations,
demonstration data and tests.
"""

import json
import tarfile
from pathlib import Path

import pytest
from outside import shell
from test_uninstall import command, refreshed, rows, schema

PREVIOUS = Path(__file__).parent / "previous"
# Something of every kind that people made with it.
WORK = """
from datetime import timedelta
from odoo import fields
today = fields.Date.today()
healths = env["client.health"].search(
    [("company_id", "=", env.company.id), ("score", ">", 0)], order="id"
)
first, second, third, *others = healths
env["client.incident"].with_user(2).create(
    {"partner_id": first.partner_id.id, "category": "abuse", "description": "Shouted"}
).with_user(1).action_confirm()
env["client.pulse"].create(
    {"partner_id": first.partner_id.id, "respect": 2, "attitude": 4}
)
env["client.agreement"].create(
    {"partner_id": second.partner_id.id, "date_start": today, "required_rate": 90}
).action_activate()
env["client.health.override"].create(
    {"health_id": second.id, "level": "watch", "reason": "We know better",
     "until": today + timedelta(days=20)}
).action_apply()
env["client.offboarding"].create({"partner_id": third.partner_id.id, "user_id": 2})
flags = env["client.health.flag"].search([("state", "=", "open")], limit=2)
flags[0].action_acknowledge()
flags[1].snooze(today + timedelta(days=9), "They are on holiday")
env["client.health.indicator"].search([("code", "=", "overdue")]).watch = 0.2
env.company.client_health_required_rate = 77
env["client.health"]._refresh()
env.cr.commit()
answer = flags.ids
"""
FACTS = """
kept = env["{}"].with_context(active_test=False).search([])
answer = {{record.id: record.facts or None for record in kept}}
"""
# A client in two companies, one in one of them.
COMPANIES = """
there = env["res.company"].create({"name": "There"})
both, one = env["res.partner"].create(
    [{"name": name, "is_company": True} for name in ("Both", "One")]
)
env["project.project"].create(
    [
        {"name": "Work", "partner_id": client.id, "company_id": company.id}
        for client, company in ((both, env.company), (both, there), (one, there))
    ]
)
env["client.health"]._refresh()
env.cr.commit()
healths = env["client.health"].search([("partner_id", "in", (both + one).ids)])
answer = {f"{h.partner_id.id} {h.company_id.id}": h.id for h in healths}
"""
LINKED = """
answer = {
    f"{partner.id} {company.id}": health.id
    for company in env["res.company"].search([])
    for partner in env["res.partner"].search([("name", "in", ("Both", "One"))])
    if (health := partner.with_company(company).health_id)
}
"""
# Tables whose facts are stored in another way now.
REWRITTEN = ("client_health", "client_health_snapshot")
# What has another name now.
RENAMED = {
    "client_offboarding_project": {"name": "own_name"},
    "client_offboarding_deliverable": {"name": "own_name"},
}
# What figures mean that were defined anew; old settings go on to mean what they meant.
REDEFINED = {
    "client_health_indicator": {
        "name", "description", "formula", "sample", "min_sample", "condition",
        "condition_reason", "good", "watch", "red",
    },
    "client_health_config": {"content"},
    # within the level that a red flag allows: what it was is kept beside it
    "client_health": {"score", "phase"},
    "client_health_snapshot": {"score"},
}  # fmt: skip
# Tables of the module that people and nights fill; dialogs are not kept.
KEPT = """
    SELECT m.model FROM ir_model m JOIN ir_model_data d
           ON d.model = 'ir.model' AND d.res_id = m.id AND d.module = 'client_health'
     WHERE NOT m.transient AND NOT m.abstract AND m.model LIKE 'client.%'
"""
# Columns that an upgrade itself touches.
STAMPS = {"write_date", "write_uid"}
# Tables in which there must be something to keep.
FILLED = (
    "client_health", "client_health_flag", "client_health_snapshot", "client_incident",
    "client_pulse", "client_agreement", "client_offboarding", "client_offboarding_step",
)  # fmt: skip


def tables(database):
    names = [row[0].replace(".", "_") for row in rows(KEPT, database)]
    stored = "SELECT table_name FROM information_schema.tables WHERE table_type"
    real = {row[0] for row in rows(f"{stored} = 'BASE TABLE'", database)}
    return sorted(set(names) & real)


def columns(table, database):
    query = f"""SELECT column_name FROM information_schema.columns
                 WHERE table_name = '{table}' ORDER BY 1"""
    return [row[0] for row in rows(query, database)]


def content(table, names, database):
    """The rows of a table as mappings, in the order of their ids."""
    found = rows(f"SELECT to_json(t) FROM {table} t ORDER BY id", database)
    return [
        {name: row.get(name) for name in names}
        for row in (json.loads("|".join(parts)) for parts in found)
    ]


def install(version, name, folder):
    """Make a database with an earlier version; returns how to run that one."""
    import bed

    bed.copy(bed.full_template(), name)
    # our own demonstration data would only take time
    bed.psql("UPDATE ir_module_module SET demo = false", name)
    # of the glue modules nobody knew then
    bed.psql("DELETE FROM ir_module_module WHERE name ~ '^client_health_'", name)
    bed.psql("DELETE FROM ir_model_data WHERE name ~ '^module_client_health_'", name)
    with tarfile.open(PREVIOUS / f"{bed.MODULE}_{version}.tar.xz") as archive:
        # the filter came with Python 3.11.4; Debian 12 has 3.11.2
        safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **safe)
    old = ("--addons-path", str(folder))
    command(
        f"install {version}",
        name,
        "-d", name, "-i", bed.MODULE, "--stop-after-init", "--no-http", *old,
    )  # fmt: skip
    return old


def upgrade(name):
    import bed

    command(
        "upgrade to the present version",
        name,
        "-d", name, "-u", bed.MODULE, "--stop-after-init", "--no-http",
    )  # fmt: skip


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """The name of a database that was upgraded from the first version, and what was
    in it before."""
    import bed

    name = "ch_upgraded"
    old = install("19.0.1.0.0", name, tmp_path_factory.mktemp("previous"))
    flags = shell(name, WORK, *old)
    before = {table: columns(table, name) for table in tables(name)}
    kept = {table: content(table, names, name) for table, names in before.items()}
    upgrade(name)
    yield name, before, kept, flags
    bed.drop(name)


@pytest.mark.server
def test_contacts_name_the_healths_that_there_are_in_each_company(tmp_path):
    import bed

    name = "ch_upgraded_companies"
    old = install("19.0.1.5.0", name, tmp_path)
    healths = shell(name, COMPANIES, *old)
    assert len(healths) == 3
    upgrade(name)
    assert shell(name, LINKED) == healths
    modules = "SELECT state FROM ir_module_module WHERE name = 'client_health_sale'"
    assert rows(modules, name) == [["installed"]]
    bed.drop(name)


def test_an_upgrade_keeps_what_people_and_nights_wrote(upgraded):
    database, before, kept, flags = upgraded
    for table in FILLED:
        assert kept[table], table
    for table, names in before.items():
        if table in REWRITTEN:
            names.remove("facts")
        for then, name in RENAMED.get(table, {}).items():
            names[names.index(then)] = name
            for row in kept[table]:
                row[name] = row.pop(then)
        assert set(names) <= set(columns(table, database)), table
        now = {row["id"]: row for row in content(table, names, database)}
        if table == "client_health":  # floor:profit became floor, profit
            for rule in content(table, ["id", "level_rule", "level_check"], database):
                said = (rule["level_rule"], rule["level_check"])
                now[rule["id"]]["level_rule"] = ":".join(filter(None, said))
        changed = {
            (old["id"], name)
            for old in kept[table]
            for name in set(names) - STAMPS
            if old[name] != now[old["id"]][name]
        }
        assert {name for _id, name in changed} <= REDEFINED.get(table, set()), table
        if table == "client_health":  # whom nobody told yet that they leave
            moved = {row for row, name in changed if name == "phase"}
            before_that = {row["id"]: row["phase"] for row in kept[table]}
            assert {before_that[row] for row in moved} <= {"offboarding"}
    for table in REWRITTEN:
        facts = {str(row["id"]): row["facts"] for row in kept[table]}
        assert shell(database, FACTS.format(table.replace("_", "."))) == facts
        scores = {row["id"]: row["score"] for row in kept[table]}
        found = content(table, ["id", "score", "uncapped_score", "level"], database)
        assert {row["id"]: row["uncapped_score"] for row in found} == scores
        for row in found:
            limit = {"critical": 49, "at_risk": 64, "unknown": -1}.get(
                row["level"], 100
            )
            assert (row["score"] or -1) <= limit, (table, row)
    states = f"""SELECT state FROM client_health_flag
                  WHERE id IN ({flags[0]}, {flags[1]}) ORDER BY state"""
    assert rows(states, database) == [["acknowledged"], ["snoozed"]]
    # and a night goes on from there
    assert refreshed(database)


def test_an_upgrade_mends_what_data_cannot(upgraded):
    database, _before, kept, _flags = upgraded
    indicators = "SELECT {} FROM client_health_indicator WHERE code = '{}'"
    condition = indicators.format("condition", "effective_rate")
    assert rows(condition, database) == [["opt(required_rate) > 0"]]
    # a limit that people changed stays
    assert rows(indicators.format("watch", "overdue"), database) == [["0.2000"]]
    # figures are defined anew, and nobody's alarm
    for code, column, value in (
        ("overdue", "watch_only", "overdue_days < 30"),
        ("loss_months", "red", "4.0000"),
        ("margin", "COALESCE(condition, '') = ''", "t"),
        ("margin", "settle_days", "30"),
        ("buying_gap", "formula", "days_since_invoice / longest_gap"),
    ):
        assert rows(indicators.format(column, code), database) == [[value]], code
    ids = ", ".join(str(row["id"]) for row in kept["client_health_config"])
    superseded = f"""SELECT bool_and(superseded) FROM client_health_config
                      WHERE id IN ({ids})"""
    assert rows(superseded, database) == [["t"]]
    assert rows(
        "SELECT bool_and(kpi_clients_at_risk) FROM digest_digest", database
    ) == [["t"]]
    # questions count instead of messages
    for column, value in (
        ("condition", "talks_elsewhere == 0"), ("watch", "0.8000"), ("red", "0.6000")
    ):  # fmt: skip
        assert rows(indicators.format(column, "client_on_time"), database) == [[value]]
    formula = rows(indicators.format("formula", "silence"), database)[0][0]
    assert formula.startswith("least(days_since_heard")
    # new columns are filled
    assert rows(
        """SELECT count(*) FROM client_health WHERE direction IS DISTINCT FROM
           CASE WHEN trend < 0 THEN 'falling' WHEN trend > 0 THEN 'rising'
                ELSE 'steady' END""",
        database,
    ) == [["0"]]


def test_an_upgraded_database_is_like_a_new_one(upgraded):
    import bed

    database, *_rest = upgraded
    new = bed.full_database()
    assert schema(database) == schema(new)
    names = """SELECT model, name, noupdate FROM ir_model_data
                WHERE module = 'client_health' AND name NOT LIKE 'demo%'"""
    ours = {tuple(row) for row in rows(names, database)}
    assert len(ours) > 500
    assert ours == {tuple(row) for row in rows(names, new)}
