"""What is declared of file formats: those contacts can be read from, and those they can be taken out as."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access
    from confida_core.vault.door import Opened


def _no_fault(_: bytes) -> str:
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Importer:
    """A file format that contacts can be read from; what no importer recognises is read as a table.

    key: `<plugin>.<name>`. recognises: whether the first 64 KB, made UTF-8, are of this format. suffixes: of file names,
    without the dot, that decide where the content says nothing. fault: why the whole file cannot be of this format, one
    sentence for whoever chose it, "" if it can. drafts: from the whole file and the country of phone numbers without one
    to `ContactDraft` or `RowError`, exactly one for each card or row, in order; it runs in a thread. count: about how many.
    """

    key: str
    label: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    drafts: Callable[[bytes, str], Iterator[Any]]
    count: Callable[[bytes], int]
    fault: Callable[[bytes], str] = _no_fault


def _no_head(_: Sequence[str]) -> bytes:
    return b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exporter:
    """A file format that contacts can be taken out as.

    key: `<plugin>.<name>`. hint: who reads such files, a few words. suffix: of the file's name, without the dot. head: how
    a file begins, from the keys of the custom fields. write: one batch of opened contacts, and those keys again, to pieces
    of the file; it may open what belongs to these contacts, such as pictures, through the access it is given.
    """

    key: str
    label: str
    suffix: str
    media_type: str
    write: Callable[[Installation, Access, Sequence[Opened[Any]], Sequence[str]], AsyncIterator[bytes]]
    head: Callable[[Sequence[str]], bytes] = _no_head
    hint: str = ""
