"""A process of its own that tells and delivers, until somebody kills it: python -m ...worker HOME DATABASE KEYRING."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from confida_core.jobs.worker import run_worker
from confida_core.settings import read_settings
from tests.core.outbound.house import Guard, house, plugin
from tests.core.outbound.webhooks.receiver import PRIVATE


async def main(home: str, database_url: str, keyring_url: str) -> None:
    settings = read_settings(home=Path(home), database_url=database_url, keyring_url=keyring_url)
    async with house(settings, plugin([Guard().declared()]), webhook_private_addresses=PRIVATE) as crm:
        await run_worker(crm, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
