"""The frozen dataclasses that hooks return: what a plugin declares, once, at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from msgspec import Struct
    from piccolo.conf.apps import AppConfig
    from piccolo.table import Table

    from confida_core.installation import Installation

FieldType = Literal["text", "number", "date", "boolean", "choice", "set"]


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexField:
    """One filterable attribute of a contact in the index, and so one field of the condition language.

    key: `<plugin>.<name>`; core's own have no prefix. label: English, translated when shown.
    choices: value -> label, for `choice` and `set` (empty: free).
    value: from the opened content and the operational row of the contact to the plain value
    (str, int, float, datetime.date, bool, frozenset of str, or None for "not known").
    """

    key: str
    type: FieldType
    label: str
    value: Callable[[Any, Mapping[str, Any]], Any]
    choices: Mapping[str, str] = field(default_factory=dict)
