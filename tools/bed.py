"""Databases and Odoo runs of this checkout, for demo.py, test.py and i18n.py.

tools/run starts these with the environment that tools/setup.sh made.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BED = Path(os.environ["BED"])
MODULE = os.environ.get("MODULE", "client_health")
ADDONS = Path(os.environ.get("ADDONS", ROOT))
SOURCE = ADDONS / MODULE
# comes by itself where Sales is installed, as in the full set-up
SALE_SOURCE = ADDONS / "client_health_sale"
# comes by itself where Odoo's dashboards are, as in the full set-up
DASHBOARD_SOURCE = ADDONS / "client_health_dashboard"
# comes by itself where OCA's queue_job is installed, which no other database here has
JOBS_MODULE = "client_health_queue_job"
LOGS = BED / "log"
# what each kind of database holds before the module comes in
FULL = (
    "crm,sale_management,sale_timesheet,project,account,calendar,contacts,mass_mailing",
    "--with-demo",
)
BARE = ("crm,project", "--skip-auto-install")
FULL_DATABASE = "ch_full"
BARE_DATABASE = "ch_bare"
JOBS_DATABASE = "ch_jobs"
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ ([A-Z]+) ")
TIME_LIMIT = 60 * 60  # seconds for one run of Odoo: more means it hangs
STARTED = time.monotonic()


class Failed(Exception):
    """Something outside the module went wrong; the text says what to do."""


def say(text):
    print(f"[{time.monotonic() - STARTED:3.0f}s] {text}", flush=True)


def main(function):
    """Run `function`, showing what it raises to people as one sentence."""
    try:
        sys.exit(function())
    except Failed as failure:
        sys.exit(f"{failure}")
    except KeyboardInterrupt:
        sys.exit("interrupted; the next run continues here")


@contextlib.contextmanager
def alone(what):
    """One process (or thread) at a time does `what` in this checkout."""
    with (BED / f"{what}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"waiting for another run that has {what}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port(first=0):
    """A TCP port nobody listens on: any, or the first from `first` upwards."""
    for port in range(first, first + 100) if first else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Failed(f"no free port between {first} and {first + 100}: give PORT=")


def source_hash(*sources):
    """Changes with everything of our modules (those of the full set-up, if none are
    given) that an upgrade would load."""
    digest = hashlib.sha256()
    sources = sources or (SOURCE, SALE_SOURCE, DASHBOARD_SOURCE)
    for path in sorted(p for s in sources for p in s.rglob("*")):
        parts = path.relative_to(ADDONS).parts
        if path.is_file() and not {"__pycache__", "tests", "readme"} & set(parts):
            digest.update(repr(parts).encode() + path.read_bytes())
    return digest.hexdigest()


# --- running a program, with progress


def run(what, command, log, check=True, stdin=None, **env):
    """Run `command` with its output in `log`; say how far it is every ten seconds.

    :returns: its exit code
    :raises Failed: where that is not 0 and `check`
    """
    say(what)
    log.parent.mkdir(parents=True, exist_ok=True)
    started = told = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            stdin=stdin or subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **env},
        )
        try:
            while process.poll() is None:
                time.sleep(0.1)
                now = time.monotonic()
                if now - told >= 10:
                    told = now
                    say(f"  ... {what}{progress(log)}")
                if now - started > TIME_LIMIT:
                    raise Failed(f"{what}: still running after {TIME_LIMIT} s: {log}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode and check:
        raise Failed(f"{tail(log)}\n{what}: failed, see {log}")
    return process.returncode


def tail(log, lines=15):
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def progress(log):
    """What the last lines of an Odoo or pytest log say about how far it is."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 4000))
        text = stream.read().decode(errors="replace")
    found = re.findall(
        r"Loading module (\w+ \(\d+/\d+\))|Starting (\w+\.\w+) \.\.\.|\[ *(\d+%)\]",
        text,
    )
    return ": " + "".join(found[-1]) if found else ""


# Odoo's own project views name this widget of an app that comes with CRM unless, as
# in the bare set-up, nothing is installed by itself.
NOT_OURS = "Missing widget: res_partner_many2one"


