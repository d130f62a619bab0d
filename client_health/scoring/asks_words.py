"""Word lists of :mod:`.asks`: what a request looks like in English and in Dutch.

The weights say how much each sign counts; these lists only say which words are the
same kind of sign, so that a verb seen once in training helps all others.
"""

import re
from typing import NamedTuple


class Words(NamedTuple):
    """The words of one language.

    ``normal`` maps shorthand and joined words to what is meant, ``verbs`` the forms
    of a verb that somebody is asked for to its first form; ``skip`` are words before
    the first one that counts; ``joins`` begin a new clause; ``keys`` are looked at
    together with every verb; ``roles`` say of a word whether it is ``modal``, ``we``
    or ``you``; ``likely`` are mended when misspelt; ``courtesy`` finds
    phrases that look like a request and are none ("should you have any questions"),
    in texts that have one of the ``hints``.
    """

    you: frozenset[str]
    me: frozenset[str]
    we: frozenset[str]
    modal: frozenset[str]
    asking: frozenset[str]
    helping: frozenset[str]
    please: frozenset[str]
    if_: frozenset[str]
    skip: frozenset[str]
    joins: frozenset[str]
    common: frozenset[str]
    keys: frozenset[str]
    verbs: dict[str, str]
    normal: dict[str, str]
    roles: dict[str, str]
    likely: frozenset[str]
    courtesy: re.Pattern[str]
    hints: tuple[str, ...]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _forms(text: str) -> dict[str, str]:
    """One verb a group, its forms separated by slashes."""
    forms: dict[str, str] = {}
    for group in text.split():
        first, *others = group.split("/")
        for form in (first, *others):
            forms.setdefault(form, first)
    return forms


def _roles(modal: str, we: str, you: str) -> dict[str, str]:
    kinds = {"you": you, "we": we, "modal": modal}
    return {word: kind for kind, text in kinds.items() for word in text.split()}


def _joined(first: str, second: str) -> dict[str, str]:
    """``kunje`` → ``kun je``: words that were typed without the space."""
    return {a + b: f"{a} {b}" for a in first.split() for b in second.split()}


_EN_YOU = "you your yours you're you'll you'd you've"
_EN_WE = "i we i'm i'll i've i'd we'll we're we've we'd"
_EN_MODAL = "could can would will should might may must need needs want wants shall"
_EN_PRONOUN = "i we you he she it they there this that"
_EN_HELPING = "do does did is are was were have has had am don't isn't aren't any"
_EN_ASKING = "what when where who which how why whose what's how's who's"

