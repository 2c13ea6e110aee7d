"""Bytes to text, by the charset they claim, else by what they look like."""

from __future__ import annotations

import codecs

# What mail programs write, and what Python calls it.
ALIASES = {
    "cp-850": "cp850",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-1-windows": "cp1252",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "unknown-8bit": "utf-8",
    "utf8mb4": "utf-8",
    "x-unknown": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
}
# Codecs of Python that are no charsets: they turn bytes into bytes, or run forms of code.
TEXT_ONLY = frozenset(
    {
        "base64",
        "bz2",
        "hex",
        "quopri",
        "rot13",
        "uu",
        "zlib",
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
    }
)


def codec_of(charset: str | None) -> str | None:
    """The name of the codec for a charset of a message, or None for one that nobody knows."""
    wanted = (charset or "").strip().strip("\"'").lower().removeprefix("charset=")
    wanted = ALIASES.get(wanted, wanted)
    try:
        name = codecs.lookup(wanted).name.replace("-", "_") if wanted.isascii() and len(wanted) < 40 else ""
    except (LookupError, ValueError):
        return None
    return name if name and name not in TEXT_ONLY else None


def decoded(raw: bytes, charset: str | None) -> str:
    """The text. Without a charset that fits it is taken as UTF-8, else as Windows-1252, in which every byte means something."""
    for codec in (codec_of(charset), "utf_8"):
        if codec is not None:
            try:
                return raw.decode(codec)
            except (UnicodeError, LookupError, ValueError):
                continue
    # Five bytes of Windows-1252 are unassigned; Latin-1 has a place for them.
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
