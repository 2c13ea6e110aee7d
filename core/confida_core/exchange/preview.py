"""What an import would do, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.exchange.draft import ContactDraft, RowError
from confida_core.exchange.imports import BEFORE_START, NotNow, visible_run
from confida_core.exchange.imports_file import DraftStream, Found
from confida_core.exchange.imports_matching import WORDS, Match, identity_keys
from confida_core.exchange.imports_opening import matches_for, open_stream
from confida_core.exchange.imports_records import RUN, PreviewFigures, RunState
from confida_core.exchange.imports_run import Progress
from confida_core.exchange.imports_suppressed import COUNTED, suppression_remarks
from confida_core.installation import Installation
from confida_core.vault.access import Access

FIRST_ROWS = 20
_MOST_WARNINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPreview:
    """One row as it would be read. content: None for an error. matched: about somebody who is here, or in the file, already.

    remark: why it is invalid, whom it resembles, or what is moved.
    """

    number: int
    content: ContactContent | None
    matched: bool = False
    group: bool = False
    remark: str = ""


class Tally:
    """Counts rows as a run would treat them. Remembers only short hashes of what makes two rows the same contact."""

    def __init__(self) -> None:
        self.new = self.matched = self.invalid = self.groups = self.suppressed = 0
        self.warnings: Counter[str] = Counter()
        self._seen: set[int] = set()

    def add(self, found: Found, match: Match | None, remarks: Sequence[str] = ()) -> RowPreview:
        """remarks: what is to be said about addresses of the row that are on the suppression list."""
        if isinstance(found, RowError):
            self.invalid += 1
            return RowPreview(number=found.row, content=None, remark=found.reason)
        self.warnings.update(found.warnings)
        if found.memberships:
            self.groups += 1
            return RowPreview(
                number=found.source_row,
                content=found.content,
                group=True,
                remark="The group becomes a tag of its members.",
            )
        self.suppressed += bool(remarks)
        remark = self._same(found, match)
        if remark:
            self.matched += 1
        else:
            self.new += 1
        return RowPreview(
            number=found.source_row,
            content=found.content,
            matched=bool(remark),
            remark=" ".join([*([remark] if remark else found.warnings), *remarks]),
        )

    def add_batch(
        self, found: Sequence[Found], matches: Sequence[Match | None], remarks: Sequence[Sequence[str]]
    ) -> list[RowPreview]:
        """Rows of the file in order, each with its match and its remarks."""
        return [self.add(*row) for row in zip(found, matches, remarks, strict=True)]

    def _same(self, draft: ContactDraft, match: Match | None) -> str:
        keys = identity_keys(draft.kind, draft.content)
        marks = {short_hash(key): reason for key, reason in keys.items()}
        earlier = next((reason for mark, reason in marks.items() if mark in self._seen), None)
        if match is not None:
            return f"Here already: {WORDS[match.reason]}."
        if earlier:
            return f"An earlier row is about the same contact: {WORDS[earlier]}."
        self._seen.update(marks)
        return ""

    def figures(self) -> PreviewFigures:
        return PreviewFigures(
            new=self.new,
            matched=self.matched,
            invalid=self.invalid,
            groups=self.groups,
            suppressed=self.suppressed,
            warnings=[
                *([(COUNTED, self.suppressed)] if self.suppressed else []),
                *self.warnings.most_common(_MOST_WARNINGS),
            ],
        )


def short_hash(key: str) -> int:
    """Eight bytes: a file of a million rows would otherwise need hundreds of megabytes."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


async def preview_import(
    crm: Installation, access: Access, run_id: UUID, *, progress: Progress | None = None
) -> PreviewFigures:
    """Read the whole file and say what a run would do; writes nothing but these figures.

    Opens the contacts that rows seem to be about, which counts as reading them. Raises NotNow once the import has
    started, UnreadableFile, NotFound, Forbidden.
    """
    run = await visible_run(crm, access, run_id)
    if run.row["state"] not in BEFORE_START:
        raise NotNow
    stream = await open_stream(crm, run, position=0)
    tally, done = Tally(), 0
    while found := await stream.batch():
        tally.add_batch(found, await matches_for(crm, access, found), await suppression_remarks(crm, found))
        done += len(found)
        if progress:
            progress(done, max(done, run.row["total"]))
    figures = tally.figures()
    columns = {"id": run_id, "state": RunState.PREVIEWED.value, "total": done, "touched_at": now()}
    content = msgspec.structs.replace(run.content, preview=figures)
    await crm.records.update(RUN, columns, content, seen=run.row["version"])
    return figures


async def first_rows(crm: Installation, access: Access, run_id: UUID) -> Sequence[RowPreview]:
    """The first twenty rows as they would come in. Raises as `preview_import`."""
    run = await visible_run(crm, access, run_id)
    stream: DraftStream = await open_stream(crm, run, position=0)
    found = await stream.batch(FIRST_ROWS)
    tally = Tally()
    return tally.add_batch(found, await matches_for(crm, access, found), await suppression_remarks(crm, found))
