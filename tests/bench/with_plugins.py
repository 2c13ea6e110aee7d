"""What twenty enabled plugins with a panel each add to the contact page and to the start."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from confida_core.installation import open_installation
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_web.app import load_everything
from tests.bench.figures import Figures
from tests.bench.load import Outcome
from tests.bench.made_plugins import installed_here, make_plugins, write_notes
from tests.bench.server import Server, serving
from tests.bench.visits import Known, everybody, know

PLUGINS = 20
STARTS = 5
ROUNDS = 3
PutLoad = Callable[[Server, list[list[bytes]], float], Outcome]


def measure_plugins(settings: Settings, figures: Figures, put_load: PutLoad, seconds: float) -> None:
    """The same pages in turns with and without them, so that what else the machine does meets both."""
    known = asyncio.run(know(settings))
    with tempfile.TemporaryDirectory(prefix="confida-bench-plugins-") as folder:
        keys = make_plugins(Path(folder), PLUGINS)
        # Before there is anything of theirs in the database: an installation that never had any.
        without = median(start(settings, known) for _ in range(STARTS))
        with installed(settings, folder, keys), installed_here(Path(folder)):
            asyncio.run(fill_plugins(settings, known, keys))
            start(settings, known)  # The first one compiles their modules.
            enabled = median(start(settings, known) for _ in range(STARTS))
        figures.note("plugins.start", enabled - without)
        bare, full = [], []
        for _ in range(ROUNDS):
            # Disabled, but installed: without them a server would not start, because of what their tables hold.
            with installed(settings, folder, ()):
                bare.append(contact_pages(settings, known, put_load, seconds))
            with installed(settings, folder, keys):
                full.append(contact_pages(settings, known, put_load, seconds))
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        note_both(figures, name, [one.at(share) for one, _ in bare], [one.at(share) for one, _ in full])
    note_both(figures, "cpu", [cpu for _, cpu in bare], [cpu for _, cpu in full])


def note_both(figures: Figures, name: str, without: list[float], enabled: list[float]) -> None:
    before, after = median(without), median(enabled)
    figures.note(f"plugins.without.{name}", before)
    figures.note(f"plugins.with.{name}", after)
    figures.note(f"plugins.more.{name}", after / before - 1)


@contextmanager
def installed(settings: Settings, folder: str, keys: tuple[str, ...]) -> Iterator[None]:
    """Installed and enabled for the servers that are started meanwhile."""
    config, path = settings.home / "config.toml", os.environ.get("PYTHONPATH")
    before = config.read_text() if config.exists() else ""
    config.write_text(f"plugins = {list(keys)}\n{before}")
    os.environ["PYTHONPATH"] = folder if path is None else f"{folder}{os.pathsep}{path}"
    try:
        yield
    finally:
        config.write_text(before)
        os.environ.pop("PYTHONPATH")
        if path is not None:
            os.environ["PYTHONPATH"] = path


async def fill_plugins(settings: Settings, known: Known, keys: tuple[str, ...]) -> None:
    """Their tables, and a note of each about everybody whose page is asked for."""
    enabled = settings.model_copy(update={"plugins": keys})
    async with open_installation(enabled, load_everything(enabled)) as crm:
        await upgrade(crm)
        await write_notes(crm, keys, known.ids)


def start(settings: Settings, known: Known) -> float:
    """Seconds from nothing to the first contact page."""
    with serving(settings) as server:
        return server.seconds_until(f"/contacts/{known.ids[0]}", known.visitors[0].cookie)


def contact_pages(settings: Settings, known: Known, put_load: PutLoad, seconds: float) -> tuple[Outcome, float]:
    """How the pages were answered, and the server's milliseconds of processor time for each."""
    with serving(settings) as server:
        server.seconds_until(f"/contacts/{known.ids[0]}", known.visitors[0].cookie)
        before = server.cpu_seconds()
        outcome = put_load(server, everybody(known, "contacts"), seconds)
        pages = len(outcome.milliseconds) * (1 + 0.5 / outcome.seconds)  # The pages that were not counted cost as well.
        return outcome, (server.cpu_seconds() - before) * 1000 / max(pages, 1)
