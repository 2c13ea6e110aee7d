"""Requests: opened, put together, decided (privacy reference, section 5)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.rights.clock import Step
from confida_consent.rights.doubles import merge_doubles
from confida_consent.rights.identity import link_contact
from confida_consent.rights.letters import letters_of, log_incoming, write_letter
from confida_consent.rights.requests import NewRequest, open_request, request_of
from confida_consent.rights.requests_deciding import (
    ProposalChanged,
    answer,
    approve_refusal,
    ask,
    decline_refusal,
    extend,
    propose_refusal,
    reply_received,
    withdraw,
)
from confida_consent.rights.requests_expiring import expire_unproved
from confida_consent.rights.requests_references import new_reference, reference_in
from confida_consent.rights.requests_status import status_of
from confida_consent.rights.steps import take_step
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber
from confida_core.contacts.people import create_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.consent.rights.requests_cast import (
    ADDRESS,
    DECIDING,
    asks,
    in_person,
    mails,
    make_ada,
    name_authority,
    officer,
    row_of,
    steps_of,
    with_mail,
    work,
)

pytestmark = pytest.mark.anyio


def test_reference_read_however_typed() -> None:
    reference = new_reference()
    spoken = reference.lower().replace("-", " ")
    assert reference_in(f"  {spoken} ") == reference
    assert reference_in("R-0O1I-AAAA") == ""


async def test_request_at_the_portal_gets_reference_and_date_at_once(crm: Any) -> None:
    request = await asks(crm)
    row = await row_of(crm, request.id)
    assert reference_in(request.reference) == request.reference
    assert (row["source"], row["country"], row["state"], row["contact_id"]) == ("portal", "DE", "received", None)
    assert (row["due_on"], row["due_at"]) == (request.due_on, request.due_at)
    assert await steps_of(crm, request.id) == ["received"]


async def test_same_work_whether_or_not_the_person_exists(crm: Any) -> None:
    """DS step 3: opening never looks anybody up, so that neither answer nor time tells who is known."""
    from tests.consent.rights.requests_cast import counted

    await make_ada(crm)
    await asks(crm, identifier="warm@example.org")
    statements = []
    for identifier in (ADDRESS, "nobody@example.org"):
        with counted(crm) as asked:
            await asks(crm, identifier=identifier)
        statements.append(list(asked))
    assert statements[0] == statements[1]
    assert not [one for one in statements[0] if "FROM contact" in one]


async def test_job_links_and_acknowledges_at_the_stored_address(crm: Any) -> None:
    with_mail(crm)
    ada = await make_ada(crm)
    known, unknown = await asks(crm, identifier=f" {ADDRESS.upper()} "), await asks(crm, identifier="zoe@example.org")
    await work(crm)
    assert [(await row_of(crm, one.id))["contact_id"] for one in (known, unknown)] == [ada, None]
    assert [(await row_of(crm, one.id))["state"] for one in (known, unknown)] == ["verifying", "verifying"]
    sent = await mails(crm)
    assert [mail.to for mail in sent] == [ADDRESS]
    assert known.reference in sent[0].text
    assert sent[0].secret


async def test_status_of_who_only_typed_an_address_tells_nothing(crm: Any) -> None:
    ada = await make_ada(crm)
    request = await asks(crm)
    await work(crm)
    before = await status_of(crm, request.status_token)
    await take_step(crm, officer(), request.id, Step.ASKED, "Which year?")
    assert before is not None
    assert await status_of(crm, request.status_token) == before
    assert (before.known, before.state, before.request_id) == (False, "received", None)
    assert (await row_of(crm, request.id))["contact_id"] == ada
    assert await status_of(crm, "x" * 43) is None


async def test_signed_in_person_is_verified_at_once_and_sees_the_state(crm: Any) -> None:
    ada = await make_ada(crm)
    new = NewRequest(kind="erasure", contact_id=ada, proved=True)
    request = await open_request(crm, in_person(ada), new)
    await work(crm)
    assert (await row_of(crm, request.id))["state"] == "in_progress"
    assert await steps_of(crm, request.id) == ["received", "verified"]
    status = await status_of(crm, request.status_token)
    assert status is not None
    assert (status.known, status.state, status.request_id) == (True, "in_progress", request.id)


async def test_nobody_asks_under_somebody_elses_id(crm: Any) -> None:
    ada, zoe = await make_ada(crm), await make_ada(crm, "Zoe", "zoe@example.org")
    with pytest.raises(NotFound):
        await open_request(crm, in_person(zoe), NewRequest(kind="erasure", contact_id=ada, proved=True))


async def test_country_has_to_be_chosen_where_none_is_known(crm: Any) -> None:
    crm.settings = crm.settings.model_copy(update={"region": ""})
    with pytest.raises(InvalidContent) as wrong:
        await asks(crm)
    assert dict(wrong.value.errors) == {"country": "Choose the country whose rules apply."}
    request = await asks(crm, country="gb")
    assert (await row_of(crm, request.id))["country"] == "GB"


async def test_staff_enter_a_letter_with_the_day_it_came(crm: Any) -> None:
    received = now() - timedelta(days=5)
    new = NewRequest(kind="access", source="letter", name="Ada", received_at=received)
    request = await open_request(crm, officer(), new)
    row = await row_of(crm, request.id)
    assert (row["source"], row["received_at"], row["contact_id"]) == ("letter", received, None)
    with pytest.raises(Forbidden):
        await open_request(crm, officer(DECIDING - {"requests.decide"}), new)
    with pytest.raises(InvalidContent) as wrong:
        await open_request(
            crm, officer(), NewRequest(kind="gift", source="pigeon", received_at=now() + timedelta(days=1))
        )
    assert set(wrong.value.errors) == {"kind", "source", "identifier", "received_at"}


@pytest.mark.parametrize(
    ("name", "found"),
    [("zoe  ZANDER", "Zoe Zander"), ("Ada Lovelace", "Ada Lovelace"), ("", ""), ("Ada", ""), ("Mats", "")],
)
async def test_who_shares_an_address_is_told_apart_by_the_full_name(crm: Any, name: str, found: str) -> None:
    """Of two with one address, the one who asks; where the name is neither's, or missing, staff find out."""
    people = {one: await make_ada(crm, one) for one in ("Ada Lovelace", "Zoe Zander")}
    request = await asks(crm, name=name)
    await work(crm)
    assert (await row_of(crm, request.id))["contact_id"] == people.get(found)


