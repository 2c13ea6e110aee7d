"""Calls that another system tells us: a small JSON, signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from confida_core.api import Access, InboundRefused, InboundWebhook, Installation
from confida_service.telephone.hearing import Heard, hear
from confida_service.telephone.phones import extensions_in

Text = Annotated[str, Meta(max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=200)]


class CallNotice(Struct, frozen=True, kw_only=True, rename={"from_number": "from"}):
    """One step of a call. from: number of the caller. to: the number called. extension: on which it rings, or of who took it."""

    call_id: Id
    state: Literal["ringing", "answered", "ended"]
    direction: Literal["in", "out"] = "in"
    from_number: Text = ""
    to: Text = ""
    extension: Text = ""
    name: Text = ""
    at: datetime | None = None


async def receive(crm: Installation, _: Access, body: bytes, __: Mapping[str, str]) -> None:
    """Raises InboundRefused for what is no such notice; it says nothing of what stood in it."""
    try:
        notice = msgspec.json.decode(body, type=CallNotice)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InboundRefused("no call") from None
    if notice.at is not None and notice.at.utcoffset() is None:
        raise InboundRefused("a time without zone")
    outwards = notice.direction == "out"
    ours, theirs = (notice.from_number, notice.to) if outwards else (notice.to, notice.from_number)
    await hear(
        crm,
        Heard(
            source="webhook", call_id=notice.call_id, direction=notice.direction, state=notice.state, number=theirs,
            name=notice.name, extensions=extensions_in(notice.extension) or extensions_in(ours), at=notice.at,
        ),
    )  # fmt: skip


CALLS = InboundWebhook(
    key="service.calls",
    label="Calls of a telephone exchange",
    summary="Tell each step of a call: ringing, answered, ended. Whoever it rings for sees at once who calls.",
    receive=receive,
    purpose="relationship",
    most_bytes=8_192,
)
