"""What the query of an address says: every parameter known, given once, and of its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from litestar import Request

from confida_core.index.conditions import Condition, InvalidCondition
from confida_core.index.reading import read_condition
from confida_core.installation import Installation
from confida_web.rest.declarations import ApiResource, ListQuery, Parameter
from confida_web.rest.problems import Fault, Problem

MOST_ITEMS = 200
USUAL_ITEMS = 50
LONGEST_WORDS = 500
LONGEST_CURSOR = 4_000
GENERAL = ("limit", "cursor", "sort", "q", "filter")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parameters_of(request: Request[Any, Any, Any], known: tuple[str, ...] = ()) -> dict[str, str]:
    """Raises Problem for a parameter that is not known, or is given twice: overlooking one would answer another question."""
    query = request.scope["query_string"]
    if not query:
        return {}
    found: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("ascii"), keep_blank_values=True):
        if name not in known:
            raise wrong(name[:100], "is not known here")
        if name in found:
            raise wrong(name, "is given twice")
        found[name] = value
    return found


def wrong(name: str, detail: str) -> Problem:
    return Problem("invalid-parameter", errors=[Fault(detail, parameter=name)])


def names_of(resource: ApiResource) -> tuple[str, ...]:
    """Every parameter that the resource's list takes."""
    taken = {"sort": bool(resource.sorts), "q": resource.words, "filter": resource.filter_fields is not None}
    own = tuple(parameter.name for parameter in resource.parameters)
    return tuple(name for name in GENERAL if taken.get(name, True)) + own


async def read_query(request: Request[Any, Any, Any], resource: ApiResource) -> ListQuery:
    """Raises Problem naming the parameter."""
    given = parameters_of(request, names_of(resource))
    if not given:
        return ListQuery(sort=resource.sorts[0] if resource.sorts else "")
    sort = given.get("sort") or (resource.sorts[0] if resource.sorts else "")
    if resource.sorts and sort.removeprefix("-") not in resource.sorts:
        raise wrong("sort", f"is none of: {', '.join(resource.sorts)}, each with or without a minus sign before it")
    if len(given.get("q", "")) > LONGEST_WORDS:
        raise wrong("q", f"is longer than {LONGEST_WORDS} characters")
    if len(given.get("cursor", "")) > LONGEST_CURSOR:
        raise wrong("cursor", "was not made here")
    return ListQuery(
        limit=limit_of(given.get("limit", "")),
        cursor=given.get("cursor", ""),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        condition=await condition_of(request.state.crm, resource, given.get("filter", "")),
        words=given.get("q", ""),
        given={one.name: value_of(one, given[one.name]) for one in resource.parameters if one.name in given},
    )


def limit_of(text: str) -> int:
    if not text:
        return USUAL_ITEMS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ITEMS):
        raise wrong("limit", f"is no whole number from 1 to {MOST_ITEMS}")
    return int(text)


async def condition_of(crm: Installation, resource: ApiResource, text: str) -> Condition | None:
    """Raises Problem (invalid-filter) that names the place within the filter."""
    if not text or resource.filter_fields is None:
        return None
    try:
        return read_condition(text, await resource.filter_fields(crm))
    except InvalidCondition as error:
        fault = Fault(error.message, parameter="filter", place=error.path)
        raise Problem("invalid-filter", errors=[fault]) from None


def value_of(parameter: Parameter, text: str) -> Any:
    """Typed. Raises Problem."""
    try:
        return _READERS[parameter.type](parameter, text)
    except ValueError as error:
        raise wrong(parameter.name, str(error)) from None


def _text(_: Parameter, text: str) -> str:
    if len(text) > LONGEST_WORDS:
        raise ValueError(f"is longer than {LONGEST_WORDS} characters")
    return text


def _uuid(_: Parameter, text: str) -> UUID:
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        raise ValueError("is no UUID") from None


def _date(_: Parameter, text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("is no date such as 2026-12-31")


def _instant(_: Parameter, text: str) -> datetime:
    # A plus sign that nobody encoded arrives as a space.
    try:
        found = msgspec.convert(text.replace(" ", "+"), datetime)
    except msgspec.ValidationError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("is no instant such as 2026-12-31T12:00:00Z")
    return found


def _boolean(_: Parameter, text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("is neither true nor false")
    return text == "true"


def _choice(parameter: Parameter, text: str) -> str:
    if text not in parameter.choices:
        raise ValueError(f"is none of: {', '.join(parameter.choices)}")
    return text


_READERS: Mapping[str, Callable[[Parameter, str], Any]] = {
    "text": _text,
    "uuid": _uuid,
    "date": _date,
    "instant": _instant,
    "boolean": _boolean,
    "choice": _choice,
}


def next_address(request: Request[Any, Any, Any], cursor: str) -> str:
    """The same question from another place on, as a path."""
    pairs = parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True)
    asked = [(name, value) for name, value in pairs if name != "cursor"]
    return f"{request.scope['path']}?{urlencode([*asked, ('cursor', cursor)])}"
