"""What follows when a request has come in: whose it may be, whether it was asked before, and that we have it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.rights.doubles import merge_doubles
from confida_consent.rights.letters import acknowledge
from confida_consent.rights.redaction import names_of
from confida_consent.rights.steps import INSIDE, opened_file, request_row
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_consent.ways_in import address_mark
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.index.fold import fold
from confida_core.installation import Installation
from confida_core.storage.database import Row

MOST_CANDIDATES = 5
# Whoever types somebody's address again and again fills no mailbox with it.
MOST_ACKNOWLEDGED, WITHIN = 3, timedelta(days=1)


async def receive_request(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: find whose data it may be about, put doubles together, and say that we have it. Repeatable."""
    request_id: UUID = arguments["request_id"]
    row = await request_row(crm, request_id)
    contact_id, address = await stored_address(crm, row)
    if contact_id is not None:
        await crm.data.fetch(
            "UPDATE rights_request SET contact_id = ? WHERE id = ? AND contact_id IS NULL", contact_id, request_id
        )
    await merge_doubles(crm, request_id)
    if address and contact_id is not None and await _received_lately(crm, contact_id) <= MOST_ACKNOWLEDGED:
        await acknowledge(crm, {**row, "contact_id": contact_id}, address)
    # A complaint is about us, not about somebody's data: nobody has to prove anything for it.
    state = RequestState.IN_PROGRESS if row["kind"] == RequestKind.COMPLAINT else RequestState.VERIFYING
    await crm.data.fetch(
        "UPDATE rights_request SET state = ? WHERE id = ? AND state = ?",
        state.value, request_id, RequestState.RECEIVED.value,
    )  # fmt: skip


async def _received_lately(crm: Installation, contact_id: UUID) -> int:
    rows = await crm.data.fetch(
        "SELECT count(*) AS requests FROM rights_request WHERE contact_id = ? AND source = 'portal' AND received_at > ?",
        contact_id, now() - WITHIN,
    )  # fmt: skip
    return int(rows[0]["requests"])


async def stored_address(crm: Installation, row: Row) -> tuple[UUID | None, str]:
    """Whose data a request may be about, and an e-mail address as it is stored with them; (None, "") if nobody is known.

    Of a contact that was found by the identifier, that address; else the first one. Of several who share it, the one whose
    name the request gives, and nobody if it gives another; without a name the oldest. Opens the request and the contacts,
    for the program itself.
    """
    file = await opened_file(crm, INSIDE, row)
    identifier = file.identifier
    mark = address_mark(crm, identifier)
    if row["contact_id"] is not None:
        content = await _content(crm, row["contact_id"])
        if content is None:
            return None, ""
        return row["contact_id"], _same_or_first(crm, content, mark)
    await crm.index.catch_up(ContactSource(crm))
    candidates = await crm.index.run(lambda ask: ask.addressed(identifier[:254], MOST_CANDIDATES))
    sharing: list[tuple[UUID, str, bool]] = []
    for contact_id in sorted(candidates):
        content = await _content(crm, contact_id)
        found = _same(crm, content, mark) if content else ""
        if content and found:
            sharing.append((contact_id, found, fold(file.given_name_of) in names_of(content)))
    if len(sharing) > 1 and file.given_name_of and not file.mandate:
        sharing = [one for one in sharing if one[2]]
    return sharing[0][:2] if sharing else (None, "")


async def _content(crm: Installation, contact_id: UUID) -> ContactContent | None:
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ? AND deleted_at IS NULL", contact_id)
    opened = await crm.door.open_one(INSIDE, CONTACT, rows[0]) if rows else None
    return opened.content if opened else None


def _same(crm: Installation, content: ContactContent, mark: bytes) -> str:
    marks = ((mail.address, address_mark(crm, mail.address)) for mail in content.emails)
    return next((address for address, own in marks if hmac.compare_digest(own, mark)), "")


def _same_or_first(crm: Installation, content: ContactContent, mark: bytes) -> str:
    return _same(crm, content, mark) or next((mail.address for mail in content.emails if mail.address), "")
