"""What is declared of webhooks in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.registry import Registry
    from confida_core.vault.access import Access


class InboundRefused(Exception):
    """What came makes no sense to whoever listens, and never will; says nothing of what it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundWebhook:
    """Something that another system may tell us.

    key: `<plugin>.<name>`; its address is /hooks/in/<plugin>/<name>/<token>. summary: in a sentence, what to connect to it.
    receive: gets the body as it came, at most `most_bytes`, and the headers by their names in lower case, after the token and
    the signature were checked and once for each `webhook-id`; again if it raised. It raises InboundRefused for what it will
    never take; anything else means: send it again. signature: "standard" is Standard Webhooks; "token" is for systems that
    cannot sign, and then the secret part of the address is all that protects it. purpose: what the access it is given is for.
    """

    key: str
    label: str
    summary: str
    receive: Callable[[Installation, Access, bytes, Mapping[str, str]], Awaitable[None]]
    purpose: str
    signature: Literal["standard", "token"] = "standard"
    most_bytes: int = 262_144


def check_inbound(registry: Registry) -> None:
    """Each is below its plugin's own key, and for a declared purpose. Raises PluginError."""
    from confida_core.registry import PluginError

    for item in registry.with_owner("inbound_webhooks"):
        hook: InboundWebhook = item.value
        prefix, _, name = hook.key.partition(".")
        if prefix != item.plugin.info.key or not name.isidentifier():
            raise PluginError(
                f"{item.plugin}: inbound webhook {hook.key!r} must be named {item.plugin.info.key}.<name>"
            )
        if hook.purpose not in registry.purposes:
            raise PluginError(f"{item.plugin}: inbound webhook {hook.key!r} names no declared purpose")
