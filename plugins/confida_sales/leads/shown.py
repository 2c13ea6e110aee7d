"""Leads as pages show them: put together from what the functions return, without asking for more than a page needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from confida_core.api import (
    Access,
    ContactContent,
    Installation,
    Opened,
    account_names,
    active_accounts,
    now,
    plugin_settings,
)
from confida_sales.content import LeadContent
from confida_sales.leads.inbox import AGES, STATES, LeadFilter, LeadPage
from confida_sales.leads.likeness import Candidate
from confida_sales.leads.pages import CandidateCard, LeadRow
from confida_sales.settings import SalesSettings
from confida_web.api import Option

TONES: Mapping[str, str] = {"new": "ask", "working": "", "converted": "may", "discarded": "quiet"}
WISH_IN_LIST = 120
# Which states each tab shows; the first is shown where nothing is said.
TABS: Mapping[str, tuple[str, LeadFilter]] = {
    "open": ("Open", LeadFilter()),
    "mine": ("Mine", LeadFilter(owner="me")),
    "unassigned": ("Nobody's", LeadFilter(owner="nobody")),
    "converted": ("Converted", LeadFilter(states=("converted",))),
    "discarded": ("Laid aside", LeadFilter(states=("discarded",))),
    "all": ("All", LeadFilter(states=())),
}


async def lead_rows(crm: Installation, found: LeadPage) -> tuple[LeadRow, ...]:
    """The rows of a list; one statement, for the names of owners."""
    owners = {one.row["owner_id"] for one in found.leads if one.row["owner_id"]}
    names = await account_names(crm, sorted(owners)) if owners else {}
    return tuple(lead_row(one, found.names, names) for one in found.leads)


def lead_row(lead: Opened[LeadContent], contacts: Mapping[UUID, str], owners: Mapping[UUID, str]) -> LeadRow:
    row, content = lead.row, lead.content
    wanted = " ".join(content.wanted.split())
    return LeadRow(
        id=str(row["id"]),
        name=contacts.get(row["contact_id"], ""),
        organisation=content.organisation,
        wanted=wanted if len(wanted) <= WISH_IN_LIST else wanted[:WISH_IN_LIST].rstrip() + "…",
        source=row["source"],
        owner=owners.get(row["owner_id"], "") if row["owner_id"] else "",
        state=STATES[row["state"]],
        tone=TONES[row["state"]],
        created_at=row["created_at"],
        days=days_since(row["created_at"]),
        version=row["version"],
    )


def days_since(moment: datetime) -> int:
    return max(0, (now() - moment).days)


async def people_options(crm: Installation, chosen: str = "") -> tuple[Option, ...]:
    """Colleagues who can be given work."""
    accounts = await active_accounts(crm)
    return tuple(Option(value=str(one.id), label=one.name, chosen=str(one.id) == chosen) for one in accounts)


async def source_options(crm: Installation, chosen: str = "") -> tuple[Option, ...]:
    """Those that the organisation offers, and the one that is there."""
    offered = (await plugin_settings(crm, SalesSettings)).sources
    kept = () if not chosen or chosen in offered else (chosen,)
    return tuple(Option(value=one, label=one, chosen=one == chosen) for one in (*offered, *kept))


def age_options(chosen: int) -> tuple[Option, ...]:
    return tuple(Option(value=str(days), label=f"Older than {days} days", chosen=days == chosen) for days in AGES)


def owner_options(access: Access, people: Sequence[Option], chosen: str) -> tuple[Option, ...]:
    """For the filter: oneself first, nobody, then everybody else."""
    special = (("me", "Me"), ("nobody", "Nobody"))
    own = [Option(value=value, label=label, chosen=value == chosen) for value, label in special]
    others = [one for one in people if one.value != str(access.actor.id)]
    return (*own, *(Option(value=one.value, label=one.label, chosen=one.value == chosen) for one in others))


def card_of(contact: Opened[ContactContent], reasons: tuple[str, ...] = ()) -> CandidateCard:
    return CandidateCard(
        id=str(contact.row["id"]),
        name=contact.content.display_name,
        href=f"/contacts/{contact.row['id']}",
        lines=tuple(line for _, line in known_lines(contact.content)),
        reasons=reasons,
    )


def cards(candidates: Sequence[Candidate]) -> tuple[CandidateCard, ...]:
    return tuple(card_of(one.contact, one.reasons) for one in candidates)


def known_lines(content: ContactContent) -> tuple[tuple[str, str], ...]:
    """By what one tells two contacts apart: label and value."""
    found = [("E-mail", mail.address) for mail in content.emails]
    found += [("Telephone", phone.number) for phone in content.phones]
    if content.organisation:
        found.append(("Organisation", content.organisation))
    found += [("Place", address.locality) for address in content.addresses if address.locality]
    return tuple(found[:6])
