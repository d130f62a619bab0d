"""make test-days: the module's tests on other days of the year, in two time zones.

    month-end    the last day of a month, a Monday
    year-end     31 December, 23:30
    new-year     1 January, 00:30
    leap         29 February
    back         the night in which clocks go back, shortly before
    forward      the night in which they go forward, shortly before

each by the clocks of Brussels and of Auckland, where companies and people of the tests
then are. The clocks of Odoo and of a PostgreSQL of its own are moved alike, by
libfaketime. The module is installed a quarter of an hour before, its demonstration
data included: with every app in one of the zones, with CRM and Project alone in the
other, and the other way round on the next day.

DAYS="leap 2027-03-01T08:00" and ZONES="auckland Asia/Tokyo" choose, also others;
SETUPS="full bare" runs both everywhere, which takes three hours; T=word runs only the
tests of that name, on a kept database.

Left out is what needs a browser or a server (make test has it), and the tests of pure
Python, which are told every day they work with.
"""

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import bed
import pg
import pytz
import test

ZONES = {"brussels": "Europe/Brussels", "auckland": "Pacific/Auckland"}
DAYS = {
    "month-end": "2027-05-31T12:00",
    "year-end": "2027-12-31T23:30",
    "new-year": "2028-01-01T00:30",
    "leap": "2028-02-29T09:00",
    "back": "",  # each zone has its own
    "forward": "",
}
CHANGES_FROM = datetime(2028, 1, 1)
BEFORE_CHANGE = timedelta(minutes=20)
BEFORE_TESTS = timedelta(minutes=15)
BROWSER = ("--ignore-glob=*_ui.py", "--ignore-glob=*/test_js.py")
INSTALLED = "no warning at installation"
LIBRARY = "lib/*/faketime/libfaketimeMT.so.1"
APPS = {"full": bed.FULL, "bare": bed.BARE}


def find_library():
    folders = (bed.BED / "root" / "usr", Path("/usr"))
    return next((path for folder in folders for path in folder.glob(LIBRARY)), None)


def library():
    """The path of libfaketime, which is fetched where it is not there."""
    if not find_library():
        subprocess.run([bed.ROOT / "tools/setup.sh", "faketime"])
    if not (path := find_library()):
        raise bed.Failed("make test-days needs libfaketime, which Debian has")
    return str(path)


def change(zone, forward):
    """The first change of the clock that way, in UTC; None where there is none."""
    moments = getattr(zone, "_utc_transition_times", ())
    for moment in (moment for moment in moments if moment > CHANGES_FROM):
        hour = timedelta(hours=1)
        shifts = [zone.fromutc(moment + side * hour).utcoffset() for side in (-1, 1)]
        if (shifts[1] > shifts[0]) == forward:
            return moment


def moment_of(day, zone):
    """The moment of a day of DAYS, or of an ISO moment, in that zone, as UTC."""
    if day in ("back", "forward"):
        moment = change(zone, day == "forward")
        return moment and moment - BEFORE_CHANGE
    local = zone.localize(datetime.fromisoformat(DAYS.get(day, day)))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def kinds_on(day, zone):
    """Which set-ups are tried on a day: each in one zone, which of them changes."""
    kinds = wanted("SETUPS", ())
    if not kinds:
        days, zones = list(DAYS), list(ZONES.values())
        if day not in days or zone not in zones:
            return list(APPS)
        kinds = [list(APPS)[(days.index(day) + zones.index(zone)) % 2]]
    return kinds


def wanted(variable, default):
    return (os.environ.get(variable) or " ".join(default)).split()


# --- one zone: a process of its own, whose bed is a folder below the other


class Clock:
    """The clock of everything that is started from here on, and of the PostgreSQL."""

    def __init__(self, library):
        self.server = pg.Server(bed.BED)
        os.environ.update(
            LD_PRELOAD=library,
            FAKETIME_DONT_FAKE_MONOTONIC="1",  # time that passes is what it was
            NO_FAKE_STAT="1",  # and so are the times of files
            PYTHONPATH=str(bed.ROOT / "tools" / "clock"),  # sleep works
        )

    def set(self, moment):
        self.server.stop()  # before the variables change with which it was started
        shift = moment - datetime.now(pytz.utc).replace(tzinfo=None)
        os.environ["FAKETIME"] = f"{round(shift.total_seconds()):+d}s"
        self.server.start()


def template(kind):
    """Name of the database with the apps, made on the day before all others."""
    return bed.template(APPS[kind], f"ch_template_{kind}")


