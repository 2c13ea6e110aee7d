"""The receipt for reading and printing: labelled sections, in English or German. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from confida_consent.receipts import terms
from confida_consent.receipts.jsonld import authority
from confida_consent.receipts.receipt import Receipt
from confida_consent.receipts.words import (
    actor_label,
    country_label,
    data_label,
    kind_label,
    label,
    method_label,
    say,
    spoken,
    time_label,
    until_label,
)
from confida_consent.vocabulary import YES, Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptRow:
    """value: text, with newlines where it has several lines. href: a page to open, or ""."""

    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptSection:
    """key: for templates and tests; the same in every language."""

    key: str
    title: str
    rows: tuple[ReceiptRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptPage:
    """Everything a readable receipt shows. notice: the text that was shown, or ""; notice_language: its language tag."""

    language: str
    title: str
    lead: str
    issuer: str
    sections: tuple[ReceiptSection, ...]
    notice: str = ""
    notice_language: str = ""
    notice_title: str = ""


def page_of(receipt: Receipt, language: str = "") -> ReceiptPage:
    """language: of the reader; else the one in which the notice was shown."""
    language = spoken(language or receipt.language)
    title, lead = heading(receipt)
    notice = receipt.notice
    return ReceiptPage(
        language=language,
        title=say(title, language),
        lead=say(lead, language),
        issuer=receipt.controller.name,
        sections=tuple(section for section in sections(receipt, language) if section.rows),
        notice=notice.content.decode(errors="replace") if notice else "",
        notice_language=notice.language if notice else "",
        notice_title=say("What you were told", language),
    )


def heading(receipt: Receipt) -> tuple[str, str]:
    """(title, lead); what is no consent is never called one (CR-6)."""
    if receipt.is_consent:
        title = "Receipt for your consent" if receipt.status.kind in YES else "Receipt for your decision"
        return (
            title,
            "This is your own copy. Keep it: with it you can show at any time what was agreed, even without us.",
        )
    title = "Record of your objection" if receipt.is_objection else "Record about the use of your data"
    return title, "This is no consent. It records what you told us, and that it counts."


def sections(receipt: Receipt, language: str) -> Iterable[ReceiptSection]:
    for key, title, rows in (
        ("decision", "What was decided", decision(receipt, language)),
        ("circumstances", "How and when", circumstances(receipt, language)),
        ("later", "What happened afterwards", afterwards(receipt, language)),
        ("data", "The data", data(receipt, language)),
        ("controller", "Who is responsible", controller(receipt, language)),
        ("rights", "Your rights", rights(receipt, language)),
        ("proof", "Proof", proof(receipt, language)),
    ):
        shown = (ReceiptRow(label=say(name, language), value=value, href=href) for name, value, href in rows if value)
        yield ReceiptSection(key=key, title=say(title, language), rows=tuple(shown))


Rows = list[tuple[str, str, str]]


def decision(receipt: Receipt, language: str) -> Rows:
    _, wording = receipt.purpose.wording(language)
    rows = [
        ("Decision", kind_label(receipt.status.kind, receipt.basis, language), ""),
        ("What for", wording.title, ""),
        ("In plain words", wording.description, ""),
        ("Way", label(receipt.channel, language), ""),
        ("Lawful basis", label(receipt.basis, language), ""),
    ]
    if receipt.is_consent and receipt.status.kind in YES:
        rows.append(("Valid until", until_label(receipt, language), ""))
    return rows


def circumstances(receipt: Receipt, language: str) -> Rows:
    said, status, at = receipt.circumstances, receipt.status, partial(moment, receipt, language)
    return [
        ("When", at(status.indicated_at), ""),
        ("How", method_label(status.method, language), ""),
        ("Said by", said.indicated_by, ""),
        ("For", said.address, ""),
        ("Dated", at(said.stated_at), ""),
        ("Confirmed", at(said.confirmed_at), ""),
        ("Details", said.detail, ""),
        ("Form", said.source, ""),
        ("Read out", said.script, ""),
        ("Origin", said.origin, ""),
        ("Recorded", at(receipt.recorded_at), ""),
        ("Recorded by", actor_label(Actor(status.actor_kind), language), ""),
    ]


def moment(receipt: Receipt, language: str, value: datetime | None) -> str:
    return time_label(value, receipt.time_zone, language) if value else ""


def afterwards(receipt: Receipt, language: str) -> Rows:
    return [
        (kind_label(status.kind, receipt.basis, language), moment(receipt, language, status.indicated_at), "")
        for status in receipt.later
    ]


def data(receipt: Receipt, language: str) -> Rows:
    purpose, country = receipt.purpose, receipt.controller.storage_country
    kinds = terms.personal_data(purpose.personal_data, receipt.channel)
    return [
        ("Kinds of data", ", ".join(data_label(term, language) for term in kinds), ""),
        ("Special categories", say("Yes", language) if purpose.special_category else "", ""),
        ("Kept", purpose.retention_in(language), ""),
        ("Stored in", country_label(country, language) if country else "", ""),
        ("Others who receive them", ", ".join(purpose.recipients) or say("Nobody", language), ""),
    ]


def controller(receipt: Receipt, language: str) -> Rows:
    found = receipt.controller
    country = country_label(found.country, language) if found.country else ""
    officer = "\n".join(line for line in (found.officer, found.officer_email) if line)
    return [
        ("Name", found.name, ""),
        ("Address", "\n".join((*found.address_lines, country)).strip(), ""),
        ("E-mail", found.email, ""),
        ("Telephone", found.phone, ""),
        ("Website", found.website, found.website),
        ("Privacy policy", found.privacy_policy, found.privacy_policy),
        ("Data-protection officer", officer, ""),
    ]


def rights(receipt: Receipt, language: str) -> Rows:
    name, contact = authority(receipt)
    change = "Withdraw, or change your mind" if receipt.is_consent else "Object, or change your mind"
    own = receipt.own_pages
    return [
        (change, own, own),
        ("See, correct, erase, restrict or take along your data", own, own),
        ("Complain", f"{name}\n{contact}", contact if contact.startswith("https://") else ""),
    ]


def proof(receipt: Receipt, language: str) -> Rows:
    place, notice = receipt.ledger, receipt.notice
    entry = say("%(index)s of %(size)s", language) % {"index": place.index + 1, "size": place.size}
    return [
        ("Number of this receipt", str(receipt.id), ""),
        ("Number of the record", str(receipt.record_id), ""),
        ("Our own number", str(receipt.event_id), ""),
        ("Your number with us", str(receipt.subject_id), ""),
        ("Issued", moment(receipt, language, receipt.created_at), ""),
        ("Version", f"{notice.version} ({notice.language}), SHA-256 {notice.sha256}" if notice else "", ""),
        ("Ledger", place.origin, ""),
        ("Entry in the ledger", entry, ""),
        ("Key of the ledger", place.verifier_key, ""),
    ]
