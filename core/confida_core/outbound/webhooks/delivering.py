"""The job that delivers: claims one delivery, puts it together, signs and sends it, and writes down how that went.

A crash between sending and writing down means that it is sent once more under the same `webhook-id`; none is ever lost.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import structlog

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.outbound.disclosures import Handover, record_leaving
from confida_core.outbound.sender import keep_refusals
from confida_core.outbound.states import restores_of
from confida_core.outbound.transporting import TryLater
from confida_core.outbound.webhooks.addresses import (
    AddressRefused,
    NameUnknown,
    Resolve,
    networks,
    resolve_by_system,
)
from confida_core.outbound.webhooks.content import DeliveryState, EndpointContent, EndpointState
from confida_core.outbound.webhooks.endpoints import PATH, open_endpoints
from confida_core.outbound.webhooks.payload import (
    AllRefused,
    NothingToTell,
    Parcel,
    handing_over,
    parcel_of,
    still_allowed,
)
from confida_core.outbound.webhooks.queueing import pause_after_restore
from confida_core.outbound.webhooks.settling import (
    Outcome,
    claim,
    failed,
    put_back,
    refused,
    settle,
    settle_gone,
)
from confida_core.outbound.webhooks.signing import sign, sign_with_key
from confida_core.storage.database import Row, finish
from confida_core.vault.access import SYSTEM_ID
from confida_core.vault.door import Opened

if TYPE_CHECKING:
    from confida_core.outbound.webhooks.wire import Answer

GONE_STATUS = 410
JOB_SECONDS = 60


class RefusedMeanwhile(Exception):
    """Somebody said no while the connection was made; the next attempt is put together anew."""


@dataclass(slots=True)
class Deliverer:
    """resolve: how names become addresses."""

    resolve: Resolve = resolve_by_system

    async def deliver(self, crm: Installation, arguments: Mapping[str, Any]) -> None:
        """The job: one attempt. Raises TryLater while another worker is at it, and errors of the database."""
        delivery_id: UUID = arguments["delivery_id"]
        rows = await crm.data.fetch("SELECT * FROM webhook_delivery WHERE id = ?", delivery_id)
        if not rows or rows[0]["state"] not in (DeliveryState.WAITING.value, DeliveryState.SENDING.value):
            return
        endpoints = await open_endpoints(crm, "id = ?", rows[0]["endpoint_id"])
        state = endpoints[0].row["state"] if endpoints else EndpointState.DISABLED.value
        if state == EndpointState.DISABLED.value:
            await settle_gone(crm, rows[0], "endpoint_gone")
        elif endpoints[0].row["restores"] < await restores_of(crm):
            await pause_after_restore(crm, {})
        elif state == EndpointState.ACTIVE.value or rows[0]["test"]:
            row = await claim(crm, delivery_id)
            if row is None:
                raise TryLater
            await self._attempt(crm, endpoints[0], row)

    async def _attempt(self, crm: Installation, endpoint: Opened[EndpointContent], row: Row) -> None:
        try:
            outcome = await self._outcome(crm, endpoint, row)
        except NothingToTell as nothing:
            await settle_gone(crm, row, nothing.reason)
        except AllRefused as nobody:
            await note_refusals(crm, endpoint, nobody.verdicts)
            await refused(crm, row, len(nobody.verdicts))
        except asyncio.CancelledError:
            await finish(put_back(crm, row))
            raise
        except Exception as error:
            structlog.get_logger().warning("webhook_failed", delivery=str(row["id"]), error=type(error).__name__)
            await finish(failed(crm, endpoint.row, row, Outcome(reason="failed")))
        else:
            await finish(settle(crm, endpoint.row, row, outcome))

    async def _outcome(self, crm: Installation, endpoint: Opened[EndpointContent], row: Row) -> Outcome:
        # The HTTP library costs every start time, and most installations have no webhooks.
        from confida_core.outbound.webhooks.wire import NotReached, post

        away = endpoint.row["away_until"]
        if away is not None and away > now() and not row["test"]:
            return Outcome(reason="away")
        parcel = await parcel_of(crm, endpoint, row)
        if parcel.refused and row["attempts"] == 0:
            await note_refusals(crm, endpoint, parcel.refused)
        try:
            answer = await post(
                endpoint.content.url,
                headers_of(endpoint.content, row, parcel.body),
                parcel.body,
                allowed=networks(crm.settings.webhook_private_addresses),
                resolve=self.resolve,
                trust=partial(trust_of, crm),
                confirm=partial(confirm, crm, endpoint, row, parcel),
            )
        except AddressRefused as error:
            return Outcome(reason=error.reason, left_out=len(parcel.refused))
        except NameUnknown:
            return Outcome(reason="unknown_name", unreachable=True, left_out=len(parcel.refused))
        except NotReached as error:
            return Outcome(reason=error.reason, unreachable=True, left_out=len(parcel.refused))
        return outcome_of(answer, len(parcel.refused))


def outcome_of(answer: Answer, left_out: int) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(code=answer.status, left_out=left_out)
    reason = "gone" if answer.status == GONE_STATUS else "status"
    return Outcome(code=answer.status, reason=reason, retry_after=answer.retry_after, left_out=left_out)


def message_id(row: Mapping[str, Any]) -> str:
    """The `webhook-id`: the same at every attempt."""
    return f"msg_{row['event_id'].hex}"


def headers_of(content: EndpointContent, row: Mapping[str, Any], body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, signed now; one signature for each secret that is valid, and one of our own key."""
    moment = now()
    name, timestamp = message_id(row), int(moment.timestamp())
    signatures = [sign(secret, name, timestamp, body) for secret in content.secrets_at(moment)]
    signatures.append(sign_with_key(content.signing_key, name, timestamp, body))
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def trust_of(crm: Installation) -> ssl.SSLContext:
    """Made for each attempt: certificates may be renewed while the program runs."""
    from confida_core.outbound.webhooks.wire import trusted

    return trusted(crm.settings.webhook_ca_file)


async def confirm(crm: Installation, endpoint: Opened[EndpointContent], row: Row, parcel: Parcel) -> None:
    """Just before it leaves: ask once more, and enter everybody in the register of disclosures, once for each round."""
    if not await still_allowed(crm, endpoint, parcel):
        raise RefusedMeanwhile
    handover = Handover(
        purpose=endpoint.row["purpose"],
        channel=endpoint.row["channel"],
        path=PATH,
        recipient=endpoint.content.recipient,
        fields=parcel.fields,
    )
    for contact_id, verdict in parcel.told.items():
        entry = uuid5(row["id"], f"{contact_id} {row['round']}")
        message = {"id": entry, "created_by": SYSTEM_ID, "contact_id": contact_id}
        await record_leaving(crm, message, verdict, handover)
        await crm.data.fetch(
            "INSERT INTO webhook_told (id, endpoint_id, contact_id, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (endpoint_id, contact_id) DO NOTHING",
            new_id(), endpoint.row["id"], contact_id, now(),
        )  # fmt: skip


async def note_refusals(crm: Installation, endpoint: Opened[EndpointContent], verdicts: Mapping[UUID, Any]) -> None:
    place = (endpoint.row["purpose"], endpoint.row["channel"], PATH)
    await keep_refusals(crm, handing_over(), dict(verdicts), place)
