"""What somebody wrote themselves in a mail: no quotes, signatures or disclaimers.

>>> own_words("Prima, dank je!\\n\\nOp ma 3 mei 2027 schreef Inkoop:\\n> Kan dit zo?")
'Prima, dank je!'
>>> own_words("<p>Could you send it?</p><blockquote>Is it ready?</blockquote>")
'Could you send it?'

Whatever comes in, the work is bounded: of a body at most :data:`MAX_BODY` characters
are read, and of the words that are left the first and the last ones are kept.
"""

import html
import re

MAX_BODY = 200_000  # characters of a body that are looked at: what is new is on top
MAX_TEXT = 40_000  # characters of its text that are looked at line by line
MAX_LINES = 500
MAX_OWN = 6_000  # characters of own words that are kept …
OWN_END = 2_000  # … these of them from the end, where the request often is
MAX_SENTENCES = 80
WRAPPED = 50  # a line of plain text at least this long goes on in the next one

_IS_HTML = re.compile(
    r"<(?:/?(?:p|div|br|span|table|html|body|blockquote|a|b|ul|ol|font|pre)(?=[\s/>])"
    r"|!(?:--|doctype))",
    re.I,
)
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([a-z][a-z0-9]*)([^<>]*)>|<[!?/][^<>]*>", re.I | re.S
)
_BLOCKS = frozenset(
    "p div br li ul ol tr td th table h1 h2 h3 h4 h5 h6 hr pre section article header"
    " footer body center dd dt dl".split()
)
_NEVER_READ = frozenset(
    "style script head title template select textarea svg blockquote".split()
)
_EMPTY = frozenset("br hr img input meta link col area wbr".split())
# attributes of a tag around what was quoted, or around a signature
_QUOTED = re.compile(
    r"data-o-mail-quote(?!-container)|gmail_(?:quote|extra|signature|attr)|yahoo_quoted"
    r"|moz-(?:cite-prefix|signature|forward-container)|protonmail_(?:quote|signature)"
    r"|zmail_extra|o_mail_(?:quote|reply_)|odoo_signature|o-signature"
    r"|\bid\s*=\s*[\"']?(?:x_)*(?:Signature|ms-outlook-mobile-signature)\b",
    re.I,
)
# attributes of a tag from which on all is quoted
_REST_QUOTED = re.compile(
    r"divRplyFwdMsg|stopSpelling|OLK_SRC_BODY_SECTION|mail-editor-reference-message"
    r"|ms-outlook-mobile-reference-message",
    re.I,
)
_INVISIBLE = re.compile("[\x00\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[\t\xa0\u2002-\u200a\u202f][ \t\xa0\u2002-\u200a\u202f]*| {2,}")

# "On 3 May 2027 at 10:00, Sales <sales@example.com> wrote:"
_WROTE = ("wrote", "schreef", "geschreven", "schrieb", "écrit", "escribió", "scritto",
          "escreveu", "skrev", "skrifaði", "napisał")  # fmt: skip
