"""Fixtures for tests from outside: a real Odoo server on a copy of the full database.

Run them with make test, or make test T=word.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
import xmlrpc.client
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

# the same examples in every run: a test fails for a change, not by chance
hypothesis.settings.register_profile(
    "project", derandomize=True, database=None, deadline=None
)
hypothesis.settings.load_profile("project")

collect_ignore = ["hostile/catalogue.py"]  # for odoo shell


def pytest_collection_modifyitems(items):
    for item in items:
        if {"server", "database"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


class Server:
    """`odoo` as a process, which a test may kill and start again."""

    def __init__(self, database, port, log):
        self.database = database
        self.port = port
        self.url = f"http://localhost:{port}"
        self.log = log
        self.process = None

    def start(self, *options, timeout=60):
        command = [
            "odoo", "-d", self.database, f"--db-filter=^{self.database}$",
            "-p", str(self.port), *options,
        ]  # fmt: skip
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.process.poll() is None:
            try:
                direct.open(f"{self.url}/web/health", timeout=5)
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"the server does not answer: {self.log}")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def call(self, model, method, *args, user="admin", password=None, **kwargs):
        """Call a method over XML-RPC as `user`."""
        password = password or user
        common = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/common")
        uid = common.authenticate(self.database, user, password, {})
        models = xmlrpc.client.ServerProxy(
            f"{self.url}/xmlrpc/2/object", allow_none=True
        )
        return models.execute_kw(
            self.database, uid, password, model, method, args, kwargs
        )


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
    """A server on that database, running."""
    import bed

    server = Server(database, bed.free_port(), bed.LOGS / "ch_server.log")
    server.start()
    yield server
    server.stop()
