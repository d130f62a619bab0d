"""The signs in a sentence from which :mod:`.asks` judges whether it asks.

A sign is a short text that a person can read:

- ``send``, ``send me``: a word, two words in a row; ``^`` and ``$`` are the beginning
  and the end of the sentence;
- ``~ could you VERB``: the first words, of which only the common ones are kept;
- ``send + please``: a verb, and one of the words that go with requests, anywhere;
- ``# question mark``: a trait of the whole sentence.
"""

import re
from functools import cache

from .asks_words import WORDS, Words

MAX_WORDS = 60  # a longer sentence is read at its beginning and its end
REMEMBERED = 10_000  # words whose spelling is kept at hand
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\$link|[\w.+-]{1,64}@[\w-]+\.\w[\w.-]*")
_LETTERS = r"[a-z\u00df-\u024f]+"
_TOKEN = re.compile(
    rf"{_LETTERS}(?:['.]{_LETTERS})*|\d[\d.,:/]*|[?!$%\u00a6\u00a7,;:\u2014]|\.\.+|-(?=\s)"
)
_BREAKS = frozenset(",;:\u2014-")
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu"
    " thurs fri maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split()
)
_KEPT = frozenset({"^", "$", "?", "LINK", "DAY", "0", "COURTESY"})
_NAMES = {"\u00a6": "LINK", "\u00a7": "COURTESY"}  # marks that stand for more
_LENGTHS = (2, 5, 9, 14, 20, 30)


