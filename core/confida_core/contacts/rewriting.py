"""Every text of a sealed struct rewritten, however deep it lies, with what its fields can hold kept in mind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

ERASED = "[erased]"

T = TypeVar("T")
# Names of fields, keys and positions that lead to a text.
Path = tuple[str | int, ...]
Change = Callable[[Path, str], str]


def rewritten(content: T, change: Change) -> T:
    """The content with `change` applied to each text; the very same object if none differs.

    A text that would become longer than its field allows is cut to the length it had.
    """
    changed: T = _walked(content, change, ())
    if changed is content or not isinstance(changed, msgspec.Struct) or _storable(changed):
        return changed

    def cut(path: Path, text: str) -> str:
        return change(path, text)[: len(text)]

    shortened: T = _walked(content, cut, ())
    return shortened


def texts_of(content: Any) -> Iterator[tuple[Path, str]]:
    """Every text with the path to it."""
    found: list[tuple[Path, str]] = []

    def note(path: Path, text: str) -> str:
        found.append((path, text))
        return text

    _walked(content, note, ())
    yield from found


def _storable(content: msgspec.Struct) -> bool:
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(content), type=type(content))
    except msgspec.ValidationError:
        return False
    return True


def _walked(value: Any, change: Change, path: Path) -> Any:
    if isinstance(value, str):
        text = change(path, value)
        return value if text == value else text
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _walked(each, change, (*path, name)) for name, each in fields.items()}
        changed = {name: each for name, each in new.items() if each is not fields[name]}
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, dict):
        items = {key: _walked(each, change, (*path, str(key))) for key, each in value.items()}
        return items if any(items[key] is not each for key, each in value.items()) else value
    if isinstance(value, list | tuple):
        parts = [_walked(each, change, (*path, number)) for number, each in enumerate(value)]
        same = all(part is each for part, each in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    return value
