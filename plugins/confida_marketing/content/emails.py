"""E-mails as they are written: kept with a version, so that nobody writes over what somebody else has just changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Row,
    clean_line,
    clean_text,
    new_id,
    now,
)
from confida_marketing.content.colours import is_colour
from confida_marketing.content.design import FONTS
from confida_marketing.content.email_content import EMAIL, MOST_BLOCKS, MOST_VARIANTS, Block, EmailContent, EmailVariant
from confida_marketing.content.variants import KEYS

LONGEST = {"name": 200, "subject": 500, "preheader": 500, "text": 20_000}
NO_COLOUR = "A colour is written like #1d5b8f."
LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
LONGEST_OF_BLOCK = {"text": 20_000, "other": 20_000, "label": 200, "href": 2_000, "alt": 500}


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail, opened."""

    row: Row
    content: EmailContent

    @property
    def id(self) -> UUID:
        found: UUID = self.row["id"]
        return found

    @property
    def version(self) -> int:
        return int(self.row["version"])

    @property
    def name(self) -> str:
        """For colleagues; never empty."""
        return self.content.name or self.content.subject or "E-mail without a name"


async def visible_email(crm: Installation, access: Access, email_id: UUID, *, trashed: bool = False) -> Email:
    """The gate of everything about one e-mail. trashed: also one in the trash. Raises Forbidden, NotFound."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch("SELECT * FROM marketing_email WHERE id = ?", email_id)
    if not rows or (rows[0]["deleted_at"] is not None and not trashed):
        raise NotFound
    opened = await crm.door.open_one(access, EMAIL, rows[0])
    if opened is None:
        raise NotFound
    return Email(opened.row, opened.content)


async def list_emails(
    crm: Installation,
    access: Access,
    *,
    template: bool = False,
    trashed: bool = False,
    limit: int = 50,
    before: datetime | None = None,
) -> list[Email]:
    """The last changed first. before: only those changed earlier. Raises Forbidden."""
    access.actor.require("marketing.read")
    there = "deleted_at IS NOT NULL" if trashed else "deleted_at IS NULL AND template = ?"
    values: list[object] = [] if trashed else [template]
    if before is not None:
        there += " AND changed_at < ?"
        values.append(before)
    sql = f"SELECT * FROM marketing_email WHERE {there} ORDER BY changed_at DESC, id DESC LIMIT ?"
    return await opened_emails(crm, access, await crm.data.fetch(sql, *values, limit))


async def opened_emails(crm: Installation, access: Access, rows: Sequence[Row]) -> list[Email]:
    return [Email(one.row, one.content) for one in await crm.door.open(access, EMAIL, rows)]


async def create_email(crm: Installation, access: Access, content: EmailContent, *, template: bool = False) -> UUID:
    """Raises Forbidden, and InvalidContent by the names of the form."""
    access.actor.require("marketing.write")
    content, moment, email_id = checked(content), now(), new_id()
    columns = {
        "id": email_id,
        "template": template,
        "shown_since": None,
        "created_at": moment,
        "created_by": access.actor.id,
        "changed_at": moment,
        "deleted_at": None,
    }
    await crm.records.insert(EMAIL, columns, content)
    return email_id


async def save_email(crm: Installation, access: Access, email_id: UUID, content: EmailContent, *, seen: int) -> int:
    """seen: the version it was written from. Returns the new one. Raises Forbidden, NotFound, VersionConflict, InvalidContent."""
    access.actor.require("marketing.write")
    await visible_email(crm, access, email_id)
    columns = {"id": email_id, "changed_at": now()}
    return await crm.records.update(EMAIL, columns, checked(content), seen=seen)


async def copy_email(crm: Installation, access: Access, email_id: UUID, *, template: bool, name: str = "") -> UUID:
    """A new one with the same words. template: to begin others from. Raises Forbidden, NotFound."""
    email = await visible_email(crm, access, email_id)
    named = msgspec.structs.replace(email.content, name=name or f"{email.name[:190]} (copy)")
    return await create_email(crm, access, named, template=template)


async def trash_email(crm: Installation, access: Access, email_id: UUID, *, trashed: bool = True) -> None:
    """Into the trash, or out of it. Out of the public page as well. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    await visible_email(crm, access, email_id, trashed=True)
    columns: dict[str, object] = {"deleted_at": now() if trashed else None}
    if trashed:
        columns["shown_since"] = None
    await crm.records.set_columns(EMAIL, email_id, None, **columns)


