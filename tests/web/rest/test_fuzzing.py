"""Whatever programs send: no fault of ours, no answer that our document does not describe, and nothing of hidden people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live_server import serving
from tests.web.rest.fuzzing import ROLES, Planted, Tally, plant, run_cases


@pytest.fixture
def served(settings: Any) -> Iterator[tuple[str, Planted]]:
    """The address of a real server, and what was planted before it was started."""
    environment = {
        "CONFIDA_DATABASE_URL": settings.database_url,
        "CONFIDA_KEYRING_URL": settings.keyring_url,
        "CONFIDA_API_REQUESTS_PER_MINUTE": "1000000",
    }
    found: list[Planted] = []

    def before(_: Any) -> None:
        found.append(asyncio.run(plant_in(settings)))

    with serving(settings.home, new=False, settings=environment, before=before) as server:
        yield server.url, found[0]


async def plant_in(settings: Any) -> Planted:
    from confida_core.installation import open_installation
    from confida_core.setup import initialise, upgrade
    from confida_web.app import load_everything

    initialise(settings)
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        return await plant(crm)


def check(tally: Tally, cases: int) -> None:
    for role in ROLES:
        answered = {status: tally.statuses[role, status] for known, status in sorted(tally.statuses) if known == role}
        print(f"{role}: {answered}")
    # Cases that all end at the door would prove nothing.
    roles = {role for role, status in tally.statuses if status in {200, 201}}
    assert len(roles) >= (len(ROLES) if cases > 1000 else 2)
    print(f"{tally.cases} cases, {len(tally.leaks)} leaks")
    assert tally.leaks == []
    assert tally.cases >= cases


def test_some_hundred_cases(served: tuple[str, Planted]) -> None:
    """On both engines together more than 400."""
    check(run_cases(*served, 200), 200)


@pytest.mark.slow
def test_ten_thousand_cases(served: tuple[str, Planted]) -> None:
    check(run_cases(*served, 10_000), 10_000)
