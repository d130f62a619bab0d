"""Fixtures for tests from outside: a real Odoo server on a copy of the full database.

Run them with make test, or make test T=word.
"""

import os
import sys
from pathlib import Path

import hypothesis
import pytest
from outside import Server

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

# the same examples in every run: a test fails for a change, not by chance
hypothesis.settings.register_profile(
    "project", derandomize=True, database=None, deadline=None
)
hypothesis.settings.load_profile("project")

# fixtures that need the full database as the tests inside of it left it
SERVED = {"server", "database", "cluster", "upgraded"}

# for odoo shell, and modules for Odoo
collect_ignore = ["hostile/catalogue.py", "addons"]


def pytest_collection_modifyitems(items):
    for item in items:
        if SERVED & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


@pytest.fixture(scope="module")
def database():
    """The name of a fresh database: every app, demo data, the module."""
    if "BED" not in os.environ:
        pytest.fail("run this with make test T=..., which makes the database")
    import bed

    bed.copy(bed.FULL_DATABASE, "ch_server")
    return "ch_server"


@pytest.fixture(scope="module")
def server(database):
    """A server on that database, which a test starts; its log is a new one."""
    import bed

    log = bed.LOGS / "ch_server.log"
    log.unlink(missing_ok=True)
    server = Server(database, bed.free_port(), log)
    yield server
    server.stop()
