"""A typed client, generated from our OpenAPI document by somebody else's generator, works and is typed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from confida_core.settings import read_settings
from confida_web.app import load_everything
from confida_web.rest.openapi import document_bytes
from confida_web.testing.browser import BASE
from tests.web.rest.programs import program

PACKAGE = "confida_client"
SCOPES = ("contacts.read", "contacts.write", "contacts.delete", "interactions.read", "interactions.write")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the package, importable while the tests of this module run. Nothing is fetched from anywhere."""
    folder = tmp_path_factory.mktemp("client")
    document, config = folder / "openapi.json", folder / "config.yaml"
    document.write_bytes(document_bytes(load_everything(read_settings(home=folder / "home"))))
    # Otherwise it would have formatters of our environment clean up what nobody reads.
    config.write_text("post_hooks: []\n")
    done = subprocess.run(
        [sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate", "--path", document,
         "--config", config, "--meta", "none", "--output-path", folder / PACKAGE],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Unable to parse" not in done.stdout, done.stdout
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def part(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


@pytest.mark.anyio
async def test_generated_client_drives_the_api(generated: Path, app: Any, crm: Any) -> None:
    models = part("models")
    async with await program(app, crm, "owner", scopes=SCOPES) as olga:
        client = part("client").AuthenticatedClient(
            base_url=BASE, token=olga.token, httpx_args={"transport": httpx.ASGITransport(app)}
        )

        async def call(name: str, *arguments: Any, status: int = 200, **given: Any) -> Any:
            answer = await part(f"api.{name}").asyncio_detailed(*arguments, client=client, **given)
            assert answer.status_code == status, answer.content
            return answer.parsed

        new = models.NewContact(display_name="Ada Lovelace", tags=["donor"])
        ada = await call("contacts.create_contacts", body=new, status=201)
        again = await call("contacts.create_contacts", body=new, idempotency_key="once", status=201)
        assert (await call("contacts.create_contacts", body=new, idempotency_key="once", status=201)).id == again.id
        assert [one.id for one in (await call("contacts.list_contacts", limit=1)).items] in ([ada.id], [again.id])
        spoken = models.NewInteraction(people=[ada.id], kind=models.NewInteractionKind.CALL, subject="Hello")
        made = await call("interactions.create_interactions", body=spoken, status=201)
        assert [one.id for one in (await call("interactions.list_interactions", contact=ada.id)).items] == [made.id]
        # When somebody was last spoken with is part of what is shown, and so of its ETag.
        ada = await call("contacts.read_contacts", ada.id)
        change = {"body": models.ContactChanges(nickname="Countess"), "if_match": f'"{ada.etag}"'}
        changed = await call("contacts.change_contacts", ada.id, **change)
        assert (changed.nickname, changed.display_name, changed.tags) == ("Countess", "Ada Lovelace", ["donor"])
        late = await call("contacts.change_contacts", ada.id, **change, status=412)
        assert (type(late), late.title) == (models.ProblemBody, "It was changed meanwhile")
        await call("contacts.delete_contacts", ada.id, if_match=f'"{changed.etag}"', status=204)
        await call("contacts.read_contacts", ada.id, status=404)


@pytest.mark.slow
def test_generated_client_is_strictly_typed(generated: Path) -> None:
    config = generated / "mypy.ini"
    config.write_text("[mypy]\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", config, "--cache-dir", generated / "cache",
         generated / PACKAGE],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
