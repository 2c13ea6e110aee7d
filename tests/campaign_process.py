"""A process that sends what is due until it is killed: `python -m tests.campaign_process <settings>`.

settings: a file with the settings as JSON. It prints a line when it begins.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from confida_core.installation import open_installation
from confida_core.jobs.worker import run_worker
from confida_core.settings import Settings
from confida_marketing.campaigns import running
from confida_web.app import load_everything


async def main(settings: Settings) -> None:
    # Small batches, so that few people are enough for many moments at which it can be killed.
    running.AT_ONCE = 10
    async with open_installation(settings, load_everything(settings)) as crm:
        print("begun", flush=True)
        await run_worker(crm, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(Settings(**json.loads(Path(sys.argv[1]).read_text()))))
