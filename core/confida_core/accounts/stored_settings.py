"""What the program remembers about the installation itself: a small table of keys and values, nothing personal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_core.clock import now

if TYPE_CHECKING:
    from confida_core.installation import Installation

RECOVERY_KEY_CONFIRMED = "recovery_key_confirmed_at"
ORGANISATION_NAME = "organisation_name"


async def read_stored(crm: Installation, key: str) -> str | None:
    rows = await crm.data.fetch("SELECT value FROM setting WHERE key = ?", key)
    return str(rows[0]["value"]) if rows else None


async def store(crm: Installation, key: str, value: str | None) -> None:
    """Remember, or forget with None. At most 400 characters."""
    if value is None:
        await crm.data.fetch("DELETE FROM setting WHERE key = ?", key)
        return
    await crm.data.fetch(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )


async def confirm_recovery_key(crm: Installation) -> None:
    """Somebody says that the recovery key is written down; doctor and the pages stop asking."""
    await store(crm, RECOVERY_KEY_CONFIRMED, now().isoformat())


async def recovery_key_confirmed(crm: Installation) -> bool:
    return await read_stored(crm, RECOVERY_KEY_CONFIRMED) is not None
