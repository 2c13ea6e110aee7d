"""Nothing may leave the machine: a test that tries to reach another one fails."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest

CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
ASKING = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class NetworkReached(AssertionError):
    """Something tried to reach another machine, or asked for its address."""


class Watch:
    """Looks at every address that this process connects to, asks for or sends to, while it is on.

    Python's audit hooks cannot be taken away again, so there is one for the process, made when it is first needed.
    """

    def __init__(self) -> None:
        self.on, self.installed = False, False
        self.reached: list[str] = []

    def start(self) -> None:
        if not self.installed:
            sys.addaudithook(self._look)
            self.installed = True
        self.on, self.reached = True, []

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or not (event in CONNECTING or event in ASKING):
            return
        address = arguments[0] if event in ASKING else arguments[1]
        if not is_near(address):
            self.reached.append(f"{event} {address!r}")
            raise NetworkReached(f"the test reached for {address!r} ({event})")


WATCH = Watch()


def is_near(address: Any) -> bool:
    """Loopback, a socket in the file system, or no address at all."""
    host = address[0] if isinstance(address, tuple) else address
    if not isinstance(address, tuple) and isinstance(host, str | bytes) and str(host).startswith(("/", "b'/", "\0")):
        return True
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return str(host).endswith(".localhost")


@pytest.fixture
def no_network() -> Iterator[None]:
    """Fails the test if this process connects to anything but this machine, even where the error was swallowed.

    Child processes are not watched.
    """
    WATCH.start()
    yield
    WATCH.on = False
    if WATCH.reached:
        raise NetworkReached("the test reached for " + ", ".join(WATCH.reached))