async def remove_email(crm: Installation, access: Access, email_id: UUID) -> None:
    """For good, from the trash only. What was sent stays with the people it went to. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    email = await visible_email(crm, access, email_id, trashed=True)
    if email.row["deleted_at"] is None:
        raise NotFound
    await crm.records.delete(EMAIL, email_id, ())


async def show_in_archive(crm: Installation, access: Access, email_id: UUID, *, shown: bool) -> None:
    """On the public page of what was sent, or off it. Raises Forbidden without `marketing.send`, NotFound."""
    access.actor.require("marketing.send")
    await visible_email(crm, access, email_id)
    await crm.records.set_columns(EMAIL, email_id, None, shown_since=now() if shown else None)


async def add_variant(crm: Installation, access: Access, email_id: UUID, *, whole: bool, seen: int) -> str:
    """Another way to say it: with blocks of its own (whole), or another subject alone. Returns its key.

    Raises Forbidden, NotFound, VersionConflict, InvalidContent where there are enough.
    """
    email = await visible_email(crm, access, email_id)
    used = {one.key for one in email.content.variants}
    key = next((key for key in KEYS if key not in used), "")
    if not key:
        raise InvalidContent({"variants": f"At most {MOST_VARIANTS} further ways to say it."})
    made = EmailVariant(key=key, subject=email.content.subject, blocks=email.content.blocks if whole else ())
    variants = tuple(sorted((*email.content.variants, made), key=lambda one: one.key))
    await save_email(crm, access, email_id, msgspec.structs.replace(email.content, variants=variants), seen=seen)
    return key


async def remove_variant(crm: Installation, access: Access, email_id: UUID, key: str, *, seen: int) -> None:
    """Raises Forbidden, NotFound, VersionConflict."""
    email = await visible_email(crm, access, email_id)
    dropped = next((one for one in email.content.variants if one.key == key), None)
    if dropped is None:
        raise NotFound
    kept = tuple(one for one in email.content.variants if one.key != key)
    content = msgspec.structs.replace(email.content, variants=kept, dropped=dropped)
    await save_email(crm, access, email_id, content, seen=seen)


async def bring_variant_back(crm: Installation, access: Access, email_id: UUID) -> None:
    """The one that was removed last, unless its place was taken meanwhile. Raises Forbidden, NotFound, VersionConflict."""
    email = await visible_email(crm, access, email_id)
    dropped = email.content.dropped
    if dropped is None or any(one.key == dropped.key for one in email.content.variants):
        raise NotFound
    variants = tuple(sorted((*email.content.variants, dropped), key=lambda one: one.key))
    content = msgspec.structs.replace(email.content, variants=variants, dropped=None)
    await save_email(crm, access, email_id, content, seen=email.version)


def checked(content: EmailContent) -> EmailContent:
    """As it may be stored: half a thought may be kept, but nothing that no database can hold. Raises InvalidContent."""
    errors = {
        name: f"At most {most} characters, please."
        for name, most in LONGEST.items()
        if len(getattr(content, name)) > most
    }
    if any(len(one.subject) > LONGEST["subject"] for one in content.variants):
        errors["subject"] = f"At most {LONGEST['subject']} characters, please."
    errors |= {name: NO_COLOUR for name in ("accent", "backdrop") if not is_colour(getattr(content, name))}
    if not LANGUAGE.fullmatch(content.language):
        errors["language"] = "Choose one of the languages."
    if content.font not in FONTS:
        errors["font"] = "Choose one of the kinds of letters."
    for blocks in (content.blocks, *(one.blocks for one in content.variants)):
        errors |= block_errors(blocks)
    if errors:
        raise InvalidContent(errors)
    lines = {name: clean_line(getattr(content, name)) for name in ("name", "subject", "preheader", "language")}
    variants = tuple(
        msgspec.structs.replace(one, subject=clean_line(one.subject), blocks=clean_blocks(one.blocks))
        for one in content.variants
    )
    return msgspec.structs.replace(
        content, **lines, text=clean_text(content.text), blocks=clean_blocks(content.blocks), variants=variants
    )


def block_errors(blocks: tuple[Block, ...]) -> dict[str, str]:
    """By the names of the editor, which shows the blocks of one variant at a time."""
    errors = {"blocks": f"At most {MOST_BLOCKS} blocks."} if len(blocks) > MOST_BLOCKS else {}
    for place, block in enumerate(blocks):
        errors |= {
            f"blocks-{place}-{name}": f"At most {most} characters, please."
            for name, most in LONGEST_OF_BLOCK.items()
            if len(getattr(block, name)) > most
        }
    return errors


def clean_blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(clean_block(block) for block in blocks)


def clean_block(block: Block) -> Block:
    texts = {name: clean_text(getattr(block, name)) for name in ("text", "other")}
    lines = {name: clean_line(getattr(block, name)) for name in ("label", "href", "alt")}
    return msgspec.structs.replace(block, **texts, **lines)
