"""Forms: written, found by their address, put into the trash."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from confida_consent.api import Basis, Channel, Purpose, all_purposes
from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    clean_line,
    clean_text,
    custom_fields,
    new_id,
    now,
    system_access,
)
from confida_marketing.segments.kept import visible_segment
from confida_marketing.sign_up.content import FORM, FormContent
from confida_marketing.sign_up.fields import kinds_of
from confida_web.api import mark, origin_of

INSIDE = system_access("marketing forms")
MOST_FIELDS, MOST_SITES = 30, 20
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class FormDraft:
    """slug: "" for one that is made of the title. segment_id: a fixed list, or None."""

    content: FormContent
    slug: str = ""
    active: bool = False
    segment_id: UUID | None = None


async def list_forms(crm: Installation, access: Access, *, trashed: bool = False) -> list[Opened[FormContent]]:
    """The newest first. One query. Raises Forbidden."""
    access.actor.require("marketing.read")
    wanted = "IS NOT NULL" if trashed else "IS NULL"
    rows = await crm.data.fetch(f"SELECT * FROM marketing_form WHERE deleted_at {wanted} ORDER BY id DESC LIMIT 500")
    return list(await crm.door.open(access, FORM, rows))


async def visible_form(
    crm: Installation, access: Access, form_id: UUID, *, trashed: bool = False
) -> Opened[FormContent]:
    """The gate to one form. Raises Forbidden and NotFound."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch("SELECT * FROM marketing_form WHERE id = ?", form_id)
    shown = bool(rows) and (trashed or rows[0]["deleted_at"] is None)
    opened: Opened[FormContent] | None = await crm.door.open_one(access, FORM, rows[0]) if shown else None
    if opened is None:
        raise NotFound
    return opened


async def public_form(crm: Installation, slug: str) -> Opened[FormContent]:
    """The one at this address, if it is on. Raises NotFound."""
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_form WHERE slug = ? AND active = ? AND deleted_at IS NULL", slug[:60], True
    )
    opened: Opened[FormContent] | None = await crm.door.open_one(INSIDE, FORM, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def save_form(
    crm: Installation, access: Access, draft: FormDraft, form_id: UUID | None = None, *, seen: int = 0
) -> UUID:
    """Write it; form_id: None for a new one. Raises Forbidden, NotFound, VersionConflict, and InvalidContent by field."""
    access.actor.require("marketing.manage")
    before = await visible_form(crm, access, form_id) if form_id else None
    content = await checked(crm, draft.content)
    if draft.segment_id is not None and (await visible_segment(crm, access, draft.segment_id)).living:
        raise InvalidContent({"segment": mark("Please choose a fixed list.")})
    slug = draft.slug or (before.row["slug"] if before else made_slug(content.title))
    columns: dict[str, Any] = {
        "slug": await free_slug(crm, "marketing_form", slug, form_id),
        "active": draft.active,
        "segment_id": draft.segment_id,
        "changed_at": now(),
    }
    if before is not None:
        await crm.records.update(FORM, {"id": before.row["id"], **columns}, content, seen=seen)
        kept: UUID = before.row["id"]
        return kept
    made = new_id()
    own = {"id": made, "created_at": now(), "created_by": access.actor.id, "deleted_at": None}
    await crm.records.insert(FORM, {**own, **columns}, content)
    return made


async def free_slug(crm: Installation, table: str, slug: str, own_id: UUID | None) -> str:
    """Raises InvalidContent for one that cannot be part of an address, or is another one's."""
    if not SLUG.fullmatch(slug):
        raise InvalidContent({"slug": mark("Small letters from a to z, digits and hyphens, at most 60.")})
    rows = await crm.data.fetch(f"SELECT id FROM {table} WHERE slug = ?", slug)
    if any(row["id"] != own_id for row in rows):
        raise InvalidContent({"slug": mark("Another one has this address already.")})
    return slug


def made_slug(title: str) -> str:
    """Readable, and hard to guess before it is told."""
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40].strip("-")
    return f"{words}-{secrets.token_hex(3)}" if words else secrets.token_hex(6)


async def checked(crm: Installation, content: FormContent) -> FormContent:
    """As it may be kept. Raises InvalidContent."""
    kinds, offered = kinds_of(await custom_fields(crm)), await offered_purposes(crm)
    errors: dict[str, str] = {}
    sites = [origin_of(one) for one in content.sites]
    keys = [one.key for one in content.fields]
    rules = {
        "title": (bool(clean_line(content.title)), mark("Please say what the form is called.")),
        "fields": (bool(keys) and len(keys) == len(set(keys)) and len(keys) <= MOST_FIELDS and set(keys) <= set(kinds),
                   mark("Please choose what is asked, each thing once.")),
        "purposes": (set(content.purposes) <= set(offered), mark("Please choose some of these.")),
        "sites": (all(sites) and len(sites) <= MOST_SITES,
                  mark("Write each site like https://www.example.org, one a line, at most 20.")),
        "redirect": (not content.redirect or is_address_of_site(content.redirect), mark("An address that begins with https://")),
    }  # fmt: skip
    errors |= {name: sentence for name, (sound, sentence) in rules.items() if not sound}
    needs_address = bool(content.purposes) and not any(one.key == "email" and one.required for one in content.fields)
    if needs_address and "fields" not in errors:
        errors["fields"] = mark(
            "Who agrees to something is asked by e-mail to confirm it: the e-mail address must be required."
        )
    if errors:
        raise InvalidContent(errors)
    return FormContent(
        title=clean_line(content.title)[:200],
        intro=clean_text(content.intro)[:20_000],
        thanks=clean_text(content.thanks)[:20_000],
        button=clean_line(content.button)[:200],
        redirect=content.redirect.strip()[:500],
        fields=content.fields,
        purposes=list(dict.fromkeys(content.purposes)),
        sites=list(dict.fromkeys(sites)),
    )


async def offered_purposes(crm: Installation) -> Mapping[str, Purpose]:
    """What people may agree to by e-mail."""
    return {
        key: one
        for key, one in (await all_purposes(crm)).items()
        if not one.retired and one.declared.basis == Basis.CONSENT and Channel.EMAIL in one.declared.channels
    }


def is_address_of_site(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return (
        bool(origin_of(f"{parts.scheme}://{parts.netloc}"))
        and text.isascii()
        and text.isprintable()
        and " " not in text
    )


async def trash_form(crm: Installation, access: Access, form_id: UUID, *, trashed: bool = True) -> None:
    """Into the trash, where nobody can send it, or back. What was sent by it stays. Raises Forbidden and NotFound."""
    access.actor.require("marketing.manage")
    opened = await visible_form(crm, access, form_id, trashed=True)
    columns = {"id": form_id, "deleted_at": now() if trashed else None, "changed_at": now()}
    await crm.records.update(FORM, columns, opened.content, seen=opened.row["version"])
