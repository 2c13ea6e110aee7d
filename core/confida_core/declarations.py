"""The frozen dataclasses that hooks return: what a plugin declares, once, at start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from msgspec import Struct
    from piccolo.table import Table

    from confida_core.doctor import Finding
    from confida_core.installation import Installation
    from confida_core.vault.access import Access

API = 1
"""The number of the public surface: the three `api` modules and the hooks. It rises when something is taken away."""

FieldType = Literal["text", "number", "date", "boolean", "choice", "set"]


def not_in_the_contact(_content: Any, _row: Mapping[str, Any]) -> None:
    """The value of a field that `gather` fills."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexField:
    """One filterable attribute of a contact in the index, and so one field of the condition language.

    key: `<plugin>.<name>`; core's own have no prefix. label: English, translated when shown,
    or "" for a field that no filter offers.
    choices: value -> label, for `choice` and `set` (empty: free).
    value: from the opened content and the operational row of the contact to the plain value
    (str, int, float, datetime.date, bool, frozenset of str, or None for "not known").
    gather: where the value comes from other tables, instead of `value`: (installation, contacts' ids) -> such values by id,
    for up to a thousand contacts at once, with the program's own access; whoever is left out has none.
    follows: the record tables it reads; whenever a row of one is written, its subject's values are gathered anew.
    """

    key: str
    type: FieldType
    label: str
    value: Callable[[Any, Mapping[str, Any]], Any] = not_in_the_contact
    choices: Mapping[str, str] = field(default_factory=dict)
    gather: Callable[[Any, Sequence[UUID]], Awaitable[Mapping[UUID, Any]]] | None = None
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PiccoloApp:
    """A plugin's tables and the folder of its migrations, each file named `<name>_<date>_<what>.py` and run in that order.

    Piccolo's own description of an app is not used: importing it costs half a second at every start.
    """

    name: str
    migrations: Path
    tables: tuple[type[Table], ...]


Erasure = Literal["delete", "redact", "keep"]


