"""The recovery key after the first day: made anew, and confirmed to be written down."""

from __future__ import annotations

from confida_core.accounts.audit import record_event
from confida_core.accounts.stored_settings import RECOVERY_KEY_CONFIRMED, confirm_recovery_key, store
from confida_core.installation import Installation
from confida_core.vault.access import Access


async def rotate_recovery_key(crm: Installation, access: Access) -> str:
    """A new recovery key, shown once and stored nowhere; the one before stops working, and nobody has confirmed the new one.

    Raises Forbidden.
    """
    access.actor.require("system.manage")
    async with crm.data.transaction():
        await store(crm, RECOVERY_KEY_CONFIRMED, None)
        await record_event(crm, "recovery_key.made", actor_id=access.actor.id, serious=True)
    return crm.keyring.new_recovery_key(crm.settings.key_places)


async def confirm_stored(crm: Installation, access: Access) -> None:
    """Somebody says that it is written down. Raises Forbidden."""
    access.actor.require("system.manage")
    async with crm.data.transaction():
        await confirm_recovery_key(crm)
        await record_event(crm, "recovery_key.confirmed", actor_id=access.actor.id)
