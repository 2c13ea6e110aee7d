"""Rows with an address that is on the suppression list: they come in, and the report says what that means."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from confida_core.contacts.suppressed import suppressed_of_each
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.imports_file import Found
from confida_core.exchange.imports_plan import BatchPlan, PlannedRow, problem_of
from confida_core.installation import Installation

COUNTED = "An address of the row is on the suppression list: no marketing will be sent to it."


async def suppression_remarks(crm: Installation, found: Sequence[Found]) -> list[list[str]]:
    """For each row one sentence per address of it that is on the list."""
    drafts = [one for one in found if isinstance(one, ContactDraft) and not one.memberships]
    listed = iter(await suppressed_of_each(crm, [draft.content for draft in drafts]))
    said = []
    for one in found:
        addresses = next(listed) if isinstance(one, ContactDraft) and not one.memberships else []
        # A number is on the list once for calls and once for messages, and is one address to whoever reads this.
        each_once = dict.fromkeys(" ".join(address.address.split()) for address in addresses)
        said.append([f"{text} is on the suppression list: no marketing will be sent to it." for text in each_once])
    return said


async def note_suppressed(crm: Installation, plan: BatchPlan, found: Sequence[Found]) -> None:
    """Add to the report of the rows, in the order of the file, what is to be said."""
    for row, one, sentences in zip(plan.rows, found, await suppression_remarks(crm, found), strict=True):
        if sentences and isinstance(one, ContactDraft):
            _add(row, one, sentences)


def _add(row: PlannedRow, draft: ContactDraft, sentences: Sequence[str]) -> None:
    if row.problem is not None:
        kind, problem = row.problem
        row.problem = kind, msgspec.structs.replace(problem, reason=" ".join([problem.reason, *sentences]))
    elif row.contact is not None:
        row.problem = problem_of("remark", draft, sentences)
