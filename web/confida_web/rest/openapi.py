"""The OpenAPI document (3.1) of this installation: made from the declarations that the routes are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from confida_core.registry import Registry
from confida_web.rest.bodies import JSON, MERGE_PATCH
from confida_web.rest.declarations import ApiResource, Parameter
from confida_web.rest.gate import purposes_of
from confida_web.rest.openapi_schemas import PLACE, Schema, components
from confida_web.rest.problems import BY_STATUS, KINDS, MEDIA_TYPE
from confida_web.rest.queries import LONGEST_CURSOR, LONGEST_WORDS, MOST_ITEMS, USUAL_ITEMS, names_of
from confida_web.rest.resources import Served, served_resources

ITEM = "{item_id}"
# What may happen to every request that brings a token.
ALWAYS = (400, 401, 404, 414, 429, 431, 503)
WAITING = (429, 503)
TYPES: Mapping[str, Schema] = {
    "text": {"type": "string", "maxLength": LONGEST_WORDS},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}


@lru_cache(maxsize=8)
def document_of(registry: Registry) -> Schema:
    """As plain values; the same for everybody, because it says what there is, not what somebody may do."""
    served = served_resources(registry)
    references, schemas = components(served)
    paths: Schema = {}
    for one in served:
        paths |= paths_of(registry, one, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Confida", "version": "1", "summary": "People and organisations, and what is kept of them."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag_of(one), "description": one.resource.summary} for one in served],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {BY_STATUS[status]: refusal(status) for status in sorted(BY_STATUS)},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token made under Account, API tokens."}
            },
        },
    }


@lru_cache(maxsize=8)
def document_bytes(registry: Registry) -> bytes:
    return msgspec.json.encode(document_of(registry))


def tag_of(served: Served) -> str:
    return f"{served.resource.label} ({served.plugin})" if served.plugin else served.resource.label


def refusal(status: int) -> Schema:
    kind = KINDS[BY_STATUS[status]]
    body = {"schema": {"$ref": PLACE + "ProblemBody"}}
    told = {"headers": headers_named("Retry-After")} if status in WAITING else {}
    return {"description": f"{kind.title}. {kind.meaning}", **told, "content": {MEDIA_TYPE: body}}


def headers_named(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def refusals(*statuses: int) -> Schema:
    return {str(one): {"$ref": f"#/components/responses/{BY_STATUS[one]}"} for one in sorted({*ALWAYS, *statuses})}


def paths_of(registry: Registry, served: Served, references: Mapping[type, Schema]) -> Schema:
    """Of the list and of one item, as far as there is anything to do there."""
    resource = served.resource
    shape = references[resource.shape]
    of_all: Schema = {}
    if resource.list_items:
        of_all["get"] = list_operation(resource, shape)
    if resource.create_item and resource.new_shape:
        of_all["post"] = create_operation(resource, shape, references[resource.new_shape])
    of_one: Schema = {}
    if resource.get_item:
        of_one["get"] = get_operation(shape)
    if resource.change_item and resource.change_shape:
        of_one["patch"] = change_operation(shape, references[resource.change_shape])
    if resource.delete_item:
        of_one["delete"] = delete_operation()
    permissions = {"get": resource.read, "post": resource.write, "patch": resource.write, "delete": resource.delete}
    name = f"{served.plugin}_{resource.key}".lstrip("_").replace("-", "_")
    for verbs, operations in ((LIST_VERBS, of_all), (ITEM_VERBS, of_one)):
        for method, operation in operations.items():
            verb = verbs[method]
            needed = sorted({resource.read, permissions[method]})
            purposes = sorted(purposes_of(registry, resource))
            operation |= {
                "operationId": f"{verb}_{name}",
                "summary": f"{verb.capitalize()} {resource.label.lower()}",
                "description": f"Scopes: {', '.join(needed)}. Purposes: {', '.join(purposes)}.",
                "tags": [tag_of(served)],
            }
    if of_one:
        of_one["parameters"] = [{"$ref": "#/components/parameters/item_id"}]
    found = {served.path: of_all, f"{served.path}/{ITEM}": of_one}
    return {path: operations for path, operations in found.items() if operations}


LIST_VERBS = {"get": "list", "post": "create"}
ITEM_VERBS = {"get": "read", "patch": "change", "delete": "delete"}


def list_operation(resource: ApiResource, shape: Schema) -> Schema:
    body = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": shape},
            "next": {"type": ["string", "null"], "description": "Address of the next page; null on the last."},
        },
        "required": ["items", "next"],
    }
    own = {parameter.name: own_parameter(parameter) for parameter in resource.parameters}
    parameters = [own.get(name) or general_parameter(name, resource) for name in names_of(resource)]
    return {
        "parameters": [*parameters, reference_to("if_none_match")],
        "responses": {
            "200": success("A page of the list.", JSON, body, ("ETag", "Link")),
            "304": {"description": "Nothing has changed."},
            **refusals(),
        },
    }


def get_operation(shape: Schema) -> Schema:
    return {
        "parameters": [reference_to("if_none_match")],
        "responses": {
            "200": success("As it is now.", JSON, shape, ("ETag",)),
            "304": {"description": "Nothing has changed."},
            **refusals(),
        },
    }


def create_operation(resource: ApiResource, shape: Schema, new_shape: Schema) -> Schema:
    content: Schema = {"schema": new_shape}
    if resource.example:
        content["example"] = resource.example
    return {
        "parameters": [reference_to("idempotency_key")],
        "requestBody": {"required": True, "content": {JSON: content}},
        "responses": {
            "201": success("As it was created.", JSON, shape, ("ETag", "Location")),
            **refusals(409, 410, 413, 415, 422),
        },
    }


def change_operation(shape: Schema, change_shape: Schema) -> Schema:
    return {
        "parameters": [reference_to("if_match")],
        "requestBody": {"required": True, "content": {MERGE_PATCH: {"schema": change_shape}}},
        "responses": {
            "200": success("As it is now.", JSON, shape, ("ETag",)),
            **refusals(409, 412, 413, 415, 422, 428),
        },
    }


def delete_operation() -> Schema:
    return {
        "parameters": [reference_to("if_match")],
        "responses": {"204": {"description": "It is gone."}, **refusals(409, 412, 422, 428)},
    }


def success(description: str, media_type: str, schema: Schema, headers: Iterable[str]) -> Schema:
    return {
        "description": description,
        "headers": headers_named(*headers, "RateLimit", "RateLimit-Policy"),
        "content": {media_type: {"schema": schema}},
    }


def reference_to(parameter: str) -> Schema:
    return {"$ref": f"#/components/parameters/{parameter}"}


def general_parameter(name: str, resource: ApiResource) -> Schema:
    if name != "sort":
        return reference_to(name)
    choices = [sign + sort for sort in resource.sorts for sign in ("", "-")]
    return {
        "name": "sort",
        "in": "query",
        "description": "A minus sign turns the order round.",
        "schema": {"enum": choices, "default": resource.sorts[0]},
    }


def own_parameter(parameter: Parameter) -> Schema:
    schema = {"enum": list(parameter.choices)} if parameter.type == "choice" else dict(TYPES[parameter.type])
    return {"name": parameter.name, "in": "query", "description": parameter.description, "schema": schema}


PARAMETERS: Schema = {
    "item_id": {
        "name": "item_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "At most so many items; a page may hold fewer and yet not be the last.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": USUAL_ITEMS},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "As the `next` of the page before has it; means nothing to anybody else.",
        "schema": {"type": "string", "maxLength": LONGEST_CURSOR},
    },
    "q": {
        "name": "q",
        "in": "query",
        "description": "Beginnings of words, all of which must be found.",
        "schema": {"type": "string", "maxLength": LONGEST_WORDS},
    },
    "filter": {
        "name": "filter",
        "in": "query",
        "description": "A condition as JSON.",
        "schema": {
            "type": "string",
            "contentMediaType": JSON,
            "contentSchema": {"$ref": PLACE + "Condition"},
        },
    },
    "idempotency_key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Chosen by the program: what is sent again with the same key within a day is carried out once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "if_match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of what was read, in quotes; `*` for whatever is there.",
        "schema": {"type": "string"},
    },
    "if_none_match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what is known already.",
        "schema": {"type": "string"},
    },
}
HEADERS: Schema = {
    "ETag": {"description": "Of all that is shown.", "required": True, "schema": {"type": "string"}},
    "Link": {"description": 'The next page, with rel="next" (RFC 8288).', "schema": {"type": "string"}},
    "Location": {"description": "Where it is.", "required": True, "schema": {"type": "string"}},
    "RateLimit": {
        "description": "What is left of the quota: r requests; in t seconds all of it.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {"description": "The quota: q requests in w seconds.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}},
}