_INTRO = re.compile(
    rf"(?=.*(?:\d|@|volgende|following)).{{0,300}}\b(?:{'|'.join(_WROTE)})\b[^!?]{{0,120}}:",
    re.I,
)
_INTRO_DATED = re.compile(
    rf"(?:on|op|am|le|el|il|em|den)\b(?=.*\d).{{4,300}}\b(?:{'|'.join(_WROTE)})\W*",
    re.I,
)
_DIVIDER = re.compile(
    r"[-_=*> ]*(?:begin )?(?:original message|oorspronkelijk bericht|forwarded message"
    r"|doorgestuurd bericht|begin forwarded message|begin doorgestuurd bericht"
    r"|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine"
    r"|message transféré)\W*(?:[-_=* ]*|.{0,60}-{3,})"
    r"|_{20,}|.{0,30}(?:reply|type|antwoord|reageer).{0,20}"
    r"(?:above this line|boven deze (?:lijn|regel)).{0,30}",
    re.I,
)
_HEADER = re.compile(
    r"[*_ ]{0,3}(from|van|von|sent|verzonden|verstuurd|gesendet|date|datum|to|aan|an|cc"
    r"|subject|onderwerp|betreff|reply-to|beantwoorden)[*_ ]{0,3}:",
    re.I,
)
_SENDER = frozenset(("from", "van", "von"))
# a name may follow: words with a capital, unlike in "Groeten aan je collega's"
_CLOSING = re.compile(
    r"(?i:(?:(?:many |alvast |veel |heel |hartelijk |met )?(?:thanks|dank|bedankt)[ ,]*"
    r"(?:and|en|&)?[ ,]*)?"
    r"(?:(?:met|m\.?)[ .]?(?:een )?(?:\w+e?[ ,]+){0,3}groet(?:en|jes)?|(?:vriend\w+"
    r"|hart\w+|zonnige?|warme|lieve|vele|beste|de)? ?groet(?:en|jes)?|hoogachtend"
    r"|m\.?v\.?g\.?"
    r"|mvrgr|v\.?r\.?gr\.?|gr\.?|grt?j?z?|(?:with )?(?:my )?(?:kind(?:est)?|best"
    r"|warm(?:est)?|many|friendly)[ ,]+(?:regards?|wishes|greetings)|regards|rgds|best"
    r"|cheers|ciao|yours (?:sincerely|faithfully|truly)|(?:very )?sincerely(?: yours)?"
    r"|respectfully|mit freundlichen grüßen|(?:bien )?cordialement)"
    r"(?:[ ,]+(?:from|uit|van|namens|for)\b.{0,40})?)"
    r"(?:[ ,.!-]+[A-Z][\w.'-]*){0,4}[ ,.!]*"
)
_CLOSING_WORDS = (
    "groet", "hoogachtend", "mvg", "m.v.g", "mvrgr", "gr", "regards", "wishes", "rgds",
    "best", "cheers", "ciao", "sincerely", "faithfully", "truly", "respectfully",
    "grüßen", "cordialement", "greetings",
)  # fmt: skip
_CLOSED_IN_LINE = re.compile(
    r"(?<=[.?!]) +(?:met vriendelijke groet|vriendelijke groet|hartelijke groet"
    r"|met hartelijke groet|m\.?v\.?g\.?\b|kind regards|best regards|warm regards).*",
    re.I | re.S,
)
_DEVICE = re.compile(
    r"(?:sent|verzonden|verstuurd|gesendet|envoyé|get|download|outlook|this message was"
    r" sent|dit bericht is (?:verzonden|verstuurd))\b.{0,30}\b(?:iphone|ipad|android"
    r"|samsung|outlook|ios|mobile|mobiel|mobiele|telefoon|phone|smartphone|blackberry"
    r"|mail|proton|huawei|galaxy|nokia|tablet)\b.{0,40}",
    re.I,
)
_DEVICE_WORDS = ("sent", "verz", "vers", "gese", "envo", "get ", "down", "outl", "this",
                 "dit ")  # fmt: skip
# words that a disclaimer is known by; in a line of business they stand alone
_DISCLAIMER = re.compile(
    r"(?:this|these|dit|deze|the information|de informatie|de inhoud)\b.{0,80}"
    r"\b(?:e-?mail|message|mail|bericht|e-?mailbericht|communication)\b.{0,250}\b(?:"
    r"confidential|privileged|intended (?:only|solely|for|recipient)|vertrouwelijk"
    r"|uitsluitend|bestemd voor|geadresseerde|virus|solely for)"
    r"|\b(?:not the intended recipient|received this (?:e-?mail|message|communication)"
    r" in error|niet de (?:geadresseerde|beoogde ontvanger)|ten onrechte (?:ontvangen"
    r"|hebt|heeft)|abusievelijk|notify the sender|delete (?:this|the) (?:e-?mail"
    r"|message|mail)|afzender (?:direct |onmiddellijk )?(?:te|op de hoogte)"
    r"|geen rechten\b.{0,20}\bontleend|environment before printing|milieu voor(?:dat)?"
    r" u|originated (?:from )?outside|van buiten (?:de|uw|onze) organisatie)\b"
    r"|^\W{0,3}disclaimer\b",
    re.I,
)
_DISCLAIMER_WORDS = (
    "confidential", "privileged", "intended", "vertrouwelijk", "uitsluitend", "bestemd",
    "geadresseerde", "virus", "solely", "in error", "onrechte", "abusievelijk",
    "outside", "beoogde", "afzender", "sender", "delete", "ontleend", "environment",
    "milieu", "buiten", "disclaimer",
)  # fmt: skip
_POSTSCRIPT = re.compile(r"\W*p\.?\s?s\b\.?", re.I)
_BULLET = re.compile(r"(?:[-*\u2022\u00b7\u2013]|\(?\w{1,2}[.)])\s")
_ABBREVIATIONS = frozenset(
    "e.g. i.e. vs. approx. no. nr. mr. mrs. ms. dr. prof. st. jr. dhr. mevr."
    " mw. ing. ir. drs. ca. evt. incl. excl. m.b.t. i.v.m. t.a.v. o.a. d.w.z."
    " t.o.v. t.b.v. b.v. n.v. bijv. resp. jl. a.s. art. blz. tel. max. min."
    " ivm. mbt. s.v.p. a.u.b.".split()
)
_END = re.compile(
    r"(?:[.?!\u2026\uff1f\u061f\u3002]+[\"'\u201d\u2019)\]]*)(?:\s+|\Z)|\n+"
)


