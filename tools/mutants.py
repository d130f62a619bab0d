"""make mutants: is every rule of the scoring held by a test?

mutmut changes client_health/scoring in a thousand small ways and runs the doctests and
tests/test_scoring*.py on each. Whoever survives is shown, and the run fails when more
than one in ten do. tests/MUTANTS.md says why the known ones live.

    make mutants                   a quarter of an hour on two cores
    make mutants T=thresholds      one file of the scoring
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BED = Path(os.environ.get("BED") or ROOT / ".bed") / "mutants"
REQUIREMENTS = ROOT / "tools" / "requirements-mutants.txt"
AT_LEAST = 0.9  # of the mutants are killed
# The tests are named one by one: those of a server have no business here.
# What judges texts is left out: it is held by how often it is right, not rule by rule.
# The second section makes this folder, and not the checkout around it, the root.
SETTINGS = """
[tool.mutmut]
source_paths = ["client_health/scoring"]
also_copy = ["client_health", "conftest.py"]
do_not_mutate = [
    "client_health/scoring/asks*.py",
    "client_health/scoring/language.py",
    "client_health/scoring/mail_text.py",
]
pytest_add_cli_args_test_selection = ["client_health/scoring", {tests}]

[tool.pytest.ini_options]
addopts = "--doctest-modules"
"""
COPIED = (
    "conftest.py", "client_health/__init__.py", "tests/conftest.py", "tests/outside.py",
)  # fmt: skip


def environment():
    """The program mutmut, installed when it is not."""
    wanted = REQUIREMENTS.read_text()
    done = BED / "installed.txt"
    if not done.exists() or done.read_text() != wanted:
        print("set up mutmut", flush=True)
        venv.create(BED / "venv", clear=True, with_pip=True)
        pip = [BED / "venv" / "bin" / "python", "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "-r", REQUIREMENTS], check=True)
        done.write_text(wanted)
    return BED / "venv" / "bin" / "mutmut"


def workplace():
    """A folder with the scoring and its tests alone: mutmut copies all it sees."""
    work = BED / "work"
    shutil.rmtree(work, ignore_errors=True)
    tests = sorted(path.name for path in (ROOT / "tests").glob("test_scoring*.py"))
    for name in (*COPIED, *(f"tests/{test}" for test in tests)):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, work / name)
    scoring = "client_health/scoring"
    shutil.copytree(
        ROOT / scoring, work / scoring, ignore=shutil.ignore_patterns("__pycache__")
    )
    chosen = ", ".join(f'"tests/{test}"' for test in tests)
    (work / "pyproject.toml").write_text(SETTINGS.format(tests=chosen))
    return work


def main():
    program, work = environment(), workplace()
    word = os.environ.get("T")
    which = [f"client_health.scoring.{word}.*"] if word else []
    options = {"cwd": work, "text": True}
    with (BED / "run.log").open("w") as log:
        command = [program, "run", "--max-children", str(os.cpu_count()), *which]
        code = subprocess.run(
            command, stdout=log, stderr=subprocess.STDOUT, **options
        ).returncode
    if code:
        print((BED / "run.log").read_text()[-2000:])
        return code
    listed = subprocess.run(
        [program, "results", "--all", "true"], capture_output=True, **options
    ).stdout
    found = re.findall(r"^\s*(\S+): (.+)$", listed, re.M)
    found = {name: fate for name, fate in found if fate != "not checked"}
    alive = [name for name in found if found[name] not in ("killed", "timeout")]
    for name in alive:
        shown = subprocess.run([program, "show", name], capture_output=True, **options)
        lines = [
            line
            for line in shown.stdout.splitlines()
            if re.match(r"[-+](?!--|\+\+)", line)
        ]
        print(f"\n{found[name]}: {name}", *lines, sep="\n")
    dead = len(found) - len(alive)
    print(f"\n{dead} of {len(found)} killed: {100 * dead / len(found):.1f} %")
    return 0 if dead >= AT_LEAST * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
