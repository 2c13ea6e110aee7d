"""Who asks? Proved through stored contact data only (step 5)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.rights.identity import (
    link_contact,
    post_code,
    prove_by_post,
    prove_identity,
    record_identity,
    start_identity,
)
from confida_consent.rights.letters import letters_of
from confida_consent.rights.requests import NewRequest, open_request, request_of
from confida_consent.rights.requests_deciding import answer
from confida_consent.rights.requests_status import known_status_token, status_of
from confida_core.contacts.validation import InvalidContent
from tests.consent.rights.requests_cast import (
    ADDRESS,
    INSIDE,
    asks,
    counted,
    mails,
    make_ada,
    newest_code,
    officer,
    row_of,
    steps_of,
    with_mail,
    work,
)

pytestmark = pytest.mark.anyio


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


async def asked(crm: Any, **more: Any) -> tuple[Any, str]:
    """A request of Ada's and the browser's half of a code that was mailed to her."""
    with_mail(crm)
    await make_ada(crm)
    request = await asks(crm, **more)
    handle = await start_identity(crm, request.id)
    await work(crm)
    return request, handle


async def test_right_code_verifies_and_shows_how_it_stands(crm: Any) -> None:
    request, handle = await asked(crm)
    code = await newest_code(crm)
    proved = await prove_identity(crm, handle, f" {code[:4]} {code[4:]} ")
    assert proved is not None
    assert (proved.request_id, proved.verified) == (request.id, True)
    row = await row_of(crm, request.id)
    assert (row["state"], row["verified_at"] is not None) == ("in_progress", True)
    assert "verified" in await steps_of(crm, request.id)
    status = await status_of(crm, proved.status_token)
    assert status is not None
    assert (status.known, status.verified) == (True, True)
    file = (await request_of(crm, officer(), request.id)).file
    assert file.identity == "A code sent to the e-mail address on file"
    assert await prove_identity(crm, handle, code) is None


async def test_code_goes_to_the_stored_address_only(crm: Any) -> None:
    """DS step 5: never to what the request names."""
    with_mail(crm)
    ada = await make_ada(crm)
    new = NewRequest(kind="access", source="phone", identifier="thief@example.org", contact_id=ada)
    request = await open_request(crm, officer(), new)
    await start_identity(crm, request.id)
    await work(crm)
    assert {mail.to for mail in await mails(crm)} == {ADDRESS}


async def test_three_tries_and_no_more(crm: Any) -> None:
    request, handle = await asked(crm)
    code = await newest_code(crm)
    answers = await asyncio.gather(*(prove_identity(crm, handle, wrong(code)) for _ in range(5)))
    assert answers == [None] * 5
    assert await prove_identity(crm, handle, code) is None
    assert (await row_of(crm, request.id))["verified_at"] is None


async def test_code_ends_after_ten_minutes(crm: Any) -> None:
    _, handle = await asked(crm)
    rows = await crm.data.fetch("SELECT id, expires_at, created_at FROM consent_token WHERE action = 'identity'")
    assert len(rows) == 1
    lasts = rows[0]["expires_at"] - rows[0]["created_at"]
    assert timedelta(minutes=10) <= lasts < timedelta(minutes=10, seconds=30)
    await crm.data.fetch(
        "UPDATE consent_token SET expires_at = ? WHERE id = ?", rows[0]["expires_at"] - lasts, rows[0]["id"]
    )
    assert await prove_identity(crm, handle, await newest_code(crm)) is None


async def test_asking_for_a_code_is_the_same_work_for_everybody(crm: Any) -> None:
    await make_ada(crm)
    statements = []
    for identifier in ("warm@example.org", ADDRESS, "nobody@example.org"):
        request = await asks(crm, identifier=identifier)
        await work(crm)
        with counted(crm) as said:
            await start_identity(crm, request.id)
        statements.append(list(said))
    assert statements[1] == statements[2]


async def test_wrong_code_is_the_same_work_for_everybody(crm: Any) -> None:
    _, handle = await asked(crm)
    unknown = await start_identity(crm, (await asks(crm, identifier="nobody@example.org")).id)
    statements = []
    for tried in (handle, unknown):
        with counted(crm) as said:
            assert await prove_identity(crm, tried, "00000000") is None
        statements.append(list(said))
    assert statements[0] == statements[1]


async def test_no_more_codes_than_three_in_a_quarter_of_an_hour(crm: Any) -> None:
    request, _ = await asked(crm)
    for _ in range(4):
        await start_identity(crm, request.id)
        await work(crm)
    assert len([mail for mail in await mails(crm) if "Your code" in mail.subject]) == 3


async def test_proof_after_the_answer_changes_nothing(crm: Any) -> None:
    """Before an answer is handed over, identity is proved once more (step 10)."""
    request, _ = await asked(crm)
    await answer(crm, officer(), request.id, letter="answer_ready")
    handle = await start_identity(crm, request.id)
    await work(crm)
    before = await steps_of(crm, request.id)
    proved = await prove_identity(crm, handle, await newest_code(crm))
    assert proved is not None
    assert await steps_of(crm, request.id) == before


async def test_proof_for_a_double_counts_for_the_first(crm: Any) -> None:
    with_mail(crm)
    await make_ada(crm)
    first, second = await asks(crm), await asks(crm)
    await work(crm)
    handle = await start_identity(crm, second.id)
    await work(crm)
    proved = await prove_identity(crm, handle, await newest_code(crm))
    assert proved is not None
    assert [(await row_of(crm, one.id))["verified_at"] is None for one in (first, second)] == [False, False]
    status = await status_of(crm, first.status_token)
    assert status is not None
    assert (status.known, status.state) == (False, "received")
    own = await status_of(crm, proved.status_token)
    assert own is not None
    assert (own.reference, own.state, own.request_id) == (second.reference, "in_progress", first.id)


async def test_other_contact_ends_the_codes_sent_before(crm: Any) -> None:
    request, handle = await asked(crm)
    code = await newest_code(crm)
    zoe = await make_ada(crm, "Zoe", "zoe@example.org")
    await link_contact(crm, officer(), request.id, zoe)
    assert await prove_identity(crm, handle, code) is None
    assert (await row_of(crm, request.id))["verified_at"] is None


async def test_double_of_somebody_else_proves_nothing_of_the_first(crm: Any) -> None:
    """Linked to Zoe after two had come in by Ada's address: whoever reads Ada's mail gets nothing of Zoe's."""
    with_mail(crm)
    ada = await make_ada(crm)
    first, second = await asks(crm), await asks(crm)
    await work(crm)
    assert (await row_of(crm, second.id))["merged_into"] == first.id
    handle = await start_identity(crm, second.id)
    await work(crm)
    zoe = await make_ada(crm, "Zoe", "zoe@example.org")
    await link_contact(crm, officer(), first.id, zoe)
    proved = await prove_identity(crm, handle, await newest_code(crm))
    assert proved is not None
    assert (await row_of(crm, first.id))["verified_at"] is None
    status = await status_of(crm, proved.status_token)
    assert status is not None
    assert status.request_id == second.id
    own = await row_of(crm, second.id)
    assert (own["contact_id"], own["merged_into"], own["closed_at"], own["state"]) == (ada, None, None, "in_progress")


