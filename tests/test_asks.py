"""Whether a message asks: cleaning, bad input, and how good the shipped weights are.

The bars of English need the sentences of others, which are not in the repository:
``DATA=folder pytest tests/test_asks.py``. Those of Dutch are always checked.
"""

import importlib.util
import os
import warnings
from pathlib import Path

import pytest

from client_health.scoring import asks, mail_text
from client_health.scoring.asks import explain, has_question_mark, judge
from client_health.scoring.language import guess
from client_health.scoring.mail_text import own_words, sentences

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location(
    "asks_split", ROOT / "tools" / "asks" / "split.py"
)
split = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(split)

# ------------------------------------------------------------------ own words


@pytest.mark.parametrize(
    "quoted",
    [
        "Op ma 3 mei 2027 om 10:00 schreef Inkoop <in@firma.example>:\n> Is dit zo?",
        "On Mon, 3 May 2027 at 10:00, Sales <s@firm.example> wrote:\n> Is it?\n> Ok?",
        "On Mon, 3 May 2027 at 10:00, The Sales Department of the Firm\n"
        "<sales@firm.example> wrote:\n\nIs it so?",
        "Op 3 mei 2027, om 10:00 heeft Inkoop <in@firma.example> het volgende"
        " geschreven:\n\nIs dit zo?",
        "Van: Inkoop <in@firma.example>\nVerzonden: maandag 3 mei 2027 10:00\n"
        "Aan: Verkoop\nOnderwerp: RE: offerte\n\nIs dit zo?",
        "From: Sales\nSent: Monday, May 3, 2027\nTo: You\nSubject: RE: it\n\nIs it?",
        "*Van:* Inkoop\n*Datum:* 3 mei\n*Aan:* Verkoop\n\nIs dit zo?",
        "-----Oorspronkelijk bericht-----\nVan: Inkoop\nIs dit zo?",
        "-----Original Message-----\nIs it so?",
        "---------- Forwarded message ---------\nFrom: Sales\nIs it so?",
        "Begin doorgestuurd bericht:\n\nVan: Inkoop\nIs dit zo?",
        "________________________________\nVan: Inkoop\nIs dit zo?",
        "> Is dit zo?\n>> En dit?",
        "Am 03.05.2027 um 10:00 schrieb Verkauf:\n> Ist das so?",
    ],
)
def test_what_is_quoted_is_not_read(quoted):
    assert own_words(f"Akkoord.\n\n{quoted}") == "Akkoord."
    as_html = quoted.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    assert own_words(f"<div>Akkoord.<br><br>{as_html}</div>") == "Akkoord."


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote>Is dit zo?</blockquote>",
        '<div class="gmail_quote"><div>On Monday wrote:</div>Is it so?</div>',
        '<div class="gmail_quote gmail_quote_container"><blockquote>Is it so?'
        "</blockquote></div>",
        '<div class="gmail_extra"><div>Is it so?</div></div>',
        '<hr><div id="divRplyFwdMsg"><b>From:</b> Sales</div><div>Is it so?</div>',
        '<div id="x_divRplyFwdMsg"></div><p>Is it so?</p>',
        '<div data-o-mail-quote="1"><p>Is it so?</p><div>And this?</div></div>',
        '<span data-o-mail-quote="1">-- <br>Is it so?</span>',
        '<div class="o_mail_reply_container"><div class="o_mail_reply_content">'
        "<span>On Monday wrote</span><blockquote>Is it so?</blockquote></div></div>",
        '<div class="o_mail_quote">Is it so?</div>',
        '<div class="yahoo_quoted"><div>Is it so?</div></div>',
        '<div class="moz-cite-prefix">Op 3 mei schreef Inkoop:<br></div>'
        '<blockquote type="cite">Is dit zo?</blockquote>',
        '<div style="border-top:solid #E1E1E1 1.0pt"><p><b>Van:</b> Inkoop<br>'
        "<b>Verzonden:</b> maandag<br><b>Aan:</b> Verkoop</p></div><p>Is dit zo?</p>",
        "<style>p {content: 'Is it so?'}</style><!-- Is it so? -->",
        "<blockquote>Is it so?",
    ],
)
def test_a_quote_in_html_is_not_read(quoted):
    assert own_words(f"<p>Akkoord.</p>{quoted}") == "Akkoord."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nDe boekhouding\nBel ons gerust?",
        "Met vriendelijke groet,\n\nDe boekhouding\nKunt u ons vinden?",
        "Met vriendelijke groeten\nInkoop",
        "Vriendelijke groet,\nInkoop\nwww.firma.example",
        "Hartelijke groet\nInkoop",
        "Mvg,\nInkoop",
        "m.v.g. Inkoop",
        "Groetjes!",
        "Groet, Inkoop",
        "Gr.",
        "Hoogachtend,\nInkoop",
        "Kind regards,\nSales",
        "Best regards\nSales",
        "Thanks and kind regards,\nSales",
        "Best,\nSales",
        "Cheers, Sales",
        "Yours sincerely,\n\nSales\nHave you seen our offers?",
        "Verzonden vanaf mijn iPhone",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Verstuurd vanaf mijn Samsung Galaxy-smartphone.",
    ],
)
def test_a_signature_is_not_read(signature):
    assert own_words(f"Het is klaar.\n\n{signature}") == "Het is klaar."
    as_html = signature.replace("\n", "<br>")
    assert own_words(f"<p>Het is klaar.</p><p>{as_html}</p>") == "Het is klaar."


