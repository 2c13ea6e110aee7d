"""Bodies that programs send: one strict JSON object, of a declared shape, or merged into what is there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import msgspec
from litestar import Request

from confida_web.forms import DEEPEST_JSON, check_charset, deepest, whole_body
from confida_web.multipart import content_type_of
from confida_web.rest.problems import Fault, Problem, pointer_of, step_of

LONGEST_BODY = 1_000_000
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PLACE = re.compile(r"^(?P<text>.*?)(?: - at `(?:key in )?(?P<path>[^`]*)`)?$", re.DOTALL)
_MEMBER = re.compile(r"^Object (?P<what>contains unknown|missing required) field `(?P<name>.*)`$", re.DOTALL)
T = TypeVar("T")


async def read_body(request: Request[Any, Any, Any], accepted: Sequence[str] = (JSON,)) -> bytes:
    """Raises Problem (unsupported-media-type) and BadBody (413, 415)."""
    kind, options = content_type_of(request.headers.get("content-type", ""))
    if kind not in accepted:
        header = "Accept-Patch" if request.method == "PATCH" else "Accept-Post"
        raise Problem("unsupported-media-type", headers={header: ", ".join(accepted)})
    check_charset(options)
    return await whole_body(request, LONGEST_BODY)


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object that these bytes are.

    Raises Problem: invalid-json for what is none; invalid-content for members named twice, numbers that JSON does not
    have or nobody stores, nesting deeper than 32, and text that one of the databases cannot hold.
    """
    if deepest(body) > DEEPEST_JSON:
        raise Problem("invalid-content", f"The JSON is nested deeper than {DEEPEST_JSON}.")
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_number,
            parse_float=_float,
            parse_int=_integer,
        )
    except (ValueError, RecursionError):
        raise Problem("invalid-json") from None
    if not isinstance(found, dict):
        raise Problem("invalid-json", "The body must be an object.")
    faults = [Fault("holds a character that cannot be stored", pointer=pointer) for pointer in unstorable(found)]
    if faults:
        raise Problem("invalid-content", errors=faults)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Problem("invalid-content", "A member of an object is given twice.")
    return made


def _refuse_number(_: str) -> NoReturn:
    raise Problem("invalid-content", "JSON has neither NaN nor infinity.")


def _float(text: str) -> float | int:
    value = float(text)
    if not math.isfinite(value):
        _refuse_number(text)
    # JSON knows one kind of number: 1.0 is the whole number 1, for whoever asks for one.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _integer(text: str) -> int:
    # Both engines hold 64-bit integers.
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise Problem("invalid-content", "A number is larger than 64 bits hold.")
    return int(text)


def unstorable(value: Any, pointer: str = "#") -> Iterator[str]:
    """Where NUL or a lone surrogate stands, in a name or a text."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield pointer
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from unstorable(item, f"{pointer}/{place}")
    elif isinstance(value, dict):
        for name, item in value.items():
            if _UNSTORABLE.search(name):
                yield pointer
            else:
                yield from unstorable(item, pointer + step_of(name))


def shaped(given: Mapping[str, Any], shape: type[T]) -> T:
    """The struct that this object describes. Raises Problem (invalid-content) that names the member at fault."""
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise Problem("invalid-content", errors=[fault_of(str(error))]) from None


def fault_of(message: str) -> Fault:
    """msgspec's sentence, taken apart: it names the place last, and repeats unknown values of choices."""
    found = _PLACE.match(message)
    text, path = (found["text"], found["path"] or "") if found else (message, "")
    path = path.removeprefix("$").lstrip(".").replace("[...]", "")
    member = _MEMBER.match(text)
    if member:
        pointer = pointer_of(path) + step_of(member["name"])
        return Fault("is not known here" if member["what"].startswith("contains") else "is missing", pointer)
    text = "is none of the values it may have" if text.startswith("Invalid enum value") else text
    return Fault(text[:1].lower() + text[1:], pointer=pointer_of(path))


def merged(target: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396, section 2); neither argument is changed."""
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), value)
    return made
