"""An installation with a gate, a mail server that takes everything, and a way out of a plugin's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.core.outbound.house import Guard, Mailbox, Pigeons, house, mail_settings, plugin, serving


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
def pigeons() -> Pigeons:
    return Pigeons()


@pytest.fixture
async def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def crm(settings: Any, guard: Guard, pigeons: Pigeons, mailbox: Mailbox) -> AsyncIterator[Any]:
    async with (
        serving(mailbox) as port,
        house(settings, plugin([guard.declared()], [pigeons.declared()]), **mail_settings(port)) as installation,
    ):
        yield installation
