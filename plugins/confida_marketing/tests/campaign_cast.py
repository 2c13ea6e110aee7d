"""People of every kind whom the gate refuses, a segment, an e-mail and a campaign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.refusals import erase, restrict, signal, suppress

from confida_consent.api import Indication, record_events
from confida_core.api import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    NewContact,
    PhoneNumber,
    PostalAddress,
    create_many,
    now,
    system_access,
    trash_contact,
)
from confida_marketing.campaigns.campaigns import CampaignDraft, create_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.content.email_content import Block, EmailContent, EmailVariant
from confida_marketing.content.emails import create_email
from confida_marketing.segments.lists import add_members
from confida_marketing.segments.segments import SegmentDraft, save_segment

INSIDE = system_access("tests")
CONSENTING = system_access("tests", "consent")
REFUSED = ("Refused", "Withdrawn", "Expired", "Restricted", "Suppressed", "Trashed", "Never", "Erased")
NUMBER = "+493023800016"  # Of Suppressed, who is the seventh of those who were made.
CHANNELS = ("email", "phone", "sms", "post")


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
    await restrict(crm, cast["Restricted"])
    for place, address in (("email", "suppressed@example.org"), ("phone", NUMBER), ("sms", NUMBER)):
        await suppress(crm, address, place)
    await trash_contact(crm, INSIDE, cast["Trashed"])
    await erase(crm, cast["Erased"])


async def signalling(crm: Installation) -> dict[str, UUID]:
    """Two people of a country where advertising by e-mail needs no consent; the browser of one objects to it."""
    cast = await people(crm, "Free", "Gpc", country="US")
    await signal(crm, cast["Gpc"])
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
