"""Where a webhook may go: https to the public internet, and elsewhere only what the operator names.

Names are resolved here, each address is looked at, and the connection is made to exactly that address: a name that means
something else a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

LONGEST_URL = 2_000
RESOLVE_SECONDS = 5.0
PORTS = {"https": 443, "http": 80}
# Below 1024 only the web's own; above, services that act on what they are sent, whatever it looks like.
LOW_PORTS = frozenset({80, 443})
CLOSED_PORTS = frozenset(
    {1433, 1521, 1720, 1723, 2049, 2375, 2376, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900, 5984, 6000,
     6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 11211, 27017}
)  # fmt: skip
# What Python's own lists of reserved networks lack in some of its versions, or call public: translated addresses above all.
NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class AddressRefused(Exception):
    """Nothing goes there. reason: a code of `content.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NameUnknown(Exception):
    """The name could not be resolved; it may be later."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL. host: as it is resolved and as the certificate must name it. path: with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """For the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Raises AddressRefused for what is no plain http or https URL."""
    if len(url) > LONGEST_URL or not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        raise AddressRefused("bad_url")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError:
        raise AddressRefused("bad_url") from None
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.fragment or "%" in host:
        raise AddressRefused("bad_url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The operator's networks. Raises ValueError naming the one that is none."""
    return tuple(ip_network(text) for text in texts)


def is_within(address: IPAddress, allowed: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in allowed)


def is_public(address: IPAddress) -> bool:
    return address.is_global and not is_within(address, NEVER_PUBLIC)


def check_address(target: Target, text: str, allowed: Sequence[Network]) -> str:
    """The address to connect to. Raises AddressRefused.

    allowed: networks the operator named; within them any port, and http too, because that is for a machine of one's own.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        raise AddressRefused("private_address") from None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    plain: IPAddress = mapped or address
    if is_within(plain, allowed):
        return str(plain)
    if not is_public(address):
        raise AddressRefused("private_address")
    if target.scheme != "https":
        raise AddressRefused("not_https")
    if target.port in CLOSED_PORTS or (target.port < 1024 and target.port not in LOW_PORTS):
        raise AddressRefused("closed_port")
    return str(plain)


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """As every other program on this machine does."""
    loop = asyncio.get_running_loop()
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    # In a thread: nobody can say how long it takes.
    found = await loop.run_in_executor(None, ask)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def addresses_of(target: Target, allowed: Sequence[Network], resolve: Resolve) -> list[str]:
    """Addresses to try, in order, at most three. Raises AddressRefused if a single one may not be gone to, NameUnknown.

    One refused address refuses the name: an honest one does not lead outside and inside at once.
    """
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await resolve(target.host, target.port)
    except (OSError, UnicodeError, TimeoutError):
        raise NameUnknown from None
    if not found:
        raise NameUnknown
    return [check_address(target, text, allowed) for text in found][:3]