async def test_two_of_one_name_at_one_address_are_told_apart_by_staff(crm: Any) -> None:
    with_mail(crm)
    for _ in range(2):
        await make_ada(crm)
    request = await asks(crm, name="Ada Lovelace")
    await work(crm)
    assert ((await row_of(crm, request.id))["contact_id"], await mails(crm)) == (None, [])


async def test_nobody_is_taken_for_the_only_one_because_they_say_a_wrong_name(crm: Any) -> None:
    """With an address that one contact alone has, the code decides and not the name: people marry."""
    ada = await make_ada(crm)
    request = await asks(crm, name="Ada King")
    await work(crm)
    assert (await row_of(crm, request.id))["contact_id"] == ada


@pytest.mark.parametrize("number", ["+49 341 4960-777", "0341 4960777", "0049 (341) 4960777"])
async def test_telephone_number_on_file_finds_the_person_and_the_code_goes_to_the_mail_on_file(
    crm: Any, number: str
) -> None:
    with_mail(crm)
    content = ContactContent(
        display_name="Ada Lovelace",
        emails=[EmailAddress(address=ADDRESS)],
        phones=[PhoneNumber(number="+493414960777")],
    )
    ada = await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)
    request = await asks(crm, identifier=number)
    await work(crm)
    assert (await row_of(crm, request.id))["contact_id"] == ada
    assert [mail.to for mail in await mails(crm)] == [ADDRESS]


async def test_number_that_two_share_finds_who_says_their_name(crm: Any) -> None:
    access, number = system_access("tests"), "+493414960777"
    for name in ("Ada Lovelace", "Mats Lovelace"):
        content = ContactContent(display_name=name, phones=[PhoneNumber(number=number)])
        mats = await create_contact(crm, access, ContactKind.PERSON, content)
    named, unnamed = await asks(crm, identifier=number, name="Mats Lovelace"), await asks(crm, identifier=number)
    await work(crm)
    assert [(await row_of(crm, one.id))["contact_id"] for one in (named, unnamed)] == [mats, None]


