"""What an e-mail becomes: whatever anybody types or is called, it stays text; and every e-mail ends the way it must."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confida_marketing.content.checks import checks_of
from confida_marketing.content.colours import contrast, readable_on, words_on
from confida_marketing.content.design import PlainLook
from confida_marketing.content.email_content import Block, EmailContent, EmailVariant
from confida_marketing.content.faults import faults_of
from confida_marketing.content.light_markdown import passages_of
from confida_marketing.content.pictures_shown import ShownPicture
from confida_marketing.content.preparing import Sender, compiled
from confida_marketing.content.preview import lenient, previewed
from confida_marketing.content.ready import KEYS, ready_email
from confida_marketing.content.rendering import Recipient, render
from confida_marketing.content.variants import as_variant, variants_of
from confida_marketing.content.writing import Writer

SENDER = Sender("Example House", ("1 Harbour Road", "10115 Berlin"))
PICTURE = {"a" * 32: ShownPicture("https://crm.example.org/my/x/marketing/pictures/p", 1200, 800)}
KNOWN: Mapping[str, str] = {"first_name": "", "name": "", "sender": "", "custom.hall": ""}
WHY = {"en": "You agreed.", "de": "Sie haben zugestimmt."}
LETTER = EmailContent(
    subject="For {{first_name|you}}",
    preheader="{{name}}",
    blocks=(
        Block(kind="heading", text="Hello {{first_name|friend}}", size="large"),
        Block(
            kind="text",
            text="**Dear {{name}}**, see [this](https://example.org/a?b=1&c=2).\n\n- one\n- {{custom.hall|none}}",
        ),
        Block(kind="button", label="Come, {{first_name|friend}}", href="https://example.org/come"),
        Block(kind="picture", picture="a" * 32, alt="A dog & a cat"),
        Block(kind="columns", text="Left", other="Right", picture="a" * 32, alt="A map"),
        Block(kind="quote", text="So it is.", other="Zoe"),
        Block(kind="links", text="Site | https://example.org\nMail | mailto:a@example.org"),
        Block(kind="divider"),
        Block(kind="space"),
    ),
)
PREPARED = compiled(LETTER, SENDER, PICTURE)
WILD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ("<script>alert(1)</script>", "a\r\nBcc: zoe@example.org", '"><img src=x onerror=x>', "{{name}}", "\ue0000\ue001",
         "\u2028x", "**b** [x](https://zoe.example.org)", "\u202eevil", "&lt;b&gt;", "'onload='x")
    ),
)  # fmt: skip


def someone(language: str = "en", **fields: str) -> Recipient:
    return Recipient(
        fields=fields,
        language=language,
        why=WHY,
        preferences="https://example.org/my",
        unsubscribe="https://example.org/u/1",
    )


class Elements(HTMLParser):
    """Every element with the names of its attributes, and where links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=WILD, name=WILD, hall=WILD)
def test_whatever_somebody_is_called_it_never_becomes_html_or_another_header(first: str, name: str, hall: str) -> None:
    """The same elements, the same lines and one subject, as for somebody with an ordinary name."""
    plain = render(PREPARED, someone(first_name="Ada", name="Ada", **{"custom.hall": "x"}))
    shown = render(PREPARED, someone(first_name=first, name=name, **{"custom.hall": hall}))
    assert Elements(shown.html).found == Elements(plain.html).found
    assert Elements(shown.html).targets == Elements(plain.html).targets
    assert len(shown.text.splitlines()) == len(plain.text.splitlines())
    assert len(shown.subject.splitlines()) == 1
    assert len(shown.subject) <= 250
    assert not re.search("[\x00-\x1f\x7f-\x9f]", shown.subject)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=WILD,
    other=WILD,
    label=WILD,
    href=WILD,
    kind=st.sampled_from(("heading", "text", "button", "columns", "quote", "links")),
)
def test_whatever_is_typed_into_a_block_is_text(text: str, other: str, label: str, href: str, kind: str) -> None:
    blocks = (Block(kind=kind, text=text, other=other, label=label, href=href),)
    content = lenient(EmailContent(subject=label or "x", preheader=text, blocks=blocks))
    mail = Elements(render(compiled(content, SENDER, {}), someone()).html)
    page = Elements(Writer(PlainLook(), lambda url: url.replace("&", "&amp;"), {}, mail=False).blocks(content.blocks))
    allowed = {"p", "a", "ul", "ol", "li", "em", "strong", "br", "h1", "h2", "h3", "blockquote", "div"}
    shell = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td"}
    assert {tag for tag, _ in page.found} <= allowed
    assert {tag for tag, _ in mail.found} <= allowed | shell
    assert {name for _, names in (*mail.found, *page.found) for name in names} <= {
        "lang", "charset", "name", "content", "class", "style", "role", "cellpadding", "cellspacing", "border", "width", "align",
        "dir", "href", "valign",
    }  # fmt: skip
    assert all(
        target.lower().startswith(("http://", "https://", "mailto:", "tel:"))
        for target in (*mail.targets, *page.targets)
    )


