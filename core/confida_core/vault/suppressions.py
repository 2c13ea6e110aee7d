"""The suppression list: keyed hashes of addresses that get no marketing, kept beside the keys as standing orders.

It outlives the contact, and it is no list of addresses: it only answers whether a given address is on it (privacy.md RT-6).
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from confida_core.identifiers import normalised
from confida_core.vault.keyring import Keyring
from confida_core.vault.order_memory import StandingOrder

if TYPE_CHECKING:
    from confida_core.installation import Installation

MARKETING = ""
EVERYTHING = "*all"
# Before the keys of purposes that a later consent took out of an entry about all marketing, joined by commas.
BUT = "-"
# Name of the fact that says which version of the hashing key is in use.
KEY_VERSION = "suppression key"
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionCount:
    """What can be shown of the list: how many addresses were put on it on a day (UTC), for which channel and purpose."""

    channel: str
    purpose: str
    day: date
    count: int


def mark_of(
    keyring: Keyring, channel: str, identifier: str, *, version: int = FIRST_VERSION, region: str = ""
) -> bytes:
    """The keyed hash under which an address stands on the list: one byte that names the key's version, then HMAC-SHA-256."""
    key = keyring.hashing_key(f"suppression {version}")
    return _mark(key, version, channel, normalised(channel, identifier, region))


def _mark(key: bytes, version: int, channel: str, spelling: str) -> bytes:
    text = f"{channel}\x00{spelling}".encode("utf-8", "surrogatepass")
    return bytes((version,)) + hmac.digest(key, text, "sha256")


async def key_version(crm: Installation) -> int:
    """The version under which new entries are hashed."""
    fact = await crm.keyring.remembered(KEY_VERSION)
    return fact[0] if fact else FIRST_VERSION


async def rotate_key(crm: Installation) -> int:
    """Hash new entries with a new key; returns its version. Old entries stay valid under theirs: nobody has their addresses."""
    version = await key_version(crm) + 1
    if version > 255:
        raise OverflowError("the version of the key is one byte")
    await crm.keyring.remember(KEY_VERSION, version)
    return version


async def suppress(
    crm: Installation, channel: str, identifier: str, purpose: str = MARKETING, *, event_id: UUID | None = None
) -> UUID:
    """Put an address on the list, durable before it returns; the id of its order. One that is there already stays as it is.

    purpose: MARKETING for all of it, EVERYTHING for whatever is sent, or the key of one purpose.
    """
    found = [order for order in await suppressions_of(crm, channel, identifier) if order.purpose == purpose]
    if found:
        return found[0].id
    mark = mark_of(crm.keyring, channel, identifier, version=await key_version(crm), region=crm.settings.region)
    return await crm.orders.give("suppression", None, purpose=purpose, channel=channel, mark=mark, event_id=event_id)


def covers(scope: str, purpose: str, *, marketing: bool) -> bool:
    """Whether an entry is about a purpose. scope: the entry's purpose. marketing: whether the asked purpose is."""
    if scope in {EVERYTHING, purpose}:
        return True
    return marketing and (scope == MARKETING or (scope.startswith(BUT) and purpose not in scope[1:].split(",")))


def excepting(scope: str, purpose: str) -> str | None:
    """The entry's purpose without this one; None if nothing is left of it. What is about everything stays as it is."""
    if scope == purpose != MARKETING:
        return None
    if scope == MARKETING or scope.startswith(BUT):
        others = [key for key in scope[1:].split(",") if key]
        return BUT + ",".join(sorted({*others, purpose}))
    return scope


async def suppressions_of(crm: Installation, channel: str, identifier: str) -> list[StandingOrder]:
    """The entries of this address on the list, of any purpose, oldest first."""
    await crm.orders.refresh()
    found = SuppressionLookup(crm, channel).orders(identifier)
    return sorted(found, key=lambda order: (order.given_at, order.id))


async def suppressed(
    crm: Installation, channel: str, identifier: str, purpose: str = MARKETING, *, marketing: bool = True
) -> bool:
    """Whether nothing may be sent to the address for this purpose. marketing: whether the purpose is marketing."""
    return bool(await suppressed_many(crm, channel, [identifier], purpose, marketing=marketing))


async def suppressed_many(
    crm: Installation,
    channel: str,
    identifiers: Iterable[str],
    purpose: str = MARKETING,
    *,
    marketing: bool = True,
    stored: bool = False,
) -> set[str]:
    """Those of the addresses, as given, to which nothing may be sent for this purpose; from memory.

    stored: they stand like this in contacts; phone numbers then cost some 5 µs each, as mail addresses do.
    """
    await crm.orders.refresh()
    lookup = SuppressionLookup(crm, channel)
    return {
        identifier
        for identifier in identifiers
        if any(
            covers(order.purpose, purpose, marketing=marketing) for order in lookup.orders(identifier, stored=stored)
        )
    }


class SuppressionLookup:
    """Looks addresses of one channel up under every version of the key that has entries, as of the last refresh.

    Usable in any thread. empty: nothing is suppressed on the channel.
    """

    def __init__(self, crm: Installation, channel: str) -> None:
        self._orders, self._channel, self._region = crm.orders, channel, crm.settings.region
        self._marks = crm.orders.marks(channel)
        versions = sorted({mark[0] for mark in self._marks if mark})
        self._keys = [(version, crm.keyring.hashing_key(f"suppression {version}")) for version in versions]

    @property
    def empty(self) -> bool:
        return not self._keys

    def orders(self, identifier: str, *, stored: bool = False) -> list[StandingOrder]:
        """The entries of an address, of any purpose. stored: see `normalised`."""
        if self.empty:
            return []
        spelling = normalised(self._channel, identifier, self._region, stored=stored)
        found: list[StandingOrder] = []
        for version, key in self._keys:
            mark = _mark(key, version, self._channel, spelling)
            if mark in self._marks:
                found += self._orders.of_mark(mark)
        return found


async def lift_suppression(crm: Installation, channel: str, identifier: str, purpose: str | None = None) -> int:
    """Take an address off the list, for one purpose or (None) for all; how many entries it had. Whoever does it records why."""
    found = await suppressions_of(crm, channel, identifier)
    return await crm.orders.lift_many([order.id for order in found if purpose is None or order.purpose == purpose])


async def all_marks(crm: Installation, channel: str) -> set[bytes]:
    """Every keyed hash on the list of a channel."""
    await crm.orders.refresh()
    return set(crm.orders.marks(channel))


async def suppression_list(crm: Installation) -> list[SuppressionCount]:
    """The list as it may be shown: no address and no hash. Newest day first."""
    await crm.orders.refresh()
    counted = Counter(
        (order.given_at.date(), order.channel, order.purpose)
        for order in crm.orders.all()
        if order.kind == "suppression"
    )
    return [
        SuppressionCount(channel=channel, purpose=purpose, day=day, count=count)
        for (day, channel, purpose), count in sorted(
            counted.items(), key=lambda item: (-item[0][0].toordinal(), item[0][1:])
        )
    ]


__all__ = [
    "BUT",
    "EVERYTHING",
    "MARKETING",
    "SuppressionCount",
    "SuppressionLookup",
    "all_marks",
    "covers",
    "excepting",
    "key_version",
    "lift_suppression",
    "mark_of",
    "normalised",
    "rotate_key",
    "suppress",
    "suppressed",
    "suppressed_many",
    "suppression_list",
    "suppressions_of",
]
