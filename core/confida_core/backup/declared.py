"""What backups declare: the job that keeps an old copy of the keyring from outliving what it opened."""

from __future__ import annotations

from confida_core.backup.freshness import renew_keyring_copy
from confida_core.declarations import JobDeclaration

JOBS = (
    JobDeclaration(
        key="core.renew_keyring_copy", run=renew_keyring_copy, label="Renew the copy of the keyring", every=900
    ),
)
