"""The end of a whole retention class, when nothing declares it any more."""

from __future__ import annotations

from collections.abc import Sequence

from confida_core.vault.keyring import Keyring


async def end_classes(keyring: Keyring, retention_classes: Sequence[str]) -> int:
    """Destroy everybody's keys of these classes and roll every epoch, so that no older copy of the data opens; how many.

    Unlike a person who was erased, everybody may get a key of such a class again. Repeatable, and to be repeated until it
    has returned: only then is what wrapped the keys gone too.
    """
    if not retention_classes:
        return 0
    marks = ", ".join("?" * len(retention_classes))
    async with keyring.database.transaction():
        await keyring.bump()
        gone = await keyring.database.fetch(
            f"DELETE FROM dek WHERE retention_class IN ({marks}) RETURNING 1 AS gone", *retention_classes
        )
    await keyring.rotate()
    return len(gone)
