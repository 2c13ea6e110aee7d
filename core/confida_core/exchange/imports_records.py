"""What is sealed of an import, and the words for its states."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from confida_core.contacts.content import LineText, Sealed, ShortText
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.exchange.mapping import ColumnMapping
from confida_core.exchange.tables import ImportMapping, ImportProblem, ImportRun

BATCH = 200
FILE_KEPT = timedelta(hours=24)
REPORT_KEPT = timedelta(days=30)
LARGEST_IMPORT = 200 * 1024 * 1024


class RunState(StrEnum):
    """uploaded -> (mapped) -> previewed -> running -> done or failed; afterwards undoing -> undone."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    PREVIEWED = "previewed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class Duplicates(StrEnum):
    """What happens to a row about somebody who is here already."""

    SKIP = "skip"
    FILL = "fill"
    CREATE = "create"


class PreviewFigures(Sealed, frozen=True):
    """What a run would do: matched is how many rows are about somebody who is here already, suppressed how many have an
    address that is on the suppression list (they come in all the same).

    warnings: sentences about what goes to the note or is left out, with how many rows each concerns.
    """

    new: int = 0
    matched: int = 0
    invalid: int = 0
    groups: int = 0
    suppressed: int = 0
    warnings: list[tuple[str, int]] = []


class RunContent(Sealed, frozen=True):
    """header, delimiter, charset: of a table. region: for phone numbers without country code.

    origin: where the data come from, as chosen; origin_note: in the person's own words. tags: given to everybody who
    comes in. failure: why it stopped.
    """

    file_name: ShortText = ""
    origin: ShortText = ""
    origin_note: LineText = ""
    region: ShortText = ""
    tags: list[ShortText] = []
    header: list[str] = []
    delimiter: str = ""
    charset: ShortText = ""
    mapping: ColumnMapping | None = None
    preview: PreviewFigures | None = None
    failure: LineText = ""


class ProblemContent(Sealed, frozen=True):
    """reason: one sentence or several. name: of the contact, if it could be read. source_text: the row as it stood.

    rest: what a note could not hold.
    """

    reason: str
    name: str = ""
    source_text: str = ""
    rest: str = ""


class MappingContent(Sealed, frozen=True):
    mapping: ColumnMapping


RUN = RecordDeclaration(
    table=ImportRun,
    content=RunContent,
    subject=None,
    retention_class="relationship",
    purpose="import_export",
    label="Imports",
    clear={
        "format": "Key of an importer, or csv.",
        "state": "One of eight states.",
        "duplicates": "One of three ways to treat duplicates.",
    },
)

PROBLEM = RecordDeclaration(
    table=ImportProblem,
    content=ProblemContent,
    subject="subject_id",
    retention_class="relationship",
    purpose="import_export",
    label="Rows of imports that need a look",
    clear={"kind": "Invalid, duplicate, group or remark."},
    answer=InAnswer(category="What an import could not take over", source="A file that was imported."),
)

MAPPING = RecordDeclaration(
    table=ImportMapping,
    content=MappingContent,
    subject=None,
    retention_class="relationship",
    purpose="import_export",
    label="Remembered column mappings",
    clear={"fingerprint": "Keyed hash of the names of columns."},
)
