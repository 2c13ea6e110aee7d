"""What addresses of the board and the list say: ids in the clear; words, which are mostly names, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from confida_core.api import Installation, InvalidCursor
from confida_sales.opportunities.narrowing import NOBODY, Narrowing
from confida_web.api import open_place, seal_place

WORDS = "sales.words"
LONGEST_TEXT = 200


def narrowing_of(crm: Installation, given: Mapping[str, Any]) -> Narrowing:
    """From an address or a form; what was not made here means nothing."""
    owner = str(given.get("owner", ""))
    return Narrowing(
        owner=owner if owner == NOBODY or is_id(owner) else "", text=words_in(crm, str(given.get("s", "")))
    )


def words_in(crm: Installation, sealed: str) -> str:
    try:
        return str(open_place(crm, WORDS, sealed, tuple[str])[0])[:LONGEST_TEXT] if sealed else ""
    except InvalidCursor:
        return ""


def fields_of(crm: Installation, narrowing: Narrowing, **more: str) -> tuple[tuple[str, str], ...]:
    """The same as fields of a query or a form; empty ones are left out."""
    sealed = seal_place(crm, WORDS, [narrowing.text]) if narrowing.text else ""
    given = {**more, "owner": narrowing.owner, "s": sealed}
    return tuple((name, value) for name, value in given.items() if value)


def address(path: str, fields: tuple[tuple[str, str], ...]) -> str:
    return f"{path}?{urlencode(fields)}" if fields else path


def is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def id_in(given: Mapping[str, Any], name: str) -> UUID | None:
    """An id in an address, None for anything else."""
    text = str(given.get(name, ""))
    return UUID(text) if is_id(text) else None
