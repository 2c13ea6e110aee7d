"""The schemas of the OpenAPI document, made by msgspec from the very structs that are read and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from confida_core.index.conditions import OPERATORS
from confida_web.rest.declarations import ApiResource
from confida_web.rest.problems import ProblemBody
from confida_web.rest.resources import Served

PLACE = "#/components/schemas/"
Schema = dict[str, Any]


def components(served: Sequence[Served]) -> tuple[dict[type, Schema], dict[str, Schema]]:
    """For each struct the reference to its schema, and all schemas by name."""
    resources = [one.resource for one in served]
    structs = list(dict.fromkeys(struct for resource in resources for struct in structs_of(resource)))
    structs.append(ProblemBody)
    references, schemas = msgspec.json.schema_components(structs, ref_template=PLACE + "{name}")
    found: dict[type, Schema] = dict(zip(structs, references, strict=True))
    for resource in resources:
        tag_shown(schemas[name_in(found[resource.shape])])
        if resource.change_shape is not None:
            make_patch(schemas[name_in(found[resource.change_shape])])
    schemas |= {"Condition": CONDITION, **KINDS_OF_CONDITION}
    return found, dict(sorted(schemas.items()))


def structs_of(resource: ApiResource) -> list[type]:
    return [shape for shape in (resource.shape, resource.new_shape, resource.change_shape) if shape is not None]


def name_in(reference: Schema) -> str:
    return str(reference["$ref"]).removeprefix(PLACE)


def tag_shown(schema: Schema) -> None:
    """The ETag stands in everything that is shown, although whoever declares a shape need not fill it in."""
    schema["properties"]["etag"] = {"type": "string", "description": "For `If-Match`, in quotes."}
    schema["required"] = list(dict.fromkeys([*schema["required"], "etag"]))


def make_patch(schema: Schema) -> None:
    """RFC 7396: nothing needs to be there, and null stands for what the member is without a value."""
    for name, member in schema["properties"].items():
        if "default" not in member:
            continue
        plain = {key: value for key, value in member.items() if key != "default"}
        schema["properties"][name] = plain if accepts_null(plain) else {"anyOf": [plain, {"type": "null"}]}
    schema["required"] = []


def accepts_null(schema: Schema) -> bool:
    return {"type": "null"} in schema.get("anyOf", ())


def _several(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {name: {"type": "array", "items": {"$ref": PLACE + "Condition"}}},
        "required": [name],
        "additionalProperties": False,
    }


# Each kind under a name of its own: generators of clients understand a recursion only through names.
KINDS_OF_CONDITION: Mapping[str, Schema] = {
    "ConditionAll": _several("all"),
    "ConditionAny": _several("any"),
    "ConditionNot": {
        "type": "object",
        "properties": {"not": {"$ref": PLACE + "Condition"}},
        "required": ["not"],
        "additionalProperties": False,
    },
    "ConditionTest": {
        "type": "object",
        "properties": {
            "field": {"type": "string"},
            "op": {"enum": sorted({name for operators in OPERATORS.values() for name in operators})},
            "value": {"description": "Of the form that the operator takes; left out where it takes none."},
        },
        "required": ["field", "op"],
        "additionalProperties": False,
    },
}
CONDITION: Schema = {
    "title": "Condition",
    "description": "The condition language of filters, saved views and rules: a test of one field, or several combined.",
    "anyOf": [{"$ref": PLACE + name} for name in KINDS_OF_CONDITION],
}
