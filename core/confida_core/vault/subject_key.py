"""The key of one person and retention class, opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from confida_core.vault.sealing import Key, derived


@dataclass(slots=True)
class SubjectKey:
    """One DEK, open: `row` seals rows, `wrap` wraps the keys of shared records."""

    row: Key
    subject_id: UUID
    retention_class: str
    _wrap: Key | None = field(default=None, repr=False)

    @property
    def wrap(self) -> Key:
        """Derived when it is first asked for: most rows are about one person, and a rebuild opens every key there is."""
        if self._wrap is None:
            self._wrap = Key.shared(self.row.id, derived(self.row.secret, "wrap record keys"))
        return self._wrap
