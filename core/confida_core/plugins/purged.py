"""That a plugin was purged is remembered beside the keys: a backup that still holds its tables does not bring it back."""

from __future__ import annotations

from confida_core.clock import now
from confida_core.plugins.footprints import Footprint
from confida_core.vault.keyring import Keyring


def fact_name(key: str) -> str:
    return f"purged {key}"[:40]


async def remember_purge(keyring: Keyring, key: str) -> None:
    """From now on everything that this plugin has kept until now is to be gone."""
    await keyring.remember(fact_name(key), int(now().timestamp() * 1_000_000))


async def is_purged(keyring: Keyring, found: Footprint) -> bool:
    """Whether it was purged after this footprint was made; one that is made anew later is another life."""
    fact = await keyring.remembered(fact_name(found.key))
    return fact is not None and fact[0] >= int(found.made_at.timestamp() * 1_000_000)
