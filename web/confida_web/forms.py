"""Reading what a form or a client sends: bounded, in UTF-8 only, and never a fault of ours whatever arrives."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from confida_web.multipart import BadBody, MultipartReader, Part, check_text, content_type_of

MOST_FIELDS = 1_000
LONGEST_FORM = 4_000_000
LONGEST_JSON = 4_000_000
DEEPEST_JSON = 32
KEPT_IN_MEMORY = 8_000_000
MOST_FILES = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file while it arrives. filename: as sent, without folders. pieces: its content; read to the end, once."""

    field: str
    filename: str
    content_type: str
    pieces: AsyncIterator[bytes]


Save = Callable[[UploadedFile], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that has arrived. saved: what `save` made of it; without one, its bytes."""

    field: str
    filename: str
    content_type: str
    size: int
    saved: Any


@dataclass(frozen=True, slots=True)
class FormData:
    """fields: every (name, value) as sent, in order; the values are text that both databases can hold."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[SavedFile, ...] = ()

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self.fields)

    def get(self, name: str, default: str = "") -> str:
        """The first value of this name."""
        return next((value for key, value in self.fields if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of this name."""
        return [value for key, value in self.fields if key == name]

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.get(name).lower() in {"yes", "on", "true", "1"}

    def integer(self, name: str, default: int = 0, *, lowest: int = 0, highest: int = 2**31 - 1) -> int:
        """A whole number in ASCII digits. Raises BadBody (422) for anything else that is not empty."""
        return whole_number(self.get(name), default, lowest=lowest, highest=highest)

    def names(self) -> list[str]:
        return list(dict.fromkeys(key for key, _ in self.fields))

    def files_of(self, name: str) -> list[SavedFile]:
        return [file for file in self.files if file.field == name]


def whole_number(text: str, default: int = 0, *, lowest: int = 0, highest: int = 2**31 - 1) -> int:
    """Also for query parameters. Raises BadBody (422)."""
    plain = text.strip()
    if not plain:
        return default
    digits = plain[1:] if plain.startswith("-") else plain
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19) or not lowest <= int(plain) <= highest:
        raise BadBody(422, "A number is not one, or too large.")
    return int(plain)


@dataclass(slots=True)
class _Begun:
    """What the gate has read of the body already, while it looked for the token."""

    form: FormData | None = None
    reader: MultipartReader | None = None
    fields: list[tuple[str, str]] = field(default_factory=list)


async def parse_form(request: Request[Any, Any, Any], save: Save | None = None) -> FormData:
    """The form of this request, urlencoded or multipart; empty if there is no body.

    save: is given each file as it arrives and reads its pieces, so that no file ever lies in memory. Without it, files of
    up to 8 MB in all are returned as bytes. Raises BadBody (400, 413, 415 or 422).
    """
    begun = await begin(request)
    if begun.form is not None:
        return begun.form
    if begun.reader is None:
        return FormData()
    begun.form = await read_parts(begun.reader, begun.fields, save)
    return begun.form


async def read_form_token(request: Request[Any, Any, Any], name: str) -> bytes:
    """The token field: anywhere in an urlencoded form, the first part of a multipart one; b"" if it is not there.

    What was read stays for `parse_form`. Raises BadBody.
    """
    begun = await begin(request)
    if begun.form is not None:
        return begun.form.get(name).encode("utf-8", "surrogatepass")
    if begun.reader is None:
        return b""
    first = await begun.reader.next_part()
    if first is None or first.is_file or first.name != name:
        return b""
    value = await first.text(1_000)
    begun.fields.append((name, value))
    return value.encode("utf-8", "surrogatepass")


async def begin(request: Request[Any, Any, Any]) -> _Begun:
    state = request.scope["state"]
    begun: _Begun | None = state.get("form")
    if begun is not None:
        return begun
    begun = state["form"] = _Begun()
    kind, options = content_type_of(request.headers.get("content-type", ""))
    if kind == "application/x-www-form-urlencoded":
        check_charset(options)
        begun.form = FormData(urlencoded(await whole_body(request, LONGEST_FORM)))
    elif kind == "multipart/form-data":
        begun.reader = MultipartReader(body_of(request), options.get("boundary", ""))
    return begun


def check_charset(options: dict[str, str]) -> None:
    if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise BadBody(415, "Forms are read as UTF-8 only.")


def urlencoded(body: bytes) -> tuple[tuple[str, str], ...]:
    """Raises BadBody for more than 1,000 fields, other encodings, and text that cannot be stored."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except UnicodeDecodeError:
        raise BadBody(400, "The form is not valid UTF-8.") from None
    except ValueError:
        raise BadBody(413, "The form has too many fields.") from None
    for name, value in pairs:
        check_text(name)
        check_text(value)
    return tuple((name, value.replace("\r\n", "\n")) for name, value in pairs)


async def read_parts(reader: MultipartReader, before: Iterable[tuple[str, str]], save: Save | None) -> FormData:
    fields, files = list(before), list[SavedFile]()
    length = 0
    while (part := await reader.next_part()) is not None:
        if len(fields) + len(files) >= MOST_FIELDS or len(files) >= MOST_FILES:
            raise BadBody(413, "The form has too many fields.")
        if part.is_file:
            files.append(await received(part, save, KEPT_IN_MEMORY - sum(file.size for file in files)))
            continue
        value = await part.text(LONGEST_FORM - length)
        length += len(value)
        fields.append((part.name, value.replace("\r\n", "\n")))
    # A browser sends an empty file where none was chosen.
    return FormData(tuple(fields), tuple(file for file in files if file.filename or file.size))


async def received(part: Part, save: Save | None, room: int) -> SavedFile:
    if save is None or not part.filename:
        content = await part.content(room)
        return SavedFile(part.name, part.filename, part.content_type, len(content), content)
    upload = UploadedFile(part.name, part.filename, part.content_type, part.pieces())
    saved = await save(upload)
    await part.skip()
    return SavedFile(part.name, part.filename, part.content_type, part.size, saved)


async def read_json(request: Request[Any, Any, Any], shape: type[T]) -> T:
    """A JSON body of this shape. Raises BadBody: 415 for another content type, 413, 400 or 422."""
    kind, options = content_type_of(request.headers.get("content-type", ""))
    if kind not in {"application/json", "application/csp-report", "application/reports+json"}:
        raise BadBody(415, "This address reads JSON only.")
    check_charset(options)
    body = await whole_body(request, LONGEST_JSON)
    if deepest(body) > DEEPEST_JSON:
        raise BadBody(400, "The JSON is nested too deeply.")
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError:
        raise BadBody(422, "The JSON does not have the expected shape.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadBody(400, "The JSON is not valid.") from None


def deepest(body: bytes) -> int:
    """How deep brackets nest, strings included: a bound that is cheap and never too low."""
    depth = most = 0
    for bracket in re.finditer(rb"[\[{\]}]", body):
        depth += 1 if bracket[0] in b"[{" else -1
        most = max(most, depth)
    return most


async def whole_body(request: Request[Any, Any, Any], limit: int) -> bytes:
    """Raises BadBody (413) as soon as more arrives than `limit`."""
    pieces, length = [], 0
    async for piece in body_of(request):
        length += len(piece)
        if length > limit:
            raise BadBody(413, "This is too large.")
        pieces.append(piece)
    return b"".join(pieces)


async def body_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises BadBody if the sender goes away, or compressed it."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadBody(415, "Compressed bodies are not read.")
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise BadBody(400, "The connection was closed early.")
        if message["type"] != "http.request":
            continue
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
