"""The question in front of a restricted contact, as something that any page about it may raise."""

from __future__ import annotations

from confida_core.vault.access import NotFound


class ReasonNeeded(NotFound):
    """Whoever looks at a restricted contact says first on which ground. Leads to that question; else like a missing page."""

    def __init__(self, contact_id: object) -> None:
        super().__init__("restricted")
        self.path = f"/contacts/{contact_id}/restricted"
