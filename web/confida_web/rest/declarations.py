"""What a resource of the REST API says of itself; the routes, the OpenAPI document and its page are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from confida_core.declarations import IndexField
from confida_core.index.conditions import Condition

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access

Instant = Annotated[datetime, Meta(tz=True)]
"""For the fields of shapes: aware, so that the document says `date-time` and a time without a zone is refused."""
ParameterType = Literal["text", "uuid", "date", "instant", "boolean", "choice"]


class Entity(Struct, frozen=True, kw_only=True):
    """One thing as the API shows it; every shape that is read derives from it, and gives its fields no defaults.

    version: of the record, for `change_item` and `delete_item`. etag: filled in by the framework, from all that is shown.
    """

    id: UUID
    version: int
    etag: str = ""


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends. Derive from it: a member that the shape does not name is refused, with its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One own query parameter of a list, such as `contact`. Its value comes typed: str, UUID, date, datetime, bool.

    choices: what a `choice` may be. description: one sentence for the documentation.
    """

    name: str
    type: ParameterType
    description: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuery:
    """What a client asks of a list, checked.

    limit: 1 to 200. cursor: as an earlier page named its `next`, "" for the first. sort: one of the resource's sorts
    without its minus sign, "" where it has none. condition: None without a filter. words: of `q`.
    given: the resource's own parameters that were given.
    """

    limit: int = 50
    cursor: str = ""
    sort: str = ""
    descending: bool = False
    condition: Condition | None = None
    words: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """items: opened, in order. next: cursor of the page after it, "" on the last."""

    items: Sequence[Any]
    next: str = ""


List = Callable[["Installation", "Access", ListQuery], Awaitable[ListPage]]
Get = Callable[["Installation", "Access", UUID], Awaitable[Any]]
Create = Callable[["Installation", "Access", Any], Awaitable[UUID]]
Change = Callable[["Installation", "Access", UUID, Any, int], Awaitable[None]]
Delete = Callable[["Installation", "Access", UUID, int], Awaitable[None]]
Fields = Callable[["Installation"], Awaitable[Mapping[str, IndexField]]]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ApiResource:
    """One kind of thing that programs may read or change, at /api/v1/<key>, a plugin's at /api/v1/x/<plugin>/<key>.

    key: a plural noun, also the name in the address. label, summary: for the documentation.
    read, write, delete: the permissions; a token has those of its scopes that its owner's role holds.
    purposes: what a token must be for to reach this resource; empty: any purpose that sees no restricted people.
    shape: what is read. new_shape: what a POST sends. change_shape: what may be changed, each field named like one of
    `shape`; a PATCH is merged (RFC 7396) into what is there, and what it removes gets its default, if it has one.
    list_items, get_item, create_item, change_item, delete_item: as far as given, GET (of all and of one), POST, PATCH and
    DELETE. They check permissions as every function does, open through the door with the access they are given, and raise
    NotFound, Forbidden, InvalidContent, InvalidCursor, VersionConflict. change_item and delete_item get the version that
    was read; they raise VersionConflict if it is another now. create_item returns the id of what is then read and shown.
    filter_fields: the fields of the condition language that `filter=` may name; None: no filter.
    words: whether `q=` searches. sorts: what `sort=` may name; the first is used where nothing is said.
    example: a body for POST, as the documentation shows it.
    """

    key: str
    label: str
    summary: str
    read: str
    shape: type[Entity]
    write: str = ""
    delete: str = ""
    purposes: tuple[str, ...] = ()
    new_shape: type[Given] | None = None
    change_shape: type[Given] | None = None
    list_items: List | None = None
    get_item: Get | None = None
    create_item: Create | None = None
    change_item: Change | None = None
    delete_item: Delete | None = None
    filter_fields: Fields | None = None
    words: bool = False
    sorts: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
