"""Groups of a vCard file become tags of their members: a group is a word for people, not somebody to look after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from confida_core.exchange.charsets import to_utf8
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.vcard.reader import read_vcards
from confida_core.index.fold import fold

_MEMBER = re.compile(rb"^[ \t]*(?:[\w-]+\.)?(?:X-ADDRESSBOOKSERVER-)?MEMBER[;:]", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GroupTags:
    """by_member: a member's name in the file, normalised, -> tags. known: every such name that some card answers to."""

    by_member: dict[str, list[str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def tags_of(self, draft: ContactDraft) -> list[str]:
        """The groups this contact is a member of."""
        found = {tag: None for name in names_of(draft) for tag in self.by_member.get(name, ())}
        return list(found)

    def strangers(self, draft: ContactDraft) -> int:
        """How many members of a group have no card in the file."""
        return sum(member_name(member) not in self.known for member in draft.memberships)


def group_tags(data: bytes, region: str) -> GroupTags:
    """Reads the file once for its groups, because a group may stand before its members; without groups it reads nothing."""
    if not _MEMBER.search(to_utf8(data)):
        return GroupTags()
    by_member: dict[str, list[str]] = {}
    known: set[str] = set()
    for found in read_vcards(data, region):
        if not isinstance(found, ContactDraft):
            continue
        if found.memberships:
            for member in found.memberships:
                by_member.setdefault(member_name(member), []).append(found.content.display_name)
        else:
            known.update(names_of(found))
    return GroupTags(by_member, frozenset(known))


def member_name(member: str) -> str:
    """`urn:uuid:…`, a bare identifier and `mailto:…` in the form that is compared."""
    name = fold(member)
    return name if name.startswith("mailto:") else name.removeprefix("urn:uuid:")


def names_of(draft: ContactDraft) -> Sequence[str]:
    """Every name by which a group may mean this contact."""
    mails = [f"mailto:{fold(email.address)}" for email in draft.content.emails]
    return [member_name(draft.uid), *mails] if draft.uid else mails
