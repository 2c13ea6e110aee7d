"""An installation with a gate that says yes unless told otherwise, which may send webhooks to this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_core.events.following import ensure_cursors
from tests.core.outbound.house import Guard, house, plugin
from tests.core.outbound.webhooks.receiver import PRIVATE, Receiver, listening


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
async def crm(settings: Any, guard: Guard) -> AsyncIterator[Any]:
    async with house(settings, plugin([guard.declared()]), webhook_private_addresses=PRIVATE) as installation:
        await ensure_cursors(installation)
        yield installation


@pytest.fixture
async def shop() -> AsyncIterator[Receiver]:
    async with listening(Receiver()) as receiver:
        yield receiver
