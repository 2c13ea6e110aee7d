"""Whether every handler of events keeps up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_core.declarations import SelfCheck
from confida_core.events.following import HANDLE
from confida_core.jobs.arguments import decoded

if TYPE_CHECKING:
    from confida_core.doctor import Finding
    from confida_core.installation import Installation


async def check_handlers(crm: Installation) -> list[Finding]:
    """One finding for each handler that stands still after it failed several times."""
    from confida_core.doctor import Finding

    rows = await crm.data.fetch("SELECT arguments, error FROM job WHERE key = ? AND state = 'dead'", HANDLE)
    if not rows:
        return [Finding("Events", "good", "Every handler of events keeps up.")]
    plugins = {item.value.key: str(item.plugin) for item in crm.registry.with_owner("event_handlers")}
    found = []
    for row in rows:
        key = str(decoded(row["arguments"])["handler"])
        text = f"{key} of {plugins.get(key, 'a plugin that is gone')} failed several times and stands still: {row['error']}."
        found.append(
            Finding("Events", "warning", text, "Tell whoever made it; then try again at Settings, Jobs, Given up.")
        )
    return found


SELF_CHECKS = (SelfCheck(key="core.events", findings=check_handlers),)
