"""make bench: how long things take at size, as ratios to a baseline of the same run.

    make bench                the whole of it, on 25,000 clients (ten minutes at first)
    make bench CLIENTS=2000   smaller

The databases are kept in .bed (make clean removes them).
"""

import hashlib
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
import bed  # noqa: E402

PROCESSES = 9
CLIENTS = int(os.environ.get("CLIENTS") or 25_000)
# the apps of the full set-up without the demonstration data of Odoo
APPS = (bed.FULL[0],)

FILL = """
import sys
sys.path.insert(0, {here!r})
import fill
fill.fill(env, {clients})
"""


def template():
    return bed.template(APPS, "ch_template_bench")


def database(clients, module=True):
    """A filled database with the module as it is now, or one with the same records
    without it; kept from run to run."""
    name = f"ch_bench_{clients}" + ("" if module else "_without")
    scripts = b"".join((HERE / name).read_bytes() for name in ("fill.py", "tables.py"))
    filling = hashlib.sha256(scripts).hexdigest()
    state = f"{filling} {bed.source_hash() if module else ''}"
    if bed.is_current(name, state):
        return name
    kept = bed.mark(name).read_text() if bed.mark(name).exists() else ""
    if module and kept.startswith(filling):
        bed.odoo("upgrade", name, "-u", bed.MODULE, "--no-http")
    else:
        bed.copy(template(), name)
        if module:
            bed.odoo(f"install {bed.MODULE}", name, "-i", bed.MODULE, "--no-http")
        script = bed.BED / f"{name}.py"
        script.write_text(FILL.format(here=str(HERE), clients=clients))
        with script.open() as stdin:
            shell = ["odoo", "shell", "-d", name, "--no-http", "--log-level=warn"]
            log = bed.LOGS / f"{name}-fill.log"
            bed.run(f"fill with {clients:,} clients", shell, log, stdin=stdin)
        print(log.read_text())
    bed.mark(name).write_text(state)
    return name


def measured(script, *arguments):
    """What a script of this folder says, as a mapping."""
    command = [sys.executable, str(HERE / script), *arguments]
    bed.say(f"{script} {' '.join(arguments)}")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise bed.Failed(f"{done.stderr[-2000:]}\n{script}: {arguments} failed")
    return json.loads(done.stdout.splitlines()[-1])


def measure(name, what):
    return measured("measure.py", name, what)


class Table:
    """Figures with what they should be, printed as they come."""

    def __init__(self):
        self.missed = 0

    def add(self, what, value, limit, unit="×", least=False):
        good = value >= limit if least else value <= limit
        self.missed += not good
        word = "at least" if least else "at most"
        sign = "ok" if good else "MISSED"
        print(
            f"  {what:<58} {value:8.2f} {unit:<3} {word} {limit:g}  {sign}", flush=True
        )


def bench():
    name, small = database(CLIENTS), database(CLIENTS // 4)
    table = Table()
    # by turns, as a machine may be slower from one minute to the next
    nights = {small: measure(small, "night")["nights"]}
    night = measure(name, "night")
    aged = statistics.median(night["nights"])
    nights[name] = [*night["nights"]]
    for each in (small, name, small):
        nights[each] += measure(each, "again")["nights"]
    whole, quarter = (statistics.median(nights[each]) for each in (name, small))
    sums = night["sums"]
    print(
        f"\n{night['clients']:,} clients; bare sums {sums:.2f} s,"
        f" night {aged:.2f} s ({night['changed']:,} rows changed),"
        f" first night {night['first']:.2f} s,"
        f" quiet night {night['quiet']:.2f} s,"
        f" every row and its history anew {night['worst']:.2f} s"
    )
    table.add("a night, in which every figure ages, to the bare sums",
              aged / sums, 1.5)  # fmt: skip
    table.add("a night in which nothing changes", night["quiet"] / sums, 1.25)
    table.add("rows written in it", night["quiet changed"], 0, "")
    table.add("time for four times the data",
              whole / quarter, 4.2)  # fmt: skip
    table.add("memory beyond the idle server", night["memory"], 150, "MB")
    day = measure(name, "catch_up")
    table.add("a catch-up when nothing changed, to a night",
              day["quiet"] / day["night"], 1 / 40)  # fmt: skip
    table.add("runs kept of it", day["quiet runs"], 0, "")
    table.add("a catch-up with 200 changed clients, to a night",
              day["some"] / day["night"], 1 / 20)  # fmt: skip
    lists = measure(name, "waiting")
    table.add(f"{lists['lines']:,} questions that wait, to the list of all tasks",
              lists["waiting"] / lists["tasks"], 1.5)  # fmt: skip
    lists = measure(name, "figures")
    for what in ("figures", "page"):
        table.add(f"{what}, to the list of 80 customers with their invoices",
                  lists[what] / lists["customers"], 2)  # fmt: skip
    totals = measure(name, "partner_totals")
    each = night["quiet"] / night["clients"]
    table.add("total_invoiced and credit of a partner, to all our figures",
              totals["together"] / each, 5, least=True)  # fmt: skip
    table.add("one client refreshed, to its share of the bare sums",
              measure(name, "one")["one"] * night["clients"] / sums, 225)  # fmt: skip
    past = measure(name, "history")
    table.add("24 month-ends, in nights", past["history"] / past["night"], 12)
    for change, seconds in measure(name, "what_if").items():
        table.add(f"what-if over all clients, to the bare sums: {change}",
                  seconds / sums, 0.45)  # fmt: skip
    plain = database(CLIENTS // 4, module=False)
    for kept in (small, plain):  # as they are by day: autovacuum came after the night
        bed.psql("VACUUM ANALYZE", kept)
    # processes differ by a hundredth, on copies of a database without the module too
    runs = [measured("screens.py", small, plain) for _ in range(PROCESSES)]
    for screen in runs[0]:
        ratio, records = (
            statistics.median(run[screen][of] for run in runs)
            for of in ("ratio", "records")
        )
        limit = 1.15 if "form" in screen else 1.1
        table.add(f"{screen}, to one without the module", ratio, limit)
        if ratio != records:
            print(f"    its records alone {records:.3f} ×")
    print(f"\n{table.missed} missed" if table.missed else "\nall within bounds")


if __name__ == "__main__":
    bed.main(bench)
