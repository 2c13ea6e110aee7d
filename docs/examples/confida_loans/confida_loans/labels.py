"""Address labels: what somebody who delivers sticks on a parcel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from confida_core.api import Access, ContactContent, Installation, Opened


async def write_labels(
    crm: Installation, access: Access, contacts: Sequence[Opened[ContactContent]], custom: Sequence[str]
) -> AsyncIterator[bytes]:
    """One label for each contact that has an address, with an empty line after it."""
    for contact in contacts:
        lines = label_of(contact.content)
        if lines:
            yield "\r\n".join([*lines, "", ""]).encode()


def label_of(content: ContactContent) -> list[str]:
    """Name and first address, line by line; nothing without an address."""
    for address in content.addresses:
        town = " ".join(part for part in (address.postal_code, address.locality) if part)
        lines = [*address.street.splitlines(), town, address.country]
        if any(lines):
            return [content.display_name, *(line for line in lines if line)]
    return []
