"""What consent looks at when the installation is asked whether it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_consent.rules.reading import own_files_faults
from confida_core.declarations import SelfCheck
from confida_core.installation import Installation

if TYPE_CHECKING:
    from confida_core.doctor import Finding

REMEDY = "Mend the file in the folder rules; until then nothing is sent on its ground. See docs/rules.md."


async def rules_findings(crm: Installation) -> list[Finding]:
    """The installation's own files of rules; nothing to say where there are none.

    The start does not stop for one that is broken: people must be able to say no, and it only narrows what is sent.
    """
    from confida_core.doctor import Finding

    faults = own_files_faults(crm.settings)
    if faults:
        return [Finding("Rules of countries", "bad", fault, REMEDY) for fault in faults]
    own = sorted(path.name for path in (crm.settings.home / "rules").glob("*.toml"))
    return [Finding("Rules of countries", "good", f"Your own are sound: {', '.join(own)}.")] if own else []


RULES = SelfCheck(key="consent.rules", findings=rules_findings)
