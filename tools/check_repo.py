"""Is every XML file well-formed, and does no file name one machine or registry?"""

import os
import re
import sys
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
CACHES = {".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "node_modules"}
NOT_OURS = {".git", ".bed", *CACHES}
HOME = re.compile(r"(?<![\w./*)}>-])/(?:home|Users|root|work)/\w")
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|debian|ubuntu|docker|ghcr)\.(?:com|io|net|org)\b"
)


def files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        for name in sorted(set(names) - NOT_OURS):  # a worktree has a file .git
            yield Path(folder, name)


def problems(path):
    if path.suffix in (".xml", ".svg"):
        try:
            etree.parse(str(path))
        except etree.XMLSyntaxError as error:
            yield f"{path.relative_to(ROOT)}: {error}"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return  # an image, a font
    for number, line in enumerate(lines, 1):
        for pattern, what in (
            (HOME, "a path of one machine"),
            (REGISTRY, "a package registry"),
        ):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {what}: {line.strip()}"


if __name__ == "__main__":
    found = [problem for path in files() for problem in problems(path)]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