ENGLISH = Words(
    you=_set(_EN_YOU),
    me=_set("me us"),
    we=_set(_EN_WE),
    modal=_set(_EN_MODAL),
    asking=_set(_EN_ASKING),
    helping=_set(_EN_HELPING),
    please=_set("please kindly"),
    if_=_set("if"),
    skip=_set(
        "hi hello dear hey so and but also ok okay well then thanks yes no again"
        " just now all guys team good morning afternoon anyway btw ps"
    ),
    joins=_set("and but so then or because"),
    common=_set(
        f"{_EN_MODAL} {_EN_PRONOUN} {_EN_HELPING} {_EN_ASKING} the a an to of in on"
        " for with at by from as or and but not if be been me us my our your him her"
        " them please let know get out up so any all some no just about more than"
        " i'm i'll i've i'd we'll we're we've we'd you're you'll it's that's let's"
        " forward looking help here now back only also like going via"
    ),
    keys=_set(
        "you me us please ? would could can will i we if should your like want need let"
        " know thanks and or to forward any this"
    ),
    verbs=_forms(
        "send/sending/resend call/calling/recall check/checking visit join download"
        " click let give/giving tell make/making take get/getting go/going come see"
        " look/looking read/reading write reply/replying respond/responding confirm"
        " advise forward/forwarding provide/providing review/reviewing sign fill"
        " complete/completing submit update/updating change/changing add/adding remove"
        " use try start stop keep bring buy order find contact/contacting email/e-mail"
        " mail fax phone ring print save open close enter select choose pick note"
        " remember ensure include/including consider discuss/discussing/discussion"
        " meet/meeting schedule/scheduling plan arrange/arranging set put help allow"
        " ask/asking request/requesting explain describe clarify comment return attend"
        " register activate verify upgrade install share/sharing follow watch listen"
        " learn explore discover shop claim apply search log login invite accept"
        " decline approve reject authorize prepare draft work/working talk/talking"
        " speak/speaking wait/waiting hold hang feel pass copy attach post upload move"
        " cancel reserve book pay transfer deliver push run test fix resolve handle"
        " coordinate touch think figure drop leave turn show point switch hear/hearing"
        " receive/receiving need wonder/wondering appreciate catch suggest propose"
        " invoice quote deal extend investigate look/looking"
    ),
    normal={
        "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please",
        "plse": "please", "thx": "thanks", "tnx": "thanks", "thnx": "thanks",
        "cld": "could", "wld": "would", "dont": "don't", "im": "i'm", "asap.": "asap",
        "lets": "let's", "whats": "what's", "cant": "can't", "wont": "won't",
        "canyou": "can you", "couldyou": "could you", "wouldyou": "would you",
        "willyou": "will you", "letme": "let me",
    },
    roles=_roles(_EN_MODAL, _EN_WE, _EN_YOU),
    likely=_set(
        "please could would should confirm advise forward discuss schedule provide"
        " send when what where which know your review thanks attached meeting"
    ),
    courtesy=re.compile(
        r"\bplease (?:find|see|note|be aware|be advised)\b"
        r"(?: (?:attached|enclosed|below|above|herewith|also|that)\b)*"
        r"|\b(?:if|should) you (?:should |do )?(?:have|need|require)[^.?!]{0,30}"
        r"\b(?:questions?|queries|concerns|problems|help|assistance|information)\b[^.?!]*"
        r"|\b(?:please )?(?:do not|don['\u2019]t) hesitate\b[^.?!]*"
        r"|\b(?:please )?feel free to (?:contact|call|reach|email|ask|get in)\b[^.?!]*"
        r"|\b(?:please )?let (?:me|us) know if you have (?:any )?(?:further )?"
        r"questions\b",
        re.I,
    ),
    hints=("please ", "questions", "hesitate", "feel free", "you need", "you have",
           "you require"),
)  # fmt: skip

_NL_MODAL = (
    "kun kunt kunnen kan zou zouden zoudt wil wilt willen mag mogen moet moeten zal"
    " zullen hoef hoeft hoeven"
)
_NL_YOU = "je jij jullie u uw jou jouw jullie"
_NL_WE = "ik wij we"
_NL_HELPING = (
    "is zijn heb hebt heeft hebben ben bent was had gaat gaan komt komen past klopt"
    " lukt schikt weet weten zit zitten staat doe doet zie zien denk vind krijg"
)
_NL_ASKING = (
    "wat wanneer wie waar hoe welke welk waarom hoeveel waarvoor waarmee waarop waarin"
)

