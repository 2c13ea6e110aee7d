"""What an organisation sets for its service."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class ServiceSettings(Struct, frozen=True, kw_only=True):
    """ticket_prefix: stands before the number of a ticket in the subject of a mail, such as T-1042."""

    ticket_prefix: str = "T"
    public_help: Annotated[
        bool,
        Meta(
            title="Public help page",
            description="Everybody may read the published articles for customers, without signing in.",
        ),
    ] = False
    portal_reopen_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3_650,
            title="Customers may open a ticket again for",
            description="In days, from when it was solved; after that they write a new one.",
        ),
    ] = 30
