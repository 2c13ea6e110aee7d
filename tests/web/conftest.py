"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest


@pytest.fixture
def confida_registry() -> Callable[[Any], Any]:
    """As plugins test, with the pages' own declarations beside core's."""
    from confida_web.app import load_everything

    return load_everything


@pytest.fixture
async def own_app(crm: Any) -> AsyncIterator[Any]:
    """An application to which a test may add routes: nobody shares it."""
    from confida_web.app import create_app, routed

    routed.cache_clear()
    yield create_app(crm)
    routed.cache_clear()
