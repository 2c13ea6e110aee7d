"""What imports look like on their pages: heads, choices, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.exchange.csv_reader import CSVTable
from confida_core.exchange.headers import IGNORE, KEEP
from confida_core.exchange.imports_records import Duplicates, ProblemContent, RunContent
from confida_core.exchange.mapping import ColumnMapping
from confida_core.exchange.preview import RowPreview
from confida_core.vault.door import Opened
from confida_web.display import Option
from confida_web.exchange.pages import ImportHead, MappedColumn, PreviewRow, RowProblem, TargetGroup

DUPLICATES: Mapping[str, Duplicates] = {
    "skip": Duplicates.SKIP,
    "update": Duplicates.FILL,
    "add": Duplicates.CREATE,
}
_CHOICES = {stored.value: choice for choice, stored in DUPLICATES.items()}
SAMPLES = 3
LONGEST_SAMPLE = 60
_TO_WORDS = str.maketrans("[]#._", "     ")

# Headings of the select and, below each, field path -> words.
_PLACES = (("", ""), ("home", " (home)"), ("work", " (work)"))
_ADDRESS = {
    "street": "Street",
    "street_number": "House number",
    "post_office_box": "PO box",
    "locality": "Town",
    "region": "Region",
    "postal_code": "Postal code",
    "country": "Country",
    "formatted": "Whole address",
}
TARGETS: Mapping[str, Mapping[str, str]] = {
    "Name": {
        "display_name": "Name as it is read",
        "name.given": "Given name",
        "name.family": "Family name",
        "name.additional": "Additional names",
        "name.prefix": "Title before the name",
        "name.suffix": "Title after the name",
        "nickname": "Nickname",
    },
    "Reach": {
        "emails": "E-mail",
        "emails[home]": "E-mail (home)",
        "emails[work]": "E-mail (work)",
        "phones": "Phone",
        "phones[home]": "Phone (home)",
        "phones[work]": "Phone (work)",
        "phones[mobile]": "Mobile",
        "phones[fax]": "Fax",
        "links": "Website",
    },
    "Work": {"organisation": "Organisation", "job_title": "Job title", "department": "Department"},
    "More": {
        "birthday": "Birthday",
        "birthday.year": "Birthday: year",
        "birthday.month": "Birthday: month",
        "birthday.day": "Birthday: day",
        "language": "Language",
        "tags": "Tags",
        "note": "Note",
        "kind": "Person or organisation",
        "uid": "Identifier",
    },
    **{
        f"Address{words}": {
            f"addresses[{place}].{part}" if place else f"addresses.{part}": name for part, name in _ADDRESS.items()
        }
        for place, words in _PLACES
    },
}


def head_of(run: Opened[RunContent], names: Mapping[UUID, str]) -> ImportHead:
    """names: display names of accounts."""
    row = run.row
    undoing = row["state"] == "undoing"
    return ImportHead(
        id=str(row["id"]),
        name=run.content.file_name,
        state="finished" if row["state"] == "done" else row["state"],
        started_at=row["started_at"] or row["created_at"],
        who=names.get(row["run_by"] or row["created_by"], ""),
        rows_total=row["created_count"] + row["updated_count"] if undoing else row["total"],
        rows_done=row["undone_count"] if undoing else row["position"],
        created=row["created_count"],
        updated=row["updated_count"],
        duplicates=row["duplicate_count"],
        invalid=row["invalid_count"],
        may_undo=row["state"] in ("done", "failed"),
        resume_as=_CHOICES[row["duplicates"]] if row["state"] == "failed" and row["file_id"] else "",
    )


def target_groups(mapping: ColumnMapping, definitions: Sequence[FieldDefinition]) -> tuple[TargetGroup, ...]:
    """Every field a column can become; suggestions that are too special for the list have a heading of their own."""
    groups = [TargetGroup(label="", options=options_of({"": "Keep in the note", IGNORE: "Leave out"}))]
    groups += [TargetGroup(label=label, options=options_of(paths)) for label, paths in TARGETS.items()]
    own = {f"custom.{one.key}": one.label for one in definitions if not one.retired}
    if own:
        groups.append(TargetGroup(label="Own fields", options=options_of(own)))
    known = {option.value for group in groups for option in group.options} | {KEEP}
    special = {path: words_for(path) for path in mapping.targets if path not in known}
    if special:
        groups.append(TargetGroup(label="As suggested", options=options_of(special)))
    return tuple(groups)


def options_of(paths: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value=path, label=label) for path, label in paths.items())


def words_for(path: str) -> str:
    """A path for people: "addresses[#1].street" -> "addresses 1 street"."""
    return " ".join(path.translate(_TO_WORDS).split())


def mapped_columns(
    mapping: ColumnMapping, table: CSVTable | None, *, remembered: bool, errors: Mapping[int, str] | None = None
) -> tuple[MappedColumn, ...]:
    rows = [row.cells for row in table.sample[:SAMPLES]] if table else []
    return tuple(
        MappedColumn(
            index=place,
            name=name,
            samples=tuple(shortened(row[place]) for row in rows if place < len(row)),
            target="" if target == KEEP else target,
            remembered=remembered and target != KEEP,
            error=(errors or {}).get(place, ""),
        )
        for place, (name, target) in enumerate(zip(mapping.header, mapping.targets, strict=True))
    )


def shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SAMPLE else line[: LONGEST_SAMPLE - 1] + "…"


def preview_rows(rows: Iterable[RowPreview]) -> tuple[PreviewRow, ...]:
    return tuple(preview_row(row) for row in rows)


def preview_row(row: RowPreview) -> PreviewRow:
    content = row.content
    if content is None:
        return PreviewRow(number=row.number, outcome="invalid", name="", problem=row.remark)
    return PreviewRow(
        number=row.number,
        outcome="duplicate" if row.matched else "new",
        name=content.display_name,
        email=content.emails[0].address if content.emails else "",
        phone=content.phones[0].number if content.phones else "",
        problem=row.remark,
    )


def row_problem(one: Opened[ProblemContent]) -> RowProblem:
    reason = one.content.reason
    return RowProblem(
        number=one.row["row_number"],
        name=one.content.name,
        problem=reason[:1].upper() + reason[1:],
        kind=one.row["kind"],
    )


def chosen(options: Mapping[str, str], value: str) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=key == value) for key, label in options.items())


def account_ids(runs: Iterable[Opened[Any]]) -> list[UUID]:
    """Whom the heads of these runs name."""
    return [run.row["run_by"] or run.row["created_by"] for run in runs]
