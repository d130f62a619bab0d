"""What is trained on and what is kept apart, the same on every machine.

English comes as sentences alone: those that are nearly the same are kept together
(a chain letter in ten wordings is one), and a quarter of these groups is kept
apart. Dutch comes with who wrote about what: who ever wrote about the same subject
is kept together, and a third of these circles is kept apart, so that the kept part
has neither a sender nor a subject in common with the rest.
"""

import csv
import hashlib
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

ENGLISH = "email_asks_train.tsv"  # in the folder DATA
DUTCH = Path(__file__).with_name("dutch.tsv")
MORE_ENGLISH = Path(__file__).with_name("english.tsv")
KEPT = {"en": 1 / 4, "nl": 1 / 3}
ALIKE = 0.6  # share of words in common from which two sentences are nearly the same


class Example(NamedTuple):
    """A sentence, whether it asks, and the group that is not torn apart."""

    text: str
    asks: bool
    group: str


class _Groups:
    """Union-find; the name of a group is its smallest member."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, item: str) -> str:
        root = item
        while self.parent.setdefault(root, root) != root:
            root = self.parent[root]
        while self.parent[item] != root:
            self.parent[item], item = root, self.parent[item]
        return root

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.find(one), self.find(other)))
        self.parent[high] = low


def plain(text: str) -> str:
    """A sentence without what changes between two wordings of it.

    >>> plain("Save $30 on 3+ Night Stays!  $LINK")
    'save 0 on 0 night stays link'
    """
    return " ".join(re.findall(r"[^\W\d_]+|0", re.sub(r"\d+", "0", text.lower())))


def alike(texts: list[str]) -> dict[str, str]:
    """Each text in plain words → the name of the group of those nearly the same.

    >>> groups = alike(["save 0 on a stay", "save 0 on your stay", "your new bill"])
    >>> groups["save 0 on your stay"], groups["your new bill"]
    ('save 0 on a stay', 'your new bill')
    """
    groups = _Groups()
    words = {text: frozenset(text.split()) for text in sorted(set(texts))}
    often = Counter(word for mine in words.values() for word in mine)
    holders: dict[str, list[str]] = defaultdict(list)
    for text, mine in words.items():
        groups.find(text)
        # two that are alike have one of their rarest words in common
        rarest = sorted(mine, key=lambda word: (often[word], word))
        rarest = rarest[: len(rarest) - math.ceil(ALIKE * len(rarest)) + 1]
        for other in {other for word in rarest for other in holders[word]}:
            both = len(mine & words[other])
            if both >= ALIKE * len(mine | words[other]):
                groups.join(text, other)
        for word in rarest:
            holders[word].append(text)
    return {text: groups.find(text) for text in words}


def english(path: Path) -> list[Example]:
    """The sentences of ``email_asks_train.tsv``: *Yes* or *No*, tab, sentence."""
    rows = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        label, tab, text = line.partition("\t")
        if tab and label in ("Yes", "No"):
            rows.append((text.replace("\\n", "\n"), label == "Yes"))
    groups = alike([plain(text) for text, _asks in rows])
    return [Example(text, asks, groups[plain(text)]) for text, asks in rows]


def written(path: Path) -> list[Example]:
    """The sentences of ``dutch.tsv``; the group is a circle of senders."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    groups = _Groups()
    for row in rows:
        groups.join(f"sender {row['sender']}", f"subject {row['subject']}")
    return [
        Example(
            row["sentence"],
            row["label"] == "asks",
            groups.find(f"sender {row['sender']}"),
        )
        for row in rows
    ]


def apart(examples: list[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Split into what may be learnt from and what is kept apart.

    Groups are kept apart in the order of a hash of their names, until ``share`` of
    the examples is.

    >>> learn, kept = apart([Example(str(n), True, str(n)) for n in range(9)], 1 / 3)
    >>> [example.text for example in kept]
    ['3', '4', '8']
    """
    sizes = Counter(example.group for example in examples)
    kept: set[str] = set()
    count = 0
    for group in sorted(sizes, key=lambda name: hashlib.sha256(name.encode()).digest()):
        if count >= share * len(examples):
            break
        kept.add(group)
        count += sizes[group]
    return (
        [example for example in examples if example.group not in kept],
        [example for example in examples if example.group in kept],
    )


def parts(language: str, data: Path) -> tuple[list[Example], list[Example]]:
    """What may be learnt from in a language, and what is kept apart.

    The few English sentences written here are only learnt from: those of others have
    hardly an acknowledgement or a "please find attached" among them.
    """
    if language == "nl":
        return apart(written(DUTCH), KEPT["nl"])
    learn, kept = apart(english(data / ENGLISH), KEPT["en"])
    return learn + written(MORE_ENGLISH), kept
