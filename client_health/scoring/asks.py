"""Does a message ask for something, and which of its sentences?

A logistic regression over signs a person can read (:mod:`.asks_features`), one set of
weights for English and one for Dutch, trained by ``tools/asks/train.py``. Nothing but
the standard library is needed, and nothing is learnt at run time.

>>> judge("Hi, thanks for the draft. Could you send me the file before Friday?").verdict
'asks'
>>> judge("<p>Graag ontvang ik de getekende offerte retour.</p>")[::2]
('asks', 'Graag ontvang ik de getekende offerte retour.')
>>> judge("Top, bedankt en fijn weekend!").verdict
'closes'

In a language the weights do not know only a question mark asks:

>>> judge("Bitte senden Sie mir die Rechnung. Ist das möglich?")
Verdict(verdict='asks', probability=1.0, sentence='Ist das möglich?', language='other')
>>> judge("Wir haben die Rechnung gestern bekommen.").verdict
'between'
"""

import json
import math
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .asks_features import features, without_courtesy, word_value
from .language import guess
from .mail_text import own_words, sentences

MESSAGES_ASK = 0.45  # the share of messages that ask, about that of what was learnt
NEVER = 30.0  # log-odds as good as certain
WEIGHTS = Path(__file__).with_name("asks_weights.json")


class Verdict(NamedTuple):
    """What a message asks.

    ``verdict``: ``asks`` (surely asks), ``closes`` (surely asks nothing) or
    ``between``; ``probability`` that it asks, 0–1; ``sentence``: the one that asks
    most, empty where nothing was written; ``language``: ``en``, ``nl`` or ``other``.
    """

    verdict: str
    probability: float
    sentence: str
    language: str


class Model(NamedTuple):
    """The weights of one language, in hundredths, and its two thresholds."""

    bias: float
    asks: float
    closes: float
    weights: dict[str, int]


class Reason(NamedTuple):
    """A sign found in a sentence; ``weight`` > 0 says that it asks."""

    sign: str
    weight: float


@cache
def models() -> dict[str, Model]:
    """The shipped weights, read once: language → :class:`Model`.

    In the file signs of equal weight stand together.
    """
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return {
        language: Model(
            model["bias"],
            model["asks"],
            model["closes"],
            {
                sign: int(weight)
                for weight, signs in model["weights"].items()
                for sign in signs.split("|")
            },
        )
        for language, model in shipped.items()
    }


def score(sentence: str, model: Model, language: str) -> float:
    """The log-odds that a sentence asks."""
    words, traits = features(sentence, language)
    if not traits:
        return -NEVER  # not a word
    weights = model.weights
    by_words = sum([weights[sign] for sign in words if sign in weights])
    by_traits = sum([weights[sign] for sign in traits if sign in weights])
    return model.bias + (by_words * word_value(len(words)) + by_traits) / 100


def _likelihood(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-NEVER, min(NEVER, odds))))


def probability(sentence: str, language: str) -> float:
    """The probability that a sentence standing alone asks for something.

    >>> probability("Wilt u de stukken voor vrijdag opsturen", "nl") > 0.9
    True
    >>> probability("Thank you for your help.", "en") < 0.1
    True
    """
    return _likelihood(score(sentence, models()[language], language))


def any_asks(odds: list[float], count: int) -> float:
    """The probability that one of the sentences of a message asks.

    ``odds``: the log-odds of each, as if it stood alone. About as many long messages
    ask as short ones (:data:`MESSAGES_ASK`), so that each of their ``count`` sentences
    asks less often; without that every long message would be a request in the end.

    >>> round(any_asks([0.0], 1), 2), round(any_asks([0.0] + 9 * [-4.0], 10), 2)
    (0.5, 0.08)
    >>> round(any_asks([5.0] + 9 * [-4.0], 10), 2)
    0.92
    """
    each = 1 - (1 - MESSAGES_ASK) ** (1 / count)
    shift = math.log(each / (1 - each)) - math.log(MESSAGES_ASK / (1 - MESSAGES_ASK))
    none = 1.0
    for odd in odds:
        none *= 1 - _likelihood(odd + shift)
    return 1 - none


def _part_odds(sentence: str, model: Model, language: str, parts: int) -> float:
    """The log-odds of one sentence; formulas are left out where there are others."""
    if parts > 1:
        sentence = without_courtesy(sentence, language)
    return score(sentence, model, language)


def explain(sentence: str, language: str | None = None, most: int = 5) -> list[Reason]:
    """The signs in a sentence that weighed most, the weightiest first.

    >>> sorted(reason.sign for reason in explain("Could you send it to me?", most=2))
    ['# first: modal you', '# modal you']
    >>> explain("Könnten Sie das senden?"), explain("Danke.")
    ([Reason(sign='# question mark', weight=1.0)], [])
    """
    language = language or language_of(sentence)
    if language not in models():
        return [Reason("# question mark", 1.0)] if has_question_mark(sentence) else []
    weights = models()[language].weights
    words, traits = features(sentence, language)
    found = [
        Reason(sign, value * weights[sign] / 100)
        for signs, value in ((words, word_value(len(words))), (traits, 1.0))
        for sign in signs
        if sign in weights
    ]
    found.sort(key=lambda reason: (-abs(reason.weight), reason.sign))
    return found[:most]


_WEB = re.compile(r"(?:https?://|www\.|ftp://)\S+", re.I)
_QUESTION = re.compile(
    r"[\w)\]\"'\u201d\u2019] ?[?!.]*\?[?!.]*(?=[\s\"')\]\u201d\u2019,;-]|\Z)"
    r"|[\uff1f\u061f]"
)


def has_question_mark(text: str) -> bool:
    """True when words are followed by a question mark, outside of addresses.

    >>> has_question_mark("Alles gut?"), has_question_mark("https://a.example/?b=c")
    (True, False)
    >>> has_question_mark("Dat is financi?le onzin"), has_question_mark("")
    (False, False)
    """
    return (
        "?" in text
        and bool(_QUESTION.search(_WEB.sub("", text)))
        or ("\uff1f" in text or "\u061f" in text)
    )


def language_of(text: str) -> str:
    """``en``, ``nl`` or ``other``."""
    known = models()
    return guess(text, lambda language, word: word in known[language].weights)


def judge(body: object, language: str | None = None) -> Verdict:
    """Judge a message: HTML or plain text of any size, or nothing; never raises.

    ``language``: where the caller knows it; else it is guessed.

    >>> judge("")
    Verdict(verdict='closes', probability=0.0, sentence='', language='other')
    """
    text = own_words(body)
    language = language or language_of(text)
    model = models().get(language)
    parts = sentences(text)
    if model is None or not parts:
        return _by_question_mark(text, parts, language)
    odds = [_part_odds(part, model, language, len(parts)) for part in parts]
    long_ones = sum(1 for part in parts if len(part.split()) > 2)
    asked = any_asks(odds, max(long_ones, 1))
    best = parts[odds.index(max(odds))]
    if asked >= model.asks:
        verdict = "asks"
    elif asked <= model.closes and not has_question_mark(text):
        verdict = "closes"
    else:
        verdict = "between"
    return Verdict(verdict, asked, best, language)


def _by_question_mark(text: str, parts: list[str], language: str) -> Verdict:
    for part in reversed(parts):
        if has_question_mark(part):
            return Verdict("asks", 1.0, part, language)
    if any(map(str.isalpha, text)):
        return Verdict("between", 0.5, parts[-1], language)
    return Verdict("closes", 0.0, text, language)  # nothing, or a thumb up
