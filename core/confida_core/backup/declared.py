"""What backups declare: the nightly copy, and the job that keeps an old copy of the keyring from outliving what it opened."""

from __future__ import annotations

from confida_core.backup.freshness import renew_keyring_copy
from confida_core.backup.schedule import back_up_when_due
from confida_core.jobs.declarations import JobDeclaration

JOBS = (
    JobDeclaration(
        key="core.renew_keyring_copy",
        run=renew_keyring_copy,
        label="Renew the copy of the keyring",
        every=900,
        after_restore=True,
    ),
    JobDeclaration(
        key="core.backup",
        run=back_up_when_due,
        label="Make the backup of the day",
        every=600,
        seconds=3 * 3600,
        attempts=3,
    ),
)
