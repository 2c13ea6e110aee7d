"""The OpenAPI document once more, as a page to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from confida_core.index.conditions import OPERATORS
from confida_core.installation import Installation
from confida_web.rest.gate import purposes_of
from confida_web.rest.openapi import document_of
from confida_web.rest.openapi_schemas import KINDS_OF_CONDITION, PLACE, Schema, structs_of
from confida_web.rest.pages import (
    ApiDocsPage,
    FilterLine,
    MemberLine,
    OperationLine,
    ParameterLine,
    ProblemLine,
    ResourcePart,
    ShapeTable,
)
from confida_web.rest.problems import KINDS
from confida_web.rest.resources import Served, served_resources

METHODS = ("get", "post", "patch", "delete")
FORMATS = {"uuid": "UUID", "date": "date", "date-time": "instant", "string": "text", "integer": "whole number"}


async def docs_page(crm: Installation) -> ApiDocsPage:
    document = document_of(crm.registry)
    address = crm.settings.public_url.rstrip("/") or "http://localhost:8000"
    return ApiDocsPage(
        address=address,
        first_example=curl(address, "GET", "/api/v1/contacts?limit=10"),
        resources=tuple([await resource_part(crm, document, one, address) for one in served_resources(crm.registry)]),
        shapes=tuple(
            shape_table(name, schema)
            for name, schema in document["components"]["schemas"].items()
            # The page explains conditions in a part of its own.
            if "properties" in schema and name not in KINDS_OF_CONDITION
        ),
        operators=tuple((kind, tuple(operators)) for kind, operators in OPERATORS.items()),
        problems=tuple(
            ProblemLine(key=key, status=kind.status, title=kind.title, meaning=kind.meaning)
            for key, kind in KINDS.items()
        ),
    )


async def resource_part(crm: Installation, document: Schema, served: Served, address: str) -> ResourcePart:
    resource = served.resource
    fields = await resource.filter_fields(crm) if resource.filter_fields else {}
    return ResourcePart(
        anchor=served.path.removeprefix("/api/v1/").replace("/", "-"),
        label=resource.label,
        plugin=served.plugin,
        summary=resource.summary,
        purposes=tuple(sorted(purposes_of(crm.registry, resource))),
        operations=tuple(operations_of(document, served)),
        parameters=tuple(parameters_of(document, served)),
        filters=tuple(
            FilterLine(key=field.key, label=field.label or field.key, type=field.type) for field in fields.values()
        ),
        shapes=tuple(shape.__name__ for shape in structs_of(resource)),
        example=example_of(served, address),
    )


def operations_of(document: Schema, served: Served) -> list[OperationLine]:
    found = []
    for path in (served.path, f"{served.path}/{{item_id}}"):
        for method in METHODS:
            operation = document["paths"].get(path, {}).get(method)
            if operation is not None:
                scopes = operation["description"].split(". ")[0].removeprefix("Scopes: ").split(", ")
                found.append(
                    OperationLine(method=method.upper(), path=path, summary=operation["summary"], scopes=tuple(scopes))
                )
    return found


def parameters_of(document: Schema, served: Served) -> list[ParameterLine]:
    given = document["paths"].get(served.path, {}).get("get", {}).get("parameters", ())
    kept: Mapping[str, Any] = document["components"]["parameters"]
    whole = [kept[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in given]
    return [
        ParameterLine(name=one["name"], type=words_of(one["schema"])[0], description=one.get("description", ""))
        for one in whole
        if one["in"] == "query"
    ]


def shape_table(name: str, schema: Schema) -> ShapeTable:
    required = schema.get("required", ())
    return ShapeTable(
        name=name,
        description=schema.get("description", ""),
        members=tuple(
            MemberLine(
                name=member,
                type=words_of(described)[0],
                shape=words_of(described)[1],
                required=member in required,
                description=described.get("description", ""),
            )
            for member, described in schema["properties"].items()
        ),
    )


def words_of(schema: Schema) -> tuple[str, str]:
    """The type in words, and the name of the object in it, if there is one."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(PLACE)
        return name, name
    if "anyOf" in schema:
        parts = [words_of(one) for one in schema["anyOf"]]
        return " or ".join(text for text, _ in parts), next((name for _, name in parts if name), "")
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"])), ""
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        text, name = words_of(schema.get("items", {}))
        return f"list of {text}", name
    if kind == "object":
        text, name = words_of(schema.get("additionalProperties") or {})
        return f"object of {text}", name
    text = FORMATS.get(schema.get("format", ""), FORMATS.get(kind, kind))
    limit = schema.get("maxLength")
    return (f"{text}, at most {limit}" if limit else text), ""


def example_of(served: Served, address: str) -> str:
    resource = served.resource
    if resource.create_item and resource.example:
        body = msgspec.json.format(msgspec.json.encode(resource.example), indent=2).decode()
        return curl(address, "POST", served.path, body)
    return curl(address, "GET", served.path)


def curl(address: str, method: str, path: str, body: str = "") -> str:
    lines = [f"curl {address}{path}" if method == "GET" else f"curl -X {method} {address}{path}"]
    lines.append('  -H "Authorization: Bearer $TOKEN"')
    if body:
        quoted = body.replace("'", "'\\''")
        lines += ['  -H "Content-Type: application/json"', f"  -d '{quoted}'"]
    return " \\\n".join(lines)
