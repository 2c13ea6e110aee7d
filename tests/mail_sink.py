"""A real mail server for the tests of plugins that send, and the jobs by which what was sent leaves."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP

from confida_consent.controller import Controller, save_controller
from confida_core.events.following import ensure_cursors, look
from confida_core.installation import Installation
from confida_core.jobs.worker import run_next
from confida_core.vault.access import system_access

HOUSE = Controller(name="Example House", street="1 Harbour Road", postal_code="10115", locality="Berlin", country="DE")


@dataclass
class Sink:
    """What a mail server took: each recipient as often as a mail for them came. hold: it waits before it says so."""

    mails: list[tuple[str, Any]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails += [(one, read) for one in envelope.rcpt_tos]
        self.first.set()
        if self.hold is not None:
            await self.hold.wait()
        return "250 OK"

    @property
    def got(self) -> list[str]:
        """Who got something, without the domain, sorted."""
        return sorted(one.removesuffix("@example.org") for one, _ in self.mails)


@asynccontextmanager
async def posting(crm: Installation) -> AsyncIterator[Sink]:
    """A mail server of one's own, and an installation of a house with an address that hands its mail to it."""
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="mail.example.org"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "mail_from": "news@example.org"}
    crm.settings = crm.settings.model_copy(update=given)
    await save_controller(crm, system_access("tests"), HOUSE)
    try:
        yield sink
    finally:
        server.close()


async def work(crm: Installation) -> int:
    """Run everything that is due, now; how many jobs that were."""
    number = 0
    while await run_next(crm):
        number += 1
    return number


async def tell_events(crm: Installation) -> None:
    """Queue for every handler what happened since the first time this was called; `work` tells it to them."""
    await ensure_cursors(crm)
    await look(crm)
