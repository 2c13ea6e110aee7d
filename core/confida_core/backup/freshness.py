"""A copy of the keyring that is older than an erasure still opens what was erased, and one older than a "no" has forgotten it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from confida_core.backup.archive import copy_keyring
from confida_core.backup.manifest import BackupDamaged, Manifest, read_manifest
from confida_core.backup.places import Kept, facts_of, is_encrypted, kept_in, keyring_places
from confida_core.installation import Installation


async def renew_keyring_copy(crm: Installation, _: Mapping[str, Any]) -> None:
    """Copy the keyring again if keys were destroyed or orders given or lifted since, in each place that has a copy at all.

    Copies that were carried elsewhere than the settings say are the operator's to replace. Raises OSError, StorageFull.
    """
    await crm.keyring.refresh()
    for place in keyring_places(crm.settings):
        copies = kept_in(place, "keyring")
        # Another copy is one that a crash kept from being removed.
        if copies and (len(copies) > 1 or not is_current(crm, copies[0])):
            await copy_keyring(crm, place)


def is_current(crm: Installation, copy: Kept) -> bool:
    try:
        return facts(copy.path).counters == crm.keyring.counters
    except BackupDamaged:
        return False


def facts(path: Path) -> Manifest:
    """What a copy says about itself, without opening it; not to be relied on if it is encrypted.

    Raises BackupDamaged.
    """
    if not is_encrypted(path):
        return read_manifest(path)
    try:
        return msgspec.json.decode(facts_of(path).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise BackupDamaged(f"{path} says nothing about itself") from None
