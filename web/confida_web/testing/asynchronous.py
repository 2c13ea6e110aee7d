"""Confida runs on asyncio; tests of it do not run twice because another event loop happens to be installed."""

from __future__ import annotations

import pytest

from confida_web.testing.connections import ASYNCIO


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fixes the loop of tests that use an installation; a mark goes before anyio's own choice."""
    if {"settings", "anyio_backend"} <= set(metafunc.fixturenames):
        chosen = pytest.mark.parametrize("anyio_backend", [ASYNCIO], ids=[pytest.HIDDEN_PARAM], scope="module")
        metafunc.definition.add_marker(chosen)
