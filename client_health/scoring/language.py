"""Which language a text is in: English, Dutch, or another one.

Cheap and only as good as it must be: frequent small words are counted.
"""

import re
from collections.abc import Callable

MAX_TEXT = 400  # characters that are looked at
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_LATIN = re.compile(r"[a-z\u00c0-\u024f]", re.I)

_ENGLISH = frozenset(
    "the and you to for that have with this are your it please be from not at"
    " by as an will can our my if i thanks would could do what when how they"
    " but thank on so let know been has any all there their which just i'm it's"
    " don't yes hi hello dear should who where why does did about send attached"
    " regards us get need no sure i'll looks great received sounds done here he"
    " she him her was were or".split()
)
_DUTCH = frozenset(
    "het een van ik je u dat niet met voor op zijn er maar bij naar uit nog"
    " wel aan hebben heb heeft kun kunt graag bedankt dank jullie wij ons onze"
    " uw mij dit deze ook als dan wordt worden kan geen goed even beste hallo"
    " groet dankjewel akkoord prima hoe wat wie waar wanneer welke zou wilt wil"
    " mag moet zal hij zij ze ben bent jij jouw fijn fijne oké hoi geachte"
    " mevrouw morgen vandaag gisteren graag alvast hoor staat ja nee doe is in"
    " we was of over me had die der hier daar zo nu al te om en de weer"
    " helemaal klopt gelukt ontvangen super mooi komt laat stuur kom maak"
    " goedemorgen goedemiddag tot straks weekend".split()
)
# words of more than one of the three say little
_SHARED = frozenset(
    "is in we was of over me had die der te om en de u super weekend hier so do as an"
    " had on of was her he she were or no all by i".split()
)
_OTHERS = (
    frozenset(
        # German, French, Spanish, Italian, Portuguese
        "und das ist nicht ich sie wir mit für auf eine einen ein den dem des zu im"
        " bitte haben wird auch es kann können könnten vielen ihnen ihre ihr noch bei"
        " wenn sind sehr geehrte hallo herr frau danke diese uns wie war zur zum aber"
        " oder guten le la les du et est pour vous nous que qui dans une pas sur avec"
        " votre notre ce cette bonjour merci au aux sont être avez pouvez ou il elle"
        " mais plus par bien el los las y por para con una está gracias su sus lo se"
        " del al como pero muy hola usted puede favor este esta nos tiene adjunto di"
        " che per un sono grazie non il gli della del nel con ho è buongiorno può"
        " questo o os que com uma não obrigado obrigada seu sua em no na da do dos um"
        " por você bom"
        # Swedish, Danish, Norwegian, Polish, Turkish, Czech, Finnish, Romanian, …
        " och att det som på är för inte jag du vi kan har till av ett om den"
        " så tack hej og ikke til af jeg deg meg dere takk tak hei nie jest się"
        " na do że czy dziękuję dzień dobry proszę ve bir bu için mı mi"
        " teşekkürler je to že prosím děkuji ja ei kiitos și nu mulțumesc és"
        " nem egy köszönöm".split()
    )
    - _DUTCH
    - _ENGLISH
)


def _evidence(word: str) -> tuple[float, float, float]:
    worth = 0.3 if word in _SHARED else 1.0
    return (
        worth * (word in _ENGLISH), worth * (word in _DUTCH), 1.0 * (word in _OTHERS)
    )  # fmt: skip


# a word → what it says for English, for Dutch and for others
_EVIDENCE = {word: _evidence(word) for word in _ENGLISH | _DUTCH | _OTHERS}


def guess(text: str, knows: Callable[[str, str], bool] | None = None) -> str:
    """``en``, ``nl`` or ``other``.

    ``knows(language, word)`` helps where no small word is found: a text of which
    half the words are known in a language is in that language.

    >>> guess("Could you send the file?"), guess("Kunt u het bestand sturen?")
    ('en', 'nl')
    >>> guess("Könnten Sie mir bitte die Datei senden?"), guess("Спасибо большое")
    ('other', 'other')
    >>> guess("Top", knows=lambda language, word: (language, word) == ("nl", "top"))
    'nl'
    """
    found = _WORD.findall(text[:MAX_TEXT].lower().replace("\u2019", "'"))
    if not found:
        return "other"
    if not text.isascii():
        latin = sum(1 for word in found if _LATIN.match(word))
        if latin < 0.7 * len(found):
            return "other"
    english = dutch = other = 0.0
    for word in found:
        if word in _EVIDENCE:
            points = _EVIDENCE[word]
            english += points[0]
            dutch += points[1]
            other += points[2]
    best = max(english, dutch)
    if other > best:
        return "other"
    if best > 0 and (best >= 0.08 * len(found) or len(found) < 6):
        if english != dutch:
            return "en" if english > dutch else "nl"
    if knows is None:
        return "other"
    share = {
        language: sum(1 for word in found if knows(language, word)) / len(found)
        for language in ("en", "nl")
    }
    language = "en" if share["en"] > share["nl"] else "nl"
    return language if share[language] >= 0.5 else "other"
