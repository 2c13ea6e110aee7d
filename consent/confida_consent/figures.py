"""How many people say what, by purpose and channel: counted over all events at once, opening none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from confida_consent.state import DECISIONS
from confida_consent.vocabulary import YES, Kind
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.vault.access import Access

DECIDING = ", ".join(f"'{kind}'" for kind in sorted(DECISIONS))
# The latest decision that no other event corrects, of each person: what `state.effective_event` derives for one.
COUNTED = f"""
    SELECT purpose, channel, kind,
        CASE WHEN valid_until IS NULL OR valid_until > ? THEN 2 WHEN valid_until > ? THEN 1 ELSE 0 END AS lasts,
        count(*) AS people
    FROM (
        SELECT purpose, channel, kind, valid_until, row_number() OVER (
            PARTITION BY subject_id, purpose, channel ORDER BY indicated_at DESC, ledger_index DESC) AS place
        FROM consent_event WHERE kind IN ({DECIDING})
        AND id NOT IN (SELECT supersedes FROM consent_event WHERE supersedes IS NOT NULL)
    ) AS decided
    WHERE place = 1 GROUP BY 1, 2, 3, 4
"""


@dataclass(slots=True)
class Figures:
    """People by how they stand. given: yes, and it lasts; expiring: those of them whose yes ends soon."""

    given: int = 0
    expiring: int = 0
    withdrawn: int = 0
    objected: int = 0


async def consent_figures(crm: Installation, access: Access, days: int) -> dict[tuple[str, str], Figures]:
    """Figures by purpose and channel, wherever anybody decided anything. days: what "soon" means. Raises Forbidden."""
    access.actor.require("consents.read")
    moment, found = now(), dict[tuple[str, str], Figures]()
    for row in await crm.data.fetch(COUNTED, moment + timedelta(days=days), moment):
        figures = found.setdefault((row["purpose"], row["channel"]), Figures())
        if row["kind"] == Kind.OBJECTED:
            figures.objected += row["people"]
        elif row["kind"] in YES and row["lasts"]:
            figures.given += row["people"]
            figures.expiring += row["people"] if row["lasts"] == 1 else 0
        elif row["kind"] != Kind.OBJECTION_ENDED:
            figures.withdrawn += row["people"]
    return found
