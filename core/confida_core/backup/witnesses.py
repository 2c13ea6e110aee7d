"""Other copies that lie at hand: they tell that a keyring has missed something, even where the keyring in place was lost.

A copy of the keyring that is newer than the backup to be restored, and older than an erasure, would bring somebody back. The
keyring alone cannot know that; but whatever was copied after the erasure says how much the keys had seen by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from confida_core.backup.freshness import facts
from confida_core.backup.manifest import BackupDamaged, Manifest
from confida_core.backup.places import data_place, kept_in, keyring_places
from confida_core.settings import Settings


def witnesses(settings: Settings, named: Iterable[Path | None]) -> list[tuple[Path, Manifest]]:
    """What every copy says about itself that lies where the settings say, or beside the copies that were named.

    None is opened; one that says nothing is passed over.
    """
    beside = [path.absolute().parent for path in named if path is not None]
    found = []
    for folder in dict.fromkeys((data_place(settings), *keyring_places(settings), *beside)):
        for copy in (*kept_in(folder, "data"), *kept_in(folder, "keyring")):
            try:
                found.append((copy.path, facts(copy.path)))
            except BackupDamaged:
                continue
    return found
