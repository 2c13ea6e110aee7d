"""Routes made from declarations: read a list, read one, create, change, delete; as far as a resource gives the functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from confida_core.vault.access import Access, NotFound
from confida_web.rest.bodies import JSON, MERGE_PATCH, merged, object_of, read_body, shaped
from confida_web.rest.declarations import ApiResource, Entity
from confida_web.rest.problems import Problem
from confida_web.rest.queries import next_address, parameters_of, read_query
from confida_web.rest.repeating import headers_of, made_once
from confida_web.security.access import access_for

Handler = HTTPRouteHandler
_NO_ETAG = b'"etag":""'
encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=512)
def handlers_of(path: str, resource: ApiResource) -> tuple[Handler, ...]:
    """The routes of one resource. Kept, because Litestar reads the signature of each new handler anew."""
    given: Sequence[tuple[Any, Callable[[str, ApiResource], Handler]]] = (
        (resource.list_items, list_handler),
        (resource.get_item, get_handler),
        (resource.create_item, create_handler),
        (resource.change_item, change_handler),
        (resource.delete_item, delete_handler),
    )
    return tuple(make(path, resource) for function, make in given if function is not None)


def list_handler(path: str, resource: ApiResource) -> Handler:
    @get(path, permission=resource.read, api=resource)
    async def list_items(request: Request[Any, Any, Any]) -> Response[Any]:
        query = await read_query(request, resource)
        found = await wanted(resource.list_items)(request.state.crm, client_access(request), query)
        following = next_address(request, found.next) if found.next else None
        items = [shown(item) for item in found.items]
        body = b'{"items":[' + b",".join(items) + b'],"next":' + encode(following) + b"}"
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return conditional(request, body, etag_of_list(items, found.next), headers)

    return list_items


def get_handler(path: str, resource: ApiResource) -> Handler:
    @get(path + "/{item_id:uuid}", permission=resource.read, api=resource)
    async def get_item(request: Request[Any, Any, Any], item_id: FromPath[UUID]) -> Response[Any]:
        parameters_of(request)
        item = await wanted(resource.get_item)(request.state.crm, client_access(request), item_id)
        body = shown(item)
        return conditional(request, body, etag_in(body))

    return get_item


def create_handler(path: str, resource: ApiResource) -> Handler:
    @post(path, permission=resource.write, api=resource)
    async def create_item(request: Request[Any, Any, Any]) -> Response[Any]:
        parameters_of(request)
        body = await read_body(request)

        crm, access = request.state.crm, client_access(request)

        async def create() -> UUID:
            content = shaped(object_of(body), wanted(resource.new_shape))
            made: UUID = await wanted(resource.create_item)(crm, access, content)
            return made

        made = await made_once(request, body, create)
        try:
            item = shown(await wanted(resource.get_item)(crm, access, made.id))
        except NotFound:
            # It was carried out, and must not look as if it had not been.
            raise Problem("gone", "What this request made is not there any more, or may not be seen.") from None
        headers = {"Location": f"{path}/{made.id}", "ETag": f'"{etag_in(item)}"', **headers_of(made)}
        return answer_of(item, 201, headers)

    return create_item


def change_handler(path: str, resource: ApiResource) -> Handler:
    @patch(path + "/{item_id:uuid}", permission=resource.write, api=resource)
    async def change_item(request: Request[Any, Any, Any], item_id: FromPath[UUID]) -> Response[Any]:
        parameters_of(request)
        changes = object_of(await read_body(request, (MERGE_PATCH, JSON)))
        crm, access = request.state.crm, client_access(request)
        item = await unchanged(request, resource, item_id)
        shape = wanted(resource.change_shape)
        present = {name: msgspec.to_builtins(getattr(item, name)) for name in shape.__struct_fields__}
        content = shaped(merged(present, changes), shape)
        await wanted(resource.change_item)(crm, access, item_id, content, item.version)
        made = shown(await wanted(resource.get_item)(crm, access, item_id))
        return answer_of(made, 200, {"ETag": f'"{etag_in(made)}"'})

    return change_item


def delete_handler(path: str, resource: ApiResource) -> Handler:
    @delete(path + "/{item_id:uuid}", permission=resource.delete, api=resource, status_code=200)
    async def delete_item(request: Request[Any, Any, Any], item_id: FromPath[UUID]) -> Response[Any]:
        parameters_of(request)
        item = await unchanged(request, resource, item_id)
        await wanted(resource.delete_item)(request.state.crm, client_access(request), item_id, item.version)
        return Response(None, status_code=204)

    return delete_item


def wanted(part: Any) -> Any:
    """A part that was checked to be there when the resources were collected."""
    return part


def client_access(request: Request[Any, Any, Any]) -> Access:
    """The request's way through the door: in the name of the token's owner, for the token's purpose."""
    return access_for(request, request.state.grant.purpose)


def shown(item: Entity) -> bytes:
    """The item as JSON, with an ETag of all that is shown: columns such as `archived` change without the version."""
    plain: bytes = encode(item)
    return plain.replace(_NO_ETAG, b'"etag":"' + etag_of(item.version, plain).encode() + b'"', 1)


def etag_of(version: int, shown_as: bytes) -> str:
    return f"{version}-{blake2b(shown_as, digest_size=8).hexdigest()}"


def etag_of_list(items: Sequence[bytes], following: str) -> str:
    """Of the ETags of its items, which stand at their beginnings, behind id and version: a tenth of the work."""
    return etag_of(len(items), b"".join([*(item[:160] for item in items), following.encode()]))


def etag_in(body: bytes) -> str:
    """Of an item as `shown` returned it."""
    start = body.index(b'"etag":"') + 8
    return body[start : body.index(b'"', start)].decode()


def conditional(
    request: Request[Any, Any, Any], body: bytes, etag: str, headers: dict[str, str] | None = None
) -> Response[Any]:
    """304 without a body for whoever has it already (RFC 9110, 13.1.2)."""
    headers = {"ETag": f'"{etag}"', **(headers or {})}
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or etag in etags_in(known, weak=True)):
        return Response(None, status_code=304, headers=headers)
    return answer_of(body, 200, headers)


def answer_of(body: bytes, status: int, headers: dict[str, str]) -> Response[Any]:
    return Response(body, status_code=status, media_type=JSON, headers=headers)


def etags_in(header: str, *, weak: bool = False) -> set[str]:
    """The ETags that a condition names; weak ones count only where a weak comparison is asked for."""
    found = set()
    for part in header.split(","):
        tag = part.strip()
        if weak:
            tag = tag.removeprefix("W/")
        if len(tag) >= 2 and tag[0] == tag[-1] == '"':
            found.add(tag[1:-1])
    return found


async def unchanged(request: Request[Any, Any, Any], resource: ApiResource, item_id: UUID) -> Entity:
    """The item as the client knows it.

    Raises NotFound, and Problem: precondition-required without `If-Match`, changed-meanwhile if it names another state.
    """
    item: Entity = await wanted(resource.get_item)(request.state.crm, client_access(request), item_id)
    known = request.headers.get("if-match")
    if known is None:
        raise Problem("precondition-required")
    if known.strip() != "*" and etag_in(shown(item)) not in etags_in(known):
        raise Problem("changed-meanwhile")
    return item
