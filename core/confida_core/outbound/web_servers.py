"""How plugins ask a web server: a provider of text messages, or of log-ins to mailboxes. The same checks as for webhooks.

An address inside the house is asked only where the operator named its network (`webhook_private_addresses`), redirects are
followed nowhere, certificates are always verified, and time and size of the answer are bounded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from confida_core.installation import Installation
from confida_core.outbound.webhooks.addresses import AddressRefused, NameUnknown, networks, resolve_by_system

LONGEST_ANSWER = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class WebRequest:
    """One POST. headers: further ones. None of it stands in a log."""

    url: str
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebAnswer:
    """status: of HTTP, whatever it is. retry_after: seconds it asked us to wait, 0 for none."""

    status: int
    body: bytes = b""
    retry_after: int = 0


class WebServerFailed(Exception):
    """No whole answer came. reason: bad_url, private_address, not_https, closed_port, unknown_name, timeout, tls, connection,
    bad_answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def _nothing_to_confirm() -> None:
    return None


async def ask_web_server(
    crm: Installation,
    request: WebRequest,
    *,
    confirm: Callable[[], Awaitable[None]] = _nothing_to_confirm,
    longest: int = LONGEST_ANSWER,
) -> WebAnswer:
    """Ask once, for at most a quarter of a minute. Raises WebServerFailed, and whatever `confirm` raises.

    confirm: awaited once there is a connection, and before anything is sent; `delivery.confirm` where it is about a person.
    longest: bytes of the answer that are read; a longer one is a bad answer.
    """
    # The HTTP library costs every start time, and most installations ask nobody.
    from confida_core.outbound.webhooks.wire import NotReached, post, trusted

    try:
        answer = await post(
            request.url,
            {**request.headers, "Content-Type": request.content_type},
            request.body,
            allowed=networks(crm.settings.webhook_private_addresses),
            resolve=resolve_by_system,
            trust=partial(trusted, crm.settings.webhook_ca_file),
            confirm=confirm,
            longest=longest,
        )
    except NameUnknown:
        raise WebServerFailed("unknown_name") from None
    except (AddressRefused, NotReached) as error:
        raise WebServerFailed(error.reason) from None
    return WebAnswer(status=answer.status, body=answer.body, retry_after=answer.retry_after)
