"""Messages on a contact's timeline: what was sent, and what was stopped."""

from __future__ import annotations

from uuid import UUID

from confida_core.installation import Installation
from confida_core.interactions.timeline import Place, TimelineItem
from confida_core.outbound.content import OUTBOUND, MessageState, OutboundContent
from confida_core.outbound.gates import unless_hidden
from confida_core.outbound.log import sentence_of
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

KIND = "message"
SHOWN = (MessageState.SENT.value, MessageState.REFUSED.value, MessageState.FAILED.value)
LABELS = {"sent": "Message", "refused": "Message that was not allowed", "failed": "Message that failed"}


async def message_items(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    *,
    kinds: frozenset[str],
    before: Place | None,
    limit: int,
) -> list[TimelineItem]:
    """Sent, refused and failed ones, by the time that happened, but what another source shows. One walk of an index, one opening."""
    if (kinds and KIND not in kinds) or not access.actor.may("outbound.read"):
        return []
    where = " AND (at, id) < (?, ?)" if before is not None else ""
    open_to_all, hidden = unless_hidden(crm, access)
    shown_once, covered = _unless_covered(crm)
    rows = await crm.data.fetch(
        f"SELECT * FROM outbound_message WHERE contact_id = ?{where} AND state IN (?, ?, ?){open_to_all}{shown_once} "
        "ORDER BY at DESC, id DESC LIMIT ?",
        contact_id, *(before or ()), *SHOWN, *hidden, *covered, limit,
    )  # fmt: skip
    return [_item(opened) for opened in await crm.door.open(access, OUTBOUND, rows)]


def _unless_covered(crm: Installation) -> tuple[str, list[str]]:
    """A condition on messages, and its values: ("", []) where no other source shows any."""
    covered = [purpose for source in crm.registry.timeline_sources.values() for purpose in source.covers]
    marks = ", ".join("?" * len(covered))
    sent = MessageState.SENT.value
    return (f" AND NOT (state = ? AND purpose IN ({marks}))", [sent, *covered]) if covered else ("", [])


def _item(opened: Opened[OutboundContent]) -> TimelineItem:
    row, content = opened.row, opened.content
    return TimelineItem(
        id=row["id"],
        at=row["at"],
        kind=KIND,
        kind_label=LABELS[row["state"]],
        icon="mail" if row["path"] == "email" else "export",
        subject=content.subject,
        outcome=sentence_of(opened),
        direction="out",
        people=(row["contact_id"],),
        created_by=row["created_by"],
    )
