"""What an operator can choose."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class LoanSettings(Struct, frozen=True):
    days: Annotated[int, Meta(ge=1, le=365, title="Days until a thing is to be back")] = 14
    remembered_days: Annotated[
        int, Meta(ge=0, le=3650, title="Days a returned loan is remembered", description="Then it is removed for good.")
    ] = 365
