"""How the sealed copies of invoices stand at export and erasure: they are accounts, as the invoices themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

from confida_core.api import Access, InAnswer, Installation, RecordDeclaration, StoredItem
from confida_sales.content import BOOKKEEPING_LAW, WRITTEN_BY_US
from confida_sales.documents.copy_content import CopyContent
from confida_sales.documents.tables import PaperCopy

PAPER_COPY = RecordDeclaration(
    table=PaperCopy,
    content=CopyContent,
    subject="contact_id",
    retention_class="bookkeeping",
    purpose="sales.bookkeeping",
    label="Invoices as files",
    erasure="keep",
    keeps=BOOKKEEPING_LAW,
    begins="issued_on",
    clear={"form": "pdf or xml"},
    answer=InAnswer(
        category="What you bought and paid",
        source=WRITTEN_BY_US,
        left_out={"data": "The bytes of the file; the file itself is here instead."},
    ),
)


async def collect_copies(crm: Installation, access: Access, contact_id: UUID) -> Sequence[StoredItem]:
    """The files themselves, for a copy of somebody's data; opened through the door."""
    rows = await crm.data.fetch("SELECT * FROM sales_paper_copy WHERE contact_id = ? ORDER BY id", contact_id)
    return [
        StoredItem(
            name=item.content.name,
            media_type=item.content.media_type,
            read=piece(item.content.data),
            record=(PAPER_COPY.name, item.row["id"]),
        )
        for item in await crm.door.open(access, PAPER_COPY, rows)
    ]


def piece(data: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def read() -> AsyncIterator[bytes]:
        yield data

    return read


async def keep_copies(_: Installation, __: UUID) -> int:
    """Nothing is removed: the law has us keep accounts, and their rows are kept by their own declaration."""
    return 0
