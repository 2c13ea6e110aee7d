"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.web.client import app, as_role, client, own_app, stranger

__all__ = ["app", "as_role", "client", "crm", "own_app", "stranger"]


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    """As in the other tests, with the pages' own declarations beside core's."""
    from confida_core.installation import open_installation
    from confida_core.setup import initialise, upgrade
    from confida_web.app import load_everything

    initialise(settings)
    async with open_installation(settings, load_everything(settings)) as installation:
        await upgrade(installation)
        yield installation
