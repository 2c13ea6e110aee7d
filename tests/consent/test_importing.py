"""Consents that come in a file: with an attestation, row by row, once, and never against a no."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import events_of, record_event, states_of
from confida_consent.gate import may
from confida_consent.importing import (
    Attestation,
    consent_import,
    list_consent_imports,
    preview_import,
    receive_consent_import,
    run_import,
    start_import,
)
from confida_consent.ledger.audit import verify_stored
from confida_consent.purposes import save_purpose
from confida_consent.tables import ConsentEvent
from confida_core.contacts.trash import restore_contact, trash_contact
from confida_core.exchange.draft import UnreadableFile
from confida_core.ids import new_id
from confida_core.vault.access import SYSTEM_ID, Access, Actor, Forbidden, system_access
from confida_core.vault.suppressions import suppress
from tests.consent.gate_cast import MANAGER, own_purpose
from tests.consent.people import SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio
HEADER = "Contact ID,E-Mail,Purpose,Channel,State,Date,Source,Text\n"
VOUCHED = Attestation(statement="Collected by our old list server until May 2026.", collected="Double opt-in.")


def importer(crm: Any) -> Access:
    return Access(
        actor=Actor(id=SYSTEM_ID, permissions=frozenset(crm.registry.permissions)), purpose="consent", where="tests"
    )


async def pieces(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def bring_in(crm: Any, rows: str) -> UUID:
    import_id = await receive_consent_import(crm, importer(crm), "list.csv", pieces(HEADER + rows), VOUCHED)
    await start_import(crm, importer(crm), import_id)
    await run_import(crm, {"import_id": import_id})
    return import_id


async def counts(crm: Any, import_id: UUID) -> tuple[str, int, int, int]:
    row = (await consent_import(crm, importer(crm), import_id)).row
    return row["state"], row["rows"], row["taken"], row["refused"]


async def test_rows_become_events_with_their_origin(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    rows = (
        f"{ada},,newsletter,email,given,2026-05-31,List server,I want the letter\n"
        ",Mats@Example.org,newsletter,E-mail,unsubscribed,,List server,\n"
    ).replace("E-mail", "email")

    import_id = await bring_in(crm, rows)

    given, refused = (await events_of(crm, SYSTEM, ada))[0], (await events_of(crm, SYSTEM, mats))[0]
    assert await counts(crm, import_id) == ("done", 2, 2, 0)
    assert (given.event.kind, given.event.actor_kind, given.event.method) == ("given", "import", "import")
    assert given.event.indicated_at.isoformat() == "2026-05-31T00:00:00+00:00"
    assert (given.evidence.origin, given.evidence.source, given.evidence.detail) == (
        VOUCHED.statement, "List server", "I want the letter",
    )  # fmt: skip
    assert given.evidence.request_id == f"import {import_id}, row 2"
    assert refused.event.kind == "withdrawn"
    assert crm.orders.denies(mats, "newsletter", "email") is not None
    assert await crm.data.fetch("SELECT id FROM sealed_file") == []
    assert (await verify_stored(crm)).faults == []


async def test_same_row_twice_and_same_file_twice_is_one_event(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    rows = f"{ada},,newsletter,email,given,31.05.2026,List,\n" * 3 + f"{mats},,newsletter,email,no,,List,\n" * 2

    first = await bring_in(crm, rows)
    second = await bring_in(crm, rows)

    assert await ConsentEvent.count() == 2
    assert (await counts(crm, first), await counts(crm, second)) == (("done", 5, 2, 0), ("done", 5, 0, 0))


async def test_no_is_never_turned_into_a_yes(crm: Any) -> None:
    """By an event, an order without event, a suppressed address, or a row of the same file above it."""
    by_event, by_order, by_list, by_row = [await add_contact(crm, f"P{n}", f"p{n}@example.org") for n in range(4)]
    await record_event(crm, person(by_event), says(by_event, "withdrawn"))
    await crm.orders.give("objection", by_order, purpose="newsletter", channel="")
    await suppress(crm, "email", "p2@example.org")
    given = ",,newsletter,email,given,2026-05-31,List,\n"

    import_id = await bring_in(
        crm, f"{by_event}{given}{by_order}{given}{by_list}{given}{by_row},,newsletter,email,no,,List,\n{by_row}{given}"
    )

    opened = await consent_import(crm, importer(crm), import_id)
    assert [(row, code) for row, code, _ in opened.content.report] == [
        (2, "no_stands"), (3, "no_stands"), (4, "suppressed"), (6, "no_stands"),
    ]  # fmt: skip
    assert [(await states_of(crm, each))["newsletter", "email"].state for each in (by_event, by_row)] == [
        "withdrawn", "refused",
    ]  # fmt: skip
    assert [await states_of(crm, each) for each in (by_order, by_list)] == [{}, {}]


async def test_preview_says_what_would_become_of_each_row_and_changes_nothing(crm: Any) -> None:
    ada, gone = await add_contact(crm), await add_contact(crm, "Zoe", "zoe@example.org")
    for name in ("Twin", "Other Twin"):
        await add_contact(crm, name, "twin@example.org")
    await trash_contact(crm, system_access("tests"), gone)
    rows = (
        f"{ada},,newsletter,email,given,2026-05-31,List,\n"
        f"{ada},,newsletter,phone,given,,List,\n"
        f"{ada},,newsletter,email,perhaps,,List,\n"
        f"{ada},,newsletter,profiling,given,2026-05-31,List,\n"
        f"{ada},,nothing,email,given,2026-05-31,List,\n"
        f"{ada},,customer_offers,email,given,2026-05-31,List,\n"
        f"{ada},,customer_offers,email,no,,List,\n"
        f"{ada},,newsletter,sms,given,2099-05-31,List,\n"
        f"{gone},,newsletter,email,given,2026-05-31,List,\n"
        ",twin@example.org,newsletter,email,given,2026-05-31,List,\n"
        ",,newsletter,email,given,2026-05-31,List,\n"
    )
    import_id = await receive_consent_import(crm, importer(crm), "list.csv", pieces(HEADER + rows), VOUCHED)

    preview = await preview_import(crm, importer(crm), import_id)

    assert [row.outcome for row in preview.shown] == [
        "take", "date", "state", "channel", "purpose", "kind", "take", "indicated_at", "not_found", "ambiguous", "nobody",
    ]  # fmt: skip
    assert preview.shown[6].indication is not None
    assert preview.shown[6].indication.kind == "objected"
    assert (preview.rows, preview.outcomes["take"], await ConsentEvent.count()) == (11, 2, 0)


async def test_two_workers_and_a_restart_record_each_row_once(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await add_contact(crm, f"P{n}", f"p{n}@example.org") for n in range(9)]
    rows = "".join(f"{each},,newsletter,email,given,2026-05-31,List,\n" for each in people)
    monkeypatch.setattr("confida_consent.importing.BATCH", 2)
    import_id = await receive_consent_import(crm, importer(crm), "list.csv", pieces(HEADER + rows), VOUCHED)
    await start_import(crm, importer(crm), import_id)

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("confida_consent.importing.advance", killed)
        with pytest.raises(ConnectionError):
            await run_import(crm, {"import_id": import_id})
    await asyncio.gather(*(run_import(crm, {"import_id": import_id}) for _ in range(3)))
    await run_import(crm, {"import_id": import_id})

    assert await counts(crm, import_id) == ("done", 9, 9, 0)
    assert await ConsentEvent.count() == 9
    assert (await verify_stored(crm)).faults == []


async def test_import_needs_rights_statement_and_columns(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await receive_consent_import(crm, staff(), "list.csv", pieces(HEADER), VOUCHED)
    with pytest.raises(ValueError, match="statement"):
        await receive_consent_import(crm, importer(crm), "list.csv", pieces(HEADER), Attestation(statement=" "))
    with pytest.raises(UnreadableFile, match="contact or email"):
        await receive_consent_import(crm, importer(crm), "x.csv", pieces("Purpose,Channel,State\na,b,c\n"), VOUCHED)
    assert await list_consent_imports(crm, importer(crm)) == []
    assert list((crm.settings.home / "files").glob("*/*")) == []


async def test_import_of_somebody_who_lost_the_right_fails(crm: Any) -> None:
    ada = await add_contact(crm)
    rows = f"{ada},,newsletter,email,given,2026-05-31,List,\n"
    manager = staff(frozenset({"consents.manage", "consents.record", "contacts.read"}))
    import_id = await receive_consent_import(crm, manager, "list.csv", pieces(HEADER + rows), VOUCHED)
    await start_import(crm, manager, import_id)

    await run_import(crm, {"import_id": import_id})

    assert await counts(crm, import_id) == ("failed", 1, 0, 0)
    assert await ConsentEvent.count() == 0


async def test_no_of_somebody_in_the_trash_or_restricted_is_taken_and_stands_when_they_are_back(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    for one in (ada, mats):
        await record_event(crm, person(one), says(one, "given"))
    await trash_contact(crm, system_access("tests"), ada)
    await crm.orders.give("restriction", mats)
    rows = f"{ada},,newsletter,email,no,,List,\n{mats},,newsletter,email,withdrawn,,List,\n"
    rows += f"{ada},,newsletter,phone,given,2026-05-31,List,\n{new_id()},,newsletter,email,no,,List,\n"

    import_id = await bring_in(crm, rows)

    assert await counts(crm, import_id) == ("done", 4, 2, 2)
    await restore_contact(crm, system_access("tests"), ada)
    await crm.orders.lift("restriction", mats)
    assert [(await may(crm, one, "newsletter", "email")).allowed for one in (ada, mats)] == [False, False]
    report = (await consent_import(crm, importer(crm), import_id)).content.report
    assert [(row, code) for row, code, _ in report] == [(4, "not_found"), (5, "not_found")]


async def test_consent_from_before_a_purpose_asked_for_more_is_refused(crm: Any) -> None:
    ada = await add_contact(crm)
    await save_purpose(crm, MANAGER, own_purpose("press"))
    await save_purpose(crm, MANAGER, own_purpose("press", version=2, compatible=False))
    import_id = await bring_in(crm, f"{ada},,press,email,given,2026-05-31,List,\n")
    report = (await consent_import(crm, importer(crm), import_id)).content.report
    assert [code for _, code, _ in report] == ["purpose_version"]
    assert not (await may(crm, ada, "press", "email")).allowed
