"""The OpenAPI document and its page."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

pytestmark = pytest.mark.anyio


async def test_document_is_valid_and_names_every_route(olga: Any, crm: Any) -> None:
    from openapi_spec_validator import validate

    from confida_web.rest.resources import api_handlers

    document = (await olga.get("/api/v1/openapi.json")).json()
    validate(document)
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item if method != "parameters"
    }
    served = {
        (method, path.replace(":uuid", ""))
        for handler in api_handlers(crm.registry)
        for method in handler.http_methods
        for path in handler.paths
    }
    assert described == served


async def test_answers_are_as_the_document_says(olga: Any, crm: Any) -> None:
    document = (await olga.get("/api/v1/openapi.json")).json()
    made = await olga.post("/api/v1/contacts", json={"display_name": "Ada", "birthday": {"month": 12, "day": 10}})
    listed = await olga.get("/api/v1/contacts")
    for answer, method, status in ((made, "post", "201"), (listed, "get", "200")):
        described = document["paths"]["/api/v1/contacts"][method]["responses"][status]
        schema = described["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator(schema | {"components": document["components"]}).validate(answer.json())
    wrong = await olga.post("/api/v1/contacts", json={"display_name": 1})
    problem = document["components"]["schemas"]["ProblemBody"]
    jsonschema.Draft202012Validator(problem | {"components": document["components"]}).validate(wrong.json())


async def test_document_is_for_tokens_and_staff_only(app: Any, stranger: Any, client: Any, olga: Any) -> None:
    assert (await stranger.get("/api/v1/openapi.json")).status_code == 401
    assert (await client.get("/api/v1/openapi.json")).json() == (await olga.get("/api/v1/openapi.json")).json()
    assert (await stranger.get("/api/v1/docs")).status_code == 303
    again = await olga.get(
        "/api/v1/openapi.json", headers={"if-none-match": (await olga.get("/api/v1/openapi.json")).headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_page_shows_every_resource_shape_and_problem(client: Any, crm: Any) -> None:
    from confida_web.rest.problems import KINDS
    from confida_web.rest.resources import served_resources

    shown = await client.get("/api/v1/docs")
    assert shown.status_code == 200
    anchors = set(re.findall(r'id="([^"]+)"', shown.text))
    wanted = {served.path.removeprefix("/api/v1/").replace("/", "-") for served in served_resources(crm.registry)}
    wanted |= {f"problem-{key}" for key in KINDS}
    links = set(re.findall(r'href="#([^"]+)"', shown.text))
    assert (wanted - anchors, links - anchors - {"main"}) == (set(), set())
    assert re.findall(r"https?://(?!localhost)[^\s\"<]+", shown.text) == []


async def test_document_holds_no_personal_data_and_no_custom_fields(olga: Any, client: Any, crm: Any) -> None:
    await client.post("/settings/fields", data={"label": "Allergies", "type": "text"})
    assert "Allergies" in (await client.get("/api/v1/docs")).text
    assert "llergies" not in json.dumps((await olga.get("/api/v1/openapi.json")).json())
