"""Consents brought in from a table: somebody vouches, a preview first, and a no that is here stays a no."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.gate import may
from confida_consent.importing import run_import
from confida_core.contacts.content import EmailAddress
from tests.cases import in_one_installation
from tests.web.consents.test_recording import record, told
from tests.web.people import make

pytestmark = pytest.mark.anyio
TABLE = (
    "email,purpose,channel,state,date,source\n"
    "ada@example.org,newsletter,email,given,2026-01-31,Fair\n"
    "grace@example.org,newsletter,email,given,2026-01-31,Fair\n"
    "nobody@example.org,newsletter,email,given,2026-01-31,Fair\n"
)


async def upload(client: Any, content: bytes = TABLE.encode(), **fields: str) -> Any:
    typed = {"_csrf": client.csrf_token, "statement": "Sheets of the fair", "collected": "", "attested": "yes"} | fields
    return await client.post("/consents/import", data=typed, files={"file": ("fair.csv", content, "text/csv")})


async def test_import_previews_then_takes_what_is_new_and_refuses_what_was_declined(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada", emails=[EmailAddress(address="ada@example.org")])
    grace = await make(crm, "Grace", emails=[EmailAddress(address="grace@example.org")])
    await record(client, grace, answer="no")
    answer = await upload(client)
    assert answer.status_code == 303
    path = answer.headers["location"]
    preview = (await client.get(path)).text
    assert [
        text in preview for text in ("nothing is written yet", "This person has said no; a list never changes that.")
    ] == [True] * 2
    assert await told(crm, ada) == []
    assert (await client.post(f"{path}/run")).status_code == 303
    import_id = path.rpartition("/")[2]
    from uuid import UUID

    await run_import(crm, {"import_id": UUID(import_id)})
    report = (await client.get(path)).text
    assert ["1 row was taken." in report, "No contact with this id or address" in report] == [True] * 2
    assert await told(crm, ada) == [("newsletter", "email", "given")]
    assert (await may(crm, grace, "newsletter", "email")).allowed is False
    assert await told(crm, grace) == [("newsletter", "email", "refused")]


@in_one_installation(
    ("fields", "field"),
    [({"statement": " "}, "statement"), ({"attested": ""}, "attested"), ({"collected": "x" * 2_001}, "collected")],
)
async def test_file_that_nobody_vouches_for_is_not_kept(
    client: Any, crm: Any, fields: dict[str, str], field: str
) -> None:
    answer = await upload(client, TABLE.encode(), **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []
    assert await crm.data.fetch("SELECT id FROM consent_import") == []


@in_one_installation("content", [b"", b"name,age\nAda,36\n", b"\xff\xfe\x00\x00"])
async def test_unreadable_file_is_refused_with_a_sentence(client: Any, crm: Any, content: bytes) -> None:
    answer = await upload(client, content)
    assert (answer.status_code, 'href="#file"' in answer.text) == (422, True)
    assert "Sheets of the fair" in answer.text
    assert await crm.data.fetch("SELECT id FROM consent_import") == []
