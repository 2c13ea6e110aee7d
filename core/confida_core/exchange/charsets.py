"""From bytes of unknown origin to text, without guessing more than is needed."""

from __future__ import annotations

import codecs
import re

# Only character sets of real exports; Python's registry also knows codecs that are slow, that decompress,
# or that make lone surrogates ("punycode", "zlib", "unicode_escape").
_KNOWN_CHARSETS = re.compile(
    r"utf-?(8|16|32)([-_](le|be|sig))?|utf8|ascii|iso8859-\d{1,2}|cp(125\d|437|85\d|866|874|932|949|950)|koi8-[ru]"
    r"|mac-(roman|cyrillic|greek|latin2|turkish)|shift_jis|euc_(jp|kr)|gb2312|gbk|gb18030|big5|iso2022_(jp|kr)|tis-620"
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def known_charset(name: str) -> str | None:
    """Python's name of a character set named in a file; None if it is unknown or not meant for text."""
    try:
        found = codecs.lookup(name.strip().strip("\"'")[:40]).name
    except (LookupError, ValueError):
        return None
    return found if _KNOWN_CHARSETS.fullmatch(found) else None


def wide_charset(sample: bytes) -> tuple[str, int] | None:
    """(character set, length of the mark) told by a byte order mark or by UTF-16's zero bytes; None for neither."""
    for mark, charset in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return charset, len(mark)
    head = sample[:4_096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # Text in UTF-16 has a zero byte in most of its pairs, always on the same side.
    if max(even, odd) * 3 > len(head) and min(even, odd) * 10 < max(even, odd):
        return ("utf-16-be" if even > odd else "utf-16-le"), 0
    return None


def to_utf8(data: bytes) -> bytes:
    """Data in UTF-16 or UTF-32 as UTF-8, byte order mark removed; all other data unchanged, whatever its charset."""
    wide = wide_charset(data)
    if wide is None:
        return data
    charset, mark = wide
    if charset == "utf-8":
        return data[mark:]
    return data[mark:].decode(charset, "replace").encode("utf-8")


def decoded(raw: bytes, charset: str = "") -> tuple[str, bool]:
    """(text, damaged): by the charset the file names, else UTF-8, else Windows' Western one; damaged bytes show as U+FFFD."""
    if raw.isascii() and not charset.lower().startswith(("utf-16", "utf-32", "iso-2022")):
        return raw.decode("ascii"), False
    named = known_charset(charset) if charset else None
    for candidate in filter(None, (named, "utf-8", None if named else "cp1252")):
        try:
            return raw.decode(candidate), False
        except UnicodeError:
            continue
    return raw.decode(named or "cp1252", "replace"), True
