"""make test: every test, in every set-up, and one line that counts them.

    plain    doctests of scoring/ and tests/ in pytest, without Odoo
    install  every app with demo data; full-1 to full-4 test copies of it, tours too
    bare     CRM and Project alone, without demo data: pytest-odoo; here alone the
             long tours (tagged client_health_bare), whose pages load faster
    i18n     the committed translation template has the terms of the source
    jobs     the module for OCA's queue_job, in a database with that
    server   tests/ that need a real server
    apart    those of them with databases of their own

T=word runs only the tests of that name, on a database kept between runs.
"""

import concurrent.futures
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import partial

import bed
import i18n

# their databases are their own, so they run beside the others
APART = ("tests/test_kill.py", "tests/test_queue_job.py", "tests/test_upgrade.py")
# what is tested together in a copy of the full database; the other folders are one more
SHARES = (("facts", "turns"), ("health",), ("rights", "stories"))
LEFT_OUT_OF_BARE = ("account", "sale", "hr_timesheet")
# Odoo skips tours when it finds no browser: they would never fail anywhere
NOT_RUN = re.compile("chrome|websocket|devtools|--odoo-http", re.I)
NOTHING_SELECTED = 5  # an exit code of pytest
NO_WARNING = "no warning in the log"
NEEDS_APP = re.compile("needs app", re.I)


@dataclass
class Result:
    """What a part of the run came to: names of tests, failures with their text."""

    name: str
    passed: set = field(default_factory=set)
    failed: dict = field(default_factory=dict)
    skipped: dict = field(default_factory=dict)

    def check(self, what, problem):
        """Count a check of ours as a test: failed where there is a `problem`."""
        if problem:
            self.failed[what] = problem
        else:
            self.passed.add(what)

    def skip(self, test, reason, apps_missing):
        """Count a skip, or a failure where nothing may be skipped for that reason."""
        if NOT_RUN.search(reason) or NEEDS_APP.search(reason) and not apps_missing:
            self.failed[test] = f"not run: {reason}"
        else:
            self.skipped[test] = reason

    def __str__(self):
        return (
            f"{self.name}: {len(self.passed)} passed, {len(self.failed)} failed,"
            f" {len(self.skipped)} skipped"
        )


# --- the two runners


def pytest(result, what, *arguments, apps_missing=False, may_be_empty=True):
    """Run pytest and add what it found to `result`."""
    junit = bed.LOGS / f"{result.name}.xml"
    junit.unlink(missing_ok=True)
    log = bed.LOGS / f"{result.name}-pytest.log"
    config = ("-c", bed.ROOT / "pyproject.toml")
    command = ["python", "-m", "pytest", *config, f"--junitxml={junit}", *arguments]
    code = bed.run(what, command, log, check=False)
    for case in ET.parse(junit).iter("testcase") if junit.exists() else ():
        test = f"{case.get('classname')}.{case.get('name')}".strip(".")
        bad = [part for part in case if part.tag in ("failure", "error")]
        skip = case.find("skipped")
        if bad:
            result.failed[test] = "\n".join(part.text or "" for part in bad)
        elif skip is not None:
            result.skip(test, skip.get("message", ""), apps_missing)
        else:
            result.passed.add(test)
    if code != 0 and not (code == NOTHING_SELECTED and may_be_empty or result.failed):
        result.failed["pytest"] = f"exit code {code}\n{bed.tail(log)}"


def pytest_odoo(result, what, database, source, *arguments, **options):
    log = bed.LOGS / f"{result.name}-odoo.log"
    log.unlink(missing_ok=True)
    pytest(
        result, what,
        "-o", "addopts=", "--odoo-http", f"--odoo-database={database}",
        "--odoo-log-level=warn", f"--odoo-extra=logfile={log}",
        *arguments, source, **options,
    )  # fmt: skip
    if log.exists():
        result.check(NO_WARNING, "\n".join(bed.problems(log)))


# --- the parts of the run


def plain():
    result = Result("plain")
    pytest(
        result,
        "plain: doctests and tests/ without Odoo",
        "-m",
        "not server and not replica",
    )
    return result


def installed():
    """The database with every app, which others are copies of."""
    result = Result("install")
    name = bed.FULL_DATABASE
    bed.copy(bed.full_template(), name)
    log = bed.odoo(
        "full: install with every app and demo data", name,
        "-i", bed.MODULE, "--no-http", check=False,
    )  # fmt: skip
    result.check("no warning at installation", "\n".join(bed.problems(log)))
    bed.build_assets(name)
    bed.mark(name).write_text(bed.source_hash())
    return result


