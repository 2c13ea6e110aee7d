"""Nothing leads a webhook inside: no name, no spelling of an address, no port, no change of mind of a name server."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from confida_core.outbound.webhooks.addresses import (
    AddressRefused,
    NameUnknown,
    addresses_of,
    check_address,
    networks,
    resolve_by_system,
    target_of,
)

pytestmark = pytest.mark.anyio
HTTPS = target_of("https://hooks.example.org/in")


def refusal(url: str, address: str, *allowed: str) -> str:
    try:
        check_address(target_of(url), address, networks(allowed))
    except AddressRefused as refused:
        return refused.reason
    return ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "0.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "3fff::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "100::1", "not an address",
    ],
)  # fmt: skip
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert refusal("https://hooks.example.org/", address) == "private_address"


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_public_address_is_taken_by_https_only(address: str) -> None:
    assert (refusal("https://hooks.example.org/", address), refusal("http://hooks.example.org/", address)) == (
        "",
        "not_https",
    )


@pytest.mark.parametrize("port", [1, 22, 25, 53, 110, 139, 445, 465, 587, 993, 3306, 5432, 6379, 6667, 11211, 27017])
def test_port_of_something_else_is_refused(port: int) -> None:
    assert refusal(f"https://hooks.example.org:{port}/", "8.8.8.8") == "closed_port"


@pytest.mark.parametrize("port", [80, 443, 8443, 49152])
def test_port_of_a_web_server_is_taken(port: int) -> None:
    assert refusal(f"https://hooks.example.org:{port}/", "8.8.8.8") == ""


def test_operator_allows_networks_with_any_port_and_plain_http() -> None:
    allowed = ("10.1.2.0/24", "fd00::/8")
    assert [
        refusal("http://shop.example.org:25/", "10.1.2.9", *allowed),
        refusal("http://shop.example.org/", "::ffff:10.1.2.9", *allowed),
        refusal("http://shop.example.org/", "fd00::5", *allowed),
        refusal("http://shop.example.org/", "10.1.3.1", *allowed),
    ] == ["", "", "", "private_address"]


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.org", "//hooks.example.org", "ftp://hooks.example.org", "file:///etc/passwd", "gopher://x", "https://",
        "https://user:secret@hooks.example.org", "https://@hooks.example.org", "https://hooks.example.org#part",
        "https://hooks.example.org:99999", "https://hooks.example.org:x", "https://hooks.example.org/a b",
        "https://hooks.example.org/\r\nX: y", "https://hooks.example.org/ä", "https://[::1", "https://[fe80::1%25eth0]/",
        "https://.example.org", "https://" + "a" * 64 + ".example.org", "https://hooks.example.org/" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused, match="bad_url"):
        target_of(url)


def test_url_is_taken_apart() -> None:
    target = target_of("https://Hooks.Example.ORG:8443/a/b?c=d")
    assert (target.scheme, target.host, target.port, target.path, target.authority) == (
        "https", "hooks.example.org", 8443, "/a/b?c=d", "hooks.example.org:8443",
    )  # fmt: skip
    assert target_of("https://[2606:4700::1111]").authority == "[2606:4700::1111]"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
async def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    with pytest.raises((AddressRefused, NameUnknown)):
        await addresses_of(target_of(f"https://{host}/"), (), resolve_by_system)


async def test_one_inner_address_among_outer_ones_refuses_the_name() -> None:
    async def both(_: str, __: int) -> Sequence[str]:
        return ["8.8.8.8", "10.0.0.1"]

    with pytest.raises(AddressRefused, match="private_address"):
        await addresses_of(HTTPS, (), both)


async def test_name_without_an_address_is_tried_again_later() -> None:
    async def nothing(_: str, __: int) -> Sequence[str]:
        return []

    async def broken(_: str, __: int) -> Sequence[str]:
        raise OSError

    for resolve in (nothing, broken):
        with pytest.raises(NameUnknown):
            await addresses_of(HTTPS, (), resolve)