DUTCH = Words(
    you=_set(_NL_YOU),
    me=_set("mij me ons mijn onze"),
    we=_set(_NL_WE),
    modal=_set(_NL_MODAL),
    asking=_set(_NL_ASKING),
    helping=_set(_NL_HELPING),
    please=_set("graag gaarne svp aub alstublieft alsjeblieft"),
    if_=_set("als indien mocht wanneer"),
    skip=_set(
        "hoi hallo beste geachte dag ha en maar ook dus nou ja nee ok oke oké goed"
        " bedankt dank goedemorgen goedemiddag hi hey verder overigens trouwens ps"
    ),
    joins=_set("en maar dus want of dan"),
    common=_set(
        f"{_NL_MODAL} {_NL_YOU} {_NL_WE} {_NL_HELPING} {_NL_ASKING} de het een dit dat"
        " deze die er van voor op in aan met om te bij naar uit over als of en maar"
        " dan nog al even graag mij me ons onze mijn niet geen wel ook hij zij ze hem"
        " haar hier daar nu zo meer alle wordt worden is het liefst uiterlijk svp aub"
        " vraag verzoek hoor horen verneem vernemen ontvang ontvangen zo"
    ),
    keys=_set(
        "? je jij jullie u uw kun kunt kunnen kan zou zouden wil wilt willen mag mogen"
        " ik wij we mij me ons graag als indien dan even nog of moet zal zullen zodra"
        " hebben dank wordt hij ze"
    ),
    verbs=_forms(
        "sturen/stuur/stuurt/toesturen/opsturen/doorsturen/nasturen/toezenden/zenden"
        "/retourneren/terugsturen mailen/mail/mailt laten/laat geven/geef/geeft"
        "/doorgeven/aangeven bellen/bel/belt/terugbellen/bel weten horen/hoor/vernemen"
        "/verneem ontvangen/ontvang/ontvangt nemen/neem/neemt/doornemen/meenemen"
        "/opnemen kijken/kijk/kijkt/bekijken/nakijken checken/check controleren"
        "/controleer/nalopen/nagaan bevestigen/bevestig bevestiging/akkoord/goedkeuring"
        " maken/maak/maakt/aanmaken/opmaken/opstellen zetten/zet doen/doe/doet zorgen"
        "/zorg regelen/regel vragen/vraag/navragen/opvragen laten/laat plannen/plan"
        "/inplannen/verplaatsen/verzetten zoeken/uitzoeken/opzoeken reageren/reageer"
        "/reactie beantwoorden/antwoord/antwoorden aanleveren/leveren/lever invullen"
        "/vul/invul tekenen/ondertekenen/teken overmaken/betalen/betaal uitleggen"
        "/uitleg/toelichten/toelichting helpen/help aanpassen/pas/wijzigen/herstellen"
        "/corrigeren denken/denk brengen/breng komen/kom/langskomen/meekijken"
        "/aanschuiven ophalen/halen/haal delen/deel/meedelen zeggen/zeg vertellen"
        "/vertel noemen spreken/overleggen/overleg/bespreken/afspreken offerte/opgave"
        "/prijsopgave/voorstel contact/belletje/seintje informeren/bericht/berichten"
        " verwachten/verwacht/verwachten nodig missen/mis/ontbreekt/ontbreken verzoeken"
        "/verzoek zien/zie tegemoet wachten/wacht herinneren overwegen toevoegen"
        "/meesturen vermelden verwijderen annuleren bestellen printen testen proberen"
        "/probeer openen sluiten starten versturen/verstuur verstrekken/overleggen"
        "/aanreiken indienen uploaden installeren aanvragen opzeggen verlengen"
        " doorzetten/doorsluizen beslissen/besluiten kiezen/kies/keuze"
    ),
    normal={
        "ff": "even", "effe": "even", "effen": "even", "evn": "even", "s.v.p.": "svp",
        "a.u.b.": "aub", "ajb": "aub", "asjeblieft": "alsjeblieft", "jou": "je",
        "thanks": "dank", "thx": "dank", "thnx": "dank", "tnx": "dank",
        "bedankt": "dank", "dankjewel": "dank", "dankje": "dank", "merci": "dank",
        "gr": "groet", "mn": "mijn", "n": "een", "t": "het", "hoeveel": "hoeveel",
        **_joined("kun kan wil zou heb mag ben weet laat stuur", "je jij"),
        **_joined("kunt wilt zou heeft bent", "u"), "kan-je": "kan je",
    },
    roles=_roles(_NL_MODAL, _NL_WE, _NL_YOU),
    likely=_set(
        "kunnen willen zouden sturen stuur weten geven wanneer welke hoeveel ontvangen"
        " graag laten mogen kunt wilt zoudt laat even doorgeven bevestigen nodig"
        " dank reactie akkoord vriendelijk toesturen"
    ),
    courtesy=re.compile(
        r"\b(?:(?:heeft|hebt|heb|hebben|mocht|mochten|als|indien|wanneer) (?:u|je|jij"
        r"|jullie|er)\b|bij|voor|zijn er)[^.?!,]{0,40}\bvragen\b[^.?!]*"
        r"|\b(?:schroom|aarzel)\b[^.?!]*"
        r"|\b(?:(?:laat|bel|mail|vraag|stuur|geef|neem)\b[^.?!]{0,20}\bgerust)\b[^.?!]*"
        r"|\b(?:hierbij|bijgaand|bijgevoegd|in de bijlage|bij deze|bijgesloten)\b"
        r"(?: (?:treft?|vindt?|ontvangt?|stuur|zend|zenden|sturen)"
        r" (?:u|je|ik|wij|we)\b)?",
        re.I,
    ),
    hints=("vragen", "schroom", "aarzel", "gerust", "hierbij", "bijg", "bijlage",
           "bij deze"),
)  # fmt: skip

WORDS = {"en": ENGLISH, "nl": DUTCH}
