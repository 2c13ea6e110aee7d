"""Asking at the portal: number and date at once, the same for everybody, and nothing changes by looking."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.controller import Controller, save_controller
from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_core.vault.access import system_access
from tests.consent.rights.requests_cast import INSIDE, mails, with_mail
from tests.web.client import Browser
from tests.web.portal.people import ADDRESS, counted, make_person, work_off
from tests.web.portal.requesting import PLAIN, asks, form, only_request, proves, without_own
from tests.web.portal.test_joining import tokens

pytestmark = pytest.mark.anyio
KINDS = (
    "access",
    "portability",
    "rectification",
    "erasure",
    "restriction",
    "objection",
    "withdrawal",
    "complaint",
)


@pytest.fixture(autouse=True)
async def german_house(crm: Any) -> None:
    """The organisation says where it is, so that nobody has to choose whose rules apply."""
    await save_controller(crm, system_access("tests"), Controller(name="Example House", country="DE"))


async def file_of(crm: Any, row: Any) -> RequestFile:
    [opened] = await crm.door.open(INSIDE, REQUEST, [row])
    content: RequestFile = opened.content
    return content


async def rows(crm: Any) -> int:
    return int((await crm.data.fetch("SELECT count(*) AS rows FROM rights_request"))[0]["rows"])


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_gets_a_number_and_a_date_at_once(stranger: Browser, crm: Any, kind: str) -> None:
    page = (await stranger.get("/my/requests")).text
    assert f'value="{kind}"' in page
    path = await asks(stranger, kind)
    row = await only_request(crm)
    shown = await stranger.get(f"{path}?done=sent", headers=PLAIN)
    assert shown.status_code == 200
    assert (row["kind"], row["reference"] in shown.text, f'datetime="{row["due_on"]}' in shown.text) == (
        kind,
        True,
        True,
    )


async def test_known_and_unknown_get_the_same_pages_after_the_same_work(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    await asks(stranger, identifier="first@example.org")
    paths, work, pages = [], [], []
    for identifier in (ADDRESS, "zoe@example.org"):
        with counted(crm) as statements:
            paths.append(await asks(stranger, identifier=identifier))
        work.append(list(statements))
    assert work[0] == work[1]
    with_mail(crm)
    await work_off(crm)
    work.clear()
    for path in paths:
        with counted(crm) as statements:
            status = await stranger.get(path, headers=PLAIN)
            sent = await stranger.post(f"{path}/code", data={"do": "send"})
            code = await stranger.get(f"{path}/code", headers=PLAIN)
            lost = await stranger.post(f"{path}/message", data={"text": "Please call me."})
            again = await stranger.post(f"{path}/withdraw", headers=PLAIN)
        work.append(list(statements))
        texts = tuple(without_own(one.text, path) for one in (status, code, again))
        pages.append((texts, sent.status_code, lost.status_code, again.status_code))
    assert pages[0] == pages[1]
    assert pages[0][1:] == (303, 303, 404)
    assert work[0] == work[1]


async def test_for_somebody_else_with_a_mandate_that_is_sealed(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    fields = form(whose="other", mandate="I am her daughter; see the letter.", name="Zoe")
    fields["mandate_file"] = ("mandate.pdf", b"%PDF-1.4 Ada signed this", "application/pdf")
    answer = await stranger.post("/my/requests", files=fields)
    assert answer.status_code == 303
    row = await only_request(crm)
    file = await file_of(crm, row)
    assert (file.mandate, len(file.mandate_file_id)) == ("I am her daughter; see the letter.", 32)
    stored = b"".join(one.read_bytes() for one in (crm.settings.home / "files").rglob("*") if one.is_file())
    assert (b"Ada signed this" in stored, len(stored) > 0) == (False, True)
    known, proof = await proves(stranger, crm, str(answer.headers["location"]).partition("?")[0])
    page = (await stranger.get(known, headers=proof)).text
    assert ("We look at the mandate" in page, (await only_request(crm))["verified_at"]) == (True, None)


async def test_file_that_is_too_large_is_refused_and_leaves_nothing(stranger: Browser, crm: Any) -> None:
    fields = form(whose="other", mandate="See the letter.")
    fields["mandate_file"] = ("mandate.pdf", b"x" * 10_000_001, "application/pdf")
    answer = await stranger.post("/my/requests", files=fields)
    assert (answer.status_code, "too large" in answer.text, await rows(crm)) == (422, True, 0)
    assert [one for one in (crm.settings.home / "files").rglob("*") if one.is_file()] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"), ({"kind": "everything"}, "kind"), ({"identifier": ""}, "identifier"),
        ({"identifier": "Ada"}, "identifier"), ({"identifier": "x" * 300 + "@example.org"}, "identifier"),
        ({"whose": "other"}, "mandate"), ({"mandate": "hers"}, "whose"), ({"message": "x" * 20_001}, "message"),
        ({"website": "https://example.org"}, "website"), ({"language": "<b>"}, "language"), ({"delivery": "fax"}, "delivery"),
        ({"name": "x" * 201}, "name"), ({"country": "XX"}, "country"),
    ],
)  # fmt: skip
async def test_form_that_is_not_complete_says_so_and_keeps_what_was_typed(
    stranger: Browser, crm: Any, changes: dict[str, str], field: str
) -> None:
    answer = await stranger.post("/my/requests", files=form(**{"name": "Zoe", "scope": "since May"} | changes))
    assert (answer.status_code, f'href="#{field}"' in answer.text, await rows(crm)) == (422, True, 0)
    assert "since May" in answer.text


async def test_country_is_chosen_where_the_organisation_has_none(stranger: Browser, crm: Any) -> None:
    await save_controller(crm, system_access("tests"), Controller(name="Example House"))
    crm.settings = crm.settings.model_copy(update={"region": "US"})
    page = (await stranger.get("/my/requests", headers={"accept-language": "de"})).text
    assert '<option value="AT">Österreich</option>' in page
    assert (await stranger.post("/my/requests", files=form())).status_code == 422
    await asks(stranger, country="GB")
    assert (await only_request(crm))["country"] == "GB"


@pytest.mark.parametrize("suffix", ["", "/code", "/erasure", "/certificate"])
async def test_address_that_does_not_work_looks_like_one_that_never_was(
    stranger: Browser, crm: Any, suffix: str
) -> None:
    found, work = {}, {}
    for name, token in (await tokens(crm, "status")).items():
        with counted(crm) as statements:
            answer = await stranger.get(f"/my/requests/{token}{suffix}", headers=PLAIN)
        found[name] = (answer.status_code, answer.text.replace(token, "*"), answer.headers.get_list("set-cookie"))
        work[name] = len(statements)
    assert {name for name, one in found.items() if one != found["unknown"]} == set()
    assert found["unknown"][0] == 404
    assert {name for name, one in work.items() if one != work["unknown"] and name != "long"} == set()


@pytest.mark.parametrize("place", ["code", "message", "withdraw", "package", "erasure"])
async def test_form_of_an_address_that_does_not_work_changes_nothing(stranger: Browser, crm: Any, place: str) -> None:
    data = {"do": "send", "text": "Hello", "seen": "x"}
    found = {
        name: (await stranger.post(f"/my/requests/{token}/{place}", data=data, headers=PLAIN)).status_code
        for name, token in (await tokens(crm, "status")).items()
    }
    assert set(found.values()) == {404}
    assert (await crm.data.fetch("SELECT count(*) AS rows FROM rights_letter"))[0]["rows"] == 0
    assert await mails(crm) == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(stranger: Browser, crm: Any, method: str) -> None:
    await make_person(crm)
    known, proof = await proves(stranger, crm, await asks(stranger, "erasure"))
    before = [await table(crm, name) for name in ("rights_request", "rights_step", "rights_letter", "consent_token")]
    for address in (
        "/my/requests",
        known,
        f"{known}/code",
        f"{known}/erasure",
        f"{known}/package",
        f"{known}/certificate",
    ):
        await stranger.request(method, address, headers=proof)
    assert [
        await table(crm, name) for name in ("rights_request", "rights_step", "rights_letter", "consent_token")
    ] == before


async def table(crm: Any, name: str) -> list[Any]:
    found: list[Any] = await crm.data.fetch(f"SELECT * FROM {name} ORDER BY id")
    return found


async def test_sending_again_and_again_is_slowed_down(stranger: Browser, crm: Any) -> None:
    statuses = [(await stranger.post("/my/requests", files=form(kind=""))).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2


async def test_link_of_an_answer_says_which_data_it_is_about(stranger: Browser) -> None:
    """Whoever follows "have it corrected" from an entry of the answer need not say once more which one."""
    page = (await stranger.get("/my/requests?kind=rectification&about=Interactions%20%3Cb%3E")).text
    assert "Interactions &lt;b&gt;</textarea>" in page
    assert 'value="rectification" required aria-describedby="means-rectification" checked' in page
    assert "<b>" not in (await stranger.get("/my/requests?about=%3Cb%3E%00")).text
