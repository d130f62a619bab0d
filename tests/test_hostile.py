"""Bad input over the network: a clear error or a right result, never a traceback.

``make test`` sends a sample; ``make test-hostile`` sends 10,000 calls.
"""

import collections
import json
import os
import random
import subprocess
from pathlib import Path

import pytest
from hostile.calls import Calls
from hostile.client import Client
from test_uninstall import refreshed, rows

SEED = 20260131
COUNT = int(os.environ.get("HOSTILE") or 600)
FEW = 40  # calls until the ids of a model are asked for again
# A page that is stored and would run what it holds.
RUNS = "<script|onerror=|onload=|onclick=|javascript:"


@pytest.fixture(scope="module")
def catalogue(server):
    script = Path(__file__).parent / "hostile" / "catalogue.py"
    with script.open() as source:
        done = subprocess.run(
            ["odoo", "shell", "-d", server.database, "--no-http", "--log-level=warn"],
            stdin=source,
            capture_output=True,
            text=True,
            timeout=300,
        )
    answers = [line for line in done.stdout.splitlines() if "ANSWER" in line]
    assert answers, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(answers[-1].split("ANSWER", 1)[1])


def live_ids(client):
    """A function that gives ids of records a user may read, asked for now and then."""
    known = {}

    def ids(user, model):
        found, left = known.get((user, model), ([], 0))
        if not left:
            domain = {"domain": [], "limit": 30, "order": "id desc"}
            status, found = client.post(user, model, "search", domain)
            found, left = (found if status == 200 else []), FEW
        known[user, model] = found, left - 1
        return found

    return ids


def show(call, answer):
    body = json.dumps(call["body"])
    debug = answer.get("debug", "") if isinstance(answer, dict) else str(answer)
    what = f"{call['user']}: {call['model']}.{call['method']}"
    return f"{what} {body[:1500]}\n{debug[-1800:]}"


def test_bad_input_gets_a_clear_error_or_a_right_result(server, catalogue):
    assert not catalogue["refused"], "the records that are spoiled are to be valid"
    assert len(catalogue["models"]) > 40
    client = Client(server.port, catalogue["keys"])
    calls = iter(Calls(catalogue, random.Random(SEED), live_ids(client)))
    counts = collections.Counter()
    wrong = []
    for _number in range(COUNT):
        call = next(calls)
        verdict, answer = client.judge(call)
        counts[verdict] += 1
        if verdict == "wrong":
            wrong.append(show(call, answer))
    print(COUNT, dict(counts))
    assert not wrong, f"{len(wrong)} of {COUNT}\n\n" + "\n\n".join(wrong[:40])
    assert counts["ok"] > COUNT / 10 and counts["refused"] > COUNT / 10, counts


def test_nothing_that_was_stored_runs(server, catalogue):
    """After the calls above: every page that is stored, and every number."""
    html = """SELECT f.model, f.name FROM ir_model_fields f
               WHERE f.ttype = 'html' AND f.store
                 AND (f.model LIKE 'client.%' OR f.model LIKE 'mail.%')"""
    columns = {
        (table, column): kind
        for table, column, kind in rows(
            """SELECT table_name, column_name, data_type
                 FROM information_schema.columns WHERE table_schema = 'public'""",
            server.database,
        )
    }
    pages = [(m.replace(".", "_"), name) for m, name in rows(html, server.database)]
    pages = [page for page in pages if page in columns]
    assert ("client_agreement", "boundaries") in pages
    assert ("mail_message", "body") in pages
    for table, name in pages:
        if table != "mail_template":
            query = f"SELECT id FROM {table} WHERE {name}::text ~* '<[^>]*({RUNS})'"
            assert rows(query, server.database) == [], (table, name)
    for (table, name), kind in columns.items():
        ours = table.startswith("client_") or name.startswith("client_health_")
        if ours and kind in ("double precision", "numeric"):
            query = f"""SELECT id FROM {table} WHERE {name} IN
                        ('NaN', 'Infinity', '-Infinity')"""
            assert rows(query, server.database) == [], (table, name)


def test_a_night_goes_on_over_what_was_stored(server, catalogue):
    assert refreshed(server.database)
