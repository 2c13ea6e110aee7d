"""The formats contacts can be taken out as: vCard 4.0, with pictures, and a table."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.exchange.csv_writer import write_csv
from confida_core.exchange.declarations import Exporter
from confida_core.exchange.vcard.writer import write_vcard
from confida_core.installation import Installation
from confida_core.storage.pictures import MAX_BYTES
from confida_core.storage.sealed_files import collected, open_file
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

Contacts = Sequence[Opened[ContactContent]]


async def write_cards(crm: Installation, access: Access, contacts: Contacts, _: Sequence[str]) -> AsyncIterator[bytes]:
    for one in contacts:
        picture, media_type = await picture_of(crm, access, one.content)
        kind, row = ContactKind(one.row["kind"]), one.row
        card = write_vcard(one.content, kind, row["id"], row["updated_at"], picture=picture, picture_type=media_type)
        yield card.encode()


async def picture_of(crm: Installation, access: Access, content: ContactContent) -> tuple[bytes | None, str]:
    """The bytes of the picture; a file that is gone costs nobody the rest of the export."""
    if not content.picture:
        return None, ""
    try:
        file = await open_file(crm, access, UUID(content.picture))
        return await collected(file.pieces, MAX_BYTES), file.content.media_type
    except NotFound:
        return None, ""


def table_head(custom: Sequence[str]) -> bytes:
    return "".join(write_csv([], custom)).encode()


async def write_rows(_: Installation, __: Access, contacts: Contacts, custom: Sequence[str]) -> AsyncIterator[bytes]:
    rows = ((one.row["id"], ContactKind(one.row["kind"]), one.content) for one in contacts)
    yield "".join(list(write_csv(rows, custom))[1:]).encode()


CARDS = Exporter(
    key="vcard",
    label="vCard 4.0",
    hint="for phones, mail programs and other address books",
    suffix="vcf",
    media_type="text/vcard",
    write=write_cards,
)
ROWS = Exporter(
    key="csv",
    label="CSV",
    hint="for spreadsheets, one row for each contact",
    suffix="csv",
    media_type="text/csv",
    head=table_head,
    write=write_rows,
)