def test_every_email_ends_with_why_who_and_how_to_stop_it_in_the_readers_language() -> None:
    clicked = []

    def counted(url: str) -> str:
        clicked.append(url)
        return f"https://example.org/c?{len(clicked)}"

    ends = {}
    for language in ("en", "de-AT", "", "fr"):
        shown = render(PREPARED, someone(language))
        ends[language] = shown.text.rpartition("\n-- \n")[2].split("\n")
        for line in (*SENDER.lines, "https://example.org/u/1", "https://example.org/my"):
            assert (line in shown.html, line in shown.text) == (True, True)
    english = ["You agreed.", "Choose what you get: https://example.org/my", "Unsubscribe: https://example.org/u/1", "",
               "Example House", "1 Harbour Road", "10115 Berlin"]  # fmt: skip
    german = ["Sie haben zugestimmt.", "Auswählen, was Sie bekommen: https://example.org/my", "Abmelden: https://example.org/u/1",
              *english[3:]]  # fmt: skip
    assert ends == {"en": english, "de-AT": german, "": english, "fr": english}
    render(PREPARED, Recipient(link=counted, why=WHY))
    assert sorted(clicked) == [
        "https://example.org", "https://example.org/a?b=1&c=2", "https://example.org/come", "mailto:a@example.org",
    ]  # fmt: skip
    shown = render(PREPARED, someone(first_name="Ada"))
    assert (shown.subject, "Come, Ada: https://example.org/come" in shown.text) == ("For Ada", True)
    assert "see this (https://example.org/a?b=1&c=2).\n\n- one\n- none" in shown.text
    # Two thousand a second is what is wanted; here it is some thirty thousand.
    began = time.process_time()
    for _ in range(400):
        render(PREPARED, someone(first_name="Ada"))
    assert time.process_time() - began < 0.2


def test_what_is_broken_is_named_by_block_and_field_before_anything_leaves() -> None:
    wrong = EmailContent(
        subject="{{frist_name}}",
        preheader="{{",
        accent="red",
        blocks=(
            Block(kind="text", text="[x](javascript:alert) {{name"),
            Block(kind="button", label="", href="https://example.org/{{name}}"),
            Block(kind="picture", picture="a" * 32),
            Block(kind="picture"),
            Block(kind="links", text="x | file:///etc/passwd"),
        ),
    )
    found = {(fault.form_name, fault.sentence) for fault in faults_of(wrong, KNOWN, {"a" * 32})}
    follows = "begins with https://, http://, mailto: or tel: and holds no personal field."
    assert found == {
        ("subject", "Subject: there is no field “frist_name” (did you mean “first_name”?)."),
        ("preheader", "Preview line: the field “{{” has no “}}” behind it."),
        ("accent", "A colour is written like #1d5b8f."),
        ("blocks-0-text", "Block 1 (text): the field “{{name” has no “}}” behind it."),
        ("blocks-0-text", f"Block 1 (text): the address of a link {follows}"),
        ("blocks-1-label", "Block 2 (button): a button needs words."),
        ("blocks-1-href", f"Block 2 (button): a button needs an address that {follows}"),
        ("blocks-2-alt", "Block 3 (picture): say what the picture shows, for those who cannot see it."),
        ("blocks-3-picture", "Block 4 (picture): choose a picture, or remove the block."),
        ("blocks-4-text", f"Block 5 (links): the address of a link {follows}"),
    }
    assert {fault.field for fault in faults_of(EmailContent(), KNOWN, ())} == {"subject", "blocks"}
    # It can be looked at all the same, with what is broken as it was typed.
    wrong = EmailContent(subject="{{", blocks=wrong.blocks)
    assert "{\u200b{name" in previewed(wrong, SENDER, PICTURE, someone()).text


