"""One line of a card: group, name, parameters and value."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from confida_core.exchange.charsets import decoded

_LONGEST_HEADER = 8_192
_ENCODINGS = {"quoted-printable", "base64", "b", "7bit", "8bit", "q"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CARET = {"^n": "\n", "^'": '"', "^^": "^"}


@dataclass(frozen=True, slots=True)
class Property:
    """name: upper case. params: upper-case names, values as written. raw: the value before any decoding."""

    group: str
    name: str
    params: dict[str, tuple[str, ...]]
    raw: bytes
    old_style: bool

    @property
    def types(self) -> tuple[str, ...]:
        return self.params.get("TYPE", ())

    @property
    def is_base64(self) -> bool:
        return self._encoding in {"base64", "b"}

    @property
    def _encoding(self) -> str:
        return (self.params.get("ENCODING") or ("",))[0].lower()

    def undecoded(self) -> tuple[str, bool]:
        """(the value as text with its backslashes, whether bytes were damaged)."""
        raw = self.raw
        if self._encoding == "quoted-printable":
            raw = binascii.a2b_qp(raw)
        elif self.is_base64:
            raw = unpacked_base64(raw) or b""
        return decoded(raw, (self.params.get("CHARSET") or ("",))[0])

    def text(self) -> str:
        """The value as one text, unescaped."""
        return unescape(self.undecoded()[0], self.old_style)

    def components(self) -> list[str]:
        """The parts of a structured value; a list inside a part stays together as one text."""
        return [unescape(part, self.old_style) for part in split_unescaped(self.undecoded()[0], ";")]

    def component_lists(self) -> list[list[str]]:
        """The parts of a structured value, each as the list it may be; vCard 2.1 has no lists there."""
        parts = split_unescaped(self.undecoded()[0], ";")
        lists = [[part] if self.old_style else split_unescaped(part, ",") for part in parts]
        return [[unescape(text, self.old_style).strip() for text in texts] for texts in lists]

    def values(self) -> list[str]:
        """The members of a list value."""
        return [unescape(part, self.old_style) for part in split_unescaped(self.undecoded()[0], ",")]

    def preference(self) -> int:
        """1 for the preferred of its kind, up to 101 for no preference (RFC 6350, section 5.3)."""
        stated = (self.params.get("PREF") or ("",))[0]
        if stated.isascii() and stated.isdigit() and len(stated) < 4:
            return int(stated)
        return 1 if any(kind.lower() == "pref" for kind in self.types) else 101


def parse_property(line: bytes, old_style: bool) -> Property | None:
    """The property in one unfolded line; None if the line has no colon that could end a name."""
    end = _header_end(line[:_LONGEST_HEADER])
    if end < 0:
        return None
    header = line[:end].decode("utf-8", "replace")
    first, *parameters = _split_quoted(header, ";")
    group, _, name = first.rpartition(".")
    params = _params(parameters)
    return Property(group.strip().lower(), name.strip().upper(), params, line[end + 1 :], old_style)


def split_unescaped(text: str, separator: str) -> list[str]:
    """The parts of a value; a separator behind a backslash separates nothing."""
    if "\\" not in text:
        return text.split(separator)
    parts: list[str] = []
    open_part: list[str] = []
    for piece in text.split(separator):
        open_part.append(piece)
        backslashes = len(piece) - len(piece.rstrip("\\"))
        if backslashes % 2 == 0:
            parts.append(separator.join(open_part))
            open_part = []
    return [*parts, separator.join(open_part)] if open_part else parts


def unescape(text: str, old_style: bool) -> str:
    """Backslash sequences resolved. vCard 2.1 knows none for line breaks: there "\\n" may be part of a path."""
    if "\\" not in text:
        return text
    plain = {",": ",", ";": ";", ":": ":", "\\": "\\"}
    meanings = plain if old_style else {**plain, "n": "\n", "N": "\n"}
    return _ESCAPED.sub(lambda found: meanings.get(found[1], found[0]), text)


def unpacked_base64(raw: bytes) -> bytes | None:
    """The bytes, whatever white space or missing padding there was; None if it is no base64."""
    packed = raw.translate(None, b" \t\r\n").rstrip(b"=")
    if not re.fullmatch(rb"[A-Za-z0-9+/]*", packed):
        return None
    # One character left over is half a byte of something cut off: what came before is still there.
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))


def _header_end(line: bytes) -> int:
    """Place of the first colon outside double quotes; of the first at all if the quotes are unbalanced."""
    place = line.find(b":")
    quote = line.find(b'"')
    while 0 <= quote < place:
        closing = line.find(b'"', quote + 1)
        if closing < 0:
            return line.find(b":")
        place = line.find(b":", closing) if closing > place else place
        quote = line.find(b'"', closing + 1)
    return place if place >= 0 else line.find(b":")


def _split_quoted(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    parts, current, inside = [], "", False
    for piece in text.split(separator):
        current += piece
        inside ^= piece.count('"') % 2 == 1
        if inside:
            current += separator
        else:
            parts.append(current)
            current = ""
    return [*parts, current] if current else parts


def _params(written: Iterable[str]) -> dict[str, tuple[str, ...]]:
    params: dict[str, tuple[str, ...]] = {}
    for parameter in written:
        name, equals, value = parameter.partition("=")
        name = name.strip().upper()
        if not equals:
            bare = name.lower()
            name, value = ("ENCODING" if bare in _ENCODINGS else "TYPE"), parameter.strip()
        # TYPE="work,voice" means the same as TYPE=work,voice (RFC 6350 errata; real cards have both).
        pieces = value.replace('"', "").split(",") if name == "TYPE" else [value.strip().strip('"')]
        values = tuple(_from_caret(piece.strip()) for piece in pieces if piece.strip())
        params[name] = params.get(name, ()) + values
    return params


def _from_caret(value: str) -> str:
    """RFC 6868: how a parameter says line break and quotation mark."""
    return re.sub(r"\^[n'^]", lambda found: _CARET[found[0]], value) if "^" in value else value
