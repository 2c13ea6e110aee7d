"""Samples of the pages about webhooks, as full and as empty as they come."""

from __future__ import annotations

from datetime import datetime, timedelta

from confida_core.events.kinds import CORE_KINDS
from confida_web.display import Option, Paging, Tab
from confida_web.page import Page
from confida_web.webhooks import pages
from confida_web.webhooks.editing import kind_choice

LONG = "Verein zur Förderung der überregionalen Zusammenarbeit in der Jugendarbeit e. V."
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def row(now: datetime, state: str = "active", **more: object) -> pages.EndpointRow:
    given: dict[str, object] = {
        "id": "0199f3b2-7c41-7000-8000-000000000009", "name": "Shop", "host": "shop.example.org", "recipient": LONG,
        "state": state, "reason": "", "dead": 0, "failures": 0, "succeeded_at": now, "failed_at": None,
    }  # fmt: skip
    return pages.EndpointRow(**{**given, **more})  # type: ignore[arg-type]


def delivery(now: datetime, state: str, **more: object) -> pages.DeliveryRow:
    given: dict[str, object] = {
        "id": "0199f3b2-7c41-7000-8000-00000000000a", "message_id": "msg_1", "kind": "contact.updated", "state": state,
        "attempts": 1, "code": 204, "why": "", "left_out": 0, "test": False, "happened_at": now, "due_at": now,
        "finished_at": now, "may_replay": state not in {"waiting", "sending"},
    }  # fmt: skip
    return pages.DeliveryRow(**{**given, **more})  # type: ignore[arg-type]


def deliveries(now: datetime) -> tuple[pages.DeliveryRow, ...]:
    return (
        delivery(
            now, "waiting", attempts=2, code=503, why="The server did not accept it.", due_at=now + timedelta(hours=2)
        ),
        delivery(now, "sending", attempts=0, code=None),
        delivery(now, "delivered", left_out=2),
        delivery(now, "refused", attempts=0, code=None, why="The person may not be told of there."),
        delivery(now, "gone", code=None, why="What it was about is not there any more."),
        delivery(now, "dead", attempts=10, code=None, why="The server took too long."),
    )


def endpoint(now: datetime, **more: object) -> pages.EndpointPage:
    given: dict[str, object] = {
        "endpoint": row(now, dead=1),
        "url": "https://shop.example.org/hooks/a-very-long-path-that-does-not-fit-on-a-phone-at-all?key=1",
        "purpose": "Newsletter", "channel": "E-mail", "public_key": "whpk_4NIRDPUB3e+Sdz5WIYyHyb5sK0wXyhtlI2ltQFlXKzk=",
        "secrets_until": None, "told": (("A contact was changed", ("Name", "E-mail addresses")), ("A contact was erased", ())),
        "tabs": (Tab(label="All", href="?state=", current=True), Tab(label="Dead letters", href="?state=dead")),
        "deliveries": deliveries(now), "paging": Paging(following="?before=1"),
    }  # fmt: skip
    return pages.EndpointPage(**{**given, **more})  # type: ignore[arg-type]


def form(**more: object) -> pages.EndpointFormPage:
    given: dict[str, object] = {
        "action": "/settings/webhooks/new", "back": "/settings/webhooks", "new": True,
        "values": {"name": "", "url": "", "recipient": ""},
        "purposes": (Option(value="newsletter", label="Newsletter"),), "channels": (Option(value="email", label="E-mail"),),
        "kinds": tuple(kind_choice(kind, {"contact.updated": ["emails"]}) for kind in CORE_KINDS),
    }  # fmt: skip
    return pages.EndpointFormPage(**{**given, **more})  # type: ignore[arg-type]


def webhook_samples(now: datetime) -> dict[str, Page]:
    inbound = pages.InboundRow(
        key="core.bounces", label="Mail that came back", summary="Your mail relay reports it.", signed=True, since=None,
        received_at=None, secrets_until=None,
    )  # fmt: skip
    used = pages.InboundRow(
        key="bank.payments", label="Payments", summary="Who paid.", signed=True, since=now, received_at=now,
        secrets_until=now + timedelta(days=1),
    )  # fmt: skip
    unsigned = pages.InboundRow(
        key="pbx.calls",
        label="Calls",
        summary="Who called.",
        signed=False,
        since=now,
        received_at=None,
        secrets_until=None,
    )
    rows = (
        row(now), row(now, "paused", name=LONG, succeeded_at=None), row(now, dead=4, failures=3),
        row(now, "disabled", reason="The server said that it wants no more of this (410)."),
    )  # fmt: skip
    values = {"name": LONG, "url": "ftp://x", "recipient": ""}
    return {
        "webhooks": pages.WebhooksPage(endpoints=rows, inbound=(inbound, used, unsigned)),
        "webhooks-empty": pages.WebhooksPage(endpoints=(), inbound=()),
        "webhook-new": form(),
        "webhook-errors": form(
            new=False,
            values=values,
            errors={"url": "The address is no plain http or https address.", "kinds": "Choose one."},
        ),
        "webhook": endpoint(now),
        "webhook-new-secret": endpoint(now, secret=SECRET, secrets_until=now + timedelta(days=1), deliveries=()),
        "webhook-off": endpoint(now, endpoint=rows[3]),
        "webhook-in": pages.InboundShownPage(
            label="Payments", url="https://crm.example.org/hooks/in/bank/payments/abc", secret=SECRET, overlap=False
        ),
        "webhook-in-secret": pages.InboundShownPage(label="Payments", url="", secret=SECRET, overlap=True),
    }