def install(kind, clock, moment, zone):
    """The database of the moment with the module.

    :returns: its name, and the problems of its installation
    """
    name = f"ch_{kind}"
    state = f"{moment} {bed.source_hash()}"
    clock.set(moment - BEFORE_TESTS)
    if os.environ.get("T") and bed.is_current(name, state):
        return name, ""
    bed.copy(template(kind), name)
    bed.psql(f"UPDATE resource_calendar SET tz = '{zone}'", name)
    bed.psql(f"UPDATE res_partner SET tz = '{zone}' WHERE tz IS NOT NULL", name)
    options = ["-i", bed.MODULE, "--no-http", *APPS[kind][1:]]
    what = f"{zone} {kind}: install"
    log = bed.odoo(what, name, *options, check=False)
    bed.mark(name).write_text(state)
    return name, "\n".join(bed.problems(log))


def run_day(day, kind, clock, moment, zone):
    result = test.Result(f"{zone.split('/')[-1].lower()}-{day}-{kind}")
    name, problem = install(kind, clock, moment, zone)
    result.check(INSTALLED, problem)
    clock.set(moment)
    word = os.environ.get("T")
    chosen = ["-k", word.replace(".", " and ")] if word else []
    test.pytest_odoo(
        result, f"{zone} {day} {kind}: test", name, bed.SOURCE, *BROWSER, *chosen,
        apps_missing=kind == "bare", may_be_empty=bool(word),
    )  # fmt: skip
    if word:
        result.passed -= {test.NO_WARNING, INSTALLED}  # these alone are no tests
    return result


def run_zone(zone, library):
    """Every wanted day in this zone, one after the other."""
    os.environ["TEST_ZONE"] = zone
    bed.TIME_LIMIT *= 4  # two at a time
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    bed.LOGS.mkdir(parents=True, exist_ok=True)
    clock = Clock(library)
    place = pytz.timezone(zone)
    chosen = wanted("DAYS", DAYS)
    moments = {day: moment_of(day, place) for day in {*DAYS, *chosen}}
    days = sorted((moments[day], day) for day in chosen if moments[day])
    results = []
    try:
        clock.set(min(filter(None, moments.values())) - timedelta(days=1))
        runs = [(*day, kind) for day in days for kind in kinds_on(day[1], zone)]
        for kind in {kind for *_day, kind in runs}:
            template(kind)
        for moment, day, kind in runs:
            result = run_day(day, kind, clock, moment, zone)
            bed.say("\n    ".join([str(result), *result.failed]))
            results.append(result)
    except bed.Failed as failure:
        results.append(test.Result(f"{zone}", failed={"set-up": str(failure)}))
    finally:
        clock.server.stop()
    kept = [{**vars(result), "passed": sorted(result.passed)} for result in results]
    (bed.BED / "results.json").write_text(json.dumps(kept))


# --- all zones


def folder(zone):
    return bed.BED / "days" / re.sub(r"\W", "-", zone.split("/")[-1].lower())


def start_zone(zone, library):
    """Run a zone in a process with a bed of its own; return its results."""
    home = folder(zone)
    home.mkdir(parents=True, exist_ok=True)
    kept = home / "results.json"
    kept.unlink(missing_ok=True)
    (home / "odoo.conf").write_text(
        (bed.BED / "odoo.conf").read_text().replace(f"{bed.BED}/", f"{home}/")
    )
    server = pg.Server(home)
    environment = {
        **os.environ,
        "BED": str(home), "ODOO_RC": str(home / "odoo.conf"),
        "PGHOST": str(server.socket), "PGPORT": pg.PORT, "PGUSER": "odoo",
    }  # fmt: skip
    environment.pop("PGPASSWORD", None)
    command = [sys.executable, __file__, zone, library]
    code = subprocess.run(command, env=environment).returncode
    if not kept.exists():
        failed = {"zone": f"ended with exit code {code}"}
        return [test.Result(zone, failed=failed)]
    return [
        test.Result(**{**values, "passed": set(values["passed"])})
        for values in json.loads(kept.read_text())
    ]


def main():
    if sys.argv[1:]:
        return run_zone(*sys.argv[1:])
    zones = [ZONES.get(zone, zone) for zone in wanted("ZONES", ZONES)]
    for zone in zones:
        if zone not in pytz.all_timezones_set:
            raise bed.Failed(f"ZONES: {zone} is no time zone, such as Asia/Tokyo")
    for day in wanted("DAYS", DAYS):
        try:
            moment_of(day, pytz.utc)
        except ValueError as error:
            raise bed.Failed(f"DAYS: {day} is none of {', '.join(DAYS)}") from error
    with bed.alone("days"):
        faketime = library()
        with ThreadPoolExecutor(2) as pool:  # a core each
            found = pool.map(lambda zone: start_zone(zone, faketime), zones)
            results = [result for results in found for result in results]
    return test.conclude(results)


if __name__ == "__main__":
    bed.main(main)
