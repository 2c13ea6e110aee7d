"""A program that bills until it is killed, and notes each invoice only after the store said that it is durable.

Usage: python -m tests.faults.biller HOME ACKNOWLEDGED ROUNDS CONTACT
In each round two processes at once issue invoices, take half of some back and enter payments, and bill what recurs, until each
is killed at a random moment of its own. One line goes to the file ACKNOWLEDGED for each invoice: its id. The rounds are forks
of one process, because loading the program takes a second.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from confida_core.api import Access, Actor
from confida_core.installation import open_installation
from confida_core.settings import read_settings
from confida_sales.billing.invoices import PaymentDraft, Terms, issue_credit_note, issue_invoice, record_payment
from confida_sales.billing.recurring import bill_due
from confida_sales.content import PaperContent, PaperLine
from confida_web.app import load_everything

DAY = date(2026, 11, 22)
LINE = PaperLine(name="Boat", quantity=2_000, price=100_00, tax_category="S", tax_rate=1_900)
PAPER = PaperContent(name="Ada Lovelace", lines=(LINE,))
HALF = PaperContent(name="Ada Lovelace", lines=(PaperLine(name="Boat", price=100_00, tax_rate=1_900),))
ACTOR = Actor(
    id=UUID(int=1), permissions=frozenset({"sales.read", "sales.write", "sales.bill", "sales.manage", "contacts.read"})
)
ACCESS = Access(actor=ACTOR, purpose="sales.bookkeeping", where="test", deferred=True)
WRITERS = 3
# What a child tells: an invoice was issued; a period was billed, or none is left.
ISSUED, RECURRED = b"i", b"r"


async def bill(crm: Any, contact_id: UUID, acknowledged: int, begun: int) -> None:
    while True:
        made = await issue_invoice(crm, ACCESS, contact_id, PAPER, Terms(currency="EUR", issued_on=DAY))
        # One write call, so that lines of several writers never mix; the kernel keeps it when this process dies.
        os.write(acknowledged, f"{made}\n".encode())
        os.write(begun, ISSUED)
        await record_payment(crm, ACCESS, made, PaymentDraft(amount=50_00, paid_on=DAY))
        await issue_credit_note(crm, ACCESS, made, HALF, DAY)


async def bill_again_and_again(crm: Any, begun: int) -> None:
    """One period at a time, so that there are many moments to be killed at."""
    while await bill_due(crm, DAY, most=1):
        os.write(begun, RECURRED)
    os.write(begun, RECURRED)


async def bill_all(settings: Any, registry: Any, contact_id: UUID, acknowledged: int, begun: int) -> None:
    async with open_installation(settings, registry) as crm:
        work = [bill(crm, contact_id, acknowledged, begun) for _ in range(WRITERS)]
        await asyncio.gather(bill_again_and_again(crm, begun), *work)


def start_child(work: Any, begun: int) -> int:
    child = os.fork()
    if child == 0:
        asyncio.run(work(begun))
        os._exit(0)
    return child


def run_round(work: Any, chance: random.Random) -> None:
    """Let two children write a first invoice of both kinds, and kill each a random moment later, as a power switch would."""
    reader, begun = os.pipe()
    children = [start_child(work, begun) for _ in range(2)]
    os.close(begun)
    missing = {ISSUED, RECURRED}
    while missing:
        told = os.read(reader, 1)
        if not told:
            raise SystemExit("the billers ended before they billed anything")
        missing.discard(told)
    for child in children:
        time.sleep(chance.uniform(0, 0.2))
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    os.close(reader)


def main(home: Path, acknowledged: Path, rounds: int, contact_id: UUID) -> None:
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    settings = read_settings(home=home)
    registry = load_everything(settings)
    chance = random.Random(rounds)
    for _ in range(rounds):
        run_round(lambda begun: bill_all(settings, registry, contact_id, handle, begun), chance)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), UUID(sys.argv[4]))
