"""What Confida promises of every record, as assertions: sealed at rest, handed over on request, gone after erasure.

Each first makes sure that the marker was really stored: of what is not there, nothing can leak.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence, Sized
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pytest

from confida_web.testing.kept import check_markers, everything_kept, everything_opened, places_of

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access


class AssertSealed(Protocol):
    """`await assert_sealed("Gold, since 1815")`: stored, and found in no byte that is kept but through the vault."""

    async def __call__(self, *markers: str) -> None: ...


class AssertErased(Protocol):
    """`await assert_erased(contact_id, "Gold, since 1815")`: erases the contact as an officer would; then nothing of the
    markers is left, opened or not, and no row that was to go with this contact.
    """

    async def __call__(self, contact_id: UUID, *markers: str) -> None: ...


class AssertExported(Protocol):
    """`await assert_exported(contact_id, "Gold, since 1815")`: the copy of their data that this contact gets holds the
    markers. Returns the files of that copy, by name.
    """

    async def __call__(self, contact_id: UUID, *markers: str) -> Mapping[str, bytes]: ...


@pytest.fixture
def assert_sealed(crm: Installation, caplog: pytest.LogCaptureFixture) -> AssertSealed:
    """See `AssertSealed`. What was logged during the test is searched too."""

    async def check(*markers: str) -> None:
        await must_be_stored(crm, markers)
        found = places_of(markers, [*await everything_kept(crm), ("log", caplog.text.encode())])
        expect_none(found, "lies open for whoever gets hold of the files or the database")

    return check


@pytest.fixture
def assert_erased(crm: Installation) -> AssertErased:
    """See `AssertErased`."""

    async def check(contact_id: UUID, *markers: str) -> None:
        from confida_consent.rights.erasure import erase_person

        await must_be_stored(crm, markers)
        await erase_person(crm, officer(crm), contact_id)
        left = places_of(markers, [*await everything_opened(crm), *await everything_kept(crm)])
        expect_none(left, "is still there after the erasure")
        expect_none(await rows_of(crm, contact_id), "rows that still lead to the erased contact")

    return check


@pytest.fixture
def assert_exported(crm: Installation) -> AssertExported:
    """See `AssertExported`."""

    async def check(contact_id: UUID, *markers: str) -> Mapping[str, bytes]:
        await must_be_stored(crm, markers)
        files = await answer_of(crm, contact_id)
        found = places_of(markers, files.items())
        expect_none([marker for marker in markers if marker not in found], "is not in the copy of their data")
        return files

    return check


async def must_be_stored(crm: Installation, markers: Sequence[str]) -> None:
    """Raises AssertionError for a marker that nothing holds."""
    check_markers(markers)
    stored = places_of(markers, await everything_opened(crm))
    missing = [marker for marker in markers if marker not in stored]
    expect_none(missing, "was never stored in a sealed record or file, so nothing would be proved")


def expect_none(found: Sized, why: str) -> None:
    """Raises AssertionError if there is anything, also where Python runs without its `assert`."""
    if found:
        raise AssertionError(f"{why}: {found}")


def officer(crm: Installation) -> Access:
    """Somebody who may do everything, at work on a person's request."""
    from confida_core.ids import new_id
    from confida_core.vault.access import Access, Actor

    actor = Actor(id=new_id(), permissions=frozenset(crm.registry.permissions))
    return Access(actor=actor, purpose="data_subject_rights", where="test")


async def rows_of(crm: Installation, contact_id: UUID) -> dict[str, int]:
    """Table -> how many rows still name this contact, of those that say that they go with it."""
    going = [(each.name, each.subject) for each in crm.registry.records.values() if each.erasure == "delete"]
    going += [(each.table._meta.tablename, each.subject) for each in crm.registry.all("tables")]
    found = {}
    for table, column in going:
        if column:
            rows = await crm.data.fetch(f'SELECT count(*) AS n FROM {table} WHERE "{column}" = ?', contact_id)
            if rows[0]["n"]:
                found[table] = int(rows[0]["n"])
    return found


async def answer_of(crm: Installation, contact_id: UUID) -> dict[str, bytes]:
    """The files of the answer that this contact would get: a request is made, and its package assembled and opened."""
    from confida_consent.rights.content import RequestFile
    from confida_consent.rights.declared import REQUEST
    from confida_consent.rights.package import assemble_package
    from confida_consent.rights.package_review import open_for_review
    from confida_core.clock import now
    from confida_core.ids import new_id

    request_id, moment = new_id(), now()
    due = moment + timedelta(days=30)
    columns: dict[str, Any] = {
        "id": request_id, "reference": request_id.hex[-8:], "kind": "access", "state": "in_progress", "source": "portal",
        "contact_id": contact_id, "country": "DE", "subdivision": "", "language": "en", "received_at": moment,
        "due_on": due.date(), "due_at": due,
    }  # fmt: skip
    await crm.records.insert(REQUEST, columns, RequestFile())
    await assemble_package(crm, request_id)
    _, pieces = await open_for_review(crm, officer(crm), request_id)
    archive = b"".join([piece async for piece in pieces])
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {name: files.read(name) for name in files.namelist()}
