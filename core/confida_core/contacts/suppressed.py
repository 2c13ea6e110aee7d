"""Which addresses of a contact are on the suppression list; for whoever writes a contact down, so that nobody is surprised later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from confida_core.contacts.content import ContactContent, PostalAddress
from confida_core.installation import Installation
from confida_core.vault.suppressions import suppressed_many


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """channel: "email", "phone", "sms", "messenger" or "post". address: as it stands in the contact."""

    channel: str
    address: str


def post_identifier(name: str, address: PostalAddress) -> str:
    """A letter goes to a person at a place: others who live there may still get theirs."""
    parts = (name, address.street, address.post_office_box, address.postal_code, address.locality, address.country)
    return "\n".join(part for part in parts if part)


def addresses_of(content: ContactContent) -> Iterator[SuppressedAddress]:
    """Everything by which the contact can be reached, once for each channel."""
    for email in content.emails:
        yield SuppressedAddress("email", email.address)
    for phone in content.phones:
        for channel in ("phone", "sms", "messenger"):
            yield SuppressedAddress(channel, phone.number)
    for address in content.addresses:
        yield SuppressedAddress("post", post_identifier(content.display_name, address))


async def suppressed_channels(crm: Installation, content: ContactContent) -> list[SuppressedAddress]:
    """The contact's addresses that get no marketing, in the order of the contact."""
    return (await suppressed_of_each(crm, [content]))[0]


async def suppressed_of_each(crm: Installation, contents: Sequence[ContactContent]) -> list[list[SuppressedAddress]]:
    """The same for many; contents must have passed `validate_content`."""
    asked: dict[str, set[str]] = {}
    reachable = [list(addresses_of(content)) for content in contents]
    for each in reachable:
        for one in each:
            asked.setdefault(one.channel, set()).add(one.address)
    listed = {
        channel: await suppressed_many(crm, channel, addresses, stored=True) for channel, addresses in asked.items()
    }
    return [[one for one in each if one.address in listed[one.channel]] for each in reachable]
