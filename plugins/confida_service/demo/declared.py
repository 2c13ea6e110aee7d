"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_service.demo.loading import DEMO

DEMO_DATA = (DEMO,)
