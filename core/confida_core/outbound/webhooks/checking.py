"""Whether webhooks arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_core.declarations import SelfCheck

if TYPE_CHECKING:
    from confida_core.doctor import Finding
    from confida_core.installation import Installation


async def check_webhooks(crm: Installation) -> list[Finding]:
    """How many are paused, switched off by the other side, or have dead letters; names none of them."""
    from confida_core.doctor import Finding

    rows = await crm.data.fetch(
        "SELECT state, reason, (SELECT count(*) FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 'dead') AS dead "
        "FROM webhook_endpoint e"
    )
    gone = sum(row["reason"] == "gone" for row in rows)
    restored = sum(row["reason"] == "restored" for row in rows)
    dead = sum(row["dead"] > 0 for row in rows)
    counts = (
        (gone, "switched off by the other side"),
        (restored, "paused since a backup was restored"),
        (dead, "with dead letters"),
    )
    wrong = ", ".join(f"{count} {words}" for count, words in counts if count)
    if not wrong:
        return [Finding("Webhooks", "good", f"In order: {len(rows)}." if rows else "There are none.")]
    return [Finding("Webhooks", "warning", f"Of {len(rows)}: {wrong}.", "Look at Settings, Webhooks.")]


SELF_CHECKS = (SelfCheck(key="core.webhooks", findings=check_webhooks),)
