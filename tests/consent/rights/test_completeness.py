"""Nothing that is kept about a person is missing from their answer, and nothing of anybody else is in it (DS-1, DS-2)."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec
import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.content import Evidence
from confida_consent.events import record_event
from confida_consent.hookspecs import ConsentHooks
from confida_consent.rights.collecting import CollectorFailed, collect, collectors
from confida_consent.rights.collecting_rows import condition_of
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import NotReady, release_package, review_package
from confida_core import hooks as core_hooks
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.declarations import PluginInfo, RecordDeclaration, StoreDeclaration, StoredItem
from confida_core.hookspecs import CoreHooks, hookimpl
from confida_core.ids import new_id
from confida_core.registry import load_registry
from confida_core.storage.sealed_files import keep_files, only, receive_file
from confida_core.vault.access import Access, system_access
from tests.consent.people import SYSTEM, add_contact, says
from tests.consent.rights.answers import (
    OFFICER,
    Markers,
    answered,
    ask,
    columns_for,
    texts_in,
)

pytestmark = pytest.mark.anyio

# Nothing in them leads to one person: they belong to the organisation, or to its staff.
NOBODYS = {
    "account": "staff, who have their own page", "session": "staff", "saved_view": "a list of the organisation",
    "import_run": "told as where the data come from", "import_mapping": "names of columns", "export_run": "counts",
    "consent_import": "an attestation about a list", "consent_sign_up": "not yet anybody's; a job takes it in seconds",
    "ledger_opening": "counts and hashes", "rights_breach": "about the organisation",
}  # fmt: skip
# Made by what makes them, below, and not by planting a row.
BY_ITSELF = {"sealed_file", "consent_event", "rights_package"}


def plantable(crm: Any) -> list[RecordDeclaration]:
    """Every record that can lead to a person."""
    return [
        record
        for record in crm.registry.records.values()
        if record.name not in NOBODYS and "*" not in record.answer.left_out
    ]


async def plant(crm: Any, contact_id: UUID, markers: Markers, *, others: tuple[UUID, ...] = ()) -> None:
    """A row in every table that can lead to a person, with a marker in every field; and a file."""
    request_id = new_id()
    for record in sorted(plantable(crm), key=lambda one: one.name != "rights_request"):
        if record.name in BY_ITSELF | {"contact"}:
            continue
        parents = {"rights_request.id": request_id, "request_id": request_id, "from_id": contact_id}
        columns = columns_for(record, contact_id, parents)
        people = (contact_id, *others) if record.subject is None else ()
        await crm.records.insert(record, columns, markers.content(record), people=people)
    evidence = markers.struct(Evidence, "consent_event", frozenset({"salt", "payload"}))
    said = says(contact_id, "given", evidence=evidence)
    await record_event(crm, SYSTEM, said)
    await plant_file(crm, contact_id, markers)


async def plant_file(crm: Any, contact_id: UUID, markers: Markers) -> None:
    name, words = f"{markers.text('file name')}.txt", markers.text("file").encode()
    file = await receive_file(crm, name, only(words))
    await keep_files(crm, [file], owner_id=contact_id, people=[contact_id], permission="contacts.read")


async def planted_contact(crm: Any, markers: Markers) -> UUID:
    """A contact with a marker in every field."""
    contact_id = new_id()
    record = crm.registry.records["contact"]
    columns = columns_for(record, contact_id, {}) | {"kind": "person", "deleted_at": None, "archived_at": None}
    await crm.records.insert(record, columns | {"id": contact_id}, markers.content(record))
    return contact_id


def found_in(files: dict[str, bytes], markers: Markers) -> set[str]:
    """The markers that a package holds, in the clear or in base64."""
    everything = "\n".join(texts_in(files))
    decoded = [
        base64.b64decode(each) for each in re.findall(r'"([A-Za-z0-9+/]{8,}={0,2})"', everything) if len(each) % 4 == 0
    ]
    everything += "\n".join(each.decode("utf-8", "replace") for each in decoded)
    return {marker for marker in markers.planted if marker in everything}


async def test_ds1_every_marker_of_the_person_is_in_the_answer(crm: Any) -> None:
    markers = Markers("zqada")
    ada = await planted_contact(crm, markers)
    await plant(crm, ada, markers)
    files = await answered(crm, ada)
    missing = set(markers.planted) - found_in(files, markers)
    assert {markers.planted[marker] for marker in missing} == set()
    assert len(markers.planted) > 80, "the fields were not found by reflection"


async def test_ds1_every_marker_can_be_read_by_a_person_too(crm: Any) -> None:
    markers = Markers("zqada")
    ada = await planted_contact(crm, markers)
    await plant(crm, ada, markers)
    files = await answered(crm, ada)
    pages = {name: content for name, content in files.items() if name.endswith((".html", ".txt"))}
    missing = {markers.planted[marker] for marker in set(markers.planted) - found_in(pages, markers)}
    assert missing == {place for place in missing if place.endswith(("salt", "payload", "files.data"))}, (
        "bytes are in the JSON only"
    )


async def test_ds1_a_namesakes_data_and_other_participants_never_appear(crm: Any) -> None:
    hers, his, mats_own = Markers("zqada"), Markers("zqnamesake"), Markers("zqmats")
    ada = await planted_contact(crm, hers)
    namesake = await planted_contact(crm, his)
    mats = await planted_contact(crm, mats_own)
    await plant(crm, ada, hers, others=(mats,))
    await crm.records.insert(
        crm.registry.records["import_problem"],
        columns_for(crm.registry.records["import_problem"], namesake, {}),
        his.content(crm.registry.records["import_problem"]),
    )
    await plant_file(crm, namesake, his)
    await plant_file(crm, mats, mats_own)
    files = await answered(crm, ada)
    assert found_in(files, his) == set()
    assert found_in(files, mats_own) == set()
    everything = "\n".join(texts_in(files))
    assert str(mats) not in everything
    assert str(namesake) not in everything


async def test_ds2_every_declared_record_is_collected_or_named_here_with_a_reason(crm: Any) -> None:
    ada = await add_contact(crm)
    groups = {group.key for group, _ in collectors(crm, ada)}
    kept = {name for name, record in crm.registry.records.items() if "*" not in record.answer.left_out}
    assert kept <= groups
    assert set(NOBODYS) <= set(crm.registry.records)
    subjects = {one.table._meta.tablename for one in crm.registry.all("tables") if one.subject}
    assert subjects <= groups, "rows that an erasure removes"
    assert {f"store:{key}" for key in crm.registry.stores} <= groups


async def test_ds2_every_way_from_a_person_to_a_row_is_a_question_the_database_understands(crm: Any) -> None:
    for record in crm.registry.records.values():
        rows = await crm.data.fetch(f"SELECT id FROM {record.name} WHERE {condition_of(record)}", new_id())
        assert rows == [], record.name


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="loans", name="Loans", summary="Who borrowed what.")


@hookimpl
def stores() -> Sequence[StoreDeclaration]:
    return [StoreDeclaration(key="loans.desk", label="Loan desk", collect=unreachable, erase=nothing_erased)]


async def unreachable(crm: Any, access: Access, subject_id: UUID) -> Sequence[StoredItem]:
    raise OSError("the desk does not answer")


async def nothing_erased(crm: Any, subject_id: UUID) -> int:
    return 0


def registry_with_loans() -> Any:
    module = ModuleType("loans")
    vars(module).update(plugin_info=plugin_info, stores=stores)
    return load_registry((), built_in=[core_hooks, consent_hooks, module], specifications=(CoreHooks, ConsentHooks))


async def test_one_collector_that_fails_fails_the_answer_and_is_named(crm: Any) -> None:
    crm.registry = registry_with_loans()
    ada = await add_contact(crm)
    with pytest.raises(CollectorFailed, match=r"Loan desk \(store:loans.desk\): OSError"):
        async for _ in collect(crm, OFFICER, ada):
            pass
    request_id = await ask(crm, ada)
    await assemble_package(crm, request_id)
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    assert (review.state, review.faults) == ("failed", ["Loan desk (store:loans.desk): OSError"])
    with pytest.raises(NotReady, match="failed"):
        await release_package(crm, OFFICER, request_id)


async def test_a_file_that_cannot_be_read_to_its_end_fails_the_answer(crm: Any) -> None:
    ada, markers = await add_contact(crm), Markers("zqada")
    await plant_file(crm, ada, markers)
    (path,) = [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()]
    path.write_bytes(path.read_bytes()[:-3])
    request_id = await ask(crm, ada)
    await assemble_package(crm, request_id)
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    assert (review.state, len(review.faults)) == ("failed", 1)


async def test_rows_whose_key_is_gone_are_counted_and_told(crm: Any) -> None:
    ada = await add_contact(crm)
    await crm.keyring.destroy(ada, ["relationship"])
    files = await answered(crm, ada)
    assert "whose key was destroyed" in files["answer.html"].decode()
    assert "ada@example.org" not in "\n".join(texts_in(files))


async def test_restricted_and_thrown_away_people_are_answered_too(crm: Any) -> None:
    ada = await add_contact(crm, email="ada.restricted@example.org")
    await crm.orders.give("restriction", ada)
    await crm.orders.give("objection", ada)
    await crm.data.fetch("UPDATE contact SET deleted_at = created_at WHERE id = ?", ada)
    files = await answered(crm, ada)
    assert "ada.restricted@example.org" in files["data/contact-0001.html"].decode()


async def test_collecting_counts_as_one_read_by_whoever_collects(crm: Any) -> None:
    ada = await add_contact(crm)
    async for _ in collect(crm, OFFICER, ada):
        pass
    seen = await crm.door.read_log.of(ada)
    assert [(read.actor_id, read.purpose) for read in seen] == [(OFFICER.actor.id, "data_subject_rights")]


async def test_a_code_that_acts_in_the_persons_name_is_not_in_the_answer(crm: Any) -> None:
    ada, markers = await add_contact(crm), Markers("zqcode")
    record = crm.registry.records["outbound_message"]
    content = msgspec.structs.replace(markers.content(record), secret=True)
    await crm.records.insert(record, columns_for(record, ada, {}), content)
    kept = set(markers.planted) - found_in(await answered(crm, ada), markers)
    assert {markers.planted[marker] for marker in kept} == {"outbound_message.text", "outbound_message.html"}


async def parts_of(pieces: AsyncIterator[Any]) -> list[Any]:
    return [part async for part in pieces]


async def test_items_come_in_parts_no_larger_than_asked_for(crm: Any) -> None:
    ada = await add_contact(crm)
    problem = crm.registry.records["import_problem"]
    for _ in range(7):
        await crm.records.insert(problem, columns_for(problem, ada, {}), Markers("zq").content(problem))
    parts = [part for part in await parts_of(collect(crm, OFFICER, ada, size=3)) if part.group.key == "import_problem"]
    assert [len(part.items) for part in parts] == [3, 3, 1]
    assert len({item.id for part in parts for item in part.items}) == 7


async def test_who_of_the_staff_it_was_is_not_told(crm: Any) -> None:
    olga = new_id()
    account = crm.registry.records["account"]
    columns = columns_for(account, olga, {}) | {"id": olga}
    await crm.records.insert(account, columns, account.content(display_name="Olga", email="olga@example.org"))
    content = ContactContent(display_name="Ada", emails=[EmailAddress(address="ada@example.org")])
    ada = await create_contact(crm, system_access("tests"), ContactKind.PERSON, content, owner_id=olga)
    everything = "\n".join(texts_in(await answered(crm, ada)))
    assert str(olga) not in everything
    assert "Olga" not in everything
    assert "somebody who works for us" in everything