def own_words(body: object) -> str:
    """The words of a mail's author: plain text, a paragraph a line.

    ``body`` may be HTML or plain text of any size, broken, or nothing at all.

    >>> own_words("Graag voor 12 uur.\\n\\nMet vriendelijke groet,\\nde boekhouding")
    'Graag voor 12 uur.'
    >>> own_words('<div>Akkoord<br>-- <br>Tel: 010</div><div id="divRplyFwdMsg">Hm?')
    'Akkoord'
    >>> own_words(None), own_words("<table><tr><td>A</td><td>B</td></tr></table>")
    ('', 'A\\nB')
    """
    if isinstance(body, bytes):
        body = body[:MAX_BODY].decode("utf-8", "replace")
    text = str(body or "")[:MAX_BODY]
    if _IS_HTML.search(text, 0, 20_000):
        text = _html_text(text)
    text = _SPACES.sub(" ", text)
    if not text.isascii() or "\x00" in text:
        text = _INVISIBLE.sub("", text)
    lines = [line.strip() for line in text[:MAX_TEXT].splitlines()]
    own = _own_lines(lines[:MAX_LINES])
    joined = "\n".join(line for line in _unwrapped(own) if line)
    joined = _CLOSED_IN_LINE.sub("", joined)
    if len(joined) > MAX_OWN:
        joined = f"{joined[: MAX_OWN - OWN_END]}\n{joined[-OWN_END:]}"
    return joined


def _html_text(markup: str) -> str:
    """The text outside quotes and signatures; where one was left out a line ``>``."""
    parts: list[str] = []
    skipped, depth = "", 0  # the tag that is left out, and how often it is open
    as_it_is = False  # inside <pre>, as Odoo keeps mails in plain text
    position = 0
    for match in _MARKUP.finditer(markup):
        name = (match[2] or "").lower()
        if not skipped:
            piece = markup[position : match.start()]
            parts.append(piece if as_it_is else piece.replace("\n", " "))
            position = match.end()
            if not name:
                continue
            if name in _BLOCKS:
                parts.append("\n")
                if name == "pre":
                    as_it_is = not match[1]
            if match[1] or name in _EMPTY:
                continue
            attributes = match[3]
            if len(attributes) > 5 and _REST_QUOTED.search(attributes):
                return html.unescape("".join(parts))
            if name in _NEVER_READ or (
                len(attributes) > 5 and _QUOTED.search(attributes)
            ):
                skipped, depth = name, 1
                parts.append("\n>\n")
        elif name == skipped:
            position = match.end()
            depth += -1 if match[1] else 1
            if not depth:
                skipped = ""
    if not skipped:
        parts.append(markup[position:])
    return html.unescape("".join(parts))


