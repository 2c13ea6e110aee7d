"""What is sealed of an endpoint, and the words for its state and for each delivery's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from confida_core.contacts.content import LineText, Sealed, ShortText
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.outbound.webhooks.tables import WebhookEndpoint


class EndpointState(StrEnum):
    """active: is told. paused: what happens is kept for it. disabled: what happens is not for it any more."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """waiting -> sending -> delivered, or back to waiting; refused by a gate, nothing left to tell, or dead after all attempts."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    GONE = "gone"
    DEAD = "dead"


# Standard Webhooks, "Deliverability and reliability": what to wait after each failed attempt.
SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
ATTEMPTS = len(SCHEDULE) + 1

REASONS: Mapping[str, str] = {
    "bad_url": "The address is no plain http or https address.",
    "private_address": "The address leads into a private network, which the setting webhook_private_addresses does not allow.",
    "not_https": "Outside of your own network only https is allowed.",
    "closed_port": "Something other than a web server listens on this port.",
    "unknown_name": "The name of the server could not be resolved.",
    "timeout": "The server took too long.",
    "tls": "The server's certificate could not be verified.",
    "connection": "The connection could not be made, or broke.",
    "bad_answer": "The server's answer was no HTTP.",
    "status": "The server did not accept it.",
    "away": "The server did not answer shortly before, so that it was left alone.",
    "gone": "The server said that it wants no more of this (410).",
    "other_purpose": "It is about another purpose than the one for which data go there.",
    "in_trash": "The contact is in the trash.",
    "not_chosen": "This event is not chosen any more.",
    "erased": "What it was about is not there any more.",
    "refused": "The person may not be told of there.",
    "restored": "A backup was restored; look whether all of this still goes there, then let it go on.",
    "kind_gone": "No plugin declares this kind of event any more.",
    "endpoint_gone": "The endpoint was switched off or removed.",
    "gave_up": "It was not accepted in ten attempts.",
    "failed": "It could not be put together.",
}


class EndpointSecret(Sealed, frozen=True):
    """value: whsec_…; until: it signs until then, None for the newest."""

    value: str
    until: datetime | None = None


class EndpointContent(Sealed, frozen=True):
    """name: what staff call it. recipient: who gets the data, as the register of disclosures names them.

    kinds: event kind -> keys of the fields that are sent. secrets: the newest first. signing_key: whsk_…, of v1a.
    """

    name: ShortText
    url: str
    recipient: LineText
    kinds: dict[str, list[str]] = {}
    secrets: list[EndpointSecret] = []
    signing_key: str = ""

    def secrets_at(self, at: datetime) -> list[str]:
        """Those that sign now, the newest first."""
        return [one.value for one in self.secrets if one.until is None or one.until > at]


def with_new_secret(content: EndpointContent, value: str, at: datetime, overlap: timedelta) -> EndpointContent:
    """The former secret goes on signing beside the new one for a while; older ones do not."""
    former = [msgspec.structs.replace(one, until=at + overlap) for one in content.secrets[:1] if overlap > timedelta(0)]
    return msgspec.structs.replace(content, secrets=[EndpointSecret(value=value), *former])


ENDPOINT = RecordDeclaration(
    table=WebhookEndpoint,
    content=EndpointContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Webhooks",
    clear={
        "state": "One of three states.",
        "reason": "A code of this program.",
        "purpose": "Key of a purpose.",
        "channel": "One word; its form is checked.",
    },
    answer=InAnswer(left_out={"*": "Settings of this installation; it names no contact."}),
)