def full(number):
    """The tests of a share of the folders, in a copy of the full database."""
    result = Result(f"full-{number + 1}")
    tests = bed.SOURCE / "tests"
    others = [
        path
        for path in sorted(tests.iterdir())
        if (path.is_dir() or path.name.startswith("test_"))
        and path.name not in {"__pycache__", *sum(SHARES, ())}
    ]
    paths = [tests / name for name in SHARES[number]] if number < len(SHARES) else [
        *others, bed.SALE_SOURCE, bed.DASHBOARD_SOURCE
    ]  # fmt: skip
    left = [f"--ignore={path}" for path in tests.rglob("test*.py") if is_long(path)]
    name = f"{bed.FULL_DATABASE}_{number + 1}"
    bed.copy(bed.FULL_DATABASE, name)
    pytest_odoo(result, f"{result.name}: test", name, *paths, *left, may_be_empty=False)
    bed.drop(name)
    return result


def is_long(path):
    """True for tests that only the bare set-up runs."""
    return "client_health_bare" in path.read_text()


def bare():
    result = Result("bare")
    name = bed.BARE_DATABASE
    bed.copy(bed.bare_template(), name)
    log = bed.odoo(
        "bare: install with CRM and Project alone", name,
        "-i", bed.MODULE, "--skip-auto-install", "--no-http", check=False,
    )  # fmt: skip
    result.check("no warning at installation", "\n".join(bed.problems(log)))
    installed = bed.psql(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", name
    ).split()
    result.check(
        "only the apps needed are installed",
        " ".join(sorted({*LEFT_OUT_OF_BARE} & set(installed)))
        or ("" if bed.MODULE in installed else f"{bed.MODULE} is not installed"),
    )
    bed.build_assets(name)
    pytest_odoo(
        result, "bare: test", name, bed.SOURCE, apps_missing=True, may_be_empty=False
    )
    return result


def translations():
    result = Result("i18n")
    for source in i18n.SOURCES:
        lines = i18n.differences(bed.FULL_DATABASE, source)
        problem = "\n".join([*lines[:20], "run make i18n, then translate"])
        what = f"the template of {source.name} has the terms of its source"
        result.check(what, lines and problem)
    return result


def jobs():
    result = Result("jobs")
    name = bed.jobs_database()
    source = bed.ADDONS / bed.JOBS_MODULE
    pytest_odoo(result, "jobs: test", name, source, may_be_empty=False)
    return result


def server():
    result = Result("server")
    left = [f"--ignore={path}" for path in APART]
    pytest(
        result, "server: tests/ with a real server", "-m", "server", "tests", *left
    )  # fmt: skip
    return result


def apart():
    result = Result("apart")
    what = "apart: tests/ with a real server, on databases of their own"
    pytest(result, what, "-m", "server", *APART)
    return result


def everything():
    # two at a time: what takes long in each uses one core
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = [pool.submit(attempt, bare)]
        results = [attempt(installed)]
        if bed.mark(bed.FULL_DATABASE).exists():
            results += map(attempt, (translations, jobs))
            parts = [partial(full, number) for number in range(len(SHARES) + 1)]
            running += [pool.submit(attempt, part) for part in (*parts, apart, server)]
        running.append(pool.submit(attempt, plain))
        results += [part.result() for part in running]
    return results


def attempt(part):
    """The result of a part, also where it could not run."""
    try:
        result = part()
    except bed.Failed as failure:
        name = getattr(part, "__name__", "full")
        result = Result(name, failed={"set-up": str(failure)})
    bed.say(result)
    return result


def selection(word):
    database = bed.full_database()
    expression = word.replace(".", " and ")  # Class.test_name
    without, inside = Result("plain"), Result("module")
    pytest(without, "tests without Odoo, or around it", "-k", expression)
    pytest_odoo(inside, "tests in Odoo", database, bed.SOURCE, "-k", expression)
    results = [without, inside]
    for part, source in (
        ("sale", bed.SALE_SOURCE),
        ("dashboard", bed.DASHBOARD_SOURCE),
        ("jobs", bed.ADDONS / bed.JOBS_MODULE),
    ):
        tests = source.rglob("test*.py")
        if any(word.split(".")[0] in path.read_text() for path in tests):
            results.append(Result(part))
            if part == "jobs":
                database = bed.jobs_database()
            what = f"tests in {part}"
            pytest_odoo(results[-1], what, database, source, "-k", expression)
    for result in results[1:]:
        result.passed.discard(NO_WARNING)  # that alone is no test
    return results


def main():
    bed.LOGS.mkdir(parents=True, exist_ok=True)
    with bed.alone("test"):
        word = os.environ.get("T")
        return conclude(selection(word) if word else everything())


def conclude(results):
    """Print the failures and the closing line; return the exit code."""
    for result in results:
        for test, reason in result.skipped.items():
            print(f"skipped in {result.name}: {test}: {reason}")
    for result in results:
        for test, text in result.failed.items():
            print(f"\nFAILED in {result.name}: {test}\n{text}")
    failed = sum(len(result.failed) for result in results)
    passed = sum(len(result.passed) for result in results)
    skipped = sum(len(result.skipped) for result in results)
    if failed:
        print(f"\nlogs: {bed.LOGS}; browser: {bed.BED / 'screenshots'}")
    if not passed and not failed:
        print("nothing ran")
    bed.say("done")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    bed.main(main)
