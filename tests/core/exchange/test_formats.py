"""File formats that a plugin brings: read, taken back, and taken out like our own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest

from confida_core.api import (
    ContactContent,
    ContactDraft,
    ContactKind,
    Exporter,
    Importer,
    PluginInfo,
    RowError,
    hookimpl,
)
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.exports import ExportOrder, start_export
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from tests.core.exchange.importing import access_of, bring_in, counts, find, importer_of, take_back, upload

pytestmark = pytest.mark.anyio


def read_names(data: bytes, region: str) -> Iterator[ContactDraft | RowError]:
    for number, line in enumerate(data.decode().splitlines()[1:], 1):
        if not line:
            yield RowError(row=number, source_text=line, reason="The line is empty.")
            continue
        content = ContactContent(display_name=line, note=region)
        yield ContactDraft(kind=ContactKind.PERSON, content=content, source_row=number, source_text=line)


async def write_names(crm: Any, access: Any, contacts: Any, custom: Any) -> AsyncIterator[bytes]:
    for contact in contacts:
        yield f"{contact.content.display_name}\n".encode()


NAMES = Importer(
    key="club.names",
    label="Names",
    suffixes=("names",),
    recognises=lambda head: head.startswith(b"#names"),
    drafts=read_names,
    count=lambda data: data.count(b"\n"),
    fault=lambda data: "" if data.startswith(b"#names") else "The file is no list of names.",
)
LINES = Exporter(
    key="club.names",
    label="Names",
    suffix="names",
    media_type="text/plain",
    write=write_names,
    head=lambda custom: b"#names\n",
)


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    """With a plugin that reads and writes one more format."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks
    from confida_core.hookspecs import CoreHooks

    club: Any = ModuleType("confida_club")
    club.plugin_info = hookimpl(lambda: PluginInfo(key="club", name="Clubs", summary=""))
    club.importers = hookimpl(lambda: [NAMES])
    club.exporters = hookimpl(lambda: [LINES])
    own = [hooks, consent_hooks, club]
    async with open_installation(
        settings, load_registry((), built_in=own, specifications=(CoreHooks, ConsentHooks))
    ) as made:
        yield made


async def test_file_of_a_plugins_format_is_told_by_its_content_and_can_be_taken_back(crm: Any) -> None:
    olga = await importer_of(crm)
    run_id = await bring_in(crm, olga, "people.csv", b"#names\nAda\n\nMats\n")
    assert await counts(crm, run_id) == ("done", 2, 0, 0, 1, 0)
    assert await find(crm, olga, "") == ["Ada", "Mats"]
    assert [row["format"] for row in await crm.data.fetch("SELECT format FROM import_run")] == ["club.names"]
    await take_back(crm, olga, run_id)
    assert await find(crm, olga, "") == []


async def test_our_own_formats_are_told_as_before(crm: Any) -> None:
    olga = await importer_of(crm)
    await upload(crm, olga, "x", b"BEGIN:VCARD\nVERSION:4.0\nFN:Zoe\nEND:VCARD\n")
    await upload(crm, olga, "x.names", b"Display name\nZoe\n", format="csv")
    rows = await crm.data.fetch("SELECT format FROM import_run ORDER BY id")
    assert [row["format"] for row in rows] == ["vcard", "csv"]


async def test_file_that_is_not_of_the_chosen_format_is_refused_in_the_plugins_words(crm: Any) -> None:
    olga = await importer_of(crm)
    for name, chosen in (("x.csv", "club.names"), ("x.names", "")):
        with pytest.raises(UnreadableFile, match=r"^The file is no list of names\.$"):
            await upload(crm, olga, name, b"Name\nAda\n", format=chosen)


async def test_plugins_format_is_taken_out_in_batches_below_its_head(crm: Any) -> None:
    olga = await importer_of(crm)
    names = [f"Ada {number:03}" for number in range(230)]
    await bring_in(crm, olga, "x", ("#names\n" + "\n".join(names) + "\n").encode())
    pieces = [piece async for piece in await start_export(crm, access_of(olga), ExportOrder(format="club.names"))]
    assert b"".join(pieces).decode().splitlines() == ["#names", *names]
    run = (await crm.data.fetch("SELECT format, contact_count, finished_at FROM export_run"))[0]
    assert (run["format"], run["contact_count"], run["finished_at"] is None) == ("club.names", 230, False)


async def test_unknown_format_is_refused_before_anything_is_written_down(crm: Any) -> None:
    olga = await importer_of(crm)
    with pytest.raises(ValueError, match="there is no such format"):
        await start_export(crm, access_of(olga), ExportOrder(format="club.songs"))
    assert await crm.data.fetch("SELECT id FROM export_run") == []
