"""What follows when a request has come in: whose it may be, whether it was asked before, and that we have it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.rights.doubles import merge_doubles
from confida_consent.rights.letters import acknowledge
from confida_consent.rights.steps import INSIDE, opened_file, request_row
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_consent.sharing import Bearer, address_in, address_mark, bearers_of, candidates_at, numbered, only_one
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.storage.database import Row

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

    Of a contact that was found by the identifier, that address; else the first one ("" if there is none). Of several who
    share address or number the one whose full name the request gives, and nobody if it gives none, or another, or that of
    two: staff find out. Opens the request and the contacts, for the program itself.
    """
    file = await opened_file(crm, INSIDE, row)
    mark = address_mark(crm, file.identifier)
    if row["contact_id"] is not None:
        rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ? AND deleted_at IS NULL", row["contact_id"])
        meant = await crm.door.open_one(INSIDE, CONTACT, rows[0]) if rows else None
    else:
        # Who asks for somebody else gives their own name, which says nothing about whose data it is.
        name = "" if file.mandate else file.given_name_of
        sharing = await bearers(crm, file.identifier)
        meant = only_one(sharing, name if len(sharing) > 1 else "")
    if meant is None:
        return None, ""
    return meant.row["id"], address_in(crm, meant.content, mark) or first_address(meant.content)


async def bearers(crm: Installation, identifier: str) -> list[Bearer]:
    """Everybody with this e-mail address or telephone number."""
    if "@" not in identifier:
        return await numbered(crm, identifier)
    return await bearers_of(crm, await candidates_at(crm, identifier), address_mark(crm, identifier))


def first_address(content: ContactContent) -> str:
    return next((mail.address for mail in content.emails if mail.address), "")
