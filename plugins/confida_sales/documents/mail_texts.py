"""What mails with papers say: our own words in each language, and what an organisation wrote in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from confida_core.api import Access, Installation, InvalidContent, new_id
from confida_sales.documents.mail_texts_german import GERMAN

PLACEHOLDERS = ("name", "number", "amount", "due", "organisation", "link")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 5_000
_PLACE = re.compile(r"\{([a-z_]+)\}")
ENGLISH: Mapping[str, tuple[str, str]] = {
    "quote": (
        "Our quote {number}",
        "Dear {name},\n\nhere is the quote you asked for: {number} over {amount}.\n\n{link}\n\nYours\n{organisation}",
    ),
    "order": (
        "Your order {number}",
        "Dear {name},\n\nthank you for your order {number} over {amount}. You find it attached.\n\n{link}\n\nYours\n{organisation}",
    ),
    "invoice": (
        "Invoice {number}",
        "Dear {name},\n\nhere is our invoice {number} over {amount}, payable by {due}.\n\n{link}\n\nYours\n{organisation}",
    ),
    "credit_note": (
        "Credit note {number}",
        "Dear {name},\n\nhere is our credit note {number} over {amount}.\n\n{link}\n\nYours\n{organisation}",
    ),
    "reminder": (
        "Payment of invoice {number}",
        "Dear {name},\n\nperhaps it slipped your attention: our invoice {number} has not been paid in full yet; {amount} are still open.\n\n"
        "{link}\n\nYours\n{organisation}",
    ),
    "statement": (
        "Your statement of account",
        "Dear {name},\n\nhere is the statement of your account with us.\n\n{link}\n\nYours\n{organisation}",
    ),
}
OURS: Mapping[str, Mapping[str, tuple[str, str]]] = {"en": ENGLISH, "de": GERMAN}
KINDS = tuple(ENGLISH)


async def text_of(crm: Installation, kind: str, language: str) -> tuple[str, str]:
    """Subject and text with their placeholders."""
    rows = await crm.data.fetch(
        "SELECT subject, text FROM sales_mail_text WHERE kind = ? AND language = ?", kind, language
    )
    return (rows[0]["subject"], rows[0]["text"]) if rows else OURS[language][kind]


async def all_texts(crm: Installation) -> dict[tuple[str, str], tuple[str, str, bool]]:
    """(kind, language) -> subject, text, and whether the organisation wrote it itself. One query."""
    rows = await crm.data.fetch("SELECT kind, language, subject, text FROM sales_mail_text")
    own = {(row["kind"], row["language"]): (row["subject"], row["text"], True) for row in rows}
    return {
        (kind, language): own.get((kind, language), (*texts[kind], False))
        for kind in KINDS
        for language, texts in OURS.items()
    }


async def write_text(crm: Installation, access: Access, kind: str, language: str, *, subject: str, text: str) -> None:
    """In place of ours from now on; two empty texts bring ours back. Raises Forbidden and InvalidContent."""
    access.actor.require("sales.manage")
    if kind not in KINDS or language not in OURS:
        raise InvalidContent({"kind": "Please choose one of the kinds."})
    subject, text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    wanted = bool(subject or text)
    if wanted:
        check_text(subject, text)
    async with crm.data.transaction():
        await crm.data.fetch("DELETE FROM sales_mail_text WHERE kind = ? AND language = ?", kind, language)
        if wanted:
            await crm.data.fetch(
                "INSERT INTO sales_mail_text (id, kind, language, subject, text) VALUES (?, ?, ?, ?, ?)",
                new_id(), kind, language, subject, text,
            )  # fmt: skip


def check_text(subject: str, text: str) -> None:
    errors = {}
    for field, value, longest in (("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT)):
        unknown = sorted(set(_PLACE.findall(value)) - set(PLACEHOLDERS))
        if not value:
            errors[field] = "Please write something, or leave both empty for our own words."
        elif len(value) > longest:
            errors[field] = f"At most {longest} characters."
        elif unknown:
            errors[field] = (
                f"{{{unknown[0]}}} is nothing we know. We know {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}."
            )
    if errors:
        raise InvalidContent(errors)


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the values in their places, once: what a value holds is never taken for a placeholder. Lines left empty close up."""
    found = _PLACE.sub(lambda place: values.get(place[1], place[0]), text)
    return re.sub(r"\n{3,}", "\n\n", found).strip()