@pytest.mark.parametrize(("region", "refused"), [("BAYERN", True), ("ENG", True), ("by", False), ("", False)])
async def test_region_that_the_country_has_not_is_refused(crm: Any, region: str, refused: bool) -> None:
    new = NewRequest(kind="access", source="letter", name="Ada", identifier="A 7", country="DE", subdivision=region)
    if refused:
        with pytest.raises(InvalidContent) as wrong:
            await open_request(crm, officer(), new)
        assert set(wrong.value.errors) == {"subdivision"}
    else:
        assert (await open_request(crm, officer(), new)).reference


async def test_doubles_become_one_request_and_keep_both_references(crm: Any) -> None:
    ada = await make_ada(crm)
    first, second = await asks(crm), await asks(crm)
    other = await asks(crm, kind="erasure")
    await work(crm)
    assert (await row_of(crm, second.id))["merged_into"] == first.id
    assert (await row_of(crm, first.id))["merged_into"] is None
    assert (await row_of(crm, other.id))["merged_into"] is None
    whole = await request_of(crm, officer(), first.id)
    assert [double[:2] for double in whole.doubles] == [(second.id, second.reference)]
    assert whole.contact_id == ada
    for request in (first, second):
        status = await status_of(crm, request.status_token)
        assert status is not None
        assert status.reference == request.reference


async def test_doubles_of_unknown_people_go_by_the_identifier(crm: Any) -> None:
    first, second = await asks(crm, identifier="x@example.org"), await asks(crm, identifier=" X@example.org")
    third = await asks(crm, identifier="y@example.org")
    await work(crm)
    assert [(await row_of(crm, one.id))["merged_into"] for one in (first, second, third)] == [None, first.id, None]


async def test_doubles_of_a_double_lead_to_the_first_of_all(crm: Any) -> None:
    number = "+493414960777"
    first = await asks(crm, identifier=number)
    second, third = [await asks(crm) for _ in range(2)]
    await work(crm)
    assert [(await row_of(crm, one.id))["merged_into"] for one in (first, second, third)] == [None, None, second.id]
    emails, phones = [EmailAddress(address=ADDRESS)], [PhoneNumber(number=number)]
    content = ContactContent(display_name="Ada Lovelace", emails=emails, phones=phones)
    ada = await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)
    for one in (first, second):
        await link_contact(crm, officer(), one.id, ada)
    assert [(await row_of(crm, one.id))["merged_into"] for one in (first, second, third)] == [None, first.id, first.id]
    assert (await steps_of(crm, first.id)).count("merged") == 2
    whole = await request_of(crm, officer(), first.id)
    assert [double[:2] for double in whole.doubles] == [(one.id, one.reference) for one in (second, third)]


async def test_wishes_in_words_are_doubles_only_in_the_same_words(crm: Any) -> None:
    """A correction that a stranger typed is not proved by Ada's own, and hers is not lost in it."""
    ada = await make_ada(crm)
    foreign = await asks(crm, kind="rectification", message="My address is thief@example.org")
    new = NewRequest(kind="rectification", contact_id=ada, proved=True, message="My name is Ada King")
    own, again = [await open_request(crm, in_person(ada), new) for _ in range(2)]
    await work(crm)
    merged = [(await row_of(crm, one.id))["merged_into"] for one in (foreign, own, again)]
    assert merged == [None, None, own.id]
    assert (await row_of(crm, foreign.id))["verified_at"] is None


async def test_two_at_the_same_moment_are_one_request(crm: Any) -> None:
    """DS step 7."""
    await make_ada(crm)
    opened = await asyncio.gather(*(asks(crm) for _ in range(4)))
    await asyncio.gather(*(work(crm) for _ in range(4)))
    await asyncio.gather(*(merge_doubles(crm, one.id) for one in opened))
    first = min(one.id for one in opened)
    merged = [(await row_of(crm, one.id))["merged_into"] for one in opened if one.id != first]
    assert merged == [first] * 3
    assert (await steps_of(crm, first)).count("merged") == 3


async def test_double_that_was_received_earlier_moves_the_clock(crm: Any) -> None:
    ada = await make_ada(crm)
    request = await asks(crm)
    await work(crm)
    received = now() - timedelta(days=10)
    letter = NewRequest(kind="access", source="letter", contact_id=ada, received_at=received)
    double = await open_request(crm, officer(), letter)
    await work(crm)
    row = await row_of(crm, request.id)
    assert (row["received_at"], row["due_on"]) == (received, double.due_on)
    assert row["due_on"] < request.due_on


