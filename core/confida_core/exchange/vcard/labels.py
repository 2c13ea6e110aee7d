"""TYPE parameters and our labels: "work", "home", "mobile", "fax", "pager", combinations of them, or an own word."""

from __future__ import annotations

import re
from collections.abc import Iterable

# These say how a number may be used, not what it is; vCard writers add them to everything.
_NOISE = {
    *("voice", "pref", "internet", "msg", "video", "text", "postal", "parcel", "dom", "intl", "x400", "textphone"),
    *("bbs", "modem", "car-voice", "pcs"),
}
_TO_LABEL = {"cell": "mobile", "iphone": "mobile"}
_TO_TYPE = {"mobile": "cell"}
_ORDER = ("work", "home", "mobile", "fax", "pager")
_APPLE = re.compile(r"_\$!<(.*)>!\$_", re.DOTALL)
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OWN_TYPE = re.compile(r"[a-z][a-z0-9-]{0,40}")


def label_of(types: Iterable[str]) -> str:
    """The label for TYPE values: place before device ("work fax"), then the card's own words."""
    words = dict.fromkeys(_TO_LABEL.get(kind.lower(), kind.lower()) for kind in types if kind.lower() not in _NOISE)
    known = [word for word in _ORDER if word in words]
    own = [word.removeprefix("x-") for word in words if word not in _ORDER]
    return " ".join([*known, *own])


def types_of(label: str) -> list[str] | None:
    """TYPE values that `label_of` reads back as this label; None if only an X-ABLabel can carry it."""
    types = [_TO_TYPE.get(word, word) for word in label.split(" ")]
    plain = all(_OWN_TYPE.fullmatch(kind) for kind in types)
    return types if plain and label_of(types) == label else None


def plain_label(written: str) -> str:
    """The words of an X-ABLabel: Apple wraps its own as `_$!<HomePage>!$_`."""
    found = _APPLE.fullmatch(written.strip())
    if found is None:
        return written.strip()
    words = _INNER_CAPITAL.sub(" ", found[1]).lower()
    return words if words in _ORDER else words.capitalize()
