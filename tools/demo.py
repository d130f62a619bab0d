"""make demo: a server in the background, on a database with demonstration data.

demo.py stop (part of make stop) ends it.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request

import bed
import pg

DATABASE = "demo"
PID = bed.BED / "demo.pid"  # "pid port"
LOG = bed.LOGS / "demo-server.log"


def running():
    """(pid, port) of the server, or None."""
    try:
        pid, port = map(int, PID.read_text().split())
    except (OSError, ValueError):
        return None
    return (pid, port) if f"^{DATABASE}$" in pg.command_line(pid) else None


def stop():
    if server := running():
        os.kill(server[0], signal.SIGTERM)
        for _ in range(100):
            if not running():
                break
            time.sleep(0.1)
        else:
            os.kill(server[0], signal.SIGKILL)
        bed.say("demo server stopped")
    PID.unlink(missing_ok=True)


def prepare():
    """The database, with the module as it is now."""
    state = bed.source_hash()
    if bed.is_current(DATABASE, state):
        return
    if not bed.exists(DATABASE):
        template = bed.full_template()
        new = f"{DATABASE}_new"
        bed.copy(template, new)
        # with Dutch, for those who choose it in their preferences
        languages = ["--load-language", "nl_NL"]
        bed.odoo(
            f"install {bed.MODULE}", new, "-i", bed.MODULE, *languages, "--no-http"
        )
        bed.build_assets(new)
        bed.finish(new, DATABASE, state)
    elif bed.mark(DATABASE).exists():
        stop()
        what = f"upgrade {bed.MODULE}: it has changed"
        bed.odoo(what, DATABASE, "-u", bed.MODULE, "--no-http")
        bed.mark(DATABASE).write_text(state)
    else:
        raise bed.Failed(
            f"a database {DATABASE!r} is there that this checkout did not make:"
            " rename or drop it, then run make demo again"
        )


def choose_port():
    wanted = int(os.environ.get("PORT") or 8069)
    port = bed.free_port(wanted)
    if port != wanted:
        if os.environ.get("PORT"):
            raise bed.Failed(f"port {wanted} is taken: try make demo PORT={port}")
        bed.say(f"port {wanted} is taken, so this is port {port} (PORT= chooses)")
    return port


def answers(port):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(f"http://localhost:{port}/web/health", timeout=5)
    except OSError:
        return False
    return True


def start():
    port = choose_port()
    with LOG.open("ab") as log:
        server = subprocess.Popen(
            [
                "odoo", "-d", DATABASE, f"--db-filter=^{DATABASE}$", "-p", str(port),
                "--max-cron-threads=1",  # the nightly run works
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=bed.ROOT,
            start_new_session=True,  # lives on when make ends
        )  # fmt: skip
    PID.write_text(f"{server.pid} {port}")
    for _ in range(600):
        if answers(port):
            return port
        if server.poll() is not None:
            break
        time.sleep(0.1)
    stop()
    raise bed.Failed(f"{bed.tail(LOG)}\nthe server did not start: see {LOG}")


def demo():
    with bed.alone("demo"):
        prepare()
        if server := running():
            port = server[1]
            bed.say("already running")
        else:
            port = start()
    address = f"http://localhost:{port}"
    print(f"\n  {address}/odoo/client-health   user admin, password admin")
    print("  as a salesperson without the figures about money: demo, demo")
    print(f"  log: {LOG}; make stop ends it\n")


if __name__ == "__main__":
    bed.main(stop if sys.argv[1:] == ["stop"] else demo)
