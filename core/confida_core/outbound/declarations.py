"""What is declared of sending: who must agree before anything leaves, and by which ways it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.outbound.content import AttachedFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a gate says about one person. Nothing in it may name the person.

    reason: a code, kept in the clear beside the message. sentence: the same in plain words, sealed. basis: key of the
    legal basis it rests on, "" if it was refused for want of one. event_id: the recorded event it rests on.
    even_restricted: allowed although the person's processing is restricted (GDPR Art. 18(2)), such as an answer to a
    request of that very person.
    """

    allowed: bool
    reason: str = ""
    sentence: str = ""
    basis: str = ""
    event_id: UUID | None = None
    even_restricted: bool = False


async def _no_purposes(_: Installation) -> Mapping[str, str]:
    return {}


async def _none_closed(_: Installation, __: Collection[str], ___: str, ____: str) -> Mapping[str, Verdict]:
    return {}


async def _nothing_to_note(_: Installation, __: Collection[UUID]) -> None:
    return None


async def _no_headers(_: Installation, __: Sequence[UUID], ___: str, ____: str) -> Mapping[UUID, Mapping[str, str]]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingGate:
    """Somebody who must agree before anything leaves for, or about, a person. All gates must; none of them can widen.

    ask: (crm, contact ids, purpose, channel) -> a verdict for each; whoever is missing from the answer is refused, and
    an error stops the sending. Asked when something is to be sent and again at the moment it leaves.
    purposes: the purposes it knows, key -> label, for a choice on a page.
    headers: (crm, contact ids, purpose, channel) -> mail headers that an allowed message must carry, such as how to
    unsubscribe; asked once for each message.
    closed: (crm, addresses, purpose, channel) -> a refusal for each address to which nothing may go for this purpose,
    whoever it is sent to; asked about the address that stands on a message, together with `ask`.
    used: told of the events that the answers rest on for a list that we use ourselves, such as one to telephone; whatever
    goes to somebody else stands in the register of disclosures.
    confidential: purpose -> the permission without which nobody sees that a message for it was ever written.
    """

    key: str
    ask: Callable[[Installation, Sequence[UUID], str, str], Awaitable[Mapping[UUID, Verdict]]]
    purposes: Callable[[Installation], Awaitable[Mapping[str, str]]] = _no_purposes
    headers: Callable[[Installation, Sequence[UUID], str, str], Awaitable[Mapping[UUID, Mapping[str, str]]]] = (
        _no_headers
    )
    closed: Callable[[Installation, Collection[str], str, str], Awaitable[Mapping[str, Verdict]]] = _none_closed
    used: Callable[[Installation, Collection[UUID]], Awaitable[None]] = _nothing_to_note
    confidential: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One message on its way out. created_at: when it was handed to the door; attempt: 1 at the first try.

    confirm: to be awaited after whatever may take long (connecting, say) and before anything personal leaves: asks the
    gates once more and notes the disclosure. What it raises is not to be caught.
    """

    id: UUID
    contact_id: UUID
    purpose: str
    channel: str
    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    created_at: datetime
    attempt: int
    confirm: Callable[[], Awaitable[None]]
    files: tuple[AttachedFile, ...] = ()


Deliver = Callable[[Delivery], Awaitable[None]]


def _always_ready(_: Installation) -> str:
    return ""


def _one(_: Installation) -> int:
    return 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Transport:
    """A way out of the house; the sending door alone calls it, after all gates have agreed.

    path: what a message names it by, such as "email". deliver: hands one message over; raises
    `outbound.transporting.Undeliverable` if it never will be accepted; any other error means: try again later.
    recipient: who gets the data on the way (a mail relay, an SMS provider), for the register of disclosures.
    channels: those that leave this way, none else does; () for any.
    fields: which kinds of data it gets. not_ready: why it cannot be used at present, a code, or "".
    session: for what many people get, a block within which one message after the other is handed over as `deliver` does,
    such as on one connection; raises `outbound.transporting.NotReached` where that connection cannot be had. at_once: how
    many such blocks there may be at the same time.
    """

    path: str
    label: str
    deliver: Callable[[Installation, Delivery], Awaitable[None]]
    recipient: Callable[[Installation], str]
    channels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("Address", "Message")
    not_ready: Callable[[Installation], str] = _always_ready
    session: Callable[[Installation], AbstractAsyncContextManager[Deliver]] | None = None
    at_once: Callable[[Installation], int] = _one
