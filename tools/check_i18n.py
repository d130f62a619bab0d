"""Are the translations complete, with the placeholders and markup of the source?

check_i18n.py MODULE_FOLDER prints what is wrong and fails, or prints nothing.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import polib

# %s, %(name)s, %%, {name}, ${expression}; the tags of view and mail texts
PLACEHOLDER = re.compile(r"%\(\w+\)[-\d.]*[a-z]|%[-\d.]*[sdfr]|%%|\$?\{[^{}]*\}")
TAG = re.compile(r"</?[a-zA-Z][\w-]*")


def marks(text):
    return Counter(PLACEHOLDER.findall(text) + TAG.findall(text))


def problems_of(entry):
    if entry.obsolete:
        yield "obsolete: run make i18n"
    elif entry.fuzzy:
        yield "fuzzy"
    elif not entry.translated():
        yield "not translated"
    elif marks(entry.msgid) != marks(entry.msgstr):
        yield f"other placeholders or tags than the source: {entry.msgstr!r}"


def problems(folder):
    pot = polib.pofile(str(folder / f"{folder.parent.name}.pot"))
    source = {entry.msgid for entry in pot}
    for path in sorted(folder.glob("*.po")):
        po = polib.pofile(str(path))
        for entry in po:
            for problem in problems_of(entry):
                yield f"{path}:{entry.linenum}: {entry.msgid!r}: {problem}"
        current = {entry.msgid for entry in po if not entry.obsolete}
        for msgid in sorted(source ^ current):
            yield f"{path}: {msgid!r} is not in both it and the .pot: run make i18n"


def main():
    folder = Path(sys.argv[1]) / "i18n"
    found = list(problems(folder)) if any(folder.glob("*.pot")) else []
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
