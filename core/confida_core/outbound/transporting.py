"""How a transport says that something went wrong; everything else it raises means: try again later."""

from __future__ import annotations

from confida_core.installation import Installation
from confida_core.outbound.declarations import Transport, Verdict


class Undeliverable(Exception):
    """It never will be accepted. reason: a code of `content.REASONS`; reply_code: the server's, if it gave one."""

    def __init__(self, reason: str = "rejected", reply_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.reply_code = reason, reply_code


class TryLater(Exception):
    """It was not taken, and may be later. reason: a code of `content.REASONS`; reply_code: the server's, if it gave one."""

    def __init__(self, reason: str = "try_later", reply_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.reply_code = reason, reply_code


class NotReached(TryLater):
    """There was no connection to hand it over on, and so nothing of it left."""


class LeavingRefused(Exception):
    """A gate refused at the last moment; the door itself deals with it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


def transport_of(crm: Installation, path: str) -> Transport | None:
    transport: Transport | None = crm.registry.transports.get(path)
    return transport


def not_ready(crm: Installation, path: str) -> str:
    """Why nothing can leave on this path at present, a code, or ""."""
    transport = transport_of(crm, path)
    return transport.not_ready(crm) if transport else "no_transport"


def ways_out(crm: Installation) -> tuple[str, ...]:
    """Each way out and whom it hands to, in words, for the register of processing."""
    return tuple(f"{way.label}: {way.recipient(crm)}" for way in crm.registry.transports.values())