def problems(log):
    """The log's WARNING, ERROR and CRITICAL records, each with its traceback."""
    records = []
    inside = False
    for line in log.read_text(errors="replace").splitlines():
        if start := LOG_LINE.match(line):
            inside = start[1] in ("WARNING", "ERROR", "CRITICAL")
            inside = inside and NOT_OURS not in line
            if inside:
                records.append(line)
        elif inside:
            records[-1] += "\n" + line
    return records


# --- databases


def psql(query, database="postgres"):
    done = subprocess.run(
        ["psql", "-d", database, "-qAtc", query], capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"PostgreSQL refuses {query!r}: {done.stderr.strip()}")
    return done.stdout.strip()


def exists(name):
    return psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == "1"


def files(name):
    return BED / "data" / "filestore" / name


def mark(name):
    """The file that says what a complete database was made from."""
    return BED / f"{name}.done"


def is_current(name, state):
    marked = mark(name).read_text() if mark(name).exists() else None
    return marked == state and files(name).is_dir() and exists(name)


def drop(name):
    mark(name).unlink(missing_ok=True)
    psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(files(name), ignore_errors=True)


def create(name):
    # Odoo wants extensions in the databases it makes itself, and logs an error when
    # the server has none; C collation is its own choice for indexes
    drop(name)
    psql(
        f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
    )


def copy(source, name):
    drop(name)
    psql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    # Odoo never changes a stored file: links do
    shutil.copytree(files(source), files(name), copy_function=os.link)


def finish(building, name, state):
    """Give a complete database its name: whatever bears that name is complete."""
    drop(name)
    files(building).rename(files(name))
    mark(name).write_text(state)
    psql(f'ALTER DATABASE "{building}" RENAME TO "{name}"')


def odoo(what, name, *options, check=True):
    """Run Odoo on a database until it has done what the options say.

    :returns: its log
    """
    log = LOGS / f"{name}.log"
    run(what, ["odoo", "-d", name, *options, "--stop-after-init"], log, check)
    return log


def clean(what, name, *options):
    """Like `odoo`, where any warning in the log is a failure."""
    log = odoo(what, name, *options)
    if found := problems(log):
        raise Failed("\n".join(found) + f"\n{what}: warnings in {log}")


def build_assets(name):
    """Build and keep what the first page needs, which else waits for it."""
    with (ROOT / "tools" / "assets.py").open() as script:
        shell = ["odoo", "shell", "-d", name, "--no-http", "--log-level=warn"]
        run("assets", shell, LOGS / f"{name}-assets.log", stdin=script)


def odoo_version():
    """Changes when another Odoo is used."""
    import odoo.release

    path = Path(odoo.release.__file__)
    head = ""
    checkout = path.parent.parent
    if (checkout / ".git").exists() and shutil.which("git"):
        git = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
        head = subprocess.run(git, capture_output=True, text=True).stdout
    return f"{path} {path.stat().st_mtime} {head}"


def template(kind, name):
    """The database with the apps of `kind`; made once per list of apps and Odoo.

    :returns: its name
    """
    apps, *options = kind
    state = f"{apps} {options} {odoo_version()}"
    with alone(name):
        if not is_current(name, state):
            building = f"{name}_new"
            create(building)
            clean(
                f"template {name} (made once, one to two minutes)",
                building, "-i", apps, *options, "--no-http",
            )  # fmt: skip
            finish(building, name, state)
    return name


def full_template():
    return template(FULL, "ch_template_full")


def bare_template():
    return template(BARE, "ch_template_bare")


def full_database():
    """The full database with the module as it is now, kept from run to run.

    :returns: its name
    """
    name = FULL_DATABASE
    state = source_hash()
    if is_current(name, state):
        return name
    if mark(name).exists() and exists(name):
        odoo(f"upgrade {MODULE}: it has changed", name, "-u", MODULE, "--no-http")
    else:
        copy(full_template(), name)
        odoo(f"install {MODULE}", name, "-i", MODULE, "--no-http")
        build_assets(name)
    mark(name).write_text(state)
    return name


def jobs_database():
    """A copy of the full database with queue_job and our module for it.

    :returns: its name
    """
    name = JOBS_DATABASE
    state = f"{source_hash()} {source_hash(ADDONS / JOBS_MODULE)}"
    if not is_current(name, state):
        copy(full_database(), name)
        clean("install queue_job", name, "-i", JOBS_MODULE, "--no-http")
        mark(name).write_text(state)
    return name
