"""What a batch of rows will do, decided before anything is written. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind, changed
from confida_core.contacts.custom_fields import FieldDefinition, check_custom
from confida_core.contacts.validation import InvalidContent, validate_content
from confida_core.exchange.draft import ContactDraft, RowError
from confida_core.exchange.imports_file import Found
from confida_core.exchange.imports_filling import filled
from confida_core.exchange.imports_groups import GroupTags
from confida_core.exchange.imports_matching import WORDS, Match, identity_keys
from confida_core.exchange.imports_records import Duplicates, ProblemContent
from confida_core.ids import new_id
from confida_core.vault.door import Opened

Action = Literal["created", "updated", "merged", "skipped", "invalid", "group"]
ProblemKind = Literal["invalid", "duplicate", "group", "remark"]


@dataclass(slots=True)
class PlannedContact:
    """before: the contact as it was opened, None for a new one. picture: an embedded photo to be redrawn and kept."""

    id: UUID
    kind: ContactKind
    content: ContactContent
    before: Opened[ContactContent] | None = None
    picture: bytes | None = None
    first_row: int = 0


@dataclass(slots=True)
class PlannedRow:
    """What becomes of one row, and what is to be said about it. contact: the one it is written to, if it is."""

    number: int
    action: Action
    contact: PlannedContact | None = None
    problem: tuple[ProblemKind, ProblemContent] | None = None
    same_as: UUID | None = None

    @property
    def about(self) -> UUID | None:
        """The contact that the row tells something of, even if nothing was written."""
        return self.contact.id if self.contact else self.same_as


@dataclass(slots=True)
class BatchPlan:
    """rows: one for each row of the file. contacts: those to be written, new and changed."""

    rows: list[PlannedRow] = field(default_factory=list)
    contacts: list[PlannedContact] = field(default_factory=list)

    def count(self, *actions: Action) -> int:
        return sum(row.action in actions for row in self.rows)


class Planner:
    """Decides for one batch. tags: given to everybody who comes in."""

    def __init__(
        self,
        policy: Duplicates,
        *,
        tags: Sequence[str] = (),
        definitions: Sequence[FieldDefinition] = (),
        groups: GroupTags | None = None,
    ) -> None:
        self._policy, self._tags, self._definitions = policy, tuple(tags), definitions
        self._groups = groups or GroupTags()
        self._plan = BatchPlan()
        self._by_key: dict[str, PlannedContact] = {}
        self._by_id: dict[UUID, PlannedContact] = {}

    def plan(self, found: Sequence[Found], matches: Sequence[Match | None]) -> BatchPlan:
        """found: as the reader gave it. matches: one for each, None for errors and groups too."""
        for one, match in zip(found, matches, strict=True):
            self._plan.rows.append(self._row(one, match))
        return self._plan

    def _row(self, found: Found, match: Match | None) -> PlannedRow:
        if isinstance(found, RowError):
            problem = ProblemContent(reason=found.reason, source_text=found.source_text)
            return PlannedRow(found.row, "invalid", problem=("invalid", problem))
        if found.memberships:
            return self._group(found)
        content, remarks = self._fitted(found)
        target, reason = self._target(found, content, match)
        if target is None:
            return self._create(found, content, remarks)
        if self._policy is Duplicates.SKIP:
            said = problem_of("duplicate", found, [reason])
            return PlannedRow(found.source_row, "skipped", problem=said, same_as=target.id)
        return self._fill(found, content, remarks, target, reason)

    def _group(self, draft: ContactDraft) -> PlannedRow:
        sentences = ["The group became a tag of its members."]
        strangers = self._groups.strangers(draft)
        if strangers:
            sentences.append(f"{strangers} of its members are not in this file.")
        return PlannedRow(draft.source_row, "group", problem=problem_of("group", draft, [*sentences, *draft.warnings]))

    def _fitted(self, draft: ContactDraft) -> tuple[ContactContent, list[str]]:
        """The content with its groups and tags, custom values in the form of their fields; misfits go to the note."""
        content, remarks = draft.content, list(draft.warnings)
        if content.custom:
            content = self._custom(draft.kind, content, remarks)
        tags = [*self._tags, *self._groups.tags_of(draft)]
        if tags:
            try:
                content = validate_content(changed(content, tags=[*content.tags, *tags]))
            except InvalidContent:
                remarks.append("The tags of this import or group do not fit any more.")
        return content, remarks

    def _custom(self, kind: ContactKind, content: ContactContent, remarks: list[str]) -> ContactContent:
        try:
            return check_custom(self._definitions, kind, content)
        except InvalidContent as error:
            wrong = {path.removeprefix("custom.") for path in error.errors}
        lines = "\n".join(f"{key}: {shown(content.custom[key])}" for key in sorted(wrong))
        rest = {key: value for key, value in content.custom.items() if key not in wrong}
        remarks.append(f"{', '.join(sorted(wrong))} does not fit the field of this name; it is in the note.")
        try:
            moved = validate_content(changed(content, custom=rest, note=f"{content.note}\n\n{lines}".strip()))
            return check_custom(self._definitions, kind, moved)
        except InvalidContent:
            remarks.append("The note is full; the value stands in this report only.")
            return changed(content, custom=rest)

    def _target(
        self, draft: ContactDraft, content: ContactContent, match: Match | None
    ) -> tuple[PlannedContact | None, str]:
        """The contact this row is about, stored or from an earlier row of this batch, and why."""
        if self._policy is Duplicates.CREATE:
            return None, ""
        for key, reason in identity_keys(draft.kind, content).items():
            if (earlier := self._by_key.get(key)) is not None:
                return earlier, f"Row {earlier.first_row} is about the same contact: {WORDS[reason]}."
        if match is None:
            return None, ""
        row = match.contact.row
        target = self._by_id.get(row["id"]) or PlannedContact(
            row["id"], ContactKind(row["kind"]), match.contact.content, match.contact, first_row=draft.source_row
        )
        return target, f"This contact is here already: {WORDS[match.reason]}."

    def _create(self, draft: ContactDraft, content: ContactContent, remarks: list[str]) -> PlannedRow:
        contact = PlannedContact(new_id(), draft.kind, content, picture=draft.picture, first_row=draft.source_row)
        self._plan.contacts.append(contact)
        self._remember(contact)
        problem = problem_of("remark", draft, remarks) if remarks or draft.note_rest else None
        return PlannedRow(draft.source_row, "created", contact, problem)

    def _fill(
        self, draft: ContactDraft, content: ContactContent, remarks: list[str], target: PlannedContact, reason: str
    ) -> PlannedRow:
        merged, stayed = filled(target.content, content)
        if stayed:
            remarks = [*remarks, f"{reason} What stood there stayed: {', '.join(stayed)}."]
        try:
            merged = check_custom(self._definitions, target.kind, validate_content(merged))
        except InvalidContent:
            return PlannedRow(
                draft.source_row,
                "skipped",
                problem=problem_of("duplicate", draft, [reason, "It has no room for more."]),
                same_as=target.id,
            )
        wants_picture = draft.picture is not None and not target.content.picture and target.picture is None
        problem = problem_of("remark", draft, remarks) if remarks or draft.note_rest else None
        if merged == target.content and not wants_picture:
            return PlannedRow(draft.source_row, "skipped", problem=problem, same_as=target.id)
        known = target.before is None or target.id in self._by_id
        target.content = merged
        if wants_picture:
            target.picture = draft.picture
        if not known:
            self._plan.contacts.append(target)
        self._remember(target)
        return PlannedRow(draft.source_row, "merged" if known else "updated", target, problem)

    def _remember(self, contact: PlannedContact) -> None:
        self._by_id[contact.id] = contact
        for key in identity_keys(contact.kind, contact.content):
            self._by_key.setdefault(key, contact)


def problem_of(kind: ProblemKind, draft: ContactDraft, sentences: Sequence[str]) -> tuple[ProblemKind, ProblemContent]:
    """What the report says about a row that could be read."""
    return kind, ProblemContent(
        reason=" ".join(sentences) or "The note is too long.",
        name=draft.content.display_name,
        source_text=draft.source_text,
        rest=draft.note_rest,
    )


def shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
