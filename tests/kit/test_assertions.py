"""The assertions of the kit: each holds where it should, and fails where something was left lying about."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_web.testing import AssertErased, AssertExported, AssertSealed, MakeContact

pytestmark = pytest.mark.anyio
MARKER = "Zwetschgenkuchen"


async def test_sealed_note_passes_on_both_engines(contact: MakeContact, assert_sealed: AssertSealed) -> None:
    await contact(note=f"Brings {MARKER}.")
    await assert_sealed(MARKER)


async def test_marker_that_was_never_stored_proves_nothing(
    contact: MakeContact, assert_sealed: AssertSealed, assert_erased: AssertErased, assert_exported: AssertExported
) -> None:
    ada = await contact()
    for check in (assert_sealed(MARKER), assert_erased(ada, MARKER), assert_exported(ada, MARKER)):
        with pytest.raises(AssertionError, match="never stored"):
            await check


@pytest.mark.parametrize("markers", [(), ("short",)])
async def test_marker_that_chance_could_find_is_refused(assert_sealed: AssertSealed, markers: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least one marker"):
        await assert_sealed(*markers)


@pytest.mark.parametrize("form", [MARKER.encode(), MARKER.upper().encode("utf-16-le"), MARKER.encode().hex().encode()])
async def test_marker_in_a_file_is_found(
    crm: Any, contact: MakeContact, assert_sealed: AssertSealed, form: bytes
) -> None:
    await contact(note=MARKER)
    (crm.settings.home / "cache").write_bytes(b"..." + form)
    with pytest.raises(AssertionError, match=r"lies open .*'cache'"):
        await assert_sealed(MARKER)


@pytest.mark.parametrize(("store", "place"), [("data", "data: migration"), ("keyring", "keyring: loose")])
async def test_marker_in_a_table_is_found(
    crm: Any, contact: MakeContact, assert_sealed: AssertSealed, store: str, place: str
) -> None:
    await contact(note=MARKER)
    if store == "data":
        await crm.data.fetch("INSERT INTO migration (app_name, name, ran_on) VALUES ('x', ?, '')", MARKER)
    else:
        await crm.keyring.database.fetch("CREATE TABLE loose (words VARCHAR(40))")
        await crm.keyring.database.fetch("INSERT INTO loose (words) VALUES (?)", MARKER)
    with pytest.raises(AssertionError, match=place):
        await assert_sealed(MARKER)


async def test_marker_in_the_log_is_found(contact: MakeContact, assert_sealed: AssertSealed) -> None:
    await contact(note=MARKER)
    logging.getLogger("plugin").warning("saved %s", MARKER)
    with pytest.raises(AssertionError, match=r"lies open .*'log'"):
        await assert_sealed(MARKER)


async def test_erased_contact_leaves_nothing_and_others_stay(
    crm: Any, contact: MakeContact, assert_erased: AssertErased
) -> None:
    ada, mats = await contact(note=MARKER), await contact("Mats Berg")
    await assert_erased(ada, MARKER)
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM contact")] == [mats]


async def test_what_outlasts_an_erasure_is_found(crm: Any, contact: MakeContact, assert_erased: AssertErased) -> None:
    ada = await contact(note=MARKER)
    (crm.settings.home / "cache").write_text(MARKER)
    with pytest.raises(AssertionError, match=r"still there after the erasure.*'cache'"):
        await assert_erased(ada, MARKER)


async def test_marker_that_somebody_else_has_too_is_found_after_the_erasure(
    contact: MakeContact, assert_erased: AssertErased
) -> None:
    ada = await contact(note=MARKER)
    await contact("Mats Berg", note=MARKER)
    with pytest.raises(AssertionError, match=r"still there after the erasure.*'contact'"):
        await assert_erased(ada, MARKER)


async def test_copy_of_their_data_is_given_back_file_by_file(
    contact: MakeContact, assert_exported: AssertExported
) -> None:
    files = await assert_exported(await contact(note=MARKER), MARKER)
    assert [name for name, content in files.items() if MARKER.encode() in content and name.endswith(".json")] != []


async def test_marker_of_somebody_else_is_missing_in_the_copy(
    contact: MakeContact, assert_exported: AssertExported
) -> None:
    ada = await contact()
    await contact("Mats Berg", note=MARKER)
    with pytest.raises(AssertionError, match=f"not in the copy of their data.*{MARKER}"):
        await assert_exported(ada, MARKER)


async def test_words_in_a_sealed_file_count_as_stored(
    crm: Any, access: Any, contact: MakeContact, assert_sealed: AssertSealed
) -> None:
    from confida_core.interactions.content import InteractionDraft
    from confida_core.interactions.interactions import log_interaction
    from confida_core.storage.sealed_files import receive_file

    async def pieces() -> AsyncIterator[bytes]:
        yield MARKER.encode()

    file = await receive_file(crm, "list.txt", pieces())
    draft = InteractionDraft(kind="note", people=(await contact(),), subject="A list")
    await log_interaction(crm, access, draft, files=[file])
    await assert_sealed(MARKER)


class TestWithoutCipher:
    """An installation of other settings is made from a template of its own."""

    @pytest.fixture
    def confida_settings(self) -> dict[str, Any]:
        return {"region": "DE", "cipher": False}

    async def test_words_are_sealed_in_files_that_anybody_can_open(
        self, crm: Any, contact: MakeContact, assert_sealed: AssertSealed
    ) -> None:
        await contact(note=MARKER)
        await assert_sealed(MARKER)
        if crm.data.engine == "sqlite":
            assert (crm.settings.home / "confida.db").read_bytes().startswith(b"SQLite format 3")