async def test_question_stops_the_clock_only_if_it_was_needed(crm: Any) -> None:
    """CK-4."""
    received = now() - timedelta(days=10)
    requests = [
        await open_request(crm, officer(), NewRequest(kind="access", source="phone", name=name, received_at=received))
        for name in ("Ada", "Zoe")
    ]
    for request, needed in zip(requests, (True, False), strict=True):
        await ask(crm, officer(), request.id, "Which year?", needed=needed)
        assert (await row_of(crm, request.id))["state"] == "clarifying"
        asked = Step.ASKED if needed else Step.ASKED_WITHOUT_NEED
        await crm.data.fetch(
            "UPDATE rights_step SET at = ? WHERE request_id = ? AND step = ?",
            now() - timedelta(days=7), request.id, asked.value,
        )  # fmt: skip
        await reply_received(crm, officer(), request.id, "2024")
    paused = [(await request_of(crm, officer(), one.id)).deadline.paused_days for one in requests]
    assert paused == [7, 0]
    assert (await row_of(crm, requests[0].id))["due_on"] > (await row_of(crm, requests[1].id))["due_on"]


async def test_extension_needs_reasons_and_is_told(crm: Any) -> None:
    """CK-2, CK-6."""
    with_mail(crm)
    ada = await make_ada(crm)
    request = await open_request(crm, officer(), NewRequest(kind="access", source="email", contact_id=ada))
    with pytest.raises(InvalidContent):
        await extend(crm, officer(), request.id, "  ")
    await extend(crm, officer(), request.id, "There are nine archives.")
    row = await row_of(crm, request.id)
    assert row["due_on"] > request.due_on + timedelta(days=50)
    assert "There are nine archives." in (await mails(crm))[-1].text
    assert (await request_of(crm, officer(), request.id)).file.reasons == "There are nine archives."
    with pytest.raises(InvalidContent):
        await extend(crm, officer(), request.id, "Once more.")


async def test_proposed_refusal_keeps_its_reasons_until_it_is_decided(crm: Any) -> None:
    """Four eyes have looked at these words, and at no others."""
    ada = await make_ada(crm)
    request = await open_request(crm, officer(), NewRequest(kind="access", source="email", contact_id=ada))
    await propose_refusal(crm, officer(), request.id, "The seventh time this week.")
    with pytest.raises(InvalidContent):
        await extend(crm, officer(), request.id, "There are nine archives.")
    with pytest.raises(InvalidContent):
        await propose_refusal(crm, officer(), request.id, "Because.")
    assert (await request_of(crm, officer(), request.id)).file.reasons == "The seventh time this week."


async def test_extension_after_the_first_date_is_refused(crm: Any) -> None:
    received = now() - timedelta(days=60)
    new = NewRequest(kind="access", source="letter", name="Ada", received_at=received)
    request = await open_request(crm, officer(), new)
    with pytest.raises(InvalidContent) as wrong:
        await extend(crm, officer(), request.id, "There are nine archives.")
    assert list(wrong.value.errors) == [""]
    assert await steps_of(crm, request.id) == ["received"]


async def test_refusal_cannot_be_approved_by_its_proposer(crm: Any) -> None:
    """DS step 9: four eyes."""
    await name_authority(crm)
    request = await asks(crm)
    proposer, other = officer(), officer()
    with pytest.raises(InvalidContent):
        await approve_refusal(crm, other, request.id, seen=request.id)
    await propose_refusal(crm, proposer, request.id, "It was answered last week.")
    assert (await row_of(crm, request.id))["state"] == "review"
    with pytest.raises(InvalidContent):
        await approve_refusal(crm, proposer, request.id, seen=await proposal_of(crm, request.id))
    assert (await row_of(crm, request.id))["closed_at"] is None
    await approve_refusal(crm, other, request.id, seen=await proposal_of(crm, request.id))
    row = await row_of(crm, request.id)
    assert (row["state"], row["refusal_by"]) == ("refused", proposer.actor.id)
    letter = (await letters_of(crm, other, request.id))[-1]
    for told in ("It was answered last week.", "Berlin Authority", "court"):
        assert told in letter.text
    assert (await request_of(crm, other, request.id)).file.complaint_told == "Berlin Authority"


