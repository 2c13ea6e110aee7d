"""What is true of every resource: conditions, bodies, parameters, problems; shown with contacts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cases import in_one_installation
from tests.web.people import make
from tests.web.rest.programs import program

pytestmark = pytest.mark.anyio
CONTACTS = "/api/v1/contacts"
JSON = {"content-type": "application/json"}


def problem(answer: Any) -> tuple[int, str]:
    """Status and kind, after a look at what every problem has in common."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["type"].partition("#problem-")[0]) == (answer.status_code, "/api/v1/docs")
    return answer.status_code, body["type"].partition("#problem-")[2]


def errors(answer: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = answer.json()["errors"]
    return found


async def test_change_needs_the_present_etag(olga: Any) -> None:
    ada = (await olga.post(CONTACTS, json={"display_name": "Ada"})).json()
    address = f"{CONTACTS}/{ada['id']}"
    assert problem(await olga.patch(address, json={"note": "a"})) == (428, "precondition-required")
    assert problem(await olga.delete(address)) == (428, "precondition-required")
    first = await olga.change(address, {"note": "first"}, ada["etag"])
    assert problem(await olga.change(address, {"note": "second"}, ada["etag"])) == (412, "changed-meanwhile")
    assert problem(await olga.delete(address, headers={"if-match": f'"{ada["etag"]}"'})) == (412, "changed-meanwhile")
    weak = await olga.patch(address, json={}, headers={"if-match": f"W/{first.headers['etag']}"})
    assert problem(weak) == (412, "changed-meanwhile")
    several = {"if-match": f'"x", {first.headers["etag"]}'}
    assert (await olga.patch(address, json={"note": "third"}, headers=several)).json()["note"] == "third"
    assert (await olga.patch(address, json={"note": "last"}, headers={"if-match": "*"})).json()["note"] == "last"


async def test_etag_tells_states_apart_that_the_version_does_not(olga: Any) -> None:
    ada = (await olga.post(CONTACTS, json={"display_name": "Ada"})).json()
    address = f"{CONTACTS}/{ada['id']}"
    archived = (await olga.change(address, {"archived": True}, ada["etag"])).json()
    assert (archived["archived"], archived["version"], archived["etag"] == ada["etag"]) == (True, ada["version"], False)
    assert problem(await olga.change(address, {"note": "x"}, ada["etag"])) == (412, "changed-meanwhile")
    back = (await olga.change(address, {"archived": None}, archived["etag"])).json()
    assert back["archived"] is False


async def test_what_is_known_already_is_not_sent_again_and_read_all_the_same(olga: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    for address in (f"{CONTACTS}/{ada}", CONTACTS):
        first = await olga.get(address)
        for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*"):
            again = await olga.get(address, headers={"if-none-match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert (await olga.get(address, headers={"if-none-match": '"other"'})).status_code == 200
    assert len(await crm.door.read_log.of(ada)) == 12


async def test_head_is_get_without_a_body(olga: Any, crm: Any) -> None:
    await make(crm, "Ada")
    got, head = await olga.get(CONTACTS), await olga.head(CONTACTS)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


async def test_merge_patch_does_as_its_rfc_says(olga: Any) -> None:
    sent = {
        "display_name": "Ada",
        "name": {"given": "Ada", "family": "Byron"},
        "emails": [{"address": "a@example.org"}],
    }
    ada = (await olga.post(CONTACTS, json=sent)).json()
    patch = {"name": {"family": "Lovelace", "given": None}, "emails": [{"address": "b@example.org", "label": "home"}]}
    changed = (await olga.change(f"{CONTACTS}/{ada['id']}", patch, ada["etag"])).json()
    assert changed["name"] == {"prefix": "", "given": "", "additional": "", "family": "Lovelace", "suffix": ""}
    assert changed["emails"] == [{"address": "b@example.org", "label": "home"}]
    same = (await olga.change(f"{CONTACTS}/{ada['id']}", {}, changed["etag"])).json()
    assert same == changed


@in_one_installation(
    ("body", "expected"),
    [
        (b'{"display_name": "Ada", "nickanme": "A"}', [{"detail": "is not known here", "pointer": "#/nickanme"}]),
        (b'{"name": {"x/~\xc3\xa4": 1}}', [{"detail": "is not known here", "pointer": "#/name/x~1~0%C3%A4"}]),
        (b'{"emails": [{"label": "work"}]}', [{"detail": "is missing", "pointer": "#/emails/0/address"}]),
        (b'{"display_name": 1}', [{"detail": "expected `str`, got `int`", "pointer": "#/display_name"}]),
        (b'{"kind": "secret"}', [{"detail": "is none of the values it may have", "pointer": "#/kind"}]),
        (b'{"note": "\\u0000"}', [{"detail": "holds a character that cannot be stored", "pointer": "#/note"}]),
        (b'{"tags": ["a", "\\ud800"]}', [{"detail": "holds a character that cannot be stored", "pointer": "#/tags/1"}]),
        (b'{"custom": {"a\\u0000": 1}}', [{"detail": "holds a character that cannot be stored", "pointer": "#/custom"}]),
        (
            b'{"emails": [{"address": "nobody"}], "language": "?"}',
            [
                {"detail": "is no e-mail address", "pointer": "#/emails/0/address"},
                {"detail": "is no language tag", "pointer": "#/language"},
            ],
        ),
        (b'{"owner_id": "00000000-0000-0000-0000-000000000007", "display_name": "A"}',
         [{"detail": "is no active account", "pointer": "#/owner_id"}]),
        (b'{"display_name": "A", "display_name": "B"}', None),
        (b'{"note": NaN}', None),
        (b'{"custom": {"a": 1e999}}', None),
        (b'{"custom": {"a": 99999999999999999999999}}', None),
        (b'{"custom": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}", None),
    ],
)  # fmt: skip
async def test_invalid_content_is_refused_by_name(olga: Any, crm: Any, body: bytes, expected: Any) -> None:
    answer = await olga.post(CONTACTS, content=body, headers=JSON)
    assert problem(answer) == (422, "invalid-content"), answer.text
    if expected is None:
        assert answer.json()["detail"]
    else:
        assert errors(answer) == expected
    assert await crm.data.fetch("SELECT id FROM contact") == []


@in_one_installation(
    "body", [b"", b"{", b"[]", b"null", b'"Ada"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"{'a': 1}", b"{}{}"]
)
async def test_what_is_no_object_is_refused(olga: Any, body: bytes) -> None:
    assert problem(await olga.post(CONTACTS, content=body, headers=JSON)) == (400, "invalid-json")


async def test_other_kinds_of_bodies_are_refused(olga: Any) -> None:
    answer = await olga.post(CONTACTS, data={"display_name": "Ada"})
    assert (problem(answer), answer.headers["accept-post"]) == ((415, "unsupported-media-type"), "application/json")
    for kind in ("", "text/plain", "application/json; charset=latin-1", "multipart/form-data; boundary=x"):
        assert problem(await olga.post(CONTACTS, content=b"{}", headers={"content-type": kind})) == (
            415, "unsupported-media-type",
        ), kind  # fmt: skip
    packed = await olga.post(CONTACTS, content=b"{}", headers=JSON | {"content-encoding": "gzip"})
    assert problem(packed) == (415, "unsupported-media-type")
    large = await olga.post(CONTACTS, content=b'{"note": "' + b"a" * 1_000_000 + b'"}', headers=JSON)
    assert problem(large) == (413, "too-large")


@in_one_installation(
    ("query", "expected"),
    [
        ("limit=0", {"parameter": "limit", "detail": "is no whole number from 1 to 200"}),
        ("limit=201", {"parameter": "limit", "detail": "is no whole number from 1 to 200"}),
        ("limit=%D9%A1", {"parameter": "limit", "detail": "is no whole number from 1 to 200"}),
        ("limit=1&limit=2", {"parameter": "limit", "detail": "is given twice"}),
        ("fliter={}", {"parameter": "fliter", "detail": "is not known here"}),
        ("archived=maybe", {"parameter": "archived", "detail": "is none of: no, yes, all"}),
        ("q=" + "a" * 501, {"parameter": "q", "detail": "is longer than 500 characters"}),
    ],
)
async def test_wrong_parameter_is_named(olga: Any, query: str, expected: Any) -> None:
    answer = await olga.get(f"{CONTACTS}?{query}")
    assert (problem(answer), errors(answer)) == ((400, "invalid-parameter"), [expected])


async def test_parameters_where_there_are_none_are_refused(olga: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    for answer in (
        await olga.get(f"{CONTACTS}/{ada}?fields=name"),
        await olga.post(f"{CONTACTS}?dry=yes", json={"display_name": "Zoe"}),
        await olga.patch(f"{CONTACTS}/{ada}?x=1", json={}, headers={"if-match": "*"}),
        await olga.delete(f"{CONTACTS}/{ada}?x=1", headers={"if-match": "*"}),
    ):
        assert problem(answer) == (400, "invalid-parameter")


async def test_filter_finds_and_names_the_place_of_its_errors(olga: Any, crm: Any) -> None:
    await make(crm, "Ada", tags=["donor"])
    await make(crm, "Zoe", tags=["press"])
    condition = json.dumps({"all": [{"field": "tags", "op": "has", "value": "donor"}]})
    found = (await olga.get(CONTACTS, params={"filter": condition})).json()
    assert [item["display_name"] for item in found["items"]] == ["Ada"]
    for wrong, place in (
        ({"all": [{"field": "nothing", "op": "is"}]}, "all[0].field"),
        ({"all": [{"field": "tags", "op": "is"}]}, "all[0].op"),
        ({"not": {"field": "tags", "op": "has", "value": 1}}, "not.value"),
    ):
        answer = await olga.get(CONTACTS, params={"filter": json.dumps(wrong)})
        assert problem(answer) == (400, "invalid-filter")
        assert [(fault["parameter"], fault["place"]) for fault in errors(answer)] == [("filter", place)]
    broken = await olga.get(CONTACTS, params={"filter": "{"})
    assert (problem(broken), errors(broken)) == (
        (400, "invalid-filter"),
        [{"parameter": "filter", "detail": "is not valid JSON", "place": ""}],
    )


async def test_words_are_searched_and_kept_on_the_next_page(olga: Any, crm: Any) -> None:
    for name in ("Ada Lovelace", "Ada Byron", "Zoe"):
        await make(crm, name)
    first = (await olga.get(CONTACTS, params={"q": "ad", "limit": 1, "sort": "-name"})).json()
    second = (await olga.get(first["next"])).json()
    names = [item["display_name"] for item in first["items"] + second["items"]]
    assert (names, second["next"]) == (["Ada Lovelace", "Ada Byron"], None)


async def test_cursor_of_another_list_or_nobody_is_refused(olga: Any, crm: Any) -> None:
    for name in ("Ada", "Zoe"):
        await make(crm, name)
    other = (await olga.get(f"{CONTACTS}?limit=1")).json()["next"].partition("cursor=")[2]
    for address in (
        f"{CONTACTS}?cursor=x",
        f"{CONTACTS}?sort=-name&cursor={other}",
        f"/api/v1/relationships?cursor={other}",
    ):
        assert problem(await olga.get(address)) == (400, "invalid-cursor")


async def test_every_error_below_api_is_a_problem(olga: Any, app: Any, crm: Any) -> None:
    assert problem(await olga.get("/api/v1/nothing")) == (404, "not-found")
    assert problem(await olga.get("/api")) == (404, "not-found")
    assert problem(await olga.get(f"{CONTACTS}/1")) == (404, "not-found")
    assert problem(await olga.get(f"{CONTACTS}/00000000-0000-0000-0000-000000000007")) == (404, "not-found")
    wrong = await olga.put(CONTACTS, json={})
    assert (problem(wrong), set(wrong.headers["allow"].split(", "))) == (
        (405, "method-not-allowed"),
        {"GET", "POST", "HEAD"},
    )
    other = await olga.options(f"{CONTACTS}/00000000-0000-0000-0000-000000000007")
    assert (problem(other), other.headers["allow"]) == ((405, "method-not-allowed"), "DELETE, GET, HEAD, PATCH")
    assert problem(await olga.get(CONTACTS + "?" + "a" * 9_000)) == (414, "address-too-long")
    assert problem(await olga.get(CONTACTS, headers={"x": "a" * 40_000})) == (431, "headers-too-long")
    assert problem(await olga.get(CONTACTS, headers={"host": "evil.example.org"})) == (400, "bad-request")


async def test_fault_of_ours_says_nothing_but_a_reference(olga: Any, crm: Any) -> None:
    ada = (await olga.post(CONTACTS, json={"display_name": "Ada planted"})).json()
    await crm.data.fetch("UPDATE contact SET sealed = ? WHERE version = 1", b"\x01" * 80)
    answer = await olga.get(f"{CONTACTS}/{ada['id']}")
    assert problem(answer) == (500, "our-fault")
    assert (len(answer.json()["reference"]), "planted" in answer.text) == (12, False)


async def test_no_cookie_and_no_other_way_lets_anybody_in(app: Any, client: Any, stranger: Any, olga: Any) -> None:
    assert (await client.get("/contacts")).status_code == 200
    for browser, headers in (
        (client, {}),
        (stranger, {"authorization": "Basic b2xnYTpzZWNyZXQ="}),
        (stranger, {"authorization": f"bearer {olga.token[:-1]}"}),
        (stranger, {"authorization": "Bearer "}),
        (stranger, {"cookie": f"__Host-confida={olga.token}"}),
    ):
        answer = await browser.get(CONTACTS, headers=headers)
        assert (problem(answer), answer.headers["www-authenticate"].startswith("Bearer ")) == (
            (401, "unauthorised"),
            True,
        )
    in_address = await stranger.get(f"{CONTACTS}?access_token={olga.token}")
    assert problem(in_address) == (401, "unauthorised")
    assert (await stranger.get(CONTACTS, headers={"authorization": f"bearer {olga.token}"})).status_code == 200
    assert (
        "access-control-allow-origin"
        not in (await olga.get(CONTACTS, headers={"origin": "https://example.org"})).headers
    )


async def test_restricted_and_trashed_contacts_are_in_no_list(olga: Any, crm: Any, app: Any) -> None:
    from confida_core.contacts.states import restrict_contact
    from confida_core.vault.access import system_access

    ids = {name: await make(crm, name) for name in ("Ada", "Restricted", "Trashed")}
    assert len((await olga.get(f"{CONTACTS}?archived=all")).json()["items"]) == 3
    await restrict_contact(crm, system_access("test", "relationship"), ids["Restricted"])
    await olga.delete(f"{CONTACTS}/{ids['Trashed']}", headers={"if-match": "*"})
    for query in ("", "?archived=all", "?q=restr", "?q=tra", "?sort=-created"):
        shown = (await olga.get(CONTACTS + query)).text
        assert ("Restricted" in shown, "Trashed" in shown) == (False, False), query


async def test_readings_are_logged_with_route_and_purpose_of_the_token(app: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    async with await program(app, crm, purpose="import_export") as one:
        await one.get(CONTACTS)
        await one.get(f"{CONTACTS}/{ada}")
    found = await crm.door.read_log.of(ada)
    assert [(read.actor_id, read.purpose, read.place) for read in found] == [
        (one.account_id, "import_export", "GET /api/v1/contacts/{item_id}"),
        (one.account_id, "import_export", "GET /api/v1/contacts"),
    ]
