"""The figures of service as a report: how much came, how soon it was answered and solved, and how content people are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from confida_core.api import Access, Installation, account_names
from confida_service.figures.asked import DIVISIONS, Asked
from confida_service.figures.counting import (
    WHOLE,
    Place,
    Promised,
    Satisfied,
    Timed,
    satisfied,
    solved,
    spent,
    timed,
    together,
    waiting,
    waiting_before,
)
from confida_service.queues.queues import queues
from confida_service.tickets.states import CHANNELS, KINDS
from confida_web.api import (
    PART,
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    month_label,
    share_of,
    shown_percent,
)

Labels = Mapping[Place, str]


class Speed(NamedTuple):
    """Which of the two promises a section is about, and the word for what was done."""

    key: str
    title: str
    done: str


FIRST = Speed("first-response", "First response", "answered")
SOLUTION = Speed("solution", "Solution", "solved")
PERFORMANCE = "service.performance"
TICKETS = (
    ReportColumn(label="Opened", kind="count"),
    ReportColumn(label="Solved", kind="count"),
    ReportColumn(label="Waiting", kind="count"),
    ReportColumn(label="Time spent", kind="minutes"),
)
SPEED = (
    ReportColumn(label="Half within", kind="minutes"),
    ReportColumn(label="Nine of ten within", kind="minutes"),
    ReportColumn(label="Tickets", kind="count"),
    ReportColumn(label="Promise kept", kind="percent"),
    ReportColumn(label="Missed", kind="count"),
)
CONTENT = (
    ReportColumn(label="Content", kind="percent"),
    ReportColumn(label="Average of 5", kind="tenths"),
    ReportColumn(label="Answers", kind="count"),
    ReportColumn(label="Asked", kind="count"),
)


async def figures_of(crm: Installation, access: Access, asked: Asked) -> Report:
    """At most eight queries; nothing sealed is opened. Raises Forbidden.

    Colleagues are told apart for who may see everybody's performance; all others find themselves alone.
    """
    access.actor.require("service.read")
    labels = await labels_of(crm, access, asked)
    times = await timed(crm, asked)
    found = [
        await tickets(crm, asked, labels, times),
        speed(asked, labels, {one: own.first for one, own in times.items()}, FIRST),
        speed(asked, labels, {one: own.solution for one, own in times.items()}, SOLUTION),
        await satisfaction(crm, asked, labels),
    ]
    return Report(sections=tuple(filter(None, found)), personal=asked.by == "person")


async def labels_of(crm: Installation, access: Access, asked: Asked) -> Labels:
    """What there may be a line for, in the order shown."""
    if asked.by == "month":
        return {month: month_label(month) for month in asked.months}
    if asked.by == "queue":
        both = [*await queues(crm), *await queues(crm, archived=True)]
        return {one.id: one.name for one in both if asked.queue_id in {None, one.id}}
    if asked.by == "person":
        return await colleagues(crm, access)
    return KINDS if asked.by == "kind" else CHANNELS


async def colleagues(crm: Installation, access: Access) -> Labels:
    mine: UUID = access.actor.id
    if not access.actor.may(PERFORMANCE):
        return {mine: (await account_names(crm, [mine])).get(mine, "You")}
    rows = await crm.data.fetch(
        "SELECT assignee_id AS id FROM service_ticket WHERE assignee_id IS NOT NULL "
        "UNION SELECT account_id FROM service_time_spent"
    )
    ids = sorted(row["id"] for row in rows)
    names = await account_names(crm, ids)
    known = {one: names.get(one, "Somebody who left") for one in ids}
    return dict(sorted(known.items(), key=lambda item: item[1])) | {None: "Nobody yet"}


async def tickets(
    crm: Installation, asked: Asked, labels: Labels, times: Mapping[Place, Timed]
) -> ReportSection | None:
    opened = {one: own.opened for one, own in times.items()}
    done, minutes = await solved(crm, asked), await spent(crm, asked)
    left = await (backlog(crm, asked, opened, done) if asked.by == "month" else waiting(crm, asked))
    lines = [
        ReportLine(label=label, values=tuple(each.get(one, 0) for each in (opened, done, left, minutes)))
        for one, label in labels.items()
    ]
    lines = lines if asked.by == "month" else [line for line in lines if any(line.values)]
    if not any(any(line.values) for line in lines):
        return None
    totals = [sum(line.values[at] or 0 for line in lines) for at in range(len(TICKETS))]
    if asked.by == "month":
        totals[2] = lines[-1].values[2] or 0
    return ReportSection(
        key="tickets",
        title="Tickets",
        finding=f"{totals[0]} were opened and {totals[1]} solved; {totals[2]} wait.",
        label_head=DIVISIONS[asked.by],
        columns=TICKETS,
        lines=tuple(lines),
        chart="columns" if asked.by == "month" else "rows",
        charted=(0, 1, 2),
        total=ReportLine(label="Together", values=tuple(totals)),
    )


async def backlog(
    crm: Installation, asked: Asked, opened: Mapping[Place, int], done: Mapping[Place, int]
) -> dict[Place, int]:
    """How many waited at the end of each month, reckoned on from those that waited at the beginning.

    A ticket that was opened again waits ever since it was opened first.
    """
    changes = [opened.get(month, 0) - done.get(month, 0) for month in asked.months]
    levels = list(accumulate(changes, initial=await waiting_before(crm, asked)))[1:]
    return dict(zip(asked.months, levels, strict=True))


def speed(asked: Asked, labels: Labels, found: Mapping[Place, Promised], what: Speed) -> ReportSection | None:
    """Lines where something was answered or promised; the last one is of all tickets, for who sees all."""
    own = {one: times for one, times in found.items() if times.amount or times.kept or times.missed}
    shown = [(label, own[one]) for one, label in labels.items() if one in own]
    if not shown:
        return None
    mine_only = asked.by == "person" and None not in labels
    whole = shown[0][1] if mine_only else found[WHOLE]
    return ReportSection(
        key=what.key,
        title=what.title,
        finding=speed_finding(whole, what.done),
        label_head=DIVISIONS[asked.by],
        columns=SPEED,
        lines=tuple(speed_line(label, one) for label, one in shown),
        chart="lines" if asked.by == "month" and len(shown) > 1 else "rows",
        charted=(0, 1),
        total=None if mine_only else speed_line("Together", whole),
    )


def speed_line(label: str, one: Promised) -> ReportLine:
    kept = share_of(one.kept, one.kept + one.missed)
    return ReportLine(label=label, values=(one.median, one.most, one.amount, kept, one.missed))


def speed_finding(whole: Promised, done: str) -> str:
    due = whole.kept + whole.missed
    if not due:
        return f"{whole.amount} were {done}; no service level promised by when."
    return f"{whole.amount} were {done}; of {due} with a promise, {shown_percent(share_of(whole.kept, due))} kept it."


async def satisfaction(crm: Installation, asked: Asked, labels: Labels) -> ReportSection | None:
    """Content are those who gave 4 or 5 of 5."""
    found = await satisfied(crm, asked)
    shown = [(label, found[one]) for one, label in labels.items() if one in found]
    whole = together([one for _, one in shown])
    if not whole.asked:
        return None
    return ReportSection(
        key="satisfaction",
        title="Satisfaction",
        finding=f"{whole.answers} of {whole.asked} answered; {shown_percent(share_of(whole.content, whole.answers))} are content.",
        label_head=DIVISIONS[asked.by],
        columns=CONTENT,
        lines=tuple(content_line(label, one) for label, one in shown),
        chart="rows" if drawn(one for _, one in shown) else "",
        total=content_line("Together", whole),
    )


def drawn(found: Iterable[Satisfied]) -> bool:
    return any(one.answers for one in found)


def content_line(label: str, one: Satisfied) -> ReportLine:
    average = (one.score_sum * PART * 2 + one.answers) // (2 * one.answers) if one.answers else None
    return ReportLine(label=label, values=(share_of(one.content, one.answers), average, one.answers, one.asked))