async def proposal_of(crm: Any, request_id: Any) -> Any:
    return (await request_of(crm, officer(), request_id)).proposal


async def test_refusal_with_other_words_than_were_read_is_not_approved(crm: Any) -> None:
    """Somebody takes the proposal back and makes another one while somebody else still reads the first."""
    await name_authority(crm)
    request, proposer, other = await asks(crm), officer(), officer()
    await propose_refusal(crm, proposer, request.id, "It was answered last week.")
    read = await proposal_of(crm, request.id)
    await decline_refusal(crm, proposer, request.id, "There is a better reason.")
    await propose_refusal(crm, proposer, request.id, "The law forbids it.")
    with pytest.raises(ProposalChanged) as changed:
        await approve_refusal(crm, other, request.id, seen=read)
    assert (changed.value.before.reasons, changed.value.after.reasons) == (
        "It was answered last week.",
        "The law forbids it.",
    )
    assert (await row_of(crm, request.id))["state"] == "review"
    await approve_refusal(crm, other, request.id, seen=await proposal_of(crm, request.id))
    assert (await row_of(crm, request.id))["state"] == "refused"


async def test_refusal_needs_an_authority_to_name(crm: Any) -> None:
    request = await asks(crm)
    await propose_refusal(crm, officer(), request.id, "Unfounded.")
    with pytest.raises(InvalidContent):
        await approve_refusal(crm, officer(), request.id, seen=await proposal_of(crm, request.id))
    assert (await row_of(crm, request.id))["state"] == "review"


async def test_program_proposes_and_approves_no_refusal(crm: Any) -> None:
    from tests.consent.rights.requests_cast import INSIDE

    request = await asks(crm)
    with pytest.raises(Forbidden):
        await propose_refusal(crm, INSIDE, request.id, "Unfounded.")
    await propose_refusal(crm, officer(), request.id, "Unfounded.")
    with pytest.raises(Forbidden):
        await approve_refusal(crm, INSIDE, request.id, seen=await proposal_of(crm, request.id))


async def test_declined_refusal_goes_on(crm: Any) -> None:
    ada = await make_ada(crm)
    request = await open_request(crm, in_person(ada), NewRequest(kind="access", contact_id=ada, proved=True))
    await propose_refusal(crm, officer(), request.id, "Unfounded.")
    await decline_refusal(crm, officer(), request.id, "It is not.")
    row = await row_of(crm, request.id)
    assert (row["state"], row["refusal_by"]) == ("in_progress", None)


async def test_closed_request_takes_no_more_steps(crm: Any) -> None:
    request = await asks(crm)
    await answer(crm, officer(), request.id, "We hold nothing about you.")
    row = await row_of(crm, request.id)
    assert (row["state"], row["closed_at"] is not None) == ("answered", True)
    with pytest.raises(InvalidContent):
        await withdraw(crm, officer(), request.id)
    with pytest.raises(InvalidContent):
        await take_step(crm, officer(), request.id, Step.ASKED, "Why?")


async def test_steps_stand_in_the_audit_trail(crm: Any) -> None:
    access, request = officer(), await asks(crm)
    await withdraw(crm, access, request.id, "Called and said so.")
    rows = await crm.data.fetch("SELECT kind, actor_id FROM audit_event WHERE target_id = ? ORDER BY id", request.id)
    kinds = [(row["kind"], row["actor_id"]) for row in rows]
    assert kinds == [("request.received", None), ("request.withdrawn", access.actor.id)]


async def test_step_before_the_receipt_or_in_the_future_is_refused(crm: Any) -> None:
    request = await asks(crm)
    for at in (now() - timedelta(days=1), now() + timedelta(days=1)):
        with pytest.raises(InvalidContent) as wrong:
            await take_step(crm, officer(), request.id, Step.ASKED, at=at)
        assert list(wrong.value.errors) == ["at"]


