"""What an organisation sets for its service."""

from __future__ import annotations

from msgspec import Struct


class ServiceSettings(Struct, frozen=True, kw_only=True):
    """ticket_prefix: stands before the number of a ticket in the subject of a mail, such as T-1042."""

    ticket_prefix: str = "T"
