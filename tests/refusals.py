"""Ways in which somebody is out of reach that the api modules do not offer to plugins, for the tests of plugins."""

from __future__ import annotations

from uuid import UUID

from confida_consent.gpc import record_signal
from confida_consent.rights.erasure import erase_person
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import system_access
from confida_core.vault.suppressions import EVERYTHING
from confida_core.vault.suppressions import suppress as suppress_in_core

INSIDE, CONSENTING = system_access("tests"), system_access("tests", "consent")


async def restrict(crm: Installation, contact_id: UUID) -> None:
    await crm.orders.give("restriction", contact_id)


async def suppress(crm: Installation, address: str, channel: str = "email") -> None:
    """For every purpose."""
    await suppress_in_core(crm, channel, address, EVERYTHING)


async def signal(crm: Installation, contact_id: UUID) -> None:
    """Their browser says that their data are not for advertising."""
    await record_signal(crm, CONSENTING, contact_id)


async def erase(crm: Installation, contact_id: UUID) -> None:
    await erase_person(crm, INSIDE, contact_id, request_id=new_id())
