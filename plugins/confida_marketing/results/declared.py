"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations
