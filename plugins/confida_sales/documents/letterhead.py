"""The organisation's logo: a picture in the sealed files, shown on the head of every paper."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    ReceivedFile,
    delete_files,
    keep_files,
    open_file,
    system_access,
)

LETTERHEAD = UUID("6c657474-6572-4865-a164-000000000000")
"""The one row there is."""


async def logo_of(crm: Installation) -> tuple[bytes, str]:
    """Its bytes and media type, or two empty ones."""
    rows = await crm.data.fetch("SELECT logo_id FROM sales_letterhead WHERE id = ?", LETTERHEAD)
    if not rows or rows[0]["logo_id"] is None:
        return b"", ""
    try:
        file = await open_file(crm, system_access("sales: logo"), rows[0]["logo_id"])
    except NotFound:
        return b"", ""
    return b"".join([piece async for piece in file.pieces]), file.content.media_type


async def set_logo(crm: Installation, access: Access, picture: ReceivedFile | None) -> None:
    """Put it in place of the former one; None for no logo at all. Papers that are kept stay as they are. Raises Forbidden."""
    access.actor.require("sales.manage")
    former = await crm.data.fetch("SELECT logo_id FROM sales_letterhead WHERE id = ?", LETTERHEAD)
    async with crm.data.transaction():
        if picture:
            await keep_files(crm, [picture], owner_id=LETTERHEAD, people=(), permission="sales.read")
        await crm.data.fetch(
            "INSERT INTO sales_letterhead (id, logo_id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET logo_id = excluded.logo_id",
            LETTERHEAD, picture.id if picture else None,
        )  # fmt: skip
        await delete_files(crm, [row["logo_id"] for row in former if row["logo_id"]])
