"""Answers that no person wrote: by the headers of a mail, or the words of its subject.

The gateway keeps what the headers say with the message. Mails that came before the
module did are known by their subjects.
"""

from email.message import Message

from odoo.tools import SQL

# What stands before the subject itself: tags of mail filters, "Re:" in its languages.
_BEFORE = (
    r"(\[[^]]{1,40}\]|\([^)]{1,40}\)|[*]+[^*]{1,40}[*]+"
    r"|(re|aw|antw|sv|vs|tr|rv|res|rif|odp|r|i|fw|fwd|wg|ext|extern|external)"
    r"(\s*\[\d+\])?\s*:)"
)
# How automatic answers and bounces name themselves: EN, NL, DE, FR, ES, IT, PT, PL, and
# SV, DA and NO, which share most words. Letters with accents stand in both cases, which
# PostgreSQL does not know of in every database.
_WORDS = (
    r"auto(matic|mated)?[ -]?(reply|response|answer|respon[ds]er)",
    r"out[ -]of[ -](the[ -])?office(?!\s+(hours|support|work))",
    r"vacation (reply|response|message|notice)",
    r"undeliver(able|ed mail|ed message)",
    r"(mail )?delivery (status notification|failure|has failed|failed)",
    r"mail delivery",
    r"(returned mail|failure notice)(?=\s*(:|$))",
    r"automatische? (antwoord|beantwoording|reactie|e-?mail|bericht|ontvangst)",
    r"afwezig(heid(s(melding|bericht|assistent))?)?\M",
    r"(bericht )?(onbestelbaar|niet bezorgd)(?=\s*(:|$))",
    r"automatische[rs]? (antwort|r[uüÜ]ck|e-?mail|empfangs|nachricht)",
    r"abwesen(d|heit)",
    r"(nachricht )?(nicht zustellbar|unzustellbar)",
    r"r[eéÉ]ponse automatique",
    r"message (automatique|d.absence)",
    r"(notification d.)?absen(ce|t|te) (du|de votre|au) bureau",
    r"non remis\M",
    r"respuesta autom[aáÁ]tica",
    r"(mensaje|correo) autom[aáÁ]tico",
    r"fuera de (la )?oficina",
    r"(risposta|messaggio) automatic[ao]",
    r"(fuori (sede|ufficio)|assenza dall.ufficio)",
    r"(resposta|mensagem) autom[aáÁ]tica",
    r"(fora do escrit[oóÓ]rio|aus[eêÊ]ncia (do escrit[oóÓ]rio|tempor[aáÁ]ria))",
    r"(auto)?odpowied[zźŹ] automatyczna",
    r"(automatyczna |auto)odpowied[zźŹ]",
    r"(poza biurem|nieobecno[sśŚ][cćĆ])",
    r"auto(matis[kc]t?e?|matiskt)? ?(svar|besked|melding|meddelande)\M",
    r"(fr[aåÅ]nvaro|frav[aæÆ]rs?)(besked|melding|meddelande)?\M",
    r"(inte|ikke) p[aåÅ] kontoret",
)
# Behind a subject, in brackets or after a dash.
_BEHIND = r"[-–—:([]\s*(out of (the )?office|auto-?reply|afwezig|abwesend)\s*[])]?\s*$"
_PATTERN = rf"^\s*({_BEFORE}\s*)*({'|'.join(_WORDS)})|{_BEHIND}"

# Headers that mail programs put on what no person wrote.
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-AutoReply")
_AUTOMATIC_PRECEDENCE = {"auto_reply", "auto-reply", "bulk", "junk", "list"}


def automatic_subject(subject: SQL) -> SQL:
    """SQL condition: a subject is that of an automatic answer, or of a bounce."""
    return SQL("COALESCE(%s ~* %s, FALSE)", subject, _PATTERN)


def is_automatic(mail: Message) -> bool:
    """True for a mail whose headers say that no person wrote it.

    ``Auto-Submitted`` (RFC 3834) other than "no", what autoresponders and mailing
    programs set, or a report of delivery, which has no address to return to. What
    people write to a group's address comes by a list too, but by one that they may
    post to.

    >>> from email import message_from_string
    >>> is_automatic(message_from_string("Auto-Submitted: auto-replied\\n\\nGone"))
    True
    >>> is_automatic(message_from_string("Auto-Submitted: no\\n\\nHere"))
    False
    >>> is_automatic(message_from_string("Precedence: bulk\\n\\nNews"))
    True
    >>> group = "Precedence: list\\nList-Post: <mailto:group@example.com>\\n\\nHello"
    >>> is_automatic(message_from_string(group))
    False
    >>> is_automatic(message_from_string("Return-Path: <>\\n\\nHere"))
    False
    """

    def said(name: str) -> str:
        return str(mail.get(name) or "").strip().lower()

    submitted = said("Auto-Submitted").partition(";")[0].strip()
    if submitted and submitted != "no":
        return True
    if any(said(name) not in ("", "no") for name in _AUTOMATIC_HEADERS):
        return True
    if said("Precedence") in _AUTOMATIC_PRECEDENCE:
        return said("Precedence") != "list" or said("List-Post") in ("", "no")
    report = mail.get_content_type() == "multipart/report"
    return report and said("Return-Path") in ("<>", "")
