"""Prints what mail takes: `python -m tests.bench.mail_speed [sqlite|postgres] [messages]`; `make bench` does too.

Out: messages to many that wait at the door, until the last one is at a mail server on this machine, with one to a single
person among them. In: 1,000 mails in a mailbox of a real IMAP server, until the last one is in its ticket.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from subprocess import Popen
from uuid import UUID

from confida_core.installation import Installation, open_installation
from confida_core.jobs.worker import run_worker
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import BATCH, send, send_batch
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.storage.batches import batches
from confida_core.vault.access import system_access
from confida_service.mail.accounts import AccountDraft, save_account
from confida_service.mail.content import MailAccountContent
from confida_service.mail.fetching import read_account
from confida_service.queues.queues import first_queue
from confida_web.app import load_everything
from tests.bench import gate_speed
from tests.bench.campaign_speed import mail_server, taken
from tests.bench.figures import Figures
from tests.bench.server import memory
from tests.bench.stores import STORES_BY_NAME
from tests.dovecot import PASSWORD, Dovecot, free_port

MESSAGES, MAILS, SENDERS = 5_000, 1_000, 200
LONGEST_WAIT = 60
ACCESS = system_access("bench")
SENTENCE = "Das ist ein Absatz mit ein paar Wörtern, wie er in Rundbriefen steht. "
TEXT, HTML = SENTENCE * 12, f"<p style='font: 16px sans-serif'>{SENTENCE}</p>" * 40


def measure_mail(settings: Settings, figures: Figures, messages: int) -> None:
    with mail_server() as (port, process):
        given = {
            "plugins": ("service",),
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            "mail_from": "crm@example.org",
            "public_url": "https://crm.example.org",
        }
        asyncio.run(run(settings.model_copy(update=given), figures, messages, process))


async def run(settings: Settings, figures: Figures, messages: int, process: Popen[str]) -> None:
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        await hand_over(crm, figures, messages, process)
        server = Dovecot(free_port())
        server.start()
        try:
            await take_in(crm, figures, server)
        finally:
            server.stop()


async def hand_over(crm: Installation, figures: Figures, messages: int, process: Popen[str]) -> None:
    rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id LIMIT ?", messages)
    people = [row["id"] for row in rows]
    gate_speed.HISTORIES = (("given",),)  # type: ignore[assignment]
    await gate_speed.fill(crm, people)
    started = time.perf_counter()
    for batch in batches(people, BATCH):
        await send_batch(crm, ACCESS, [letter(one, bulk=True) for one in batch])
    figures.note("mail.queued", len(people) / (time.perf_counter() - started))
    stop, started, worked, before = asyncio.Event(), time.perf_counter(), time.process_time(), memory(os.getpid())
    worker = asyncio.create_task(run_worker(crm, stop))
    await asyncio.sleep(2)
    figures.note("mail.alone", await seconds_alone(crm, people[0]))
    while taken(process) <= len(people):  # noqa: ASYNC110 -- What is waited for happens in another process.
        await asyncio.sleep(0.05)
    figures.note("mail.cpu", (time.process_time() - worked) / len(people) * 1000)
    figures.note("mail.sent", len(people) / (time.perf_counter() - started))
    figures.note("mail.growth", memory(os.getpid()) - before)
    stop.set()
    await worker
    figures.note("mail.twice", taken(process) - len(people) - 1)


def letter(contact_id: UUID, *, bulk: bool) -> OutboundMessage:
    return OutboundMessage(
        contact_id=contact_id,
        purpose="newsletter",
        subject="Grüße",
        text=TEXT,
        html=HTML,
        to="ada@example.org",
        bulk=bulk,
    )


async def seconds_alone(crm: Installation, contact_id: UUID) -> float:
    """Until a message that somebody waits for has left, while thousands wait."""
    started = time.perf_counter()
    result = await send(crm, ACCESS, letter(contact_id, bulk=False))
    query = "SELECT id FROM outbound_message WHERE id = ? AND state = 'sent'"
    while not await crm.data.fetch(query, result.id):
        if time.perf_counter() - started > LONGEST_WAIT:
            raise TimeoutError
        await asyncio.sleep(0.01)
    return time.perf_counter() - started


async def take_in(crm: Installation, figures: Figures, server: Dovecot) -> None:
    content = MailAccountContent(
        address="help@example.org",
        host="127.0.0.1",
        port=server.port,
        security="none",
        username="help",
        password=PASSWORD,
    )
    account = await save_account(
        crm, system_access("bench"), AccountDraft(content=content, queue_id=await first_queue(crm)), whole=True
    )
    server.deliver("help", *(mail(number) for number in range(MAILS)))
    started = time.perf_counter()
    read = await read_account(crm, account)
    figures.note("mail.taken", time.perf_counter() - started)
    if len(read.taken) != MAILS or read.problem:
        print(f"  {len(read.taken)} mails taken in: {read.problem}", flush=True)


def mail(number: int) -> bytes:
    """Of 200 people; two of three answer an earlier one, and every tenth has a file."""
    earlier = f"In-Reply-To: <{number - number % 3}@example.org>\n" if number % 3 else ""
    head = (
        f"From: Person {number % SENDERS} <person{number % SENDERS}@example.org>\nTo: help@example.org\n{earlier}"
        f"Subject: Question {number - number % 3}\nMessage-ID: <{number}@example.org>\nMIME-Version: 1.0\n"
        f"Date: Sat, 21 Nov 2026 10:{number // 60 % 60:02}:{number % 60:02} +0000\n"
    )
    if number % 10:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{TEXT}\n".encode()
    part = f"--x\nContent-Type: text/plain; charset=utf-8\n\n{TEXT}\n--x\nContent-Type: application/octet-stream; name=a.bin\n"
    return f"{head}Content-Type: multipart/mixed; boundary=x\n\n{part}\n{'QUJD' * 5_000}\n--x--\n".encode()


def alone(engine: str, messages: int) -> None:
    """Without the other parts of the bench."""
    store = STORES_BY_NAME[engine](max(messages, 10_000), 3 * max(messages, 10_000))
    with store.prepared() as settings:
        figures = Figures(store.name)
        measure_mail(settings, figures, messages)
        print(figures)


if __name__ == "__main__":
    alone(sys.argv[1] if len(sys.argv) > 1 else "sqlite", int(sys.argv[2]) if len(sys.argv) > 2 else MESSAGES)