def test_checks_say_what_smells_of_spam_and_what_cannot_be_read() -> None:
    loud = EmailContent(
        subject="BUY NOW {{name}} " + "A" * 60 + "!!!", accent="#ffe08a", backdrop="#777777",
        blocks=(Block(kind="heading", text="x" * 110_000),),
    )  # fmt: skip
    shown = render(compiled(loud, SENDER, {}), someone())
    found = checks_of(loud, known=KNOWN, pictures=(), sender=SENDER, shown=shown, base="http://localhost")
    assert [(one.stops, one.field, one.sentence.split(" ")[0]) for one in found] == [
        (False, "subject", "The"), (False, "subject", "The"), (False, "subject", "The"), (False, "preheader", "Without"),
        (False, "accent", "Links"), (False, "accent", "The"), (False, "subject", "Where"), (False, "", "It"),
        (False, "blocks", "It"), (False, "", "This"),
    ]  # fmt: skip
    good = checks_of(
        ready_email("appeal", "en") or loud, known={**KNOWN}, pictures=(), sender=SENDER, shown=render(PREPARED, someone()),
        base="https://crm.example.org",
    )  # fmt: skip
    assert good == []
    assert contrast("#000000", "#ffffff") == 21
    assert (words_on("#ffe08a"), words_on("#1d5b8f")) == ("#1f1d1a", "#ffffff")
    assert contrast(readable_on("#ffe08a", "#ffffff"), "#ffffff") >= 4.5


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_ready_email_can_be_sent_as_it_is(language: str) -> None:
    made: list[Any] = [ready_email(key, language) for key in KEYS]
    assert [faults_of(one, KNOWN, ()) for one in made] == [[]] * 6
    assert {one.language for one in made} == {language}


def test_markdown_is_little_and_bounded() -> None:
    [paragraph, dots, numbers] = passages_of(
        "a **b _c_** snake_case 2 * 3 * 4\nnext https://example.org/x.\n- one\n  more\n- two\n1. x\n2. y"
    )
    assert [(run.text, run.bold, run.italic, run.href) for run in paragraph.parts[0]] == [
        ("a ", False, False, ""), ("b ", True, False, ""), ("c", True, True, ""), (" snake_case 2 * 3 * 4", False, False, ""),
        ("", False, False, ""), ("next ", False, False, ""), ("https://example.org/x", False, False, "https://example.org/x"),
        (".", False, False, ""),
    ]  # fmt: skip
    assert [(one.kind, len(one.parts)) for one in (dots, numbers)] == [("dots", 2), ("numbers", 2)]
    # Dates begin no list, and a list may end in the middle of a paragraph.
    kinds = [[one.kind for one in passages_of(text)] for text in ("3. May\n2 pm", "1. May", "a\n1. b\n2. c\n7. d\n- e")]
    assert kinds == [["paragraph"], ["paragraph"], ["paragraph", "numbers", "paragraph", "dots"]]
    began = time.process_time()
    for nasty in ("[" * 20_000, "**" * 10_000, "_a" * 10_000, "http://" + "." * 20_000, "*a " * 7_000, "1. " * 7_000):
        passages_of(nasty)
    assert time.process_time() - began < 2


def test_a_variant_says_what_is_its_own_and_the_rest_as_the_first() -> None:
    other = (Block(kind="text", text="Otherwise"),)
    content = EmailContent(
        subject="A", blocks=LETTER.blocks, text="By hand",
        variants=(EmailVariant(key="b", subject="B"), EmailVariant(key="c", subject="", blocks=other)),
    )  # fmt: skip
    assert [(one.key, one.subject, len(one.blocks)) for one in variants_of(content)] == [
        ("a", "A", 9),
        ("b", "B", 9),
        ("c", "A", 1),
    ]
    assert [as_variant(content, key).text for key in "abc"] == ["By hand", "By hand", ""]
    shown = render(compiled(as_variant(content, "c"), SENDER, {}), someone())
    assert "Otherwise" in unescape(shown.html)
    assert shown.text.startswith("Otherwise\n\n-- \n")
