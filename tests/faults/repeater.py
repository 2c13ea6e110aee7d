"""A program that carries out requests under idempotency keys until it is killed. Each key is noted before its request.

Usage: python -m tests.faults.repeater HOME NOTED
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from confida_core import hooks
from confida_core.accounts.api_requests import Made, Repeated, make_once
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from confida_core.settings import read_settings
from confida_core.vault.access import system_access

TOKEN = UUID(int=7)
WRITERS = 4


async def carry_out(crm: Any, key: str) -> Made:
    async def work() -> UUID:
        content = ContactContent(display_name=f"Ada {key}")
        return await create_contact(crm, system_access("repeater"), ContactKind.PERSON, content)

    return await make_once(crm, Repeated(token_id=TOKEN, key=key, content=b"POST"), work)


async def go_on(crm: Any, noted: int) -> None:
    while True:
        key = str(uuid4())
        # One write call: the kernel keeps it when this process dies.
        os.write(noted, f"{key}\n".encode())
        await carry_out(crm, key)


async def main(home: Path, noted: int) -> None:
    async with open_installation(read_settings(home=home), load_registry((), built_in=[hooks])) as crm:
        await asyncio.gather(*(go_on(crm, noted) for _ in range(WRITERS)))


if __name__ == "__main__":
    file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    asyncio.run(main(Path(sys.argv[1]), file))