async def test_other_contact_ends_the_links_mailed_before(crm: Any) -> None:
    """A link that went to Ada shows nothing of what is Zoe's, and withdraws nothing."""
    with_mail(crm)
    await make_ada(crm)
    request = await asks(crm)
    mailed = await known_status_token(crm, request.id)
    zoe = await make_ada(crm, "Zoe", "zoe@example.org")
    await link_contact(crm, officer(), request.id, zoe)
    for token in (mailed, request.status_token):
        status = await status_of(crm, token)
        assert status is not None
        assert (status.known, status.state) == (False, "received")


async def test_proof_for_a_double_says_whose_the_first_is(crm: Any) -> None:
    """Nobody was known when both came in; the address was entered afterwards."""
    with_mail(crm)
    first, second = await asks(crm), await asks(crm)
    await work(crm)
    ada = await make_ada(crm)
    handle = await start_identity(crm, second.id)
    await work(crm)
    assert await prove_identity(crm, handle, await newest_code(crm)) is not None
    row = await row_of(crm, first.id)
    assert (row["contact_id"], row["state"]) == (ada, "in_progress")


async def test_lost_address_is_bridged_by_a_detail_on_file(crm: Any) -> None:
    await make_ada(crm)
    request = await asks(crm, identifier="new-address@example.org", name="Ada")
    await work(crm)
    assert (await row_of(crm, request.id))["state"] == "verifying"
    with pytest.raises(InvalidContent):
        await record_identity(crm, officer(), request.id, "detail_on_file", confirmed=True)
    ada = (await crm.data.fetch("SELECT id FROM contact"))[0]["id"]
    await link_contact(crm, officer(), request.id, ada)
    await record_identity(crm, officer(), request.id, "detail_on_file", confirmed=False, result="Wrong year")
    assert (await row_of(crm, request.id))["state"] == "verifying"
    await record_identity(crm, officer(), request.id, "detail_on_file", confirmed=True, result="Year of the first gift")
    whole = await request_of(crm, officer(), request.id)
    assert (whole.verified, whole.state) == (True, "in_progress")
    assert whole.file.identity == "Answered a question about what is on file: Year of the first gift"


async def test_code_by_post_is_not_kept_in_the_file(crm: Any) -> None:
    ada = await make_ada(crm, address="")
    request = await open_request(crm, officer(), NewRequest(kind="access", source="letter", contact_id=ada))
    letter = await post_code(crm, officer(), request.id)
    code = "".join(one for one in letter.text.split("Your code: ")[1][:9] if one.isdigit())
    kept = (await letters_of(crm, officer(), request.id))[-1]
    assert kept.subject == letter.subject
    assert code[:4] not in kept.text
    assert [await prove_by_post(crm, officer(), request.id, digits) for digits in (wrong(code), code)] == [False, True]
    assert (await request_of(crm, officer(), request.id)).verified


async def test_mandate_needs_staff_to_accept_it(crm: Any) -> None:
    request, handle = await asked(crm, mandate="For Ada, as her lawyer.")
    proved = await prove_identity(crm, handle, await newest_code(crm))
    assert proved is not None
    assert proved.verified is False
    assert (await row_of(crm, request.id))["state"] == "verifying"
    await record_identity(crm, officer(), request.id, "mandate", confirmed=True, result="Signed in May")
    assert (await row_of(crm, request.id))["verified_at"] is not None


async def test_mandate_is_a_sealed_file_that_only_few_may_open(crm: Any) -> None:
    from confida_core.storage.sealed_files import collected, only, open_file, receive_file
    from confida_core.vault.access import Forbidden

    received = await receive_file(crm, "mandate.pdf", only(b"%PDF-1.7 I empower my lawyer"))
    request = await asks(crm, mandate="For Ada", mandate_files=(received,))
    assert (await request_of(crm, INSIDE, request.id)).file.mandate_file_id == received.id.hex
    file = await open_file(crm, officer(), received.id)
    assert await collected(file.pieces, 100) == b"%PDF-1.7 I empower my lawyer"
    with pytest.raises(Forbidden):
        await open_file(crm, officer(frozenset({"contacts.read"})), received.id)
