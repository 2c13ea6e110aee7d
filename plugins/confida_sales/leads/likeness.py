"""Who of those that are here already a lead may be about, and why one would think so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    Opened,
    likely_contacts,
    possible_duplicates,
)

MOST = 5
CONSIDERED = 8
# Mail of people of all kinds comes from these; the same domain says nothing about where somebody works.
SHARED_DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.de", "gmx.net",
    "web.de", "t-online.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com", "aol.com", "freenet.de",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact that it may be. reasons: in words, the most telling first."""

    contact: Opened[ContactContent]
    reasons: tuple[str, ...]


async def people_like(
    crm: Installation, access: Access, content: ContactContent, kind: str, contact_id: UUID | None = None
) -> list[Candidate]:
    """People (or organisations, by `kind`) that may be this one, the likeliest first; opens sealed data. Raises Forbidden.

    contact_id: whose content it is, None before it is stored.
    """
    same = await possible_duplicates(crm, access, content, contact_id=contact_id, limit=CONSIDERED)
    named = await likely_contacts(crm, access, content.display_name, limit=CONSIDERED)
    others = [one for one in (*same, *named) if one.row["id"] != contact_id and one.row["kind"] == kind]
    return ranked(others, lambda other: person_reasons(content, other))


async def organisations_like(crm: Installation, access: Access, name: str, content: ContactContent) -> list[Candidate]:
    """Organisations that this name, or the mail address of this content, may stand for; as `people_like`."""
    domains = mail_domains(content)
    found: list[Opened[ContactContent]] = []
    for words in [name, *sorted(domains)]:
        found += await likely_contacts(crm, access, words, limit=CONSIDERED) if words else ()
    organisations = [one for one in found if one.row["kind"] == "organisation"]
    return ranked(organisations, lambda other: organisation_reasons(name, domains, other))


def ranked(
    found: Iterable[Opened[ContactContent]], reasons_of: Callable[[ContactContent], tuple[str, ...]]
) -> list[Candidate]:
    """Each once, without those that nothing speaks for."""
    each = {one.row["id"]: one for one in found}
    candidates = [Candidate(one, reasons_of(one.content)) for one in each.values()]
    return sorted((one for one in candidates if one.reasons), key=lambda one: -len(one.reasons))[:MOST]


def person_reasons(content: ContactContent, other: ContactContent) -> tuple[str, ...]:
    found = []
    if mails(content) & mails(other):
        found.append("the same e-mail address")
    if phones(content) & phones(other):
        found.append("the same telephone number")
    if content.birthday is not None and content.birthday == other.birthday:
        found.append("the same birthday")
    if plain(content.display_name) == plain(other.display_name):
        found.append("the same name")
    if content.organisation and plain(content.organisation) == plain(other.organisation):
        found.append("the same organisation")
    # Somebody else at the same firm is nobody's double.
    return () if found == ["the same organisation"] else tuple(found)


def organisation_reasons(name: str, domains: frozenset[str], other: ContactContent) -> tuple[str, ...]:
    found = []
    ours, theirs = plain(name), plain(other.display_name)
    if ours and ours == theirs:
        found.append("the same name")
    elif ours and (set(ours.split()) <= set(theirs.split()) or set(theirs.split()) <= set(ours.split())):
        found.append("a similar name")
    if domains & (mail_domains(other) | link_domains(other)):
        found.append("the same mail domain")
    return tuple(found)


def mails(content: ContactContent) -> set[str]:
    return {email.address.casefold() for email in content.emails}


def phones(content: ContactContent) -> set[str]:
    """Digits only; extensions and service numbers are shorter, and many people share them."""
    found = {"".join(filter(str.isdigit, phone.number)) for phone in content.phones}
    return {digits for digits in found if len(digits) > 6}


def mail_domains(content: ContactContent) -> frozenset[str]:
    return frozenset(mail.rpartition("@")[2] for mail in mails(content)) - SHARED_DOMAINS


def link_domains(content: ContactContent) -> frozenset[str]:
    hosts = (link.url.partition("://")[2].partition("/")[0].casefold() for link in content.links)
    return frozenset(host.removeprefix("www.") for host in hosts)


def plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").replace(".", " ").split())
