"""Pictures in e-mails: kept sealed, and served from an address that is the same for everybody who gets the mail.

So a server sees that some reader loads it, and nothing else: no address of ours tells one recipient from another, and none
is logged. In each mail instead they would cost a megabyte for every few recipients, twice over.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Row,
    address_of,
    delete_files,
    discard_files,
    keep_files,
    now,
    open_file,
    open_picture,
    receive_picture,
    system_access,
)
from confida_marketing.content.pictures_shown import ShownPicture

ADDRESS = "/my/x/marketing/pictures/"
LONGEST_SIDE = 1_200


@dataclass(frozen=True, slots=True)
class PictureBytes:
    data: bytes
    media_type: str


async def add_picture(crm: Installation, access: Access, name: str, pieces: AsyncIterator[bytes]) -> UUID:
    """Redrawn, without anything that a camera hid in it. Raises Forbidden, NoPicture, TooLarge."""
    access.actor.require("marketing.write")
    received = await receive_picture(crm, name, pieces, longest=LONGEST_SIDE)
    try:
        async with crm.data.transaction():
            await keep_files(crm, [received], owner_id=received.id, people=[], permission="marketing.read")
            await crm.data.fetch(
                "INSERT INTO marketing_picture (id, token, width, height, added_at) VALUES (?, ?, ?, ?, ?)",
                received.id, secrets.token_urlsafe(32), received.content.width, received.content.height, now(),
            )  # fmt: skip
    except BaseException:
        await discard_files(crm, [received])
        raise
    return received.id


async def pictures_of(crm: Installation, ids: Collection[str]) -> dict[str, ShownPicture]:
    """Those of these ids (hex) that there are. One query, or none."""
    wanted = [UUID(hex=one) for one in sorted(ids) if is_id(one)]
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = await crm.data.fetch(
        f"SELECT id, token, width, height FROM marketing_picture WHERE id IN ({marks})", *wanted
    )
    base = address_of(crm)
    return {row["id"].hex: ShownPicture(f"{base}{ADDRESS}{row['token']}", row["width"], row["height"]) for row in rows}


async def all_pictures(crm: Installation, limit: int = 200) -> list[Row]:
    """The last added first: id, width, height, added_at."""
    sql = "SELECT id, width, height, added_at FROM marketing_picture ORDER BY added_at DESC, id DESC LIMIT ?"
    return await crm.data.fetch(sql, limit)


def is_id(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


async def is_picture(crm: Installation, picture_id: UUID) -> None:
    """Raises NotFound for any other file."""
    if not await crm.data.fetch("SELECT id FROM marketing_picture WHERE id = ?", picture_id):
        raise NotFound


async def picture_at(crm: Installation, token: str) -> PictureBytes:
    """For whoever has the address. Raises NotFound."""
    rows = await crm.data.fetch("SELECT id FROM marketing_picture WHERE token = ?", token[:43])
    if not rows:
        raise NotFound
    return await picture_bytes(crm, rows[0]["id"])


async def picture_bytes(crm: Installation, picture_id: UUID) -> PictureBytes:
    """Raises NotFound."""
    picture = await open_picture(await open_file(crm, system_access("marketing pictures"), picture_id))
    return PictureBytes(picture.data, picture.media_type)


async def remove_picture(crm: Installation, access: Access, picture_id: UUID) -> None:
    """Mails that were sent with it show its words instead from now on. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    async with crm.data.transaction():
        if not await crm.data.fetch("DELETE FROM marketing_picture WHERE id = ? RETURNING id", picture_id):
            raise NotFound
        await delete_files(crm, [picture_id])
