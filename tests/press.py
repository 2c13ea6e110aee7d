"""What the printing press keeps to itself, for the tests of plugins that print: they may import the api modules only."""

from __future__ import annotations

from confida_web.printing import printing
from confida_web.printing.printing import BROKEN, BUSY, MOST_WAITING, queue

__all__ = ["BROKEN", "BUSY", "MOST_WAITING", "printing", "queue"]
