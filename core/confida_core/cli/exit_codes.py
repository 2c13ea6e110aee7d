"""How a command ends: which error means which exit code, and what people are told."""

from __future__ import annotations

from collections.abc import Mapping

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused or failed; nothing was half done
  2  wrong usage
  3  the keys are missing or wrong; no data was touched
  4  the storage is full, busy or cannot be reached
  5  doctor, ledger or drill found something that must be mended
  6  imported, but some rows could not be read
"""
FAILED, LOCKED, STORAGE, UNSOUND = 1, 3, 4, 5
# Errors by the place where they are defined: importing those places would make every `--help` slow.
CODES: Mapping[str, int] = {
    "confida_core.vault.unlock.Locked": LOCKED,
    "confida_core.storage.database.WrongKey": LOCKED,
    "confida_core.vault.sealing.SealBroken": LOCKED,
    "confida_core.storage.database.StorageFull": STORAGE,
    "confida_core.storage.database.Busy": STORAGE,
    "confida_core.storage.database.DatabaseError": FAILED,
    "confida_core.storage.migrations.MigrationError": FAILED,
    "confida_core.settings.InvalidSettings": FAILED,
    "confida_core.loaded_plugin.PluginError": FAILED,
    "confida_core.plugins.enabling.NotPossible": FAILED,
    "confida_core.plugins.config_file.DecidedElsewhere": FAILED,
    "confida_core.plugins.parking.OutOfReach": FAILED,
    "confida_core.contacts.erasing.StoreFailed": FAILED,
    "confida_core.presence.InUse": FAILED,
    "confida_core.backup.manifest.BackupDamaged": FAILED,
    "confida_core.backup.plan.RestoreRefused": FAILED,
    "confida_core.backup.age_files.InvalidKey": FAILED,
    "confida_core.backup.age_files.KeyMissing": LOCKED,
    "confida_core.jobs.queue.UnknownJob": FAILED,
    "confida_core.accounts.staff.InvalidAccount": FAILED,
    "confida_core.exchange.draft.UnreadableFile": FAILED,
    "confida_core.exchange.imports.NotNow": FAILED,
    "confida_core.exchange.mapping.InvalidMapping": FAILED,
    "confida_core.storage.file_seal.TooLarge": FAILED,
    "confida_core.demo.loading.DemoPresent": FAILED,
    "confida_core.vault.access.NotFound": FAILED,
    "confida_core.vault.access.Forbidden": FAILED,
}


def exit_code_of(error: Exception) -> int | None:
    """The code for an error or the nearest of its ancestors; None for a fault of ours, which shows its traceback."""
    for kind in type(error).__mro__:
        code = CODES.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None


def sentence(error: Exception) -> str:
    """What went wrong, for people; our own errors never hold values."""
    errors = getattr(error, "errors", None)
    if isinstance(errors, dict) and errors:
        return " ".join(str(text) for text in errors.values())
    text = str(error)
    name = type(error).__name__
    return text or {"NotFound": "there is no such record", "NotNow": "the import is not at that step"}.get(name, name)
