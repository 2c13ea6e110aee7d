"""What every reader of a file hands over: contacts to be, and rows that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from confida_core.contacts.content import ContactContent, ContactKind

# The error report quotes the original; a photo inside a card would make it unreadable and huge.
LONGEST_SOURCE_TEXT = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactDraft:
    """One contact as read from a file, valid (`validate_content` returns it unchanged), not yet stored.

    source_row: 1-based; the card of a vCard file, or the row as a spreadsheet numbers it. source_text: the original.
    warnings: plain sentences about what was changed, left out or moved to the note.
    unmapped: (label, value) of what has no field; the same lines stand in `content.note`.
    note_rest: what the note could not hold (its limit is 20,000 characters); "" nearly always.
    picture: an embedded photo, not checked, with the media type the file claims ("image/jpeg" or "").
    uid: the identifier the other system gave. memberships: for a group, its members as the file names them
    (`urn:uuid:…`, `mailto:…`).
    """

    kind: ContactKind
    content: ContactContent
    source_row: int
    source_text: str = ""
    warnings: tuple[str, ...] = ()
    unmapped: tuple[tuple[str, str], ...] = ()
    note_rest: str = ""
    picture: bytes | None = None
    picture_type: str = ""
    uid: str = ""
    memberships: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RowError:
    """A row or card that became no contact. reason: one plain sentence, without any value from the row."""

    row: int
    source_text: str
    reason: str


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The message is for the person who chose the file."""


def quoted(text: str) -> str:
    """The original text as the report shows it: at most 20,000 characters."""
    return text if len(text) <= LONGEST_SOURCE_TEXT else text[: LONGEST_SOURCE_TEXT - 1] + "…"
