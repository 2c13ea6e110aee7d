"""What happens reaches other systems: signed, retried, never lost, at most one double, only about whom it may be."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, update_contact
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.outbound.disclosures import disclosures_of
from confida_core.outbound.webhooks.content import SCHEDULE, DeliveryState, EndpointState
from confida_core.outbound.webhooks.deliveries import list_deliveries, replay_delivery, replay_range, send_test
from confida_core.outbound.webhooks.endpoints import (
    EndpointDraft,
    endpoint,
    remove_endpoint,
    rotate_secret,
    save_endpoint,
    set_state,
)
from confida_core.outbound.webhooks.queueing import tend
from tests.core.outbound.house import Guard, make_ada, make_people
from tests.core.outbound.webhooks.receiver import (
    INSIDE,
    OK,
    Receiver,
    genuine,
    log,
    subscribe,
    work,
    work_later,
)

pytestmark = pytest.mark.anyio
NAME = {"contact.created": ["display_name"]}
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


async def test_contact_that_is_made_is_told_with_the_chosen_fields_and_signed(crm: Any, shop: Receiver) -> None:
    endpoint_id, secret = await subscribe(crm, shop.url, NAME)
    ada = await make_ada(crm)
    await work(crm)
    [one] = shop.received
    assert (one.path, one.headers["content-type"], genuine(one, secret)) == (
        "/hook?x=1",
        "application/json",
        shop.ids()[0],
    )
    shown = await endpoint(crm, INSIDE, endpoint_id)
    assert genuine(one, shown.public_key) == shop.ids()[0]
    assert one.json["type"] == "contact.created"
    assert one.json["data"] == {"id": str(ada), "display_name": "Ada"}
    assert set(one.json) == {"type", "timestamp", "data"}
    assert await log(crm) == [("delivered", "", 1, 204)]


async def test_each_hand_over_stands_in_the_register_of_disclosures(crm: Any, shop: Receiver, guard: Guard) -> None:
    await subscribe(crm, shop.url, NAME)
    ada = await make_ada(crm)
    shop.answers = [BUSY, OK]
    await work(crm)
    await work_later(crm)
    [entry] = await disclosures_of(crm, INSIDE, ada)
    assert (entry.recipient, entry.purpose, entry.channel, entry.path, entry.fields, entry.event_id) == (
        "Example Shop Ltd", "newsletter", "email", "webhook", ("Id", "Name"), guard.event_id,
    )  # fmt: skip


async def test_only_chosen_fields_leave(crm: Any, shop: Receiver) -> None:
    from tests.core.outbound.webhooks.canaries import FIELDS, full_content

    await subscribe(crm, shop.url, {"contact.created": ["job_title", "kind"]})
    await create_contact(crm, INSIDE, ContactKind.PERSON, full_content())
    await work(crm)
    text = shop.received[0].body.decode()
    assert {field for field, marker in FIELDS.items() if marker in text} == {"job_title"}
    assert set(shop.received[0].json["data"]) == {"id", "job_title", "kind"}


async def test_every_field_can_be_chosen(crm: Any, shop: Receiver) -> None:
    from tests.core.outbound.webhooks.canaries import FIELDS, full_content

    fields = [field.key for field in crm.registry.event_kinds["contact.created"].fields]
    await subscribe(crm, shop.url, {"contact.created": fields})
    await create_contact(crm, INSIDE, ContactKind.PERSON, full_content())
    await work(crm)
    text = shop.received[0].body.decode()
    assert {field for field, marker in FIELDS.items() if marker in text} == set(FIELDS)


async def test_who_may_not_be_shared_is_not_sent_and_that_is_logged(crm: Any, shop: Receiver, guard: Guard) -> None:
    await subscribe(crm, shop.url, NAME)
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", "email"))
    await work(crm)
    assert (shop.received, await log(crm)) == ([], [("refused", "refused", 0, None)])
    rows = await crm.data.fetch("SELECT contact_id, path, state, reason FROM outbound_message")
    assert [tuple(row.values()) for row in rows] == [(ada, "webhook", "refused", "withdrawn")]
    assert await disclosures_of(crm, INSIDE, ada) == []


async def test_no_between_two_attempts_is_heeded(crm: Any, shop: Receiver, guard: Guard) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.answers = [BUSY, OK]
    ada = await make_ada(crm)
    await work(crm)
    guard.no.add((ada, "newsletter", "email"))
    await work_later(crm)
    assert (len(shop.received), await log(crm)) == (1, [("refused", "refused", 1, None)])


async def test_restricted_person_is_not_sent(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    ada = await make_ada(crm)
    await restrict_contact(crm, INSIDE, ada)
    await work(crm)
    assert (shop.received, await log(crm)) == ([], [("refused", "refused", 0, None)])


async def test_erased_person_is_not_sent_but_their_erasure_is(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"contact.created": ["display_name"], "contact.erased": []})
    shop.answers = [BUSY, OK]
    ada = await make_ada(crm)
    await work(crm)
    await purge_contact(crm, ada)
    await work_later(crm)
    assert [(one.json["type"], one.json["data"]) for one in shop.received] == [
        ("contact.created", {"id": str(ada), "display_name": "Ada"}), ("contact.erased", {"id": str(ada)}),
    ]  # fmt: skip
    assert [state for state, *_ in await log(crm)] == ["gone", "delivered"]


async def test_end_is_told_to_those_who_were_told_before_only(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"contact.created": [], "contact.trashed": []})
    ada = await make_ada(crm)
    await work(crm)
    await subscribe(crm, shop.url, {"contact.trashed": []})
    await trash_contact(crm, INSIDE, ada)
    await work(crm)
    assert [one.json["type"] for one in shop.received] == ["contact.created", "contact.trashed"]
    assert [(state, reason) for state, reason, *_ in await log(crm)] == [
        ("delivered", ""), ("delivered", ""), ("refused", "refused"),
    ]  # fmt: skip


async def test_end_is_not_told_to_somebody_else_who_is_told_there_from_now_on(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, {"contact.created": [], "contact.trashed": []})
    ada = await make_ada(crm)
    await work(crm)
    one = await endpoint(crm, INSIDE, endpoint_id)
    kept = EndpointDraft(
        name=one.name,
        url=f"{one.url}&y",
        recipient=one.recipient,
        purpose=one.purpose,
        channel=one.channel,
        kinds=one.kinds,
    )
    await save_endpoint(crm, INSIDE, endpoint_id, kept, seen=one.version)
    assert len(await crm.data.fetch("SELECT id FROM webhook_told")) == 1, "the same recipient, who has moved"
    other = replace(kept, url=one.url, recipient="Another shop")
    await save_endpoint(crm, INSIDE, endpoint_id, other, seen=one.version + 1)
    await trash_contact(crm, INSIDE, ada)
    await work(crm)
    assert [told.json["type"] for told in shop.received] == ["contact.created"]
    assert [(state, reason) for state, reason, *_ in await log(crm)] == [("delivered", ""), ("refused", "refused")]


async def test_text_about_several_leaves_only_if_all_may_be_told_of(crm: Any, shop: Receiver, guard: Guard) -> None:
    await subscribe(crm, shop.url, {"interaction.created": ["kind", "subject"]})
    ada, grace = await make_people(crm, "Ada", "Grace")
    await log_interaction(crm, INSIDE, InteractionDraft(kind="call", subject="CANARY", people=(ada, grace)))
    await work(crm)
    guard.no.add((grace, "newsletter", "email"))
    await log_interaction(crm, INSIDE, InteractionDraft(kind="call", subject="CANARY", people=(ada, grace)))
    await work(crm)
    whole, partial = (one.json["data"] for one in shop.received)
    assert (whole["subject"], set(whole["people"])) == ("CANARY", {str(ada), str(grace)})
    assert (partial.keys(), partial["people"]) == ({"id", "people", "kind"}, [str(ada)])
    rows = await crm.data.fetch("SELECT left_out FROM webhook_delivery ORDER BY id")
    assert [row["left_out"] for row in rows] == [0, 1]


async def test_failed_attempts_follow_the_schedule_to_the_dead_letter(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.answers = [BUSY]
    await make_ada(crm)
    await work(crm)
    pauses = []
    for _ in SCHEDULE:
        row = (await crm.data.fetch("SELECT due_at, attempted_at FROM webhook_delivery"))[0]
        pauses.append(row["due_at"] - row["attempted_at"])
        await work_later(crm)
    for pause, wanted in zip(pauses, SCHEDULE, strict=True):
        assert wanted <= pause <= wanted * 1.2 + timedelta(seconds=5)
    assert (len(shop.received), len(set(shop.ids()))) == (10, 1)
    assert await log(crm) == [("dead", "status", 10, 503)]
    await work_later(crm)
    assert len(shop.received) == 10


async def test_server_that_asks_for_patience_gets_it(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.answers = [b"HTTP/1.1 429 Slow Down\r\nretry-after: 900\r\ncontent-length: 0\r\n\r\n"]
    await make_ada(crm)
    await work(crm)
    row = (await crm.data.fetch("SELECT due_at FROM webhook_delivery"))[0]
    assert timedelta(seconds=890) < row["due_at"] - now() <= timedelta(seconds=900)


async def test_dead_letter_is_replayed_under_the_same_id_with_what_is_true_by_then(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    shop.answers = [BUSY]
    ada = await make_ada(crm)
    for _ in range(12):
        await work_later(crm)
    [entry] = (await list_deliveries(crm, INSIDE, state=DeliveryState.DEAD)).entries
    shop.answers = [OK]
    await update_contact(crm, INSIDE, ada, ContactContent(display_name="Ada Lovelace"), seen=1)
    assert await replay_delivery(crm, INSIDE, entry.id) == endpoint_id
    await work(crm)
    assert (shop.ids()[-1], shop.received[-1].json["data"]["display_name"]) == (entry.message_id, "Ada Lovelace")
    assert await log(crm) == [("delivered", "", 1, 204)]
    assert len(await disclosures_of(crm, INSIDE, ada)) == 2


async def test_range_of_deliveries_is_replayed(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    await make_people(crm, "Ada", "Grace", "Emmy")
    await work(crm)
    rows = await crm.data.fetch("SELECT id FROM webhook_delivery ORDER BY id")
    await crm.data.fetch(
        "UPDATE webhook_delivery SET happened_at = ? WHERE id = ?", now() - timedelta(days=2), rows[0]["id"]
    )
    count = await replay_range(
        crm, INSIDE, endpoint_id, since=now() - timedelta(days=1), until=now(), states=[DeliveryState.DELIVERED]
    )
    await work(crm)
    assert (count, len(shop.received), len(set(shop.ids()))) == (2, 5, 3)


async def test_410_ends_it(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    shop.answers = [b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]
    await make_ada(crm)
    await work(crm)
    await make_ada(crm)
    await work_later(crm)
    shown = await endpoint(crm, INSIDE, endpoint_id)
    assert (shown.state, shown.reason, len(shop.received)) == (EndpointState.DISABLED, "gone", 1)
    assert await log(crm) == [("dead", "gone", 1, 410)]


async def test_redirect_is_not_followed(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    inside = f"http://127.0.0.1:{shop.port}/inside"
    shop.answers = [f"HTTP/1.1 307 Temporary Redirect\r\nlocation: {inside}\r\ncontent-length: 0\r\n\r\n".encode()]
    await make_ada(crm)
    await work(crm)
    assert ([one.path for one in shop.received], await log(crm)) == (["/hook?x=1"], [("waiting", "status", 1, 307)])


async def test_what_happens_while_paused_is_told_afterwards_and_while_off_is_not(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    await set_state(crm, INSIDE, endpoint_id, EndpointState.PAUSED)
    ada = await make_ada(crm)
    await work(crm)
    assert shop.received == []
    await set_state(crm, INSIDE, endpoint_id, EndpointState.ACTIVE)
    await work(crm)
    assert [one.json["data"]["id"] for one in shop.received] == [str(ada)]
    await set_state(crm, INSIDE, endpoint_id, EndpointState.DISABLED)
    await make_ada(crm)
    await set_state(crm, INSIDE, endpoint_id, EndpointState.ACTIVE)
    grace = await make_ada(crm)
    await work(crm)
    assert [one.json["data"]["id"] for one in shop.received] == [str(ada), str(grace)]


async def test_both_secrets_sign_for_a_while_after_a_change(crm: Any, shop: Receiver) -> None:
    endpoint_id, former = await subscribe(crm, shop.url, NAME)
    secret, until = await rotate_secret(crm, INSIDE, endpoint_id)
    await make_ada(crm)
    await work(crm)
    assert genuine(shop.received[0], former) == genuine(shop.received[0], secret) == shop.ids()[0]
    assert now() < until
    latest, _ = await rotate_secret(crm, INSIDE, endpoint_id, overlap=timedelta(0))
    await make_ada(crm)
    await work(crm)
    signatures = shop.received[1].headers["webhook-signature"].split()
    assert [one.partition(",")[0] for one in signatures] == ["v1", "v1a"]
    assert genuine(shop.received[1], latest) == shop.ids()[1]


async def test_test_event_holds_nothing_and_is_tried_once(crm: Any, shop: Receiver) -> None:
    endpoint_id, secret = await subscribe(crm, shop.url, NAME)
    shop.answers = [BUSY]
    await send_test(crm, INSIDE, endpoint_id)
    await work(crm)
    assert (shop.received[0].json["type"], shop.received[0].json["data"]) == (
        "webhook.test", {"message": "This is a test."},
    )  # fmt: skip
    assert (genuine(shop.received[0], secret), await log(crm)) == (shop.ids()[0], [("dead", "status", 1, 503)])


async def test_removed_endpoint_leaves_nothing_behind(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    await make_ada(crm)
    await work(crm)
    await make_ada(crm)
    await remove_endpoint(crm, INSIDE, endpoint_id)
    await work_later(crm)
    for table in ("webhook_endpoint", "webhook_delivery", "webhook_told"):
        assert await crm.data.fetch(f"SELECT id FROM {table}") == []
    assert len(shop.received) == 1


async def test_delivery_whose_job_is_lost_is_found_again(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, NAME)
    shop.answers = [BUSY, OK]
    await make_ada(crm)
    await work(crm)
    await crm.data.fetch("DELETE FROM job WHERE key = 'webhooks.deliver'")
    await crm.data.fetch("UPDATE webhook_delivery SET due_at = ?", now() - timedelta(hours=2))
    await tend(crm, {})
    await work_later(crm)
    assert await log(crm) == [("delivered", "", 2, 204)]


async def test_secrets_and_addresses_are_sealed(crm: Any, shop: Receiver) -> None:
    url = shop.url.replace("/hook", "/CANARYPATH")
    _, secret = await subscribe(crm, url, NAME, name="CANARYNAME", recipient="CANARYRECIPIENT")
    rows = await crm.data.fetch("SELECT * FROM webhook_endpoint")
    text = json.dumps([{name: repr(value) for name, value in row.items()} for row in rows])
    words = ("CANARYPATH", "CANARYNAME", "CANARYRECIPIENT", secret.removeprefix("whsec_"))
    assert [word in text for word in words] == [False] * 4


async def test_hundred_events_are_told_each_once(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"contact.created": []})
    people = await make_people(crm, *(f"P{number}" for number in range(100)))
    await asyncio.gather(work(crm), work(crm))
    await work(crm)
    assert sorted(one.json["data"]["id"] for one in shop.received) == sorted(map(str, people))


async def test_restored_backup_sends_nothing_before_somebody_has_looked(crm: Any, shop: Receiver) -> None:
    endpoint_id, _ = await subscribe(crm, shop.url, NAME)
    ada = await make_ada(crm)
    await crm.keyring.remember("restores", 1)
    await work(crm)
    shown = await endpoint(crm, INSIDE, endpoint_id)
    assert (shop.received, shown.state, shown.reason) == ([], EndpointState.PAUSED, "restored")
    await set_state(crm, INSIDE, endpoint_id, EndpointState.ACTIVE)
    await work(crm)
    assert [one.json["data"]["id"] for one in shop.received] == [str(ada)]


async def test_doctor_says_what_is_wrong_without_naming_anybody(crm: Any, shop: Receiver) -> None:
    from confida_core.outbound.webhooks.checking import check_webhooks

    async def found() -> list[tuple[str, str]]:
        return [(one.state, one.text) for one in await check_webhooks(crm)]

    assert await found() == [("good", "There are none.")]
    await subscribe(crm, shop.url, NAME)
    assert await found() == [("good", "In order: 1.")]
    shop.answers = [b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]
    await make_ada(crm)
    await work(crm)
    assert await found() == [("warning", "Of 1: 1 switched off by the other side, 1 with dead letters.")]
