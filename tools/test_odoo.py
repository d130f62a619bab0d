"""make test-odoo: Odoo's own tests give the same result with the module as without.

Runs the suites of the apps that the module touches on two databases with all apps,
one of them with the module, and compares the outcome of every test: passed, failed,
skipped or not run. Fails on any difference. Takes about an hour.

    make test-odoo SUITES=/crm,/base:TestPartner     some of them, as test tags of Odoo

All tests run on the complete registry, those too that Odoo itself runs while it
installs: that is what people work with. A few of these fail there with or without
the module; they are listed. Tests in a browser are sensitive to a busy machine, so a
test that differs gets a second chance in both databases.
"""

import os
import re

import bed
import test

SUITES = os.environ.get("SUITES") or (
    "/crm,/project,/sale,/sale_timesheet,/mail,/contacts,/base:TestPartner"
)
WITHOUT, WITH = "ch_odoo_without", "ch_odoo_with"
TEST_FAILURE = re.compile(r" (\S+): (?:FAIL|ERROR): (.+)")
TOTALS = re.compile(r": (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")
SUM_LINE = re.compile(r" odoo\.(tests\.result|modules\.loading|registry): .*\d+ failed|"
                      r"Module \w+: \d+ failures")  # fmt: skip
RUN = """
from odoo.tests.shell import run_tests
run_tests(env, {tags!r})
"""


def prepare():
    """Two databases that differ by the module alone, ready for a browser.

    Without our demonstration data: tests that count tasks and contacts would notice
    it as they would notice anybody's.
    """
    for name in (WITHOUT, WITH):
        bed.copy(bed.full_template(), name)
    bed.psql("UPDATE ir_module_module SET demo = false", WITH)
    bed.odoo(f"install {bed.MODULE}", WITH, "-i", bed.MODULE, "--no-http")
    for name in (WITHOUT, WITH):
        bed.build_assets(name)


def read_odoo_log(result, log):
    """Add what Odoo's own runner wrote about its tests to `result`."""
    text = log.read_text(errors="replace")
    started = {
        f"{module}: {name}"
        for module, name in re.findall(r" (\S+): Starting (\S+) \.\.\.", text)
    }
    for module, name, reason in re.findall(
        r" (\S+): skipped (.+?) : (.*)$", text, re.M
    ):
        result.skip(f"{module}: {name}", reason, apps_missing=False)
    warnings = []
    for record in bed.problems(log):
        first = record.splitlines()[0]
        if found := TEST_FAILURE.search(first):
            name = re.sub(r"^Subtest (\w+\.\w+).*", r"\1", found[2])
            key = f"{found[1]}: {name}"
            result.failed[key] = f"{result.failed.get(key, '')}\n{record}".strip()
        elif not SUM_LINE.search(first):
            warnings.append(record)
    result.passed |= started - set(result.failed) - set(result.skipped)
    result.check(test.NO_WARNING, "\n".join(warnings))
    totals = TOTALS.search(text)
    if not totals:
        result.failed["Odoo"] = f"ended before its tests did\n{bed.tail(log)}"
    elif int(totals[3]) != len(started):
        result.failed["Odoo"] = f"it counts {totals[3]} tests, its log {len(started)}"
    elif not started:
        result.failed["Odoo"] = "no test ran"
    return bool(totals)


def outcomes(database, tags):
    """Run tests in a database: their names, each with what became of it."""
    script = bed.BED / f"{database}-tests.py"
    script.write_text(RUN.format(tags=tags))
    log = bed.LOGS / f"{database}.log"
    with script.open() as stdin:
        shell = ["odoo", "shell", "-d", database, "-p", bed.free_port()]
        bed.run(f"tests in {database}", shell, log, stdin=stdin)
    result = test.Result(database)
    read_odoo_log(result, log)
    if not result.passed:
        raise bed.Failed(f"{bed.tail(log)}\nno test passed, see {log}")
    found = dict.fromkeys(result.passed, "passed")
    found |= dict.fromkeys(result.skipped, "skipped")
    found |= dict.fromkeys(result.failed, "failed")
    for ours in ("Odoo", test.NO_WARNING):  # checks of our own runner
        found.pop(ours, None)
    log.rename(log.with_name(f"{database}-{len(tags)}.log"))
    return found


def differences(without, with_it):
    return sorted(
        name for name in {*without, *with_it} if without.get(name) != with_it.get(name)
    )


def tag(name):
    """The test tag that selects a test by its name in the log: its module, class and
    method, or class alone where that could not be set up."""
    path, _, words = name.partition(": ")
    test_name = words.rpartition(".")[2].rstrip(")") if "(" in words else words
    return f"/{path.split('.')[2]}:{test_name}"


def compare():
    bed.TIME_LIMIT = 3 * 60 * 60  # seconds: it is the only run here that takes so long
    with bed.alone("test-odoo"):
        prepare()
        without, with_it = outcomes(WITHOUT, SUITES), outcomes(WITH, SUITES)
        again = differences(without, with_it)
        if again:
            print("differ, and get a second chance:", *again, sep="\n  ")
            tags = ",".join(sorted({*map(tag, again)}))
            second = outcomes(WITHOUT, tags), outcomes(WITH, tags)
            for found, repeated in zip((without, with_it), second, strict=True):
                for name in again:
                    found.pop(name, None)
                found |= repeated
    return report(without, with_it)


def report(without, with_it):
    """Print what differs and what fails in both; the exit code."""
    for name in sorted(with_it):
        if with_it[name] == without.get(name) == "failed":
            print(f"fails in both: {name}")
    found = differences(without, with_it)
    for name in found:
        print(
            f"DIFFERENT: {name}: {without.get(name, 'not run')} without the module,"
            f" {with_it.get(name, 'not run')} with it"
        )
    for what, those in (("without", without), ("with", with_it)):
        counts = {
            word: sum(outcome == word for outcome in those.values())
            for word in ("passed", "failed", "skipped")
        }
        print(f"{what} the module:", *(f"{n} {word}" for word, n in counts.items()))
    print(f"{len(found)} different")
    return 1 if found else 0


if __name__ == "__main__":
    bed.main(compare)
