"""What retention and holds say when the installation is asked whether it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confida_consent.rights.holds import reviews_due
from confida_consent.rights.retention import retention_country
from confida_consent.rights.retention_rules import own_retention_faults
from confida_core.declarations import SelfCheck
from confida_core.installation import Installation

if TYPE_CHECKING:
    from confida_core.doctor import Finding

MEND = "Mend the file in the folder retention; until then nothing falls due. See docs/retention.md."
CHOOSE = "Choose on the page Registers, Retention."
REVIEW = "Look at them on the page Registers, Legal holds."


async def retention_findings(crm: Installation) -> list[Finding]:
    """Faults in own rules, a country that nobody has chosen, holds that should be looked at again."""
    from confida_core.doctor import Finding

    found = [Finding("Retention", "bad", fault, MEND) for fault in own_retention_faults(crm.settings)]
    country = await retention_country(crm)
    if not country:
        found.append(Finding("Retention", "warning", "Nobody has chosen whose rules of retention hold.", CHOOSE))
    elif not found:
        found.append(Finding("Retention", "good", f"The rules of {country} hold."))
    due = await reviews_due(crm)
    if due:
        found.append(Finding("Legal holds", "warning", f"{due} should be looked at again.", REVIEW))
    return found


RETENTION = SelfCheck(key="consent.retention", findings=retention_findings)
