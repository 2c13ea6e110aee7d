"""Every test of marketing runs with marketing enabled; the fixtures are those that anybody's plugin uses."""

from __future__ import annotations

import pytest


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("marketing",)