@pytest.mark.parametrize(
    "disclaimer",
    [
        "This e-mail is confidential and may be privileged. If you are not the intended"
        " recipient, please notify the sender and delete this message.",
        "This e-mail and any attachment are intended only for the addressee.\n"
        "Could you delete it otherwise?",
        "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde."
        " Wilt u het vernietigen als het niet voor u is?",
        "Indien u dit bericht ten onrechte ontvangen heeft, wilt u ons dan inlichten?",
        "De informatie in dit e-mailbericht is vertrouwelijk.",
        "Aan dit bericht kunnen geen rechten worden ontleend.",
        "Disclaimer: wilt u dit lezen?",
        "Please consider the environment before printing this e-mail.",
        "CAUTION: This email originated from outside the organization. Is it safe?",
    ],
)
def test_a_disclaimer_is_not_read(disclaimer):
    assert own_words(f"Het is klaar.\n\n{disclaimer}") == "Het is klaar."
    assert own_words(f"{disclaimer}\n\nHet is klaar.") == "Het is klaar."
    html = f"<p>Het is klaar.</p><p>{disclaimer.replace(chr(10), ' ')}</p>"
    assert own_words(html) == "Het is klaar."


def test_words_between_and_below_quotes_are_read():
    mail = "On Monday 3 May, Sales wrote:\n> Is it so?\nYes it is.\n> And this?\nNo."
    assert own_words(mail) == "Yes it is.\nNo."
    html = (
        '<div class="moz-cite-prefix">On 3 May Sales wrote:</div>'
        "<blockquote>Is it so?</blockquote><p>Yes it is.</p>"
    )
    assert own_words(html) == "Yes it is."


def test_mails_in_plain_text_are_read_as_odoo_keeps_them():
    pre = (
        "<pre>Hoi,\n\nAkkoord met de prijs en met de voorwaarden zoals die in uw"
        " brief\nstaan.\n\nOp 3 mei schreef Inkoop &lt;in@firma.example&gt;:\n"
        "&gt; Is dit zo?</pre>"
    )
    own = (
        "Hoi,\nAkkoord met de prijs en met de voorwaarden zoals die in uw brief staan."
    )
    assert own_words(pre) == own
    assert own_words(f"<p>{pre[5:-6].replace(chr(10), '<br/>')}</p>") == own


def test_what_stands_beside_a_quote_is_read():
    html = (
        '<div data-o-mail-quote-container="1"><p>Akkoord.</p>'
        '<p data-o-mail-quote="1">-- <br data-o-mail-quote="1">Inkoop</p></div>'
    )
    assert own_words(html) == "Akkoord."


def test_an_address_in_angle_brackets_is_no_html():
    mail = "Bel <a@firma.example> even.\nKun je dat doen?"
    assert sentences(own_words(mail))[-1] == "Kun je dat doen?"


