"""What an audit of the stored ledger finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MOST_FAULTS = 1000
Part = Literal["leaf", "tile", "checkpoint", "opening", "erasure", "head"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it must be. place: position of a leaf, `level/number` of a tile, number of a checkpoint."""

    part: Part
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.part} {self.place}: {self.sentence}" if self.place else f"{self.part}: {self.sentence}"


@dataclass(slots=True)
class LedgerReport:
    """size: leaves read. signed: how many of them the newest good checkpoint covers. unopened: leaves nobody can check.

    faults: the first thousand; more: how many there are besides.
    """

    size: int = 0
    signed: int = 0
    generation: int = 0
    checkpoints: int = 0
    erased: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    unopened: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    @property
    def sound(self) -> bool:
        return not self.faults

    def lines(self) -> list[str]:
        """For people: the faults, then one sentence about the whole."""
        found = [str(fault) for fault in self.faults]
        if self.more:
            found.append(f"... and {self.more} more.")
        covered = (
            f"{self.size} entries, {self.signed} of them under {self.checkpoints} checkpoints, {self.erased} erased"
        )
        unopened = "".join(
            f"; {count} of type {kind} could not be opened here" for kind, count in self.unopened.items()
        )
        return [*found, f"{covered}{unopened}: {'everything holds' if self.sound else 'NOT SOUND'}."]

    def facts(self) -> dict[str, Any]:
        """For scripts."""
        counted = {
            name: getattr(self, name) for name in ("size", "signed", "generation", "checkpoints", "erased", "more")
        }
        kinds = {"kinds": dict(self.kinds), "unopened": dict(self.unopened)}
        return {"sound": self.sound, **counted, **kinds, "faults": [asdict(fault) for fault in self.faults]}

    def fault(self, part: Part, place: object, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(part, str(place), sentence))
        else:
            self.more += 1
