"""The part of the audit that reads the stored checkpoints, and compares each with the root at its size."""

from __future__ import annotations

from collections import deque

from confida_consent.ledger.checkpoints import VerifierKey
from confida_consent.ledger.heads import StoredCheckpoint, signer_of
from confida_consent.ledger.report import LedgerReport
from confida_consent.ledger.tiles import LedgerBroken, stored_bytes
from confida_consent.ledger.verify import EMPTY_ROOT
from confida_core.installation import Installation

AT_ONCE = 1000


class SignedSizes:
    """Checkpoints in the order in which they were signed, a thousand at a time.

    count: how many there are. good: size of the newest that holds. recent: the last few that hold.
    """

    def __init__(self, crm: Installation, report: LedgerReport) -> None:
        self.crm, self.report = crm, report
        self.count = self.good = 0
        self.recent: deque[tuple[int, int, bytes]] = deque(maxlen=100)
        self._waiting: deque[tuple[StoredCheckpoint, bytes]] = deque()
        self._keys: dict[int, VerifierKey] = {}
        self._read = self._largest = 0
        self._more = True

    async def within(self, begin: int, end: int) -> list[int]:
        """The sizes in (begin, end] whose roots are wanted."""
        while self._more and (not self._waiting or self._waiting[-1][0].size <= end):
            await self._fetch()
        return [stored.size for stored, _ in self._waiting if begin < stored.size <= end]

    async def _fetch(self) -> None:
        rows = await self.crm.data.fetch(
            "SELECT number, generation, size, note FROM ledger_checkpoint WHERE number > ? ORDER BY number LIMIT ?",
            self._read, AT_ONCE,
        )  # fmt: skip
        self._more = len(rows) == AT_ONCE
        for row in rows:
            await self._admit(
                StoredCheckpoint(row["number"], row["generation"], row["size"], stored_bytes(row["note"]))
            )

    async def _admit(self, stored: StoredCheckpoint) -> None:
        self.count += 1
        for missing in range(self._read + 1, min(stored.number, self._read + 11)):
            self.report.fault("checkpoint", missing, "it is missing")
        self._read = stored.number
        if not isinstance(stored.size, int) or not isinstance(stored.generation, int):
            self.report.fault("checkpoint", stored.number, "it cannot be read")
            return
        if stored.generation not in self._keys:
            self._keys[stored.generation] = (await signer_of(self.crm, stored.generation)).key
        try:
            root = stored.opened(self._keys[stored.generation]).root
        except LedgerBroken as error:
            self.report.fault("checkpoint", stored.number, str(error).partition(": ")[2] or str(error))
            return
        if stored.size < self._largest:
            self.report.fault("checkpoint", stored.number, "it is smaller than one before it")
            return
        self._largest = stored.size
        self._waiting.append((stored, root))
        self.compare({0: EMPTY_ROOT})

    def compare(self, roots: dict[int, bytes]) -> None:
        """With the roots that were computed since; they are used up."""
        while self._waiting and self._waiting[0][0].size in roots:
            stored, root = self._waiting.popleft()
            if root == roots[stored.size]:
                self.good = stored.size
                self.recent.append((stored.generation, stored.size, root))
            else:
                self.report.fault("checkpoint", stored.number, f"its {stored.size} entries have another root now")
        roots.clear()

    async def finish(self, size: int) -> None:
        """Those that are left have signed more than there was when the audit began."""
        while self._more:
            await self._fetch()
        rows = await self.crm.data.fetch("SELECT size FROM ledger_state WHERE id = 1")
        stored_size = rows[0]["size"] if rows else 0
        for stored, _ in self._waiting:
            if stored.size > stored_size:
                self.report.fault("checkpoint", stored.number, f"it has signed {stored.size} entries, which are gone")
