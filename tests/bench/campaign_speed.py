"""Prints what a campaign takes: `python -m tests.bench.campaign_speed [recipients] [sqlite|postgres]`; `make bench` does too.

50,000 recipients unless told otherwise, to a mail server on this machine.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from confida_consent.api import Controller
from confida_consent.controller import save_controller
from confida_core.contacts.indexing import ContactSource
from confida_core.installation import Installation, open_installation
from confida_core.jobs.worker import run_worker
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_marketing.campaigns import running
from confida_marketing.campaigns.campaigns import CampaignDraft, create_campaign, visible_campaign
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.states import begin
from confida_marketing.content.email_content import Block, EmailContent
from confida_marketing.content.emails import create_email
from confida_marketing.segments.segments import SegmentDraft, save_segment
from confida_web.app import load_everything
from tests.bench import gate_speed
from tests.bench.figures import Figures, table
from tests.bench.server import memory
from tests.bench.stores import STORES_BY_NAME

RECIPIENTS = 50_000
ACCESS = system_access("bench")
PARAGRAPH = "Dear {{first_name|friend}}, the harbour opens again in spring, and you are the first to hear of it. " * 6


@contextmanager
def mail_server() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Its port and its process, which answers each line with the number of messages it has taken."""
    command = [sys.executable, "-m", "tests.bench.mail_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.stdin.close()
            process.wait()


def taken(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


async def measure_campaigns(settings: Settings, figures: Figures, recipients: int) -> None:
    """The list with the gate, then everything until the last message is at the mail server, with the memory it takes."""
    with mail_server() as (port, process):
        given = {
            "plugins": ("marketing",),
            "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0}},
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            "mail_from": "news@example.org",
        }
        await run(settings.model_copy(update=given), figures, recipients, process)


async def run(settings: Settings, figures: Figures, recipients: int, process: subprocess.Popen[str]) -> None:
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        await crm.index.ensure(ContactSource(crm))
        campaign_id = await planned(crm, recipients)
        await running.take_lead(crm, campaign_id)
        started = time.perf_counter()
        await running.prepare_list(crm, ACCESS, await visible_campaign(crm, ACCESS, campaign_id))
        figures.note("campaigns.list", time.perf_counter() - started)
        listed = await number(crm, "SELECT count(*) AS n FROM marketing_delivery WHERE state = 'listed'")
        print(f"  {listed:,} on the list", flush=True)
        await crm.data.fetch("UPDATE marketing_campaign SET lead_until = NULL")
        await send(crm, figures, listed, process)


async def planned(crm: Installation, recipients: int) -> UUID:
    """Everybody who may be asked said yes; a living segment and an e-mail of ten blocks."""
    rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id LIMIT ?", recipients)
    gate_speed.HISTORIES = (("given",),)  # type: ignore[assignment]
    await gate_speed.fill(crm, [row["id"] for row in rows])
    await save_controller(crm, ACCESS, Controller(name="House", street="1 Quay", postal_code="1", locality="Port"))
    blocks = tuple(Block(kind="text", text=PARAGRAPH) for _ in range(10))
    email_id = await create_email(crm, ACCESS, EmailContent(name="News", subject="News", blocks=blocks))
    condition = '{"field": "has_email", "op": "is", "value": true}'
    draft = SegmentDraft(name="All", condition=condition, purpose="newsletter", channel="email")
    segment = await save_segment(crm, ACCESS, draft)
    content = CampaignContent(name="Spring", include=(segment,))
    draft_of = CampaignDraft(content=content, purpose="newsletter", email_id=email_id)
    campaign_id = await create_campaign(crm, ACCESS, draft_of)
    await begin(crm, campaign_id, "state = 'draft'")
    return campaign_id


async def send(crm: Installation, figures: Figures, listed: int, process: subprocess.Popen[str]) -> None:
    stop, started, early, most = asyncio.Event(), time.perf_counter(), 0, 0
    worker = asyncio.create_task(run_worker(crm, stop))
    processor = time.process_time()
    try:
        while (done := taken(process)) < listed and time.perf_counter() - started < 3_600:
            most = max(most, memory(os.getpid()))
            if done > listed / 10 and not early:
                early = memory(os.getpid())
            await asyncio.sleep(1)
    finally:
        stop.set()
        await worker
    figures.note("campaigns.processor", listed / (time.process_time() - processor))
    figures.note("campaigns.sent", taken(process) / (time.perf_counter() - started))
    figures.note("campaigns.twice", taken(process) - listed)
    figures.note("campaigns.memory", most)
    figures.note("campaigns.growth", memory(os.getpid()) - (early or memory(os.getpid())))


async def number(crm: Installation, sql: str) -> int:
    return int((await crm.data.fetch(sql))[0]["n"])


def alone(recipients: int, engine: str) -> None:
    """Without the other parts of the bench."""
    store = STORES_BY_NAME[engine](max(recipients, 10_000), 3 * max(recipients, 10_000))
    with store.prepared() as settings:
        figures = Figures(store.name)
        asyncio.run(measure_campaigns(settings, figures, recipients))
        print(table([figures]))


if __name__ == "__main__":
    alone(int(sys.argv[1]) if len(sys.argv) > 1 else RECIPIENTS, sys.argv[2] if len(sys.argv) > 2 else "sqlite")
