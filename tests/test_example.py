"""A module from elsewhere adds a source of facts, a check and its indicator.

``addons/client_health_example`` is the example of DEVELOP.md.
"""

from pathlib import Path

import pytest
from outside import shell

ADDONS = Path(__file__).parent / "addons"
VISIT = """
from datetime import timedelta
from odoo import fields
company = env.company
env = env(context={"allowed_company_ids": company.ids})
client = env["res.partner"].create({"name": "Visited", "is_company": True})
env["project.project"].create({"name": "Work", "partner_id": client.id})
visits = env["client.health.example.visit"]
today = env["client.health.facts"]._scope(company, []).as_of
for days in (400, 200):
    visits.create({"partner_id": client.id, "date": today - timedelta(days=days)})
health = env["client.health"]._refresh(client)
checks = {check["code"]: check for check in health.explain()["checks"]}
[indicator] = checks["presence"]["indicators"]
action = health.action_show_records("visit_gap")
shown = visits.search(action["domain"])
visits.create({"partner_id": client.id, "date": today})
env["client.health"]._refresh(client)
past = env["client.health"]._refresh(client, as_of=today - timedelta(days=210))
flags = health.with_context(active_test=False).flag_ids
then = past.snapshot_ids.filtered(lambda s: s.date == today - timedelta(days=210))
answer = [
    checks["presence"]["level"], indicator["value"], action["res_model"],
    (today - shown.date).days,
    flags.filtered(lambda f: f.check_id.code == "presence").mapped("state"),
    then.facts["days_since_visit"],
]
env.cr.rollback()
"""


@pytest.fixture(scope="module")
def database():
    import bed

    name = "ch_example"
    bed.copy(bed.full_database(), name)
    path = ("--addons-path", f"{bed.ADDONS},{ADDONS}")
    bed.clean(
        "install the example", name, "-i", "client_health_example", "--no-http", *path
    )
    yield name
    bed.drop(name)


def test_a_source_from_elsewhere_is_read_scored_and_shown(database):
    import bed

    answer = shell(database, VISIT, "--addons-path", f"{bed.ADDONS},{ADDONS}")
    assert answer == [
        "red", 200, "client.health.example.visit", 200, ["cleared"], 190,
    ]  # fmt: skip
