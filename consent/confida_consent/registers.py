"""When a public register of people who want no advertising was last imported; a fact kept beside the keys.

Most such registers are read in the form of a list of addresses, which goes into the suppressions; until that was done
lately, nothing is sent on the ground that somebody is not in it.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from confida_core.clock import now
from confida_core.installation import Installation


def fact_name(register: str) -> str:
    """Names of registers come from files of rules and may be long."""
    return f"register {hashlib.sha256(register.encode()).hexdigest()[:24]}"


async def note_register_read(crm: Installation, register: str) -> None:
    """That a register was imported now, complete."""
    await crm.keyring.remember(fact_name(register), int(now().timestamp()))


async def register_read_at(crm: Installation, register: str) -> datetime | None:
    """When it was last imported; None for never."""
    fact = await crm.keyring.remembered(fact_name(register))
    return None if fact is None else datetime.fromtimestamp(fact[0], UTC)
