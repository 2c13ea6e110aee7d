"""The way out for text messages: any gateway that takes a JSON document by HTTP, as most of them do.

What is sent is written by the operator as JSON with `{to}`, `{text}`, `{id}` and `{token}` in its strings. The fields are put
into the parsed document, never into its text, so that nothing in a message can become part of the document's form.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from confida_core.api import (
    Delivery,
    Installation,
    Transport,
    Undeliverable,
    WebRequest,
    ask_web_server,
    plugin_settings,
)
from confida_marketing.settings import MarketingSettings

SMS = "sms"
NOBODY_KNOWN = "Gateway for text messages"
TRY_LATER = frozenset({408, 425, 429})
LONGEST_ANSWER = 10_000
# By installation: whoever was last handed something, for the register of disclosures, which is asked right afterwards.
_providers: dict[Path, str] = {}
FIELD = re.compile(r"\{(to|text|id|token)\}")


class GatewayBusy(Exception):
    """It could not take the message now; core's door tries again."""


async def deliver(crm: Installation, delivery: Delivery) -> None:
    """One message. Raises Undeliverable where the gateway will never take it, anything else means: try again later."""
    settings = await plugin_settings(crm, MarketingSettings)
    if not settings.sms_url:
        raise Undeliverable("not_set_up")
    _providers[crm.settings.home] = settings.sms_provider or NOBODY_KNOWN
    values = {"to": delivery.to, "text": delivery.text, "id": str(delivery.id), "token": settings.sms_token}
    headers = {"Authorization": f"Bearer {settings.sms_token}"} if settings.sms_token else {}
    request = WebRequest(
        url=settings.sms_url, body=document(settings.sms_body, values), content_type="application/json", headers=headers
    )
    answer = await ask_web_server(crm, request, confirm=delivery.confirm, longest=LONGEST_ANSWER)
    if answer.status in TRY_LATER or answer.status >= 500:
        raise GatewayBusy
    if not 200 <= answer.status < 300:
        raise Undeliverable("rejected", answer.status)


def document(template: str, values: dict[str, str]) -> bytes:
    """The JSON to send. Raises Undeliverable for a template that is no JSON."""
    try:
        shape = msgspec.json.decode(template)
    except msgspec.DecodeError:
        raise Undeliverable("not_set_up") from None
    return msgspec.json.encode(filled(shape, values))


def filled(shape: Any, values: dict[str, str]) -> Any:
    """The same shape with the fields in its strings; one pass, so that what a field holds is never read again."""
    if isinstance(shape, str):
        return FIELD.sub(lambda found: values.get(found[1], ""), shape)
    if isinstance(shape, list):
        return [filled(one, values) for one in shape]
    if isinstance(shape, dict):
        return {key: filled(one, values) for key, one in shape.items()}
    return shape


def provider(crm: Installation) -> str:
    return _providers.get(crm.settings.home, NOBODY_KNOWN)


async def gateway_ready(crm: Installation) -> bool:
    """Whether an operator has said where text messages go, in JSON that can be sent."""
    settings = await plugin_settings(crm, MarketingSettings)
    try:
        document(settings.sms_body, {})
    except Undeliverable:
        return False
    return bool(settings.sms_url)


TRANSPORT = Transport(
    path=SMS,
    label="Text message",
    deliver=deliver,
    recipient=provider,
    channels=(SMS,),
    fields=("Telephone number", "Message"),
)
