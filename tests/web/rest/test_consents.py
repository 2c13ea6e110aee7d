"""Consents and requests of data subjects through the API."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.gate import may
from tests.cases import in_one_installation
from tests.web.people import make
from tests.web.rest.programs import program

pytestmark = pytest.mark.anyio

CONSENTS = ("contacts.read", "contacts.delete", "consents.read", "consents.record", "consents.manage")
REQUESTS = ("requests.read", "requests.decide")
NOBODY = "01930000-0000-7000-8000-000000000001"


@pytest.fixture
async def mats(app: Any, crm: Any) -> Any:
    async with await program(app, crm, "staff", name="Mats", scopes=CONSENTS) as one:
        yield one


@pytest.fixture
async def officer(app: Any, crm: Any) -> Any:
    async with await program(
        app, crm, "privacy_officer", name="Pia", scopes=REQUESTS, purpose="data_subject_rights"
    ) as one:
        yield one


def said(contact: Any, kind: str = "given", **more: Any) -> dict[str, Any]:
    usual = {"contact": str(contact), "purpose": "newsletter", "channel": "email", "kind": kind}
    return usual | {"evidence": {"source": "Form at the party"}} | more


async def test_consent_is_recorded_listed_and_known_to_the_gate(mats: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    made = await mats.post("/api/v1/consents", json=said(ada))
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["contact"], one["kind"], one["method"], one["recorded_by"], one["evidence"]["source"]) == (
        str(ada), "given", "api", str(mats.account_id), "Form at the party",
    )  # fmt: skip
    assert (await may(crm, ada, "newsletter", "email")).allowed is True
    gone = await mats.post("/api/v1/consents", json=said(ada, "withdrawn", evidence={}))
    assert gone.status_code == 201, gone.text
    assert (await may(crm, ada, "newsletter", "email")).allowed is False
    items = (await mats.get(f"/api/v1/consents?contact={ada}")).json()["items"]
    assert [item["id"] for item in items] == [gone.json()["id"], one["id"]]
    first = (await mats.get("/api/v1/consents?limit=1")).json()
    assert [item["id"] for item in first["items"] + (await mats.get(first["next"])).json()["items"]] == [
        gone.json()["id"], one["id"],
    ]  # fmt: skip
    [state] = (await mats.get(f"/api/v1/consent-states?contact={ada}")).json()["items"]
    assert (state["purpose"], state["channel"], state["state"], state["allowed"], state["reason"]) == (
        "newsletter", "email", "withdrawn", False, "withdrawn",
    )  # fmt: skip


async def test_nothing_recorded_can_be_changed_or_removed(mats: Any, crm: Any) -> None:
    one = (await mats.post("/api/v1/consents", json=said(await make(crm, "Ada")))).json()
    for method in ("PATCH", "PUT", "DELETE"):
        answer = await mats.request(method, f"/api/v1/consents/{one['id']}", headers={"if-match": "*"}, json={})
        assert answer.status_code == 405, method


@in_one_installation(
    ("changes", "pointer"),
    [
        ({"contact": NOBODY}, "#/contact"),
        ({"purpose": "nothing_known"}, "#/purpose"),
        ({"channel": "pigeon"}, "#/channel"),
        ({"kind": "revoked"}, "#/kind"),
        ({"evidence": {}}, "#/evidence"),
        ({"method": "in_person"}, "#/method"),
        ({"indicated_at": "2999-01-01T00:00:00Z"}, "#/indicated_at"),
        ({"notice": NOBODY}, "#/contact"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_recorded(mats: Any, crm: Any, changes: Any, pointer: str) -> None:
    answer = await mats.post("/api/v1/consents", json=said(await make(crm, "Ada")) | changes)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert (await crm.data.fetch("SELECT count(*) AS n FROM consent_event"))[0]["n"] == 0


async def test_of_somebody_restricted_a_no_is_taken_and_nothing_is_shown(mats: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    await mats.post("/api/v1/consents", json=said(ada))
    await crm.orders.give("restriction", ada)
    assert (await mats.get("/api/v1/consents")).json()["items"] == []
    assert (await mats.get(f"/api/v1/consent-states?contact={ada}")).json()["items"] == []
    assert (await mats.post("/api/v1/consents", json=said(ada))).status_code == 422
    no = await mats.post("/api/v1/consents", json=said(ada, "withdrawn", evidence={"detail": "By telephone"}))
    assert (no.status_code, no.json()["evidence"]["detail"]) == (201, "")
    assert (await may(crm, ada, "newsletter", "email")).allowed is False
    events = await crm.data.fetch("SELECT kind FROM consent_event ORDER BY ledger_index")
    assert [event["kind"] for event in events] == ["given", "withdrawn"]


async def test_consents_of_people_in_the_trash_are_for_those_who_keep_them(mats: Any, app: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    one = (await mats.post("/api/v1/consents", json=said(ada))).json()
    async with await program(app, crm, "owner", name="Olga", scopes=CONSENTS) as olga:
        assert (await olga.delete(f"/api/v1/contacts/{ada}", headers={"if-match": "*"})).status_code == 204
        assert (await mats.get("/api/v1/consents")).json()["items"] == []
        assert [item["id"] for item in (await olga.get("/api/v1/consents")).json()["items"]] == [one["id"]]


async def test_consent_sent_twice_with_a_key_is_recorded_once(mats: Any, crm: Any) -> None:
    body, headers = said(await make(crm, "Ada")), {"idempotency-key": "a-key"}
    first = await mats.post("/api/v1/consents", json=body, headers=headers)
    again = await mats.post("/api/v1/consents", json=body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (await crm.data.fetch("SELECT count(*) AS n FROM consent_event"))[0]["n"] == 1


async def test_request_is_entered_with_its_clock_and_listed(officer: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    body = {"kind": "access", "source": "letter", "contact": str(ada), "name": "Ada", "country": "DE",
            "received_at": "2026-11-02T09:00:00+01:00", "message": "All of it, please."}  # fmt: skip
    made = await officer.post("/api/v1/requests", json=body)
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["kind"], one["state"], one["source"], one["contact"], one["due_on"], one["message"]) == (
        "access", "received", "letter", str(ada), "2026-12-02", "All of it, please.",
    )  # fmt: skip
    for query, found in (("", 1), ("?open=true", 1), ("?open=false", 0), (f"?contact={ada}", 1), ("?kind=erasure", 0)):
        assert len((await officer.get(f"/api/v1/requests{query}")).json()["items"]) == found, query


async def test_requests_are_for_tokens_of_that_purpose_and_of_those_who_read_them(
    app: Any, crm: Any, officer: Any
) -> None:
    one = (
        await officer.post(
            "/api/v1/requests", json={"kind": "access", "source": "phone", "name": "Ada", "country": "DE"}
        )
    ).json()
    for role, purpose in (("privacy_officer", "relationship"), ("staff", "relationship"), ("readonly", "relationship")):
        async with await program(
            app, crm, role, name=f"Zoe{role}", scopes=(*REQUESTS, "contacts.read"), purpose=purpose
        ) as zoe:
            for address in ("/api/v1/requests", f"/api/v1/requests/{one['id']}"):
                assert (await zoe.get(address)).status_code == 404, (role, address)


@in_one_installation(
    ("changes", "pointer"),
    [
        ({"kind": "gift"}, "#/kind"),
        ({"source": "portal"}, "#/source"),
        ({"name": ""}, "#/identifier"),
        ({"contact": NOBODY}, "#/contact"),
        ({"country": "XX"}, "#/country"),
        ({"received_at": "2010-01-01T00:00:00Z"}, "#/received_at"),
    ],
)
async def test_what_is_wrong_with_a_request_is_named(officer: Any, changes: Any, pointer: str) -> None:
    body = {"kind": "access", "source": "letter", "name": "Ada", "country": "DE"} | changes
    answer = await officer.post("/api/v1/requests", json=body)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("wrong", "member"),
    [
        ({"indicated_at": "0001-01-01T00:00:00Z"}, "indicated_at"),
        ({"indicated_at": "0001-01-01T00:00:00+14:00"}, "indicated_at"),
        ({"valid_until": "9999-12-31T23:59:59.999999Z"}, "valid_until"),
    ],
)
async def test_no_time_at_the_end_of_the_calendar_stands_in_the_way_of_a_withdrawal(
    mats: Any, crm: Any, wrong: dict[str, str], member: str
) -> None:
    ada = await make(crm, "Ada")
    refused = await mats.post("/api/v1/consents", json=said(ada, **wrong))
    assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (422, [f"#/{member}"])
    gone = await mats.post("/api/v1/consents", json=said(ada, "withdrawn", evidence={}))
    assert gone.status_code == 201, gone.text
    assert (await may(crm, ada, "newsletter", "email")).allowed is False


async def test_no_next_page_tells_of_somebody_hidden(app: Any, crm: Any) -> None:
    from confida_core.contacts.states import restrict_contact
    from confida_core.contacts.trash import trash_contact
    from confida_core.vault.access import system_access

    inside = system_access("test", "relationship")
    ada, zoe = await make(crm, "Ada"), await make(crm, "Zoe")
    async with await program(app, crm, "staff", name="Tim", scopes=("consents.read", "consents.record")) as tim:
        for one in (ada, zoe):
            for kind in ("given", "withdrawn"):
                assert (await tim.post("/api/v1/consents", json=said(one, kind))).status_code == 201
            assert len((await tim.get(f"/api/v1/consents?contact={one}")).json()["items"]) == 2
        await restrict_contact(crm, inside, ada)
        await trash_contact(crm, inside, zoe)
        for one in (ada, zoe):
            answer = await tim.get(f"/api/v1/consents?contact={one}&limit=1")
            assert answer.json() == {"items": [], "next": None}
