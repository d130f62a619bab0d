#!/usr/bin/env python3
"""A hook of git for the message of a commit: check_message.py FILE

A subject of up to 72 characters, an empty line, and a body that says why.
"""

import re
import sys
from pathlib import Path

LONGEST = 72
# made by git, or gone before anybody reads them
BY_GIT = re.compile(r"Merge |Revert |fixup! |squash! |amend! ")
SCISSORS = "# ------------------------ >8"


def problems(text):
    """What is wrong with a message, as sentences.

    >>> problems("Name the zone\\n\\nTests moved with the machine's.\\n")
    []
    >>> problems("Name the zone.\\nBecause\\n# a comment")
    ['the subject ends in a full stop', 'the second line is not empty']
    >>> problems("x" * 73)
    ['the subject has 73 characters, not 72 at most', 'no body says why']
    >>> problems("# nothing")
    ['the message is empty']
    """
    text = text.split(SCISSORS, 1)[0]
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("#")]
    subject, *rest = "\n".join(lines).strip().split("\n")
    if not subject:
        return ["the message is empty"]
    if BY_GIT.match(subject):
        return []
    found = []
    if len(subject) > LONGEST:
        found.append(
            f"the subject has {len(subject)} characters, not {LONGEST} at most"
        )
    if subject.endswith("."):
        found.append("the subject ends in a full stop")
    if rest and rest[0]:
        found.append("the second line is not empty")
    if not any(rest):
        found.append("no body says why")
    return found


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for problem in wrong:
        print(f"commit message: {problem}", file=sys.stderr)
    sys.exit(1 if wrong else 0)