async def test_nobody_without_the_permission_reads_or_decides(crm: Any) -> None:
    request = await asks(crm)
    outsider = officer(frozenset({"contacts.read", "contacts.write"}))
    for attempt in (
        request_of(crm, outsider, request.id),
        letters_of(crm, outsider, request.id),
        take_step(crm, outsider, request.id, Step.VERIFIED),
        answer(crm, outsider, request.id, "x"),
        propose_refusal(crm, outsider, request.id, "x"),
        write_letter(crm, outsider, request.id, "x", "x"),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_letter_without_an_address_is_to_be_printed(crm: Any) -> None:
    ada = await make_ada(crm, address="")
    request = await open_request(crm, officer(), NewRequest(kind="access", source="letter", contact_id=ada))
    done = await write_letter(crm, officer(), request.id, "Hello", "We are at it.")
    assert done.channel == "post"
    with pytest.raises(InvalidContent):
        await write_letter(crm, officer(), request.id, "Hello", "We are at it.", by="email")
    await log_incoming(crm, officer(), request.id, channel="phone", subject="", text="Thank you.")
    letters = await letters_of(crm, officer(), request.id)
    assert [(one.direction, one.channel, one.text) for one in letters] == [
        ("out", "post", "We are at it."),
        ("in", "phone", "Thank you."),
    ]


async def test_mail_gets_a_status_link_that_the_file_does_not_keep(crm: Any) -> None:
    with_mail(crm)
    await make_ada(crm)
    request = await asks(crm)
    await work(crm)
    link = next(word for word in (await mails(crm))[0].text.split() if "/my/requests/" in word)
    token = link.rpartition("/")[2]
    status = await status_of(crm, token)
    assert status is not None
    assert (status.known, status.request_id) == (True, request.id)
    kept = (await letters_of(crm, officer(), request.id))[0].text
    assert "/my/requests/" in kept
    assert token not in kept


async def test_mail_about_a_request_is_seen_by_nobody_else(crm: Any) -> None:
    """Not on the contact's timeline, not in the log of messages; forbidden looks like missing."""
    from confida_core.outbound.log import outbound_log, visible_message
    from confida_core.outbound.timeline import message_items

    with_mail(crm)
    ada = await make_ada(crm)
    await asks(crm)
    await work(crm)
    await crm.data.fetch("UPDATE outbound_message SET state = 'sent'")
    message = (await crm.data.fetch("SELECT id FROM outbound_message"))[0]["id"]
    common = frozenset({"contacts.read", "outbound.read"})
    for permissions, expected in ((common, 0), (common | {"requests.read"}, 1)):
        access = officer(permissions)
        timeline = await message_items(crm, access, ada, kinds=frozenset(), before=None, limit=9)
        log = await outbound_log(crm, access)
        assert (len(timeline), len(log.entries)) == (expected, expected)
    with pytest.raises(NotFound):
        await visible_message(crm, officer(common), message)


async def test_mail_that_could_not_be_delivered_is_said_in_the_file(crm: Any) -> None:
    with_mail(crm)
    ada = await make_ada(crm)
    request = await open_request(crm, officer(), NewRequest(kind="access", source="email", contact_id=ada))
    await write_letter(crm, officer(), request.id, "Hello", "We are at it.")
    assert [one.failed for one in await letters_of(crm, officer(), request.id)] == [False]
    await crm.data.fetch("UPDATE outbound_message SET state = 'failed'")
    assert [one.failed for one in await letters_of(crm, officer(), request.id)] == [True]


async def test_request_that_nobody_proved_ends_by_itself_long_after_its_date(crm: Any) -> None:
    await make_ada(crm)
    unproved, fresh, complaint = await asks(crm), await asks(crm, "erasure"), await asks(crm, "complaint")
    proved = await open_request(crm, officer(), NewRequest(kind="access", source="letter", name="Ada"))
    await work(crm)
    for one in (unproved, complaint, proved):
        await crm.data.fetch("UPDATE rights_request SET due_at = ? WHERE id = ?", now() - timedelta(days=61), one.id)
    await expire_unproved(crm, {})
    await expire_unproved(crm, {})
    rows = [await row_of(crm, one.id) for one in (unproved, fresh, complaint, proved)]
    assert [(row["state"], row["closed_at"] is not None) for row in rows] == [
        ("expired", True),
        ("verifying", False),
        ("in_progress", False),
        ("verifying", False),
    ]
    assert await steps_of(crm, unproved.id) == ["received", "expired"]
