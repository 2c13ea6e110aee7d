"""What to look at before an e-mail is sent: what stops it, and what makes it land among spam or be hard to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from confida_marketing.content.blanks import Blank, Broken, only_fallbacks, split_blanks
from confida_marketing.content.design import weak_colours
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.preparing import Sender, all_faults
from confida_marketing.content.rendering import Rendered

LONGEST_SUBJECT = 60
CLIPPED = 102_000
LARGE = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """stops: nothing leaves until it is mended. field: of the editor's form, where it can be mended; "" for none."""

    sentence: str
    stops: bool = False
    field: str = ""


def checks_of(
    content: EmailContent,
    *,
    known: Mapping[str, str],
    pictures: Collection[str],
    sender: Sender,
    shown: Rendered,
    base: str,
) -> list[Check]:
    """What stops it first. shown: as somebody gets it of whom nothing is known. base: the public address of the installation."""
    found = [
        Check(sentence=fault.sentence, stops=True, field=fault.form_name)
        for fault in all_faults(content, known, pictures, sender)
    ]
    found += subject_checks(content)
    found += [Check(sentence=sentence, field="accent") for sentence in weak_colours(content)]
    found += gap_checks(content, known)
    size = len(shown.html.encode())
    if size > LARGE:
        found.append(
            Check(
                sentence=f"It has {size // 1000} kB; Gmail cuts off what has more than {CLIPPED // 1000} kB, with the end."
            )
        )
    if not any(block.kind in {"text", "columns", "quote"} and block.text.strip() for block in content.blocks):
        found.append(Check(sentence="It has no text but headings and pictures, as spam often has.", field="blocks"))
    if not base.startswith("https://"):
        found.append(
            Check(
                sentence="This installation has no public https address yet, so that pictures and the addresses to "
                "unsubscribe work nowhere else; set CONFIDA_PUBLIC_URL."
            )
        )
    return found


def subject_checks(content: EmailContent) -> list[Check]:
    subject = only_fallbacks(content.subject).strip()
    found = []
    if len(subject) > LONGEST_SUBJECT:
        found.append(f"The subject has {len(subject)} characters; phones show about {LONGEST_SUBJECT}.")
    letters = [letter for letter in subject if letter.isalpha()]
    if len(letters) > 8 and sum(letter.isupper() for letter in letters) > len(letters) * 0.7:
        found.append("The subject is in capitals, which reads like shouting and like spam.")
    if subject.count("!") + subject.count("€") + subject.count("$") > 2:
        found.append("The subject has many exclamation marks or currency signs, as spam has.")
    checks = [Check(sentence=sentence, field="subject") for sentence in found]
    if not content.preheader.strip():
        sentence = "Without a preview line, mail programs show the first words of the text after the subject."
        checks.append(Check(sentence=sentence, field="preheader"))
    return checks


def gap_checks(content: EmailContent, known: Mapping[str, str]) -> list[Check]:
    """Fields without a fallback leave a gap where nothing is known of somebody."""
    texts = [(name, getattr(content, name)) for name in ("subject", "preheader", "text")]
    for place, block in enumerate(content.blocks):
        texts += [(f"blocks-{place}-{name}", getattr(block, name)) for name in ("text", "other", "label")]
    found: dict[str, str] = {}
    for where, text in texts:
        for blank in blanks_of(text):
            if not blank.fallback and blank.name != "sender" and blank.name in known:
                found.setdefault(blank.name, where)
    return [
        Check(
            sentence=f"Where “{name}” is not known, a gap stays: write {{{{{name}|…}}}} with what shall stand there.",
            field=where,
        )
        for name, where in found.items()
    ]


def blanks_of(text: str) -> list[Blank]:
    try:
        return [part for part in split_blanks(text) if isinstance(part, Blank)]
    except Broken:
        return []