class _Spelling(dict[str, tuple[str, ...]]):
    """What is written → the words that are meant, worked out once per word."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self.slips = slips(words.likely)

    def __missing__(self, token: str) -> tuple[str, ...]:
        meant = self._meant(token)
        if len(self) < REMEMBERED:
            self[token] = meant
        return meant

    def _meant(self, token: str) -> tuple[str, ...]:
        if token in self.words.normal:
            return tuple(self.words.normal[token].split())
        first = token[0]
        if first.isdigit():
            return ("0",)
        if first in _NAMES:
            return (_NAMES[first],)
        if not first.isalpha():
            return (token[:2],)
        if token in _DAYS:
            return ("DAY",)
        return ("LINK" if len(token) > 30 else self.slips.get(token, token),)


class _Skeleton(dict[str, str]):
    """A word → itself where it is common, else ``VERB`` or ``*``."""

    def __init__(self, words: Words) -> None:
        super().__init__({token: token for token in words.common | _KEPT})
        self.verbs = words.verbs

    def __missing__(self, token: str) -> str:
        return "VERB" if token in self.verbs else "*"


@cache
def _spelling(language: str) -> _Spelling:
    return _Spelling(WORDS[language])


@cache
def _skeleton(language: str) -> _Skeleton:
    return _Skeleton(WORDS[language])


def slips(likely: frozenset[str]) -> dict[str, str]:
    """Every spelling that is one slip away from a likely word → that word.

    Slips are two letters changed over and, in words of five letters and more, one
    letter dropped or doubled: few of them are words of their own.

    >>> known = slips(frozenset({"please", "send"}))
    >>> [known.get(word) for word in ("plaese", "pleas", "pleasse", "sned", "sen")]
    ['please', 'please', 'please', 'send', None]
    """
    found: dict[str, str] = {}
    for word in sorted(likely):
        for at in range(len(word) - 1):
            turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            found.setdefault(turned, word)
        for at in range(len(word) if len(word) > 4 else 0):
            found.setdefault(word[:at] + word[at + 1 :], word)
            found.setdefault(word[: at + 1] + word[at:], word)
    return {slip: word for slip, word in found.items() if slip not in likely}


def tokens(sentence: str, language: str) -> list[str]:
    """The sentence in lower-case words and marks, spelt as the word lists are.

    >>> tokens("Kunje de offerte van 3 mei ff stuuren? www.firma.nl", "nl")
    ['kun', 'je', 'de', 'offerte', 'van', '0', 'mei', 'even', 'sturen', '?', 'LINK']
    """
    low = (
        without_courtesy(sentence, language, " \u00a7 ").lower().replace("\u2019", "'")
    )
    if "@" in low or "/" in low or "www." in low or "$link" in low:
        low = _ADDRESS.sub(" \u00a6 ", low)
    found = _TOKEN.findall(low)
    if len(found) > MAX_WORDS:
        half = MAX_WORDS // 2
        found = found[:half] + found[-half:]
    spelling = _spelling(language)
    return [meant for token in found for meant in spelling[token]]


def without_courtesy(sentence: str, language: str, instead: str = "") -> str:
    """A sentence without formulas that look like a request and are none.

    >>> without_courtesy("Please find attached the invoice.", "en")
    ' the invoice.'
    """
    words = WORDS[language]
    low = sentence.lower()
    for hint in words.hints:
        if hint in low:
            return words.courtesy.sub(instead, sentence)
    return sentence


def word_value(count: int) -> float:
    """What each sign of words counts in a sentence that has ``count`` of them.

    A long sentence has more signs but does not ask more.

    >>> word_value(4)
    0.5
    """
    return count**-0.5 if count else 0.0


def features(sentence: str, language: str) -> tuple[set[str], set[str]]:
    """The signs of a sentence: those of its words, and its traits.

    >>> words, traits = features("Could you send me the file?", "en")
    >>> sorted(sign for sign in words if "send" in sign and "+" not in sign)
    ['send', 'send me', 'you send']
    >>> sorted(sign for sign in words if sign.startswith("send +"))
    ['send + ?', 'send + could', 'send + me', 'send + you']
    >>> sorted(sign for sign in words if sign.startswith("~"))
    ['~ could you', '~ could you VERB']
    >>> sorted(traits)[:4]
    ['# ? you', '# first: could', '# first: could you', '# first: modal you']
    """
    found = tokens(sentence, language)
    plain = [token for token in found if token not in _BREAKS]
    if not plain:
        return set(), set()
    words = WORDS[language]
    return (
        _word_signs(plain, words, _skeleton(language)),
        _traits(sentence, found, plain, words),
    )


def _word_signs(plain: list[str], words: Words, skeleton: _Skeleton) -> set[str]:
    padded = ["^", *plain]
    signs = set(plain)
    signs.update([f"{one} {two}" for one, two in zip(padded, plain, strict=False)])
    signs.add(f"{plain[-1]} $")
    bones = [skeleton[token] for token in plain[:3]]
    signs.update([f"~ {' '.join(bones[:count])}" for count in (2, 3)])
    verbs = words.verbs
    asked = {verbs[token] for token in plain if token in verbs}
    if asked:
        present = words.keys.intersection(plain)
        signs.update([f"{verb} + {key}" for verb in asked for key in present])
    return signs


def _traits(
    sentence: str, found: list[str], plain: list[str], words: Words
) -> set[str]:
    present = set(plain)
    asked = "?" in present
    traits = []
    if asked:
        traits.append("# question mark")
        if not present.isdisjoint(words.you):
            traits.append("# ? you")
        if not present.isdisjoint(words.we):
            traits.append("# ? we")
    heads = _clauses(found, words)
    traits += _beginnings(heads, asked, words)
    traits += _persons(plain, words)
    if not present.isdisjoint(words.please):
        traits.append("# please")
        if heads and heads[0][0] in words.please:
            traits.append("# please first")
        if heads and heads[0][0] in words.if_:
            traits.append("# if .. please")
    if not present.isdisjoint(words.me):
        traits.append("# me")
    if "LINK" in present:
        traits.append("# link")
    if "!" in present:
        traits.append("# !")
    if "$" in present or "%" in present:
        traits.append("# money")
    count = len(plain)
    limit = next((limit for limit in _LENGTHS if count <= limit), None)
    traits.append(f"# up to {limit} words" if limit else "# many words")
    if sentence.upper() == sentence and count > 2:
        traits.append("# capitals")
    return set(traits)


def _beginnings(heads: list[list[str]], asked: bool, words: Words) -> list[str]:
    """What the sentence and its clauses begin with."""
    traits = []
    for head in heads[:1]:
        traits += [f"# first: {head[0]}", f"# first: {' '.join(head)}"]
        if kind := _kind(head, words):
            traits.append(f"# first: {kind}")
            if asked:
                traits.append(f"# first: {kind} ?")
    for head in heads[1:]:
        traits.append(f"# clause: {head[0]}")
        if kind := _kind(head, words):
            traits.append(f"# clause: {kind}")
    return traits


def _persons(plain: list[str], words: Words) -> list[str]:
    """Who is spoken of first, and who can, will, should or must."""
    roles = words.roles
    found = [roles.get(token) for token in plain]
    traits = [
        f"# {one} {two}"
        for one, two in zip(found, found[1:], strict=False)
        if one and two and one != two and "modal" in (one, two)
    ]
    first = next((role for role in found if role and role != "modal"), None)
    traits.append(f"# {first} first" if first else "# nobody")
    return traits


def _clauses(found: list[str], words: Words) -> list[list[str]]:
    """The first two words of every clause, greetings and names left out."""
    heads: list[list[str]] = []
    fresh = True
    count = 0
    breaks, joins = _BREAKS, words.joins
    for token in found:
        if token in breaks:
            # "Jan," or "By the way," before anything else
            if len(heads) == 1 and count <= 1 and heads[0][0] not in words.verbs:
                heads.clear()
            fresh = True
        elif token in joins:
            fresh = True
        elif fresh:
            if token[0].isalpha() and (heads or token not in words.skip):
                heads.append([token])
                fresh = False
                count = 1
        elif token[0].isalpha():
            if count == 1:
                heads[-1].append(token)
            count += 1
    return heads


def _kind(head: list[str], words: Words) -> str | None:
    """What sort of word a clause begins with."""
    first = head[0]
    if first in words.modal:
        kind = "modal"
    elif first in words.asking:
        return "question word"
    elif first in words.helping:
        kind = "helping verb"
    elif first in words.verbs:
        kind = "verb"
    else:
        return None
    return f"{kind} you" if head[-1] in words.you else kind
