"""Files on their way out: as attachments in a sandbox under their own names, pictures as drawings of our own."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from confida_core.ids import new_id
from confida_core.storage.sealed_files import path_of
from confida_web.files.routes import disposition
from tests.web.test_interactions import make_contact, write_down

pytestmark = pytest.mark.anyio


async def attach(crm: Any, client: Any, name: str, data: bytes) -> UUID:
    contact_id = await make_contact(crm)
    await write_down(client, contact_id, files={"attachments": (name, data)})
    file_id: UUID = (await crm.data.fetch("SELECT id FROM sealed_file ORDER BY id DESC LIMIT 1"))[0]["id"]
    return file_id


async def test_file_comes_back_whole_as_an_attachment_in_a_sandbox(crm: Any, client: Any) -> None:
    data = b"<script>alert(1)</script>" * 100_000
    file_id = await attach(crm, client, "Größe & mehr.html", data)
    answer = await client.get(f"/files/{file_id}")
    assert (answer.status_code, answer.content == data) == (200, True)
    wanted = {
        "content-disposition": "attachment; filename=\"Gr__e _ mehr.html\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%26%20mehr.html",
        "content-security-policy": "sandbox; default-src 'none'",
        "content-type": "application/octet-stream",
        "content-length": str(len(data)),
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted


async def test_empty_file_is_a_file(crm: Any, client: Any) -> None:
    file_id = await attach(crm, client, "empty.txt", b"")
    answer = await client.get(f"/files/{file_id}")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


@pytest.mark.parametrize("name", ['a"b.txt', "a\r\nSet-Cookie: x", "..", "", "ü\u202egnp.exe"])
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.count('"') == 2
    assert not any(c in header for c in "\r\n")


async def test_picture_is_shown_redrawn_and_downloaded_as_it_was(crm: Any, client: Any) -> None:
    exif = Image.Exif()
    exif[0x010E] = "MARKER-PLACE"
    target = io.BytesIO()
    Image.new("RGB", (3000, 1500), (9, 99, 199)).save(target, "JPEG", exif=exif)
    file_id = await attach(crm, client, "plan.jpg", target.getvalue())
    shown = await client.get(f"/files/{file_id}/picture")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(shown.content)).size == (1200, 600)
    assert b"MARKER-PLACE" not in shown.content
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (await client.get(f"/files/{file_id}")).content == target.getvalue()


@pytest.mark.parametrize(
    "data", [b"text", b"\xff\xd8\xff\xe0\x00\x10JFIF torn", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
async def test_what_is_no_picture_is_not_shown(crm: Any, client: Any, data: bytes) -> None:
    file_id = await attach(crm, client, "x.jpg", data)
    assert (await client.get(f"/files/{file_id}/picture")).status_code == 404
    assert (await client.get(f"/files/{file_id}")).content == data


async def test_missing_hidden_and_lost_files_look_alike(crm: Any, client: Any, stranger: Any) -> None:
    file_id = await attach(crm, client, "a.txt", b"x")
    assert (await client.get(f"/files/{file_id}")).status_code == 200
    assert (await stranger.get(f"/files/{file_id}")).status_code == 303
    path_of(crm, file_id).rename(path_of(crm, file_id).with_name("elsewhere"))
    lost, missing, malformed = [
        (await client.get(f"/files/{one}")).status_code for one in (file_id, new_id(), "nonsense")
    ]
    assert (lost, missing, malformed) == (404, 404, 404)


async def test_download_is_a_logged_read(crm: Any, client: Any) -> None:
    file_id = await attach(crm, client, "a.txt", b"x")
    person = (await crm.data.fetch("SELECT contact_id FROM interaction_participant"))[0]["contact_id"]
    await client.get(f"/files/{file_id}")
    assert (await crm.door.read_log.of(person))[0].place == "GET /files/{file_id}"


async def test_too_large_a_file_is_refused_and_leaves_nothing(crm: Any, client: Any, monkeypatch: Any) -> None:
    from confida_core.storage import sealed_files

    monkeypatch.setattr(sealed_files, "largest", lambda crm: 1_000_000)
    answer = await write_down(client, await make_contact(crm), files={"attachments": ("a.bin", bytes(1_000_001))})
    assert answer.status_code == 413
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []
    assert await crm.data.fetch("SELECT id FROM interaction") == []


async def test_upload_never_sits_in_memory(crm: Any, client: Any, tmp_path: Path) -> None:
    contact_id = await make_contact(crm)
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(1 << 20) * 20)
    await write_down(client, contact_id, files={"attachments": ("small.bin", b"x")})
    with source.open("rb") as file:
        tracemalloc.start()
        answer = await write_down(client, contact_id, files={"attachments": ("large.bin", file)})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer.status_code == 303
    assert peak < 8 << 20
    stored = await crm.data.fetch("SELECT id FROM sealed_file ORDER BY id DESC LIMIT 1")
    assert path_of(crm, stored[0]["id"]).stat().st_size > 20 << 20


async def test_picture_of_a_contact_in_the_trash_is_not_found_by_its_id(crm: Any, client: Any) -> None:
    target = io.BytesIO()
    Image.new("RGB", (30, 30), (9, 99, 199)).save(target, "PNG")
    form = {"display_name": "Ada", "kind": "person"}
    answer = await client.post("/contacts/new", data=form, files={"picture": ("ada.png", target.getvalue())})
    contact_id = answer.headers["location"].rpartition("/")[2]
    file_id = (await crm.data.fetch("SELECT id FROM sealed_file"))[0]["id"]
    assert (await client.get(f"/files/{file_id}")).status_code == 200
    assert (await client.post(f"/contacts/{contact_id}/delete")).status_code == 303
    found = [(await client.get(path)).status_code for path in (f"/files/{file_id}", f"/files/{file_id}/picture")]
    assert found == [404, 404]
