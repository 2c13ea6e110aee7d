"""What a restore sets out to do, how it ends, and why it may refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from confida_core.backup.manifest import Manifest
from confida_core.registry import Registry
from confida_core.settings import Settings
from confida_core.vault.sealing import derived

Say = Callable[[str], None]


class RestoreRefused(Exception):
    """This backup and these keys do not go together; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """rows: sealed rows restored. purged: rows that were left out because their key is gone. set_aside: the old data."""

    rows: int
    purged: int
    set_aside: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is restored from where, after everything that can be checked without opening a store.

    work: a folder in the home that is gone afterwards. ours: folder is one in there, and may be taken apart.
    witnesses: other copies, and what they say about themselves.
    """

    settings: Settings
    registry: Registry
    work: Path
    folder: Path
    ours: bool
    manifest: Manifest
    keyring_folder: Path | None
    root: bytes
    accept_loss: bool
    say: Say
    witnesses: Sequence[tuple[Path, Manifest]] = ()

    def key(self, name: str) -> bytes | None:
        return derived(self.root, f"file {name}") if self.settings.cipher else None
