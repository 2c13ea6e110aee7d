"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.web.rest.programs import Program, program


@pytest.fixture
async def olga(app: Any, crm: Any) -> AsyncIterator[Program]:
    """A program of Olga, the owner, with every right over contacts, for daily work."""
    async with await program(app, crm) as one:
        yield one
