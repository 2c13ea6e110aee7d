"""The tables of the index file. A change of anything here raises SCHEMA_VERSION, and every index is built anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCHEMA_VERSION: Final = 2

# Fields that are columns of `contact`: key -> what stands for `attribute.text` and for `attribute.number`.
# 1721424.5 is the Julian day of the ordinal 0.
FIELD_COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("a.name", "NULL"),
    "kind": ("a.kind", "NULL"),
    "owner": ("a.owner", "NULL"),
    "team": ("a.team", "NULL"),
    "archived": ("NULL", "a.archived"),
    "has_email": ("NULL", "a.has_email"),
    "has_phone": ("NULL", "a.has_phone"),
    "created": ("strftime('%m-%d', a.created_on + 1721424.5)", "a.created_on"),
    "touched": ("strftime('%m-%d', a.touched_on + 1721424.5)", "a.touched_on"),
}

TABLES: Final = (
    # position: of the last change applied. complete: 0 until a rebuild has filled this file.
    "CREATE TABLE state (position INTEGER NOT NULL, complete INTEGER NOT NULL)",
    "INSERT INTO state VALUES (0, 0)",
    # created_at, touched_at: milliseconds since 1970; touched_at 0 for never, so that paging meets no NULL.
    # created_on, touched_on: the same as ordinals of the day. name: folded. The columns of FIELD_COLUMNS stand for the
    # fields of these names, because nearly every contact has them, and one attribute row each would be dear.
    """CREATE TABLE contact (
        row INTEGER PRIMARY KEY, id BLOB NOT NULL, kind TEXT NOT NULL, display TEXT NOT NULL,
        sort_key TEXT NOT NULL, organisation_sort TEXT NOT NULL, archived INTEGER NOT NULL, restricted INTEGER NOT NULL,
        created_at INTEGER NOT NULL, touched_at INTEGER NOT NULL,
        name TEXT, owner TEXT, team TEXT, has_email INTEGER, has_phone INTEGER, created_on INTEGER, touched_on INTEGER)""",
    "CREATE TABLE field (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)",
    # text: folded; of dates "MM-DD". number: also booleans, and dates as ordinals. label: as written, if that differs.
    """CREATE TABLE attribute (
        row INTEGER NOT NULL, field INTEGER NOT NULL, text TEXT NOT NULL, number REAL, label TEXT,
        PRIMARY KEY (row, field, text)) WITHOUT ROWID""",
    "CREATE TABLE same (row INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (row, key)) WITHOUT ROWID",
    # The texts arrive folded; the marks that folding keeps belong to their words (categories M*).
    """CREATE VIRTUAL TABLE search USING fts5(names, mails, phones, tags, organisation, prefix = '1 2 3',
        tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'")""",
    # Otherwise deleted words stay readable in the file until a merge happens to drop them.
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
)

INDEXES: Final = (
    "CREATE UNIQUE INDEX contact_by_id ON contact (id)",
    "CREATE INDEX contact_by_name ON contact (sort_key, id, archived, restricted)",
    "CREATE INDEX contact_by_organisation ON contact (organisation_sort, id, archived, restricted)",
    "CREATE INDEX contact_by_created ON contact (created_at, id, archived, restricted)",
    "CREATE INDEX contact_by_touched ON contact (touched_at, id, archived, restricted)",
    "CREATE INDEX contact_hidden ON contact (archived, restricted) WHERE archived <> 0 OR restricted <> 0",
    "CREATE INDEX contact_by_full_name ON contact (name)",
    "CREATE INDEX contact_by_kind ON contact (kind)",
    "CREATE INDEX contact_by_has_email ON contact (has_email)",
    "CREATE INDEX contact_by_has_phone ON contact (has_phone)",
    "CREATE INDEX contact_by_owner ON contact (owner) WHERE owner IS NOT NULL",
    "CREATE INDEX contact_by_team ON contact (team) WHERE team IS NOT NULL",
    "CREATE INDEX contact_by_created_on ON contact (created_on)",
    "CREATE INDEX contact_by_touched_on ON contact (touched_on)",
    "CREATE INDEX attribute_by_text ON attribute (field, text) WHERE text <> ''",
    "CREATE INDEX attribute_by_number ON attribute (field, number) WHERE number IS NOT NULL",
    "CREATE INDEX same_by_key ON same (key)",
)
