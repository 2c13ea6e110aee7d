"""Who is here already: by identifier, mail address, name with birthday, or telephone with name.

The index proposes, the opened contact decides. A telephone alone does not count: families and offices share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.contacts.validation import NO_NAME
from confida_core.exchange.draft import ContactDraft
from confida_core.index.entries import IndexEntry, same_as
from confida_core.index.fold import fold
from confida_core.index.phones import international_digits
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

_NOBODY = UUID(int=0)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CANDIDATES = 20
# Extensions and service numbers are shorter; many people share them.
_SHORTEST_PHONE = 7

WORDS = {
    "id": "the same identifier",
    "mail": "the same e-mail address",
    "born": "the same name and birthday",
    "phone": "the same name and phone number",
}


@dataclass(frozen=True, slots=True)
class Match:
    """contact: opened. reason: a key of `WORDS`."""

    contact: Opened[ContactContent]
    reason: str


def identity_keys(kind: ContactKind, content: ContactContent) -> dict[str, str]:
    """Key -> reason (of `WORDS`), the most telling first: contacts that share one are taken for the same."""
    found = {f"{kind.value} mail {fold(email.address)}": "mail" for email in content.emails}
    name = "" if content.display_name == NO_NAME else fold(content.display_name)
    if content.birthday is not None and name:
        day = content.birthday
        found[f"{kind.value} born {day.year or 0}-{day.month}-{day.day} {name}"] = "born"
    for phone in content.phones:
        digits = international_digits(phone.number)
        if name and len(digits) >= _SHORTEST_PHONE:
            found[f"{kind.value} phone {digits} {name}"] = "phone"
    return found


async def find_matches(crm: Installation, access: Access, drafts: Sequence[ContactDraft]) -> list[Match | None]:
    """For each draft the contact that it is about, if this access may see it. Sealed contacts are opened and logged."""
    proposed = await _proposed(crm, drafts)
    ids = list(dict.fromkeys(contact_id for each in proposed for contact_id in each))
    rows = [row for row in await crm.records.rows(CONTACT, ids) if row["deleted_at"] is None]
    opened = {one.row["id"]: one for one in await crm.door.open(access, CONTACT, rows)}
    keys = {contact_id: contact_keys(one) for contact_id, one in opened.items()}
    return [
        _decide(draft, [opened[each] for each in candidates if each in opened], keys)
        for draft, candidates in zip(drafts, proposed, strict=True)
    ]


def contact_keys(opened: Opened[ContactContent]) -> dict[str, str]:
    return identity_keys(ContactKind(opened.row["kind"]), opened.content)


async def _proposed(crm: Installation, drafts: Sequence[ContactDraft]) -> list[list[UUID]]:
    """Per draft: the contact with its identifier, then those the index finds alike."""
    entries = [entry_for(draft) for draft in drafts]
    await crm.index.catch_up(ContactSource(crm))
    alike = await crm.index.run(
        lambda ask: [ask.candidates(each, _CANDIDATES) if each.same else [] for each in entries]
    )
    return [
        [*([known] if (known := own_id(draft.uid)) else []), *found] for draft, found in zip(drafts, alike, strict=True)
    ]


def entry_for(draft: ContactDraft) -> IndexEntry:
    """As much of an index entry as the search for duplicates looks at."""
    return IndexEntry(
        id=_NOBODY,
        kind=draft.kind.value,
        display=draft.content.display_name,
        sort_key="",
        created_at=_NEVER,
        same=same_as(draft.content),
    )


def own_id(uid: str) -> UUID | None:
    """The id of a contact of ours, if the file names one: our own exports do."""
    try:
        return UUID(uid.strip().lower().removeprefix("urn:uuid:"))
    except ValueError:
        return None


def _decide(
    draft: ContactDraft, candidates: Iterable[Opened[ContactContent]], keys: Mapping[UUID, Mapping[str, str]]
) -> Match | None:
    wanted = identity_keys(draft.kind, draft.content)
    for one in candidates:
        if one.row["id"] == own_id(draft.uid):
            return Match(one, "id")
        shared = [reason for key, reason in wanted.items() if key in keys[one.row["id"]]]
        if shared:
            return Match(one, shared[0])
    return None
