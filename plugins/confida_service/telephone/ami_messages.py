"""Cuts what an Asterisk manager interface sends into messages, whatever it sends: bounded, and it never raises."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_LINE = 4_096
MOST_FIELDS = 200
LONGEST_VALUE = 500
Message = dict[str, str]


class Messages:
    """Takes bytes as they arrive and gives whole messages: fields by their names in small letters, the first of each name.

    A line that is too long is left out as a whole, and so are fields beyond the two hundredth of a message.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        self._fields: Message = {}

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that end in these bytes."""
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._skipping or len(line) > LONGEST_LINE:
                self._skipping = False
                continue
            found = self._take(line.rstrip(b"\r"))
            if found:
                yield found
        self._skipping = self._skipping or len(rest) > LONGEST_LINE
        self._rest = b"" if self._skipping else rest

    def _take(self, line: bytes) -> Message | None:
        """One line; the message that an empty one ends."""
        if not line:
            found, self._fields = self._fields, {}
            return found
        name, colon, value = line.partition(b":")
        key = name.decode("latin-1").strip().lower()
        # Beside fields there is the greeting, and the output of commands.
        if colon and key and len(key) <= 60 and len(self._fields) < MOST_FIELDS:
            self._fields.setdefault(key, plain(value))
        return None


def plain(value: bytes) -> str:
    """Without signs that control something."""
    text = value.decode("utf-8", "replace").strip()[:LONGEST_VALUE]
    return "".join(sign for sign in text if sign.isprintable())


def written(action: str, **fields: str) -> bytes:
    """One request. Raises ValueError for a value that would begin a line of its own."""
    lines = [f"Action: {action}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    if any(sign in line for line in lines for sign in "\r\n\x00"):
        raise ValueError("a line break in a request to the exchange")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
