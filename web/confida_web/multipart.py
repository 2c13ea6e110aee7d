"""Multipart bodies part by part, while they arrive: nothing is kept that nobody asked for."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import AsyncIterator
from typing import Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

_FOLDERS = re.compile(r"^.*[/\\]", re.DOTALL)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}")
LONGEST_NAME = 200

Event = tuple[Literal["part", "data", "end", "last"], bytes]


class BadBody(Exception):
    """What was sent cannot be read; nothing was done. status: 400, 413, 415 or 422; the text never repeats the input."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def check_text(value: str) -> None:
    """Raises BadBody (422) for characters that one of the databases cannot hold."""
    if _UNSTORABLE.search(value):
        raise BadBody(422, "The form holds a character that cannot be stored.")


def content_type_of(header: str) -> tuple[str, dict[str, str]]:
    """Media type in lower case, and its parameters."""
    kind, options = parse_options_header(header)
    return kind.decode("latin-1"), {name.decode("latin-1"): value.decode("latin-1") for name, value in options.items()}


class Part:
    """One part while it arrives. Read it (text, content, pieces) or skip it before the next one."""

    def __init__(self, reader: MultipartReader, headers: dict[str, str]) -> None:
        self._reader = reader
        disposition, options = content_type_of(headers.get("content-disposition", ""))
        if disposition != "form-data" or "name" not in options:
            raise BadBody(400, "A part of the form has no name.")
        self.name = text_of(options["name"].encode("latin-1"))[:LONGEST_NAME]
        self.is_file = "filename" in options
        self.filename = plain_filename(options.get("filename", ""))
        kind, type_options = content_type_of(headers.get("content-type", ""))
        self.content_type, self.charset = kind[:100], type_options.get("charset", "utf-8").lower()
        self.size = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content, once."""
        while (piece := await self._reader.next_piece()) is not None:
            self.size += len(piece)
            yield piece

    async def content(self, limit: int) -> bytes:
        """All of it. Raises BadBody (413) beyond the limit."""
        found = []
        async for piece in self.pieces():
            if self.size > limit:
                raise BadBody(413, "This is too large.")
            found.append(piece)
        return b"".join(found)

    async def text(self, limit: int) -> str:
        """Raises BadBody: 400 for another encoding than UTF-8, 422 for characters that cannot be stored."""
        if self.charset not in {"utf-8", "utf8", "us-ascii"}:
            raise BadBody(400, "Forms are read as UTF-8 only.")
        return text_of(await self.content(limit))

    async def skip(self) -> None:
        async for _ in self.pieces():
            pass


def text_of(data: bytes) -> str:
    try:
        value = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadBody(400, "The form is not valid UTF-8.") from None
    check_text(value)
    return value


def plain_filename(sent: str) -> str:
    """Without folders, control and direction characters; at most 200 characters, the ending kept."""
    name = _CONTROLS.sub("", _FOLDERS.sub("", sent.encode("latin-1").decode("utf-8", "replace"))).strip()
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return (stem[: LONGEST_NAME - 11] + dot + ending[:10]) if dot else name[:LONGEST_NAME]


class MultipartReader:
    """Feeds the parser only as far as the next event that somebody asks for."""

    def __init__(self, body: AsyncIterator[bytes], boundary: str) -> None:
        if not _BOUNDARY.fullmatch(boundary):
            raise BadBody(400, "The form has no usable boundary.")
        self._body, self._events = body, deque[Event]()
        self._headers: dict[str, str] = {}
        self._name, self._value = b"", b""
        self._complete, self._current = False, False
        self._parser = MultipartParser(
            boundary.encode("ascii"),
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": lambda: self._events.append(("part", b"")),
                "on_part_data": lambda data, start, end: self._events.append(("data", data[start:end])),
                "on_part_end": lambda: self._events.append(("end", b"")),
                "on_end": lambda: self._events.append(("last", b"")),
            },
            max_header_count=16,
            max_header_size=8_192,
        )
        self._ready: deque[dict[str, str]] = deque()

    async def next_part(self) -> Part | None:
        """None after the last one. Raises BadBody (400) for a body that breaks the form, or breaks off."""
        while self._current and await self.next_piece() is not None:
            pass
        kind, _ = await self._next_event()
        if kind == "last":
            return None
        if kind != "part":
            raise BadBody(400, "The form is broken.")
        self._current = True
        return Part(self, self._ready.popleft())

    async def next_piece(self) -> bytes | None:
        """None at the end of the part."""
        if not self._current:
            return None
        kind, data = await self._next_event()
        if kind == "data":
            return data
        self._current = False
        if kind != "end":
            raise BadBody(400, "The form is broken.")
        return None

    async def _next_event(self) -> Event:
        while not self._events:
            if self._complete:
                raise BadBody(400, "The form breaks off.")
            await self._feed()
        return self._events.popleft()

    async def _feed(self) -> None:
        try:
            piece = await anext(self._body)
        except StopAsyncIteration:
            self._complete = True
            return
        try:
            self._parser.write(piece)
        except FormParserError:
            raise BadBody(400, "The form is broken.") from None

    def _begin_part(self) -> None:
        self._headers, self._name, self._value = {}, b"", b""
        # The headers of a part are complete before the event that announces it.
        self._ready.append(self._headers)

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name, self._value = b"", b""
