"""A program that writes until it is killed, and notes each write only after the store said that it is durable.

Usage: python -m tests.faults.writer HOME ACKNOWLEDGED WRITERS ROUNDS
In each round a process of its own adds contacts with an interaction each, in one transaction, through the real functions, by
so many writers at once, until it is killed at a random moment. One line goes to the file ACKNOWLEDGED for each pair: the id of
the contact, the id of the interaction. The rounds are forks of one process, because loading the program takes a second.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from confida_core import hooks
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.registry import load_registry
from confida_core.settings import read_settings
from confida_core.vault.access import system_access

ACCESS = system_access("writer")


async def write_pair(crm: Any, number: int) -> tuple[Any, Any]:
    """A contact and what was said to them: both or neither."""
    async with crm.data.transaction():
        content = ContactContent(display_name=f"Ada {number}")
        contact_id = await create_contact(crm, ACCESS, ContactKind.PERSON, content)
        draft = InteractionDraft(kind="note", people=(contact_id,), subject=f"Note {number}")
        return contact_id, await log_interaction(crm, ACCESS, draft)


async def write(crm: Any, acknowledged: int, number: int, begun: int) -> None:
    while True:
        contact_id, interaction_id = await write_pair(crm, number)
        # One write call, so that lines of several writers never mix; the kernel keeps it when this process dies.
        os.write(acknowledged, f"{contact_id} {interaction_id}\n".encode())
        os.write(begun, b".")


async def write_all(home: Path, acknowledged: int, writers: int, begun: int) -> None:
    async with open_installation(read_settings(home=home), load_registry((), built_in=[hooks])) as crm:
        await asyncio.gather(*(write(crm, acknowledged, number, begun) for number in range(writers)))


async def write_once(home: Path) -> None:
    async with open_installation(read_settings(home=home), load_registry((), built_in=[hooks])) as crm:
        await write_pair(crm, 0)


def run_round(home: Path, acknowledged: int, writers: int, chance: random.Random) -> None:
    """Let a child write a first pair, and kill it a random moment later, as a power switch would end a program."""
    reader, begun = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        asyncio.run(write_all(home, acknowledged, writers, begun))
        os._exit(0)
    os.close(begun)
    if not os.read(reader, 1):
        raise SystemExit("the writers ended before they wrote anything")
    time.sleep(chance.uniform(0, 0.2))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)


def main(home: Path, acknowledged: Path, writers: int, rounds: int) -> None:
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    chance = random.Random(rounds)
    # Here, and not in a child: what is loaded and prepared when it is first used is so for all of them.
    asyncio.run(write_once(home))
    gc.freeze()
    for _ in range(rounds):
        run_round(home, handle, writers, chance)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
