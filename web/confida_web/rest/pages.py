"""What the page about the API shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterLine:
    """Of a list. type: in words."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberLine:
    """One member of an object. type: in words. shape: the object's name that it holds, "" for none."""

    name: str
    type: str
    shape: str = ""
    required: bool = False
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapeTable:
    """An object as it is read or sent."""

    name: str
    description: str
    members: tuple[MemberLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationLine:
    """One thing that can be done. scopes: permissions that the token needs."""

    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterLine:
    """A field that `filter=` may name."""

    key: str
    label: str
    type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourcePart:
    """A resource. plugin: whose it is, "" for ours. example: a command that does something with it."""

    anchor: str
    label: str
    plugin: str
    summary: str
    purposes: tuple[str, ...]
    operations: tuple[OperationLine, ...]
    parameters: tuple[ParameterLine, ...]
    filters: tuple[FilterLine, ...]
    shapes: tuple[str, ...]
    example: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemLine:
    """A kind of problem, as `type` of an answer names it."""

    key: str
    status: int
    title: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class ApiDocsPage(Page):
    """GET /api/v1/docs. first_example: a command to try first. operators: what a test of each type of field may ask."""

    template: ClassVar[str] = "rest/docs.html"
    title: ClassVar[str] = "API for programs"

    address: str = "https://confida.example.org"
    document: str = "/api/v1/openapi.json"
    tokens_href: str = "/account/tokens"
    first_example: str = ""
    resources: tuple[ResourcePart, ...] = ()
    shapes: tuple[ShapeTable, ...] = ()
    operators: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problems: tuple[ProblemLine, ...] = ()
