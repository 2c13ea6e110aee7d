"""Letters of a campaign: one PDF to print and post, or a file of addresses for a print shop.

Both leave through core's door for lists: each person is asked about at that moment, and where a print shop is named, each
is entered in the register of disclosures before the file is handed out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal
from uuid import UUID

from confida_consent.api import Controller, read_controller
from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    NotFound,
    Opened,
    PostalAddress,
    guarded_cell,
    now,
    open_contacts,
    permitted,
    plugin_settings,
    record_audit_event,
)
from confida_marketing.campaigns.calling import settle
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.limits import at_their_cap
from confida_marketing.campaigns.running import finish_if_through
from confida_marketing.campaigns.wording import words_for
from confida_marketing.settings import MarketingSettings
from confida_web.api import PrintOrder, print_pdf

CSS = Path(__file__).with_name("letter.css")
MOST = {"letter": 250, "addresses": 20_000}
HEADER = (
    "name",
    "organisation",
    "street",
    "post_office_box",
    "postal_code",
    "locality",
    "region",
    "country",
    "language",
)
FIELDS = ("Name", "Postal address")
LINE = '<p class="from">{from_line}</p><p class="to">{to}</p><p class="text" dir="auto">{text}</p>'
Way = Literal["letter", "addresses"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Whoever may be written to now and has an address, in the order of the list."""

    campaign: Opened[CampaignContent]
    people: Sequence[Opened[ContactContent]]


async def letters_pdf(crm: Installation, access: Access, campaign_id: UUID, *, again: bool) -> bytes:
    """The next letters as one PDF; again: those that were printed before. Raises Forbidden, NotFound, NoPDF, BrokenWords."""
    found = await batch(crm, access, campaign_id, "letter", again=again)
    filled = await words_for(crm, found.campaign.content.message)
    sender = await read_controller(crm)
    pages = "".join(letter(sender, one.content, filled(one.content)) for one in found.people)
    order = PrintOrder(
        html=f"<!doctype html><html><head><title>{escape(found.campaign.content.name)}</title></head><body>{pages}</body></html>",
        css=CSS.read_text("utf-8"),
        title=found.campaign.content.name,
        author=sender.name,
    )
    pdf = await print_pdf(order)
    await mark_printed(crm, access, found, "letter")
    return pdf


async def addresses_csv(crm: Installation, access: Access, campaign_id: UUID, *, again: bool) -> bytes:
    """The next addresses, for a program that puts letters together. Raises Forbidden, NotFound."""
    access.actor.require("exchange.export")
    found = await batch(crm, access, campaign_id, "addresses", again=again)
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEADER)
    for one in found.people:
        place, content = address_of(one.content), one.content
        cells = (
            content.display_name, content.organisation, place.street.replace("\n", ", "), place.post_office_box,
            place.postal_code, place.locality, place.region, place.country, content.language,
        )  # fmt: skip
        rows.writerow([guarded_cell(cell) for cell in cells])
    await mark_printed(crm, access, found, "addresses")
    return text.getvalue().encode("utf-8-sig")


async def batch(crm: Installation, access: Access, campaign_id: UUID, way: Way, *, again: bool) -> Batch:
    """Ask about the next ones; whoever may not be written to, had enough or has no address is off the list, with the reason.

    Raises NotFound unless it is a campaign of letters that runs (or ran, for those to be printed again) and somebody is left.
    """
    access.actor.require("marketing.send")
    campaign = await visible_campaign(crm, access, campaign_id)
    row = campaign.row
    if row["channel"] != "post" or row["state"] not in (("running", "done") if again else ("running",)):
        raise NotFound
    rows = await crm.data.fetch(
        "SELECT contact_id FROM marketing_delivery WHERE source_id = ? AND state = ? ORDER BY id LIMIT ?",
        campaign_id, "printed" if again else "listed", MOST[way],
    )  # fmt: skip
    ids = [one["contact_id"] for one in rows]
    if not again:
        ids = await without_capped(crm, campaign_id, ids)
    allowed = await permitted(
        crm, access, ids, purpose=row["purpose"], channel="post", path=way,
        recipient=campaign.content.print_shop, fields=FIELDS,
    )  # fmt: skip
    await settle(crm, campaign_id, {one: verdict.reason for one, verdict in allowed.refused.items()})
    people = await open_contacts(crm, access, allowed.allowed)
    homeless = {one.row["id"]: "no_postal_address" for one in people if not lines_of(address_of(one.content))}
    await settle(crm, campaign_id, homeless, "failed")
    found = [one for one in people if one.row["id"] not in homeless]
    if not found:
        await finish_if_through(crm, campaign_id)
        raise NotFound
    return Batch(campaign=campaign, people=found)


async def without_capped(crm: Installation, campaign_id: UUID, ids: list[UUID]) -> list[UUID]:
    most = (await plugin_settings(crm, MarketingSettings)).most_a_week
    capped = await at_their_cap(crm, ids, now(), most)
    await settle(crm, campaign_id, dict.fromkeys(capped, "most_a_week"), "capped")
    return [one for one in ids if one not in capped]


async def mark_printed(crm: Installation, access: Access, found: Batch, way: Way) -> None:
    campaign_id = found.campaign.row["id"]
    await settle(crm, campaign_id, {one.row["id"]: "" for one in found.people}, "printed")
    await record_audit_event(
        crm,
        f"marketing.{way}_handed_out",
        actor_id=access.actor.id,
        target_id=campaign_id,
        target_kind="campaign",
        serious=True,
    )
    await finish_if_through(crm, campaign_id)


def address_of(content: ContactContent) -> PostalAddress:
    """The first with a place; an empty one where there is none."""
    return next((place for place in content.addresses if place.locality), PostalAddress())


def lines_of(place: PostalAddress) -> list[str]:
    """As it stands on an envelope, below the name; [] where nothing could be delivered."""
    if not place.locality:
        return []
    street = [*place.street.split("\n"), place.post_office_box]
    return [one for one in (*street, f"{place.postal_code} {place.locality}".strip(), place.country) if one.strip()]


def letter(sender: Controller, content: ContactContent, text: str) -> str:
    """One letter, on a page of its own; whatever somebody typed is text."""
    from_line = " · ".join((sender.name, *sender.address_lines))
    to = "<br>".join(escape(line) for line in (content.display_name, *lines_of(address_of(content))))
    inner = LINE.format(from_line=escape(from_line), to=to, text=escape(text))
    return f'<article lang="{escape(content.language or "en")}">{inner}</article>'
