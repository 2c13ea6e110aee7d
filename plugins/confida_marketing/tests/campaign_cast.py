"""People of every kind whom the gate refuses, a segment, an e-mail, and a real mail server that takes what leaves."""

from __future__ import annotations

import asyncio
import email
import email.policy
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP

from confida_consent.api import Controller, Indication, record_events
from confida_consent.controller import save_controller
from confida_consent.gpc import record_signal
from confida_consent.rights.erasure import erase_person
from confida_core.api import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    NewContact,
    PhoneNumber,
    PostalAddress,
    create_many,
    new_id,
    now,
    system_access,
    trash_contact,
)
from confida_core.jobs.worker import run_next
from confida_core.vault.suppressions import EVERYTHING, suppress
from confida_marketing.campaigns.campaigns import CampaignDraft, create_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.content.email_content import Block, EmailContent, EmailVariant
from confida_marketing.content.emails import create_email
from confida_marketing.segments.lists import add_members
from confida_marketing.segments.segments import SegmentDraft, save_segment

INSIDE = system_access("tests")
CONSENTING = system_access("tests", "consent")
REFUSED = ("Refused", "Withdrawn", "Expired", "Restricted", "Suppressed", "Trashed", "Never", "Erased")
CHANNELS = ("email", "phone", "sms", "post")
HOUSE = Controller(name="Example House", street="1 Harbour Road", postal_code="10115", locality="Berlin", country="DE")


@dataclass
class Sink:
    """What a mail server took: each recipient as often as a mail for them came."""

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
        return sorted(one.removesuffix("@example.org") for one, _ in self.mails)


@asynccontextmanager
async def posting(crm: Installation) -> Any:
    """A mail server of one's own, and an installation that hands its mail to it."""
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="mail.example.org"), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "mail_from": "news@example.org"}
    crm.settings = crm.settings.model_copy(update=given)
    await save_controller(crm, INSIDE, HOUSE)
    try:
        yield sink
    finally:
        server.close()


async def people(crm: Installation, *names: str, country: str = "DE") -> dict[str, UUID]:
    """Everybody can be reached on every channel."""
    contents = [
        ContactContent(
            display_name=name,
            emails=[EmailAddress(address=f"{name.lower()}@example.org")],
            phones=[PhoneNumber(number=f"+4930238{place:05}", label="mobile")],
            addresses=[
                PostalAddress(street=f"{name} Street 1", postal_code="10115", locality="Berlin", country=country)
            ],
        )
        for place, name in enumerate(names, 10)
    ]
    ids = await create_many(crm, INSIDE, [NewContact(kind=ContactKind.PERSON, content=one) for one in contents])
    return dict(zip(names, ids, strict=True))


async def said(crm: Installation, *who: UUID, kind: str = "given", days: int = 0, channel: str = "email") -> None:
    """Who said it so many days ago about the newsletter."""
    moment = now() - timedelta(days=days)
    await record_events(
        crm, CONSENTING,
        [
            Indication(
                subject_id=one, purpose="newsletter", channel=channel, kind=kind, method="in_person", indicated_at=moment
            )
            for one in who
        ],
    )  # fmt: skip


async def forbid(crm: Installation, cast: dict[str, UUID], channel: str = "email") -> None:
    """What each of REFUSED is called after; all of them had agreed before, but for Never and Refused."""
    for kind, days in (("refused", 0), ("withdrawn", 0)):
        await said(crm, cast[kind.capitalize()], kind=kind, days=days, channel=channel)
    if channel != CHANNELS[0]:
        return
    await crm.orders.give("restriction", cast["Restricted"])
    for one, address in (("email", "suppressed@example.org"), ("phone", "+493023800016"), ("sms", "+493023800016")):
        await suppress(crm, one, address, EVERYTHING)
    await trash_contact(crm, INSIDE, cast["Trashed"])
    await erase_person(crm, INSIDE, cast["Erased"], request_id=new_id())


async def signalling(crm: Installation) -> dict[str, UUID]:
    """Two people of a country where advertising by e-mail needs no consent; the browser of one objects to it."""
    cast = await people(crm, "Free", "Gpc", country="US")
    await record_signal(crm, CONSENTING, cast["Gpc"])
    return cast


async def agreed(crm: Installation, cast: dict[str, UUID], channel: str = "email") -> None:
    """Everybody said yes, Expired so long ago that it is over, but for Never and Refused."""
    lasting = [cast[one] for one in cast if one not in ("Never", "Refused", "Expired")]
    await said(crm, *lasting, channel=channel)
    if "Expired" in cast:
        await said(crm, cast["Expired"], days=800, channel=channel)


async def segment_of(crm: Installation, ids: list[UUID], channel: str = "email", purpose: str = "newsletter") -> UUID:
    """A fixed list."""
    draft = SegmentDraft(name="Everybody", purpose=purpose, channel=channel, living=False)
    made = await save_segment(crm, INSIDE, draft)
    await add_members(crm, INSIDE, made, ids)
    return made


async def letter(crm: Installation, text: str = "Hello {{name|friend}}!", *subjects: str) -> UUID:
    """An e-mail; subjects: the first, and those that are tried beside it."""
    first, *others = subjects or ("News",)
    content = EmailContent(
        name="News",
        subject=first,
        blocks=(Block(kind="text", text=text),),
        variants=tuple(EmailVariant(key=key, subject=one) for key, one in zip("bcd", others, strict=False)),
    )
    return await create_email(crm, INSIDE, content)


async def campaign(crm: Installation, include: UUID, email_id: UUID | None = None, **more: Any) -> UUID:
    words = {"name": "Spring", "include": (include,), **more.pop("words", {})}
    usual = {"purpose": "newsletter", "email_id": email_id}
    return await create_campaign(crm, INSIDE, CampaignDraft(content=CampaignContent(**words), **{**usual, **more}))


async def work(crm: Installation, most: int = 10_000) -> int:
    """Run everything that is due, now."""
    number = 0
    while number < most and await run_next(crm):
        number += 1
    return number