def test_a_postscript_under_the_signature_is_read():
    mail = "Het is klaar.\n\nGroet,\nInkoop\n\nPS: kun je de sleutel meenemen?"
    assert judge(mail).sentence == "PS: kun je de sleutel meenemen?"


@pytest.mark.parametrize(
    "line",
    [
        "Groeten aan je collega's",
        "Beste mevrouw,",
        "Best we can do is Friday.",
        "Datum: 3 mei",
        "On Monday we start: see the plan.",
        "Van mij mag het.",
        "De groetjes terug van de hele afdeling!",
        "Thanks for all your work on the quote",
        "Wat schreef de gemeente?",
    ],
)
def test_own_words_that_look_like_an_end_are_kept(line):
    assert own_words(f"{line}\n\nTot morgen.") == f"{line}\nTot morgen."


def test_lines_broken_by_the_mail_program_are_one_sentence():
    mail = (
        "Kunt u ons voor vrijdag aanstaande de bankafschriften van de\n"
        "maand december toesturen?\n\nDank."
    )
    assert sentences(own_words(mail)) == [
        "Kunt u ons voor vrijdag aanstaande de bankafschriften van de"
        " maand december toesturen?",
        "Dank.",
    ]


def test_a_sentence_does_not_end_at_an_abbreviation():
    assert sentences("Zie art. 7 d.w.z. het contract. Kan dat, bijv. morgen?") == [
        "Zie art. 7 d.w.z. het contract.",
        "Kan dat, bijv. morgen?",
    ]


# ------------------------------------------------------------------ the verdict


@pytest.mark.parametrize(
    "text",
    [
        "could you send me the file?",
        "Can you call me tomorrow",
        "Please let me know if Thursday works for you.",
        "Would you mind sending the invoice again? I can't find it.",
        "What is the status of our order?",
        "Kun je de offerte sturen?",
        "Kunt u de offerte sturen",
        "Graag ontvang ik de getekende offerte.",
        "Laat je me weten wanneer het uitkomt?",
        "Zou u mij willen bellen over de factuur",
        "Wilt u de stukken voor vrijdag toesturen",
        "kunje de factuur nog een keer stuuren",
        "Dank voor de stukken. We hebben ze bekeken en zijn er blij mee. Kun je de"
        " laatste versie als pdf sturen? Dan leggen we hem maandag voor.",
        "Thanks for the designs, the team likes the second option. Could you change the"
        " address in the footer before Monday? The rest looks great.",
    ],
)
def test_a_request_surely_asks(text):
    assert judge(text).verdict == "asks"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Perfect, thank you.",
        "ok",
        "Ok, thanks",
        "Great, see you Tuesday.",
        "Merry Christmas and a happy new year to you and the team!",
        "Done. Thanks and have a good weekend!",
        "Thank you, received in good order.",
        "Bedankt!",
        "Prima, dank je wel.",
        "Akkoord.",
        "Fijne feestdagen en een gezond nieuwjaar!",
        "Gelukt, fijn weekend!",
        "Ontvangen, dank.",
        "👍",
        "",
        "Dank voor de stukken. We hebben ze bekeken en zijn er blij mee.",
    ],
)
def test_thanks_and_greetings_surely_close(text):
    assert judge(text).verdict == "closes"


def test_the_sentence_that_asks_is_named():
    verdict = judge(
        "<p>Beste,</p><p>Dank voor het snelle antwoord. Wij zijn akkoord met de prijs."
        "</p><p>Kunt u de opdrachtbevestiging naar inkoop sturen? Fijn weekend!</p>"
        "<p>Met vriendelijke groet,<br>Verkoop<br>Vragen?</p>"
    )
    assert verdict.sentence == "Kunt u de opdrachtbevestiging naar inkoop sturen?"
    assert verdict.language == "nl"


def test_a_formula_is_no_request():
    invoice = "Dear customer,\nPlease find attached the invoice for March. %s"
    formula = "If you have any questions, please do not hesitate to contact us."
    assert judge(invoice % formula).verdict == "closes"
    assert judge(f"De offerte zit erbij. {'Heeft u nog vragen, bel dan gerust.'}")[
        0
    ] != ("asks")


