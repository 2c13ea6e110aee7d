"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_marketing.demo.loading import DEMO

DEMO_DATA = (DEMO,)
