"""How far campaigns are: counted in the ledger and at core's door, opened by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Installation
from confida_web.api import mark

# What is told of a ledger's row, and of a message that stands behind it.
WORDS: Mapping[str, str] = {
    "sent": mark("Sent"),
    "printed": mark("Printed"),
    "called": mark("Called"),
    "waiting": mark("At the door"),
    "listed": mark("Still to come"),
    "refused": mark("Not allowed"),
    "failed": mark("Could not be delivered"),
    "capped": mark("Had enough this week"),
    "held_out": mark("Left out to compare"),
    "gone": mark("No longer to be reached"),
    "cancelled": mark("Called back"),
}
SETTLED = frozenset({"sent", "printed", "called", "refused", "failed", "capped", "gone", "cancelled"})
OF_MESSAGE = {"queued": "waiting", "sending": "waiting", "sent": "sent", "refused": "refused", "failed": "failed",
              "cancelled": "cancelled"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """counts: by key of WORDS, those there are."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Whom it is meant for, without the group that is left out to compare."""
        return sum(number for key, number in self.counts.items() if key != "held_out")

    @property
    def settled(self) -> int:
        return sum(number for key, number in self.counts.items() if key in SETTLED)

    @property
    def percent(self) -> int:
        return self.settled * 100 // self.total if self.total else 0

    def of(self, key: str) -> int:
        return self.counts.get(key, 0)


async def progress_of(crm: Installation, campaign_ids: list[UUID]) -> dict[UUID, Progress]:
    """One query for all of them."""
    if not campaign_ids:
        return {}
    marks = ", ".join("?" * len(campaign_ids))
    rows = await crm.data.fetch(
        "SELECT d.source_id, d.state, m.state AS message, count(*) AS number FROM marketing_delivery d "
        f"LEFT JOIN outbound_message m ON m.id = d.message_id WHERE d.source_id IN ({marks}) "
        "GROUP BY d.source_id, d.state, m.state",
        *campaign_ids,
    )
    found: dict[UUID, dict[str, int]] = {one: {} for one in campaign_ids}
    for row in rows:
        state, message = str(row["state"]), str(row["message"] or "")
        key = OF_MESSAGE.get(message, state) if state == "queued" else state
        counts = found[row["source_id"]]
        counts[key] = counts.get(key, 0) + int(row["number"])
    return {one: Progress(counts) for one, counts in found.items()}


async def refusals_of(crm: Installation, campaign_id: UUID) -> dict[str, int]:
    """Why some were not written to, or could not be, with their number; codes of the gate and of the door."""
    rows = await crm.data.fetch(
        "SELECT CASE WHEN m.reason IS NULL OR m.reason = '' THEN d.reason ELSE m.reason END AS why, count(*) AS number "
        "FROM marketing_delivery d LEFT JOIN outbound_message m ON m.id = d.message_id WHERE d.source_id = ? "
        "AND (d.state IN ('refused', 'failed', 'capped') OR m.state IN ('refused', 'failed')) GROUP BY why "
        "ORDER BY number DESC LIMIT 20",
        campaign_id,
    )  # fmt: skip
    return {row["why"]: int(row["number"]) for row in rows if row["why"]}
