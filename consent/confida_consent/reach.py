"""What the index knows of where contacts can be reached, for the gate: suppressed addresses, and countries. Opens nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any, TypeVar
from uuid import UUID

from confida_core.contacts.content import ContactContent
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.suppressed import post_identifier
from confida_core.declarations import IndexField
from confida_core.index.reaching import Pair, labels, mail_addresses, organisations, phone_digits
from confida_core.installation import Installation
from confida_core.vault.suppressions import SuppressionLookup, covers

FIELD = "consent.reach"
PLAIN_NUMBER = re.compile(r"\+\d{7,15}")
BY_NUMBER = frozenset({"phone", "sms", "messenger"})
# So few are looked up sooner than a thread is asked for it, and a page that asks about one person need not wait for its turn.
FEW = 20
T = TypeVar("T")


def reach_of(content: ContactContent, _row: Mapping[str, Any]) -> frozenset[str] | None:
    """What the index cannot say exactly by itself: postal addresses, and the few unusual mail addresses and numbers."""
    found = [f"email:{mail.address}" for mail in content.emails if not mail.address.isascii()]
    found += [f"phone:{phone.number}" for phone in content.phones if not PLAIN_NUMBER.fullmatch(phone.number)]
    found += [f"post:{post_identifier(content.display_name, place)}" for place in content.addresses]
    return frozenset(found) if found else None


INDEX_FIELDS = (IndexField(key=FIELD, type="set", label="", value=reach_of),)


async def be_current(crm: Installation) -> None:
    """The index as of now. An index that is being built would hide addresses, so it is built first."""
    source = ContactSource(crm)
    if crm.index.needs_rebuild:
        await crm.index.ensure(source)
    await crm.index.catch_up(source)


async def looked_up(crm: Installation, contact_ids: Sequence[UUID], find: Callable[[], T]) -> T:
    """What the index says of these contacts."""
    if len(contact_ids) <= FEW:
        return crm.index.inline(lambda _: find())
    return await crm.index.run(lambda _: find())


async def suppressed_contacts(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str, *, marketing: bool
) -> set[UUID]:
    """Those with an address on this channel to which nothing may be sent for this purpose; one such address is enough.

    marketing: whether entries for all marketing count. Not inside a transaction, unless nothing is suppressed.
    """
    await crm.orders.refresh()
    lookup = SuppressionLookup(crm, channel)
    if lookup.empty:
        return set()
    await be_current(crm)

    def find() -> set[UUID]:
        stopped = set()
        for contact_id, address in addresses(crm.index.connection(), contact_ids, channel):
            # Nearly nobody is on the list, and a list asks for everybody.
            entries = lookup.orders(address, stored=True)
            if entries and any(covers(order.purpose, purpose, marketing=marketing) for order in entries):
                stopped.add(UUID(bytes=contact_id))
        return stopped

    return await looked_up(crm, contact_ids, find)


def addresses(connection: Connection, contact_ids: Sequence[UUID], channel: str) -> Iterator[Pair]:
    """Every address of these contacts on a channel. A messenger goes by the telephone number."""
    if channel == "email":
        yield from mail_addresses(connection, contact_ids)
    elif channel in BY_NUMBER:
        yield from ((contact_id, f"+{digits}") for contact_id, digits in phone_digits(connection, contact_ids))
    prefix = "phone:" if channel in BY_NUMBER else f"{channel}:"
    for contact_id, label in labels(connection, contact_ids, FIELD, prefix):
        yield contact_id, label.removeprefix(prefix)


async def countries_of(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Countries of the postal addresses of those contacts that have any, sorted. Not inside a transaction."""
    await be_current(crm)

    def find() -> dict[UUID, tuple[str, ...]]:
        found: dict[UUID, tuple[str, ...]] = {}
        for number, country in labels(crm.index.connection(), contact_ids, "country"):
            contact_id = UUID(bytes=number)
            before = found.get(contact_id, ())
            found[contact_id] = tuple(sorted({*before, country.upper()})) if before else (country.upper(),)
        return found

    return await looked_up(crm, contact_ids, find)


async def organisations_among(crm: Installation, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the contacts that are organisations, as of the last time that the index was made current."""
    return await looked_up(crm, contact_ids, lambda: organisations(crm.index.connection(), contact_ids))
