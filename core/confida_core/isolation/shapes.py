"""Whether what a plugin returned is what it promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")

MOST_NAMES = 500
# What panels mostly hand over, and what surely is a value.
VALUES = frozenset({str, int, float, bool, type(None), list, tuple, dict, set, frozenset, UUID, datetime, date})


class Rubbish(TypeError):
    """A plugin returned something else than it promised. The text names types and fields, never values."""


def whole_number(value: Any) -> int:
    """A count: not negative, and no yes or no. Raises Rubbish."""
    if type(value) is not int or value < 0:
        raise Rubbish(f"a whole number was promised, not {type(value).__name__}")
    return value


def listed(value: Any, kind: type[T], limit: int) -> Sequence[T]:
    """A list or tuple of at most `limit` things of this kind; anything that is merely iterable may never end. Raises Rubbish."""
    if not isinstance(value, list | tuple):
        raise Rubbish(f"a list was promised, not {type(value).__name__}")
    if len(value) > limit:
        raise Rubbish(f"at most {limit} were asked for")
    for one in value:
        if type(one) is not kind:
            raise Rubbish(f"a list of {kind.__name__} was promised, not of {type(one).__name__}")
    return value


def named(value: Any) -> dict[str, Any]:
    """A mapping from names to values, copied; a value that would have to be waited or iterated for is none. Raises Rubbish."""
    if not isinstance(value, Mapping):
        raise Rubbish(f"a mapping was promised, not {type(value).__name__}")
    found = dict(islice(value.items(), MOST_NAMES + 1))
    if len(found) > MOST_NAMES:
        raise Rubbish(f"a mapping of more than {MOST_NAMES} names")
    for name, one in found.items():
        if not isinstance(name, str):
            raise Rubbish(f"a mapping of names was promised, not of {type(name).__name__}")
        if type(one) not in VALUES and any(hasattr(one, method) for method in ("__next__", "__anext__", "__await__")):
            raise Rubbish(f"{name} is no value but {type(one).__name__}")
    return found


def require_plain(thing: Any, *names: str) -> None:
    """Those fields are texts. A subclass of text may say that it is escaped already, so it is refused. Raises Rubbish."""
    for name in names:
        if type(getattr(thing, name)) is not str:
            raise Rubbish(f"{name} must be plain text, not {type(getattr(thing, name)).__name__}")


def require_type(thing: Any, name: str, *kinds: type) -> None:
    """That field is exactly of one of these types. Raises Rubbish."""
    if type(getattr(thing, name)) not in kinds:
        raise Rubbish(f"{name} must not be {type(getattr(thing, name)).__name__}")


def require_path(href: str) -> None:
    """A page of this installation. Raises Rubbish."""
    # Browsers read a backslash like a slash, and two of them lead to another host.
    if not href.startswith("/") or href[1:2] in {"/", "\\"} or any(ord(sign) < 32 for sign in href):
        raise Rubbish("an address must be a page of this installation")


def require_instant(value: Any) -> None:
    """A point in time that can be compared with others. Raises Rubbish."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise Rubbish("a time must be aware")


def require_ids(values: Any) -> None:
    """A tuple of ids. Raises Rubbish."""
    # The driver of PostgreSQL has a class of its own for them.
    if not isinstance(values, tuple) or not all(isinstance(one, UUID) for one in values):
        raise Rubbish("a tuple of ids was promised")
