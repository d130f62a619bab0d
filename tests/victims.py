"""What a test kills: a server of Odoo, its scheduler, or a PostgreSQL of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARTLY = 0.5  # of the kills leave the parent alive, which starts its children anew


def children(pid):
    """Process ids of the children of a process, with their command lines."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if status.read_text().rpartition(")")[2].split()[1] == str(pid):
                line = (status.parent / "cmdline").read_bytes()
                found[int(status.parent.name)] = line.decode(errors="replace")
    return found


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_odoo(server, dice):
    """Kill a server with workers, or the workers alone; returns in words what.

    It is running again afterwards.
    """
    workers = children(server.process.pid)
    if dice.random() < PARTLY:
        kill(pid for pid, line in workers.items() if "gevent" not in line)
        return "the workers"
    kill([server.process.pid, *workers])
    start_again(server)
    return "the server"


def start_again(server):
    """What the machine does with a server that is gone."""
    time.sleep(0.5)  # that one gives up which finds no database
    if server.process.poll() is not None or "Stopping" in server.log.read_text():
        server.process.wait(30)
        server.log.write_text("")
        server.start()


class Scheduler:
    """A process that does the jobs that are due, when it is told to."""

    def __init__(self, database, log):
        self.log = log
        script = Path(__file__).with_name("scheduler.py")
        self.process = subprocess.Popen(
            [sys.executable, script, database, log],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"
        self.job = None

    def begin(self):
        """Do the jobs that are due, in a process that may be killed."""
        print(file=self.process.stdin, flush=True)
        self.job = int(self.process.stdout.readline())

    def kill(self):
        kill([self.job])

    def wait(self, seconds=120):
        """Until they are done; returns how long that took."""
        start = time.monotonic()
        while Path(f"/proc/{self.job}").exists():
            if time.monotonic() - start > seconds:
                pytest.fail(f"the jobs are not done after {seconds} s")
            time.sleep(0.02)
        return time.monotonic() - start

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


class Cluster:
    """A PostgreSQL that keeps what is committed, with a copy of one database.

    While it is entered, it is the one that every program of this test uses.
    """

    def __init__(self, folder, database):
        import pg

        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.server = pg.Server(folder, durable=True)
        self.database = database
        self.gone = {}
        self.before = {name: os.environ.get(name) for name in ("PGHOST", "PGPORT")}

    def __enter__(self):
        """Start it with a fresh copy of the full database."""
        import bed
        import pg

        filling = pg.Server(self.server.bed)  # not durable: much faster
        filling.start()
        dump = bed.BED / f"{self.database}.dump"
        subprocess.run(
            ["pg_dump", "-Fc", "-Z0", "-f", dump, bed.FULL_DATABASE], check=True
        )
        os.environ.update(PGHOST=str(self.server.socket), PGPORT=pg.PORT)
        bed.create(self.database)
        restore = ["pg_restore", "--no-owner", "-j2", "-d", self.database, dump]
        subprocess.run(restore, check=True)
        dump.unlink()
        filling.stop()
        self.server.start()
        shutil.copytree(
            bed.files(bed.FULL_DATABASE),
            bed.files(self.database),
            copy_function=os.link,
        )
        return self

    def __exit__(self, *_error):
        import bed

        os.kill(self.server.pid(), signal.SIGQUIT)
        self.server.wait(lambda: self.server.pid() is None, "stop")
        shutil.rmtree(self.server.bed, ignore_errors=True)
        shutil.rmtree(bed.files(self.database), ignore_errors=True)
        for name, value in self.before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value

    def ask(self, query):
        import bed

        return bed.psql(query, self.database)

    def kill(self, dice):
        """Kill all of it, or one process at work; returns in words what."""
        processes = children(self.server.pid())
        working = [
            pid
            for pid, what in processes.items()
            if f" {self.database} " in what and not what.strip("\0 ").endswith("idle")
        ]
        if working and dice.random() < PARTLY:
            self.gone = processes  # all of them go with the one
            kill([dice.choice(working)])
            return "a back end"
        self.gone = {}
        kill([self.server.pid(), *processes])
        return "PostgreSQL"

    def back(self):
        """Start it again, where it does not start itself, and wait for it."""
        import bed

        end = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in self.gone):
            assert time.monotonic() < end, "PostgreSQL did not see what it lost"
            time.sleep(0.02)
        self.server.start()
        while time.monotonic() < end:
            with contextlib.suppress(bed.Failed):
                return self.ask("SELECT 1")
            time.sleep(0.05)
        pytest.fail(f"the database does not come back: {self.server.tail()}")

    def wait_for_the_dead(self):
        """Until what a killed process had begun is rolled back."""
        others = f"""SELECT count(*) FROM pg_stat_activity
                      WHERE datname = '{self.database}' AND pid <> pg_backend_pid()"""
        end = time.monotonic() + 60
        while self.ask(others) != "0":
            if time.monotonic() > end:
                pytest.fail("the connections of a killed process do not go away")
            time.sleep(0.1)