@dataclass(frozen=True, kw_only=True, slots=True)
class InAnswer:
    """How a record stands in the copy that a person gets of their data (GDPR Art. 15, 20).

    category: which kind of data it is, in a few words; "" for the record's label. source: where such data come from, in
    one sentence, where the row itself does not say who wrote it.
    reached: SQL condition on the table with one `?` for the contact's id, where neither the subject's column nor a wrapped
    key leads from the contact to the row.
    left_out: field or column -> why the copy does not hold it; "*" is the whole record.
    shown: from the content to what of it may leave the house, such as a message without the code in it.
    provided: from row and content to what the person gave us, as plain values; an empty mapping for nothing.
    """

    category: str = ""
    source: str = ""
    reached: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    shown: Callable[[Any], Any] | None = None
    provided: Callable[[Mapping[str, Any], Any], Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDeclaration:
    """One table with personal content: how it is sealed and what happens to it at export, erasure and retention.

    table: a Piccolo table with the columns `id` (UUID), `version` (Integer) and `sealed` (Bytea).
    content: the struct that is encoded and sealed into `sealed`.
    subject: the column that holds the subject's id; None for a shared record, whose key is wrapped once per person.
    retention_class: whose end destroys the key. purpose: what the content is kept for (key of a declared purpose).
    erasure: what happens to the row itself, beside its key: deleted, redacted, or kept (with its reason in `keeps`).
    clear: columns of text, JSON or binary type that are not sealed, each with the reason.
    accounted: a job of whoever declares it removes rows whose key is gone, because each of them must be accounted for;
    so a restore leaves them alone.
    answer: how it stands in the copy that a person gets of their data.
    begins: the column with the day or moment from which the time of its class is counted, such as the day of an invoice;
    "" where the rule's own word says it (last_contact, closed ...). What has one falls due and can be ended by such a rule.
    """

    table: type[Table]
    content: type[Struct]
    subject: str | None
    retention_class: str
    purpose: str
    label: str
    erasure: Erasure = "delete"
    keeps: str = ""
    clear: Mapping[str, str] = field(default_factory=dict)
    accounted: bool = False
    answer: InAnswer = InAnswer()
    begins: str = ""

    @property
    def name(self) -> str:
        return self.table._meta.tablename


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDeclaration:
    """One table without personal content; `subject_free` says why nothing in it leads to a person, or what removes it.

    subject: the column that names a contact, if rows shall go when that contact is erased; "" if none does.
    """

    table: type[Table]
    subject_free: str
    clear: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredItem:
    """One thing that a store keeps about a person, for a copy of their data.

    name: of the file in that copy, without any folder. read: its bytes in pieces, opened when it is iterated.
    record: (table, id) of the declared record that describes it, where there is one, so that it stands in the copy once.
    """

    name: str
    media_type: str
    read: Callable[[], AsyncIterator[bytes]]
    record: tuple[str, UUID] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreDeclaration:
    """A place beside the tables that keeps personal data: files, another system.

    collect: everything kept about a person, through the door where it is sealed; an error fails the whole copy.
    erase: removes what is kept about this person alone, and this person's way to what is shared; how many things went.
    It is called after the person's keys are destroyed, before the rows of `records` go, and again until it has succeeded;
    an error stops the erasure, which is resumed later.
    records: names of record tables whose rows `erase` removes itself, because they lead to what is kept.
    """

    key: str
    label: str
    collect: Callable[[Installation, Access, UUID], Awaitable[Sequence[StoredItem]]]
    erase: Callable[[Installation, UUID], Awaitable[int]]
    records: tuple[str, ...] = ()


Reasons = Callable[["Installation", Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrashGuard:
    """Who has a say about contacts in the trash.

    key: `<plugin>.<name>`. stays: of these contacts, those that are not erased yet although their thirty days are over,
    each with the reason in words without anything personal. gone: those that nobody can take out of the trash any more,
    likewise; None if the guard never says so. Both are asked in the transaction of what they stop; an error stops it too.
    """

    key: str
    stays: Reasons
    gone: Reasons | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeDeclaration:
    """What personal data may be opened for. Consent's purposes build on these keys.

    allowed_when_restricted: still permitted for a subject whose processing is restricted (GDPR Art. 18(2)).
    basis: the lawful basis it usually rests on (consent, contract, legal_obligation ...), "" where nothing can be said in general.
    """

    key: str
    label: str
    allowed_when_restricted: bool = False
    basis: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionDeclaration:
    """One permission key, `<area>.<verb>`, and the roles that have it at first."""

    key: str
    label: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginInfo:
    """Who declares: key (prefix of tables, URLs, settings and permissions), name people read, and one sentence.

    api: the number of the public surface it was made for (`confida_core.api.API`); who says nothing was made for the first.
    """

    key: str
    name: str
    summary: str
    api: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsModel:
    """What an operator can choose of a plugin.

    model: a frozen msgspec struct whose fields all have defaults; their types are str, int, float, bool, a `Literal` of
    words, or `tuple[str, ...]`, bounded by `msgspec.Meta`, whose title and description stand on the page. A field of the
    type `Secret` is never shown again, and an operator gives the name of a file that holds it.
    """

    model: type[Struct]


@dataclass(frozen=True, kw_only=True, slots=True)
class CLICommand:
    """One command of the command line, usually a group: `confida <name> ...`.

    name: the plugin's key; only Confida's own parts have several. place: `module:attribute` of the click command, which is
    imported when it is called, so that a command nobody calls costs no start any time.
    """

    name: str
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SelfCheck:
    """What `confida doctor` and the page of the system are to look at beside core's own.

    key: `<plugin>.<name>`. findings: what was found, in plain words and without anything personal; changes nothing.
    """

    key: str
    findings: Callable[[Installation], Awaitable[list[Finding]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineSource:
    """One kind of thing on a contact's timeline.

    entries: (crm, access, contact id, kinds=, before=, limit=) -> `TimelineItem`s, the newest first, strictly older than the
    `Place` before (None: from the newest), at most limit, of these kinds only (empty: of all); it opens through the door.
    covers: purposes whose sent messages are among them already, so that core does not show each a second time; those that were
    refused or failed it shows all the same.
    """

    key: str
    label: str
    entries: Callable[..., Awaitable[list[Any]]]
    covers: tuple[str, ...] = ()