def test_with_a_question_mark_a_message_never_surely_closes():
    assert judge("Thanks, have a good weekend?").verdict != "closes"
    assert judge("Bedankt en fijn weekend?").verdict != "closes"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Könnten Sie mir bitte die Rechnung senden?", "asks"),
        ("Bitte senden Sie mir die Rechnung.", "between"),
        ("Pouvez-vous m'envoyer la facture ?", "asks"),
        (
            "Siehe https://firma.example/suche?q=rechnung&s=1 für die Rechnung",
            "between",
        ),
        ("請問何時可以交貨？", "asks"),
        ("Спасибо, документы получены.", "between"),
        ("هل يمكنك إرسال الفاتورة؟", "asks"),
    ],
)
def test_in_a_language_it_does_not_know_only_a_question_mark_asks(text, verdict):
    assert judge(text)[::3] == (verdict, "other")


def test_a_question_mark_counts_only_after_words():
    assert not has_question_mark("See www.firm.example/a?b=1 and https://x.example/?")
    assert not has_question_mark("Der Preis betr?gt 10 Euro")
    assert has_question_mark('He wrote "is it done?" to us')
    assert has_question_mark("Wirklich?!")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please find the contract attached.", "en"),
        ("In de bijlage vindt u het contract.", "nl"),
        ("Im Anhang finden Sie den Vertrag.", "other"),
        ("Vous trouverez le contrat dans la pièce jointe.", "other"),
        ("En el archivo adjunto encontrará el contrato de la empresa.", "other"),
        ("Bifogat finner du avtalet som vi har pratat om.", "other"),
        ("12345", "other"),
    ],
)
def test_the_language_is_guessed(text, language):
    assert guess(text) == language


def test_every_verdict_can_be_explained():
    signs = {reason.sign for reason in explain("Could you send me the file?", most=9)}
    assert "# modal you" in signs
    for reason in explain("Bedankt voor de snelle reactie."):
        assert reason.sign and reason.weight
    assert explain("Bedankt en fijn weekend")[0].weight < 0
    assert explain("") == []


# ------------------------------------------------------------------ bad input

HUGE = 5_000_000


@pytest.mark.parametrize(
    "body",
    [
        None, False, 0, "", " \n\t", "\x00", "?", "???", "<", "<>", "<p", "</p>", "&#;",
        "&#xD800;", "&#99999999;", "\ud800", "\ufeff", "a\u0301" * 50, b"",
        b"\xff\xfe?", "Kunt u dat doen?".encode("utf-16"), "<blockquote>" * 3,
        "</div>" * 9, ">" * 9, "Van:", "Op", "On wrote:", "-- ", "\u2028\u2029\x85",
        "😀" * 500, "<table></table>", "<!-- ", "<style>", '<div class="', "w" * 9999,
        "a?" * 5000, 12.5, ["x"],
    ],
)  # fmt: skip
def test_bad_input_has_a_verdict(body):
    verdict = judge(body)
    assert verdict.verdict in ("asks", "closes", "between")
    assert 0 <= verdict.probability <= 1
    assert isinstance(explain(verdict.sentence), list)


