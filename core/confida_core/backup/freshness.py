"""A copy of the keyring that is older than an erasure still opens what was erased, and one older than a "no" has forgotten it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_core.backup.archive import copy_keyring
from confida_core.backup.manifest import BackupDamaged, read_manifest
from confida_core.backup.restore import newest_copy
from confida_core.installation import Installation


async def renew_keyring_copy(crm: Installation, _: Mapping[str, Any]) -> None:
    """Copy the keyring again if keys were destroyed or orders given or lifted since, if there is a copy in the home at all.

    Copies that were carried elsewhere are the operator's to replace.
    """
    await crm.keyring.refresh()
    copy = newest_copy(crm.settings)
    if copy is None:
        return
    try:
        # Another copy is one that a crash kept from being removed.
        alone = len(list(copy.parent.glob("keyring-*Z-????"))) == 1
        current = alone and read_manifest(copy).counters == crm.keyring.counters
    except BackupDamaged:
        current = False
    if not current:
        await copy_keyring(crm)
