"""What keeping faults apart declares: a look at what is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_core.declarations import SelfCheck
from confida_core.isolation.breakers import MOST_FAILURES, switched_off

if TYPE_CHECKING:
    from confida_core.doctor import Finding
    from confida_core.installation import Installation


async def check_faults(crm: Installation) -> list[Finding]:
    """One finding for each part of a plugin that is switched off in any process."""
    from confida_core.doctor import Finding

    found = await switched_off(crm)
    if not found:
        return [Finding("Parts of plugins", "good", "None is switched off.")]
    return [
        Finding(
            "Parts of plugins",
            "warning",
            f"{one.key} of {one.plugin} {one.version} ({one.hook}) failed {MOST_FAILURES} times in a row and is switched off "
            f"since {one.at}: {one.kind} {one.where}.",
            "Tell whoever made it, upgrade it, and switch it on again at Settings, Plugins.",
        )
        for one in found
    ]


SELF_CHECKS = (SelfCheck(key="core.faults", findings=check_faults),)