@pytest.mark.parametrize(
    "unit",
    [
        "a", "? ", "Kunt u dat sturen? ", "Kunt u dat sturen ", "thanks, ", "\n", " ",
        "<", "<div>", "</div>", "<td>Could you send it?</td>", "<!--", "&amp;", "> a\n",
        "On 3 May ", "wrote:\n", "van: a\n", "dit bericht is ", "groet\n", "-", "_",
        "=", "a.b.", "a@b.c ", "http://", "x@", "'", "<blockquote>", "😀", "ß", "١",
        "if you ",
    ],
)  # fmt: skip
def test_of_a_huge_message_only_a_part_is_read(unit, monkeypatch):
    read = []
    features = asks.features
    monkeypatch.setattr(
        asks, "features", lambda text, *more: read.append(text) or features(text, *more)
    )
    body = unit * (HUGE // len(unit))
    assert judge(body).verdict
    assert len(read) <= mail_text.MAX_SENTENCES
    assert sum(map(len, read)) <= mail_text.MAX_OWN + 1
    assert len(own_words(body)) <= mail_text.MAX_OWN + 1


def test_no_more_of_a_message_is_looked_at_than_said():
    class Text(str):
        def __getitem__(self, wanted):
            asked.append(wanted)
            return super().__getitem__(wanted)

        def __str__(self):
            return self

    asked = []
    own_words(Text("x" * HUGE))
    assert asked == [slice(None, mail_text.MAX_BODY)]


def test_a_request_at_the_end_of_a_long_message_is_found():
    story = "De levering is gisteren aangekomen in het magazijn. " * 200
    assert "Kunt u ons bellen?" in own_words(story + "Kunt u ons bellen?")


# ------------------------------------------------------------------ how good it is


def figures(language, kept):
    """F1, area under the curve, and right and found of the two sure verdicts."""
    model = asks.models()[language]
    said = [(asks.probability(e.text, language), e.asks) for e in kept]
    asking = [value for value, is_asking in said if is_asking]
    other = [value for value, is_asking in said if not is_asking]
    hits = sum(value >= 0.5 for value in asking)
    wrong = sum(value >= 0.5 for value in other)
    order = sum((a > b) + (a == b) / 2 for a in asking for b in other)
    sure = sum(value >= model.asks for value in asking)
    sure_wrong = sum(value >= model.asks for value in other)
    closed = sum(value <= model.closes for value in other)
    closed_wrong = sum(value <= model.closes for value in asking)
    return {
        "f1": 2 * hits / (hits + wrong + len(asking)),
        "auc": order / len(asking) / len(other),
        "asks right": sure / (sure + sure_wrong),
        "asks found": sure / len(asking),
        "closes right": closed / (closed + closed_wrong),
        "closes found": closed / len(other),
        # where the client wrote last, 29 in 100 messages ask
        "closes right at 29 %": 0.71 * closed / len(other)
        / (0.71 * closed / len(other) + 0.29 * closed_wrong / len(asking)),
    }  # fmt: skip


def test_the_weights_are_small():
    assert asks.WEIGHTS.stat().st_size < 100_000


def test_a_third_of_dutch_is_kept_apart_by_sender_and_subject():
    learnt, kept = split.parts("nl", Path())
    assert 0.3 < len(kept) / (len(kept) + len(learnt)) < 0.4
    assert not {e.group for e in learnt} & {e.group for e in kept}
    assert not {e.text.lower() for e in learnt} & {e.text.lower() for e in kept}


def test_dutch_reaches_its_bars_on_what_was_kept_apart():
    _learnt, kept = split.parts("nl", Path())
    found = figures("nl", kept)
    assert found["f1"] >= 0.80, found
    assert found["asks right"] >= 0.85 and found["asks found"] >= 0.5, found
    assert found["closes right"] >= 0.95 and found["closes found"] >= 0.5, found


def test_dutch_is_read_without_question_marks_and_with_capitals_lost():
    _learnt, kept = split.parts("nl", Path())
    bare = [e._replace(text=e.text.replace("?", "").lower()) for e in kept]
    found = figures("nl", bare)
    assert found["f1"] >= 0.80, found
    assert found["asks right"] >= 0.85 and found["asks found"] >= 0.5, found


def test_english_reaches_its_bars_on_what_was_kept_apart():
    data = os.environ.get("DATA")
    if not data:
        warnings.warn(
            f"the bars of English are NOT checked: DATA= must say where {split.ENGLISH}"
            " is",
            stacklevel=1,
        )
        pytest.skip("DATA= is not set: the bars of English are NOT checked")
    _learnt, kept = split.parts("en", Path(data))
    found = figures("en", kept)
    assert found["f1"] >= 0.74 and found["auc"] >= 0.90, found
    assert found["asks right"] >= 0.85 and found["asks found"] >= 0.5, found
    assert found["closes found"] >= 0.5, found
    # 47 % of this file ask, and one in twenty of its labels is doubtful
    assert found["closes right"] >= 0.92, found
    assert found["closes right at 29 %"] >= 0.95, found
