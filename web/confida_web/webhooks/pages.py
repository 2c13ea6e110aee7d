"""What the pages of webhooks show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_web.display import ONE_PAGE, Errors, Option, Paging, Tab
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointRow:
    """One endpoint. host: of its address, because the rest may be a secret. dead: how many deliveries it never accepted."""

    id: str
    name: str
    host: str
    recipient: str
    state: str
    reason: str
    dead: int
    failures: int
    succeeded_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundRow:
    """One webhook that may come in. since: None while it is off. signed: it is protected by a signature too."""

    key: str
    label: str
    summary: str
    signed: bool
    since: datetime | None
    received_at: datetime | None
    secrets_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class WebhooksPage(Page):
    """GET /settings/webhooks."""

    template: ClassVar[str] = "webhooks/list.html"
    title: ClassVar[str] = "Webhooks"

    endpoints: tuple[EndpointRow, ...]
    inbound: tuple[InboundRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KindChoice:
    """One kind of event with the fields that may be told. note: to whom it goes although the gates are not asked."""

    key: str
    label: str
    chosen: bool
    fields: tuple[Option, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class EndpointFormPage(Page):
    """GET, POST /settings/webhooks/new and /settings/webhooks/{id}/edit. values: name, url, recipient. version: that was read."""

    template: ClassVar[str] = "webhooks/form.html"
    title: ClassVar[str] = "Webhook"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    back: str
    new: bool
    values: Mapping[str, str]
    purposes: tuple[Option, ...]
    channels: tuple[Option, ...]
    kinds: tuple[KindChoice, ...]
    version: int = 0
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryRow:
    """One delivery. why: in plain words, "" where nothing went wrong."""

    id: str
    message_id: str
    kind: str
    state: str
    attempts: int
    code: int | None
    why: str
    left_out: int
    test: bool
    happened_at: datetime
    due_at: datetime
    finished_at: datetime | None
    may_replay: bool


@dataclass(frozen=True, kw_only=True)
class EndpointPage(Page):
    """GET /settings/webhooks/{id}, and POST .../rotate, which shows the new secret. told: event and the fields told of it."""

    template: ClassVar[str] = "webhooks/endpoint.html"
    title: ClassVar[str] = "Webhook"

    endpoint: EndpointRow
    url: str
    purpose: str
    channel: str
    public_key: str
    secrets_until: datetime | None
    told: tuple[tuple[str, tuple[str, ...]], ...]
    tabs: tuple[Tab, ...]
    deliveries: tuple[DeliveryRow, ...]
    paging: Paging = ONE_PAGE
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class InboundShownPage(Page):
    """POST /settings/webhooks/in/{plugin}/{name}/on and .../rotate: what is shown once. url: "" where it stays."""

    template: ClassVar[str] = "webhooks/inbound.html"
    title: ClassVar[str] = "Webhook"

    label: str
    url: str
    secret: str
    overlap: bool
