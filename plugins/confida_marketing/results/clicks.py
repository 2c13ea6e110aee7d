"""Links of mails whose clicks are counted: of all together, and of one person only where they agreed to it.

The address in a mail names no target but a row of ours, so that it can lead nowhere else. It holds nothing of who got it,
unless that person agreed; then it holds them sealed, and the gate is asked again at each click. No picture reports that a
mail was opened: there is none, and no setting for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from confida_consent.api import may, may_many
from confida_core.api import (
    Installation,
    InvalidCursor,
    NotFound,
    UniqueViolation,
    address_of,
    new_id,
    now,
    plugin_settings,
)
from confida_marketing.campaigns.deciding import CLICK, add_total
from confida_marketing.campaigns.delivering import Sending
from confida_marketing.content.footer_words import COUNTED, MEASURED
from confida_marketing.content.rendering import Prepared, Recipient
from confida_marketing.content.slots import Target
from confida_marketing.results.content import CLICK as CLICK_RECORD
from confida_marketing.results.content import MEASURING, PROFILING, ClickContent
from confida_marketing.settings import MarketingSettings
from confida_web.api import open_place, seal_place

PLACE = "/my/x/marketing/l/"
TOKEN_BYTES = 16
LONGEST_RANDOM = 24
SEAL = "marketing clicks"
WEB = ("http://", "https://")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """How the links of one sending are written. links: address -> (id, token), empty where nothing is counted."""

    crm: Installation
    links: Mapping[str, tuple[UUID, str]]
    of_people: bool

    async def counted(self, people: Mapping[UUID, Recipient]) -> Mapping[UUID, Recipient]:
        """The same people with links that are counted, and told so at the end of the mail. Not inside a transaction."""
        if not self.links:
            return people
        agreed = await self.those_agreed(list(people)) if self.of_people else set()
        return {one: self.written(person, one if one in agreed else None) for one, person in people.items()}

    async def those_agreed(self, contact_ids: Sequence[UUID]) -> set[UUID]:
        answers = await may_many(self.crm, contact_ids, MEASURING, PROFILING)
        return {one for one, answer in answers.items() if answer.allowed}

    def written(self, person: Recipient, own: UUID | None) -> Recipient:
        base, words = address_of(self.crm) + PLACE, COUNTED if own is None else MEASURED

        def link(url: str) -> str:
            if url not in self.links:
                return url
            link_id, token = self.links[url]
            return base + (token if own is None else own_token(self.crm, link_id, own))

        why = {language: f"{sentence} {words[language]}".strip() for language, sentence in person.why.items()}
        return replace(person, link=link, why=why)


async def counting_of(crm: Installation, sending: Sending, prepared: Prepared) -> Counting:
    """One query where the links are known already. A trial is not counted."""
    settings = await plugin_settings(crm, MarketingSettings)
    urls = sorted({one.url for one in prepared.slots if isinstance(one, Target) and one.url.lower().startswith(WEB)})
    if not settings.count_clicks or sending.source == "test" or not urls:
        return Counting(crm=crm, links={}, of_people=False)
    known = await links_of(crm, sending)
    if set(urls) - set(known):
        await add_links(crm, sending, [url for url in urls if url not in known])
        known = await links_of(crm, sending)
    return Counting(crm=crm, links={url: known[url] for url in urls}, of_people=settings.measure_people)


async def links_of(crm: Installation, sending: Sending) -> dict[str, tuple[UUID, str]]:
    rows = await crm.data.fetch(
        "SELECT id, url, token FROM marketing_link WHERE source_id = ? AND part = ? AND variant = ? "
        "ORDER BY created_at DESC, id DESC",
        sending.source_id, sending.part, sending.variant,
    )  # fmt: skip
    # Of two that were written at the same moment the older one counts.
    return {row["url"]: (row["id"], row["token"]) for row in rows}


async def add_links(crm: Installation, sending: Sending, urls: Sequence[str]) -> None:
    moment = now()
    await crm.data.execute_many(
        "INSERT INTO marketing_link (id, source_id, part, variant, url, token, clicks, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        [
            (
                new_id(),
                sending.source_id,
                sending.part,
                sending.variant,
                url,
                secrets.token_urlsafe(TOKEN_BYTES),
                moment,
            )
            for url in urls
        ],
    )


def own_token(crm: Installation, link_id: UUID, contact_id: UUID) -> str:
    """Sealed: it tells nobody else which contact or link it is, and none can be made up."""
    return seal_place(crm, SEAL, [link_id.bytes, contact_id.bytes])


async def follow(crm: Installation, token: str, *, count: bool) -> str:
    """Where it leads; counted unless it is only looked at. Raises NotFound for what was not made here."""
    link_id, contact_id = await read_token(crm, token)
    rows = await crm.data.fetch("SELECT id, source_id, part, variant, url FROM marketing_link WHERE id = ?", link_id)
    if not rows:
        raise NotFound
    row = rows[0]
    if count:
        await crm.data.fetch("UPDATE marketing_link SET clicks = clicks + 1 WHERE id = ?", link_id)
        await add_total(crm, row["source_id"], row["part"], row["variant"], CLICK)
        if contact_id is not None:
            await keep_click(crm, link_id, contact_id, row["url"])
    return str(row["url"])


async def read_token(crm: Installation, token: str) -> tuple[UUID, UUID | None]:
    """The link, and the person if it is one's own."""
    if len(token) <= LONGEST_RANDOM:
        rows = await crm.data.fetch("SELECT id FROM marketing_link WHERE token = ?", token)
        if not rows:
            raise NotFound
        return rows[0]["id"], None
    try:
        link, contact = open_place(crm, SEAL, token, tuple[bytes, bytes])
        return UUID(bytes=link), UUID(bytes=contact)
    except (InvalidCursor, ValueError, UnicodeEncodeError):
        raise NotFound from None


async def keep_click(crm: Installation, link_id: UUID, contact_id: UUID, url: str) -> None:
    """Once, and only while the house wants it and the person agrees: what was agreed may be withdrawn since the mail left."""
    if not (await plugin_settings(crm, MarketingSettings)).measure_people:
        return
    if not (await may(crm, contact_id, MEASURING, PROFILING)).allowed:
        return
    columns = {"id": new_id(), "link_id": link_id, "contact_id": contact_id, "at": now()}
    # Opened before, or erased at this moment.
    with suppress(UniqueViolation, NotFound):
        await crm.records.insert(CLICK_RECORD, columns, ClickContent(url=url))