def _own_lines(lines: list[str]) -> list[str]:
    """The lines before quotes and signature, and between quotes."""
    own: list[str] = []
    disclaiming = False
    for at, line in enumerate(lines):
        if not line:
            own.append("")
            disclaiming = False
            continue
        if line[0] == ">" or disclaiming:
            continue
        low = line[:400].lower()
        if _starts_quote(lines, at, low):
            if not _only_quoted_after(lines, at):
                continue
            break
        if low in ("--", "---", "\u2014", "\u2013\u2013") or _is_closing(low, line):
            own.extend(_postscript(lines[at + 1 :]))
            break
        if low.startswith(_DEVICE_WORDS) and _DEVICE.fullmatch(low):
            continue
        if any(word in low for word in _DISCLAIMER_WORDS) and _DISCLAIMER.search(low):
            disclaiming = True
            continue
        own.append(line)
    return own


def _starts_quote(lines: list[str], at: int, low: str) -> bool:
    """True for "On … wrote:", a divider, or the first header of a quoted mail."""
    if low[-1] == ":" or low.endswith(("wrote", "schreef", "geschreven")):
        if any(word in low for word in _WROTE):
            return bool(_INTRO.fullmatch(low) or _INTRO_DATED.fullmatch(low))
    elif low.startswith(("on ", "op ", "am ", "le ")) and at + 1 < len(lines):
        # the mail program broke the line in two
        both = f"{low} {lines[at + 1][:200].lower()}"
        if both[-1] == ":" and any(word in both for word in _WROTE):
            return bool(_INTRO_DATED.fullmatch(both))
    if ("bericht" in low or "message" in low or "line" in low or "regel" in low) or (
        low[0] in "-_=" or "nachricht" in low
    ):
        if _DIVIDER.fullmatch(low):
            return True
    if ":" in low[:14]:
        header = _HEADER.match(low)
        if header and header[1] in _SENDER:
            following = [line for line in lines[at + 1 : at + 9] if line][:4]
            return sum(1 for line in following if _HEADER.match(line)) >= 2
    return False


def _only_quoted_after(lines: list[str], at: int) -> bool:
    """False when the quote is marked line by line, so that own words may follow."""
    for line in lines[at + 1 : at + 6]:
        if line and not any(word in line.lower() for word in _WROTE):
            return line[0] != ">"
    return True


def _is_closing(low: str, line: str) -> bool:
    return (
        len(low) <= 80
        and any(word in low for word in _CLOSING_WORDS)
        and _CLOSING.fullmatch(line) is not None
    )


def _postscript(lines: list[str]) -> list[str]:
    """A PS under the signature is read as well."""
    for at, line in enumerate(lines[:15]):
        if _POSTSCRIPT.match(line):
            return _own_lines(lines[at : at + 4])
        if line.startswith(">") or _HEADER.match(line):
            break
    return []


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines that a mail program broke are joined again."""
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line and not _BULLET.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
        goes_on = len(line) >= WRAPPED and line[-1] not in ".?!:;"
    return joined


def _abbreviated(end: str) -> bool:
    last = end.rsplit(None, 1)[-1].lstrip("(").lower()
    return last in _ABBREVIATIONS or (len(last) == 2 and last[0].isalpha())


def sentences(text: str) -> list[str]:
    """Split own words into sentences, at most :data:`MAX_SENTENCES`.

    >>> sentences("Hi,\\nFile (v. 2) is in. Could you check it?Thanks! See e.g. p. 3")
    ['Hi,', 'File (v. 2) is in.', 'Could you check it?Thanks!', 'See e.g. p. 3']
    """
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()].strip()
        if match[0][0] == "." and _abbreviated(piece[-12:]):
            continue
        if piece:
            found.append(piece)
        start = match.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    if len(found) > MAX_SENTENCES:
        half = MAX_SENTENCES // 2
        found = found[:half] + found[-half:]
    return found


_GREETING = re.compile(
    r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|beste|geachte"
    r"|hallo|hoi|dag|goede?(?:morgen|middag|navond|dag)|lieve|ha|bonjour|hola"
    r"|sehr geehrte[rs]?|liebe[r]?|guten tag)\b[^\n?]{0,60}(?:\n|[,!:] *)",
    re.I,
)


def without_greeting(text: str) -> str:
    """Own words without the name of whom they greet, in one line of small letters: the
    same for one text that is written to many by name.

    >>> without_greeting("Dear Ann,\\nA happy new  year!")
    'a happy new year!'
    """
    return " ".join(
        text[m.end() if (m := _GREETING.match(text)) else 0 :].lower().split()
    )
