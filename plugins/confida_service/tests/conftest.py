"""Every test of service runs with service enabled; the fixtures are those that anybody's plugin uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.dovecot import Dovecot, free_port


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("service",)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One IMAP server for all tests of a process; every test has a user of its own."""
    server = Dovecot(free_port())
    server.start()
    yield server
    server.stop()
