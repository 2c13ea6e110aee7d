"""When somebody may be written to, and how often: quiet hours of the person's own day, and so many messages a week at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from confida_core.api import ContactContent, Installation, open_contacts, plugin_settings, system_access
from confida_marketing.settings import MarketingSettings

WEEK = timedelta(days=7)
BATCH = 500
# Where a country has several, that in which most of its people live; babel lists them by the alphabet.
LARGEST: Mapping[str, str] = {
    "AQ": "Antarctica/McMurdo", "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid", "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty", "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UM": "Pacific/Wake", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@lru_cache(maxsize=512)
def zone_of_country(country: str) -> ZoneInfo | None:
    """The time zone of most people of a country (ISO 3166-1 alpha-2); None for a country that nobody knows."""
    from babel.core import get_global

    code = country.upper()
    known: list[str] = list(get_global("territory_zones").get(code) or ())
    name = LARGEST.get(code) or ("".join(known) if len(known) == 1 else "")
    return zone_named(name) if name else None


def zone_of(content: ContactContent) -> ZoneInfo | None:
    """By the first of the person's addresses that names a country we know."""
    found = (zone_of_country(place.country) for place in content.addresses if place.country)
    return next((zone for zone in found if zone is not None), None)


def house_zone(crm: Installation) -> ZoneInfo:
    return zone_named(crm.settings.time_zone) or ZoneInfo("UTC")


async def zones_of(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, ZoneInfo]:
    """The time zone of each contact: that of their country, or else the house's own. Opened by the program for itself."""
    house, access = house_zone(crm), system_access("marketing time zones")
    zones = dict.fromkeys(contact_ids, house)
    for start in range(0, len(contact_ids), BATCH):
        for opened in await open_contacts(crm, access, contact_ids[start : start + BATCH]):
            zones[opened.row["id"]] = zone_of(opened.content) or house
    return zones


def quiet_until(moment: datetime, zone: ZoneInfo, settings: MarketingSettings) -> datetime | None:
    """When the quiet hours in which this moment lies are over; None if it lies in none."""
    begins, ends = settings.quiet_from, settings.quiet_until
    local = moment.astimezone(zone)
    over_night = begins > ends
    quiet = (local.hour >= begins or local.hour < ends) if over_night else begins <= local.hour < ends
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_night and local.hour >= begins else 0)
    end = datetime.combine(day, time(), zone) + timedelta(hours=ends)
    return end.astimezone(UTC)


async def may_leave(crm: Installation, contact_ids: Sequence[UUID], moment: datetime) -> dict[UUID, datetime | None]:
    """For each contact when their quiet hours end, None for whoever may be written to at this moment.

    By the clock of their country, or of the house where that is not known. Not inside a transaction.
    """
    settings = await plugin_settings(crm, MarketingSettings)
    if settings.quiet_from == settings.quiet_until:
        return dict.fromkeys(contact_ids)
    known: dict[ZoneInfo, datetime | None] = {}
    found: dict[UUID, datetime | None] = {}
    for contact_id, zone in (await zones_of(crm, contact_ids)).items():
        if zone not in known:
            known[zone] = quiet_until(moment, zone, settings)
        found[contact_id] = known[zone]
    return found


async def at_their_cap(crm: Installation, contact_ids: Collection[UUID], moment: datetime, most: int) -> set[UUID]:
    """Those who had this many messages of campaigns and journeys in seven days.

    Counts what waits to leave or left, not what was refused or failed, and no tests. May be asked inside a transaction.
    """
    return {one for one, number in (await had_lately(crm, contact_ids, moment)).items() if number >= most}


async def had_lately(crm: Installation, contact_ids: Collection[UUID], moment: datetime) -> dict[UUID, int]:
    """How many messages of marketing each had in the seven days before this moment; whoever had none is left out."""
    ids, found = list(contact_ids), dict[UUID, int]()
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        marks = ", ".join("?" * len(some))
        rows = await crm.data.fetch(
            "SELECT d.contact_id, count(*) AS number FROM marketing_delivery d "
            "LEFT JOIN outbound_message m ON m.id = d.message_id "
            f"WHERE d.contact_id IN ({marks}) AND d.at > ? AND d.state IN ('queued', 'printed') AND d.source <> 'test' "
            "AND (m.state IS NULL OR m.state IN ('queued', 'sending', 'sent')) GROUP BY d.contact_id",
            *some, moment - WEEK,
        )  # fmt: skip
        found |= {row["contact_id"]: int(row["number"]) for row in rows}
    return found
