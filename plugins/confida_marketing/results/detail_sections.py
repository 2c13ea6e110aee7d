"""Results of one campaign or journey, as sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from confida_core.api import Installation, Row, now
from confida_marketing.campaigns.deciding import Score
from confida_marketing.results.attribution import Attributed, attributed
from confida_marketing.results.counting import FEWEST, Counts, counted, links_opened
from confida_marketing.results.holding_out import Compared, Group, compared
from confida_marketing.results.sections import ANSWERS, MONEY, added, answer_values, money_finding
from confida_marketing.results.wording import in_money, of_groups, of_versions
from confida_web.api import Report, ReportColumn, ReportLine, ReportSection, share_of, shown_percent

NUMBER = (ReportColumn(label="Number", kind="count"),)
CLICKS = (ReportColumn(label="Clicks", kind="count"),)
SENT = ReportColumn(label="Sent", kind="count")
GROUPS = (
    ReportColumn(label="People", kind="count"),
    ReportColumn(label="Wrote or called", kind="count"),
    ReportColumn(label="Of a hundred", kind="percent"),
    ReportColumn(label="Paid", kind="count"),
    ReportColumn(label="Paid, of a hundred", kind="percent"),
)
EACH = (
    ReportColumn(label="From each person", kind="money"),
    ReportColumn(label="Together", kind="money"),
)
GOT, LEFT_OUT = "Meant to get it", "Left out to compare"


async def details_of(
    crm: Installation, source_id: UUID, campaign: Row | None, counts: Counts, steps: Mapping[str, str]
) -> Report:
    """campaign: its row, None for a journey. steps: titles of a journey's steps. Opens nothing; not inside a transaction."""
    sections = [way_section(counts)] if counts.addressed else []
    if campaign is not None:
        sections += await version_sections(crm, source_id)
        sections += group_sections(await compared(crm, campaign))
    else:
        sections += part_sections(await counted(crm, [source_id], "part"), steps)
    sections += link_sections(await links_opened(crm, source_id), counts)
    since = campaign["started_at"] if campaign is not None else await first_sent(crm, source_id)
    if since is not None:
        sections += own_money(source_id, await attributed(crm, since, now()))
    return Report(sections=tuple(sections))


async def first_sent(crm: Installation, source_id: UUID) -> datetime | None:
    rows = await crm.data.fetch("SELECT at FROM marketing_delivery WHERE source_id = ? ORDER BY at LIMIT 1", source_id)
    return rows[0]["at"] if rows else None


def way_section(counts: Counts) -> ReportSection:
    """From the list to an answer; each of them is a part of the one before."""
    steps = (
        ("On the list", counts.addressed),
        ("Sent", counts.sent),
        ("Delivered", counts.delivered),
        ("Wrote or called", counts.replied),
    )
    return ReportSection(
        key="way",
        title="From the list to an answer",
        finding=(
            f"{shown_percent(share_of(counts.delivered, counts.sent))} of {counts.sent} were delivered; {counts.bounced} bounced, "
            f"{counts.complained} complained, {counts.ended} said no to more, {counts.refused} were not allowed."
        ),
        label_head="Step",
        columns=NUMBER,
        lines=tuple(ReportLine(label=label, values=(number,)) for label, number in steps),
        chart="funnel",
    )


async def version_sections(crm: Installation, campaign_id: UUID) -> list[ReportSection]:
    found = {
        key: one for key, one in sorted((await counted(crm, [campaign_id], "variant")).items()) if key and one.sent
    }
    if len(found) < 2:
        return []
    scores = [
        Score(variant=key, sent=one.delivered, replies=one.replied, clicks=one.clicks) for key, one in found.items()
    ]
    lines = [
        ReportLine(label=f"Version {key.upper()}", values=(one.sent, *answer_values(one))) for key, one in found.items()
    ]
    return [
        ReportSection(
            key="versions",
            title="Versions",
            finding=of_versions(scores),
            label_head="Version",
            columns=(SENT, *ANSWERS),
            lines=tuple(lines),
            chart="rows",
            charted=(2, 4),
        )
    ]


def part_sections(found: Mapping[str, Counts], steps: Mapping[str, str]) -> list[ReportSection]:
    """The mails of a journey by their steps, in order; whoever went through it twice counts twice."""
    of_step: dict[str, list[Counts]] = {key: [] for key in steps}
    for part, counts in sorted(found.items()):
        of_step.setdefault(part.partition(".")[0], []).append(counts)
    sums = {key: added(each) for key, each in of_step.items()}
    sent = {key: one for key, one in sums.items() if one.sent}
    if not sent:
        return []
    return [
        ReportSection(
            key="steps",
            title="By step",
            finding=f"{len(sent)} of its steps wrote to people.",
            label_head="Step",
            columns=(SENT, *ANSWERS),
            lines=tuple(
                ReportLine(label=steps.get(key, "A step that is gone"), values=(one.sent, *answer_values(one)))
                for key, one in sent.items()
            ),
            chart="rows",
            charted=(2, 4),
        )
    ]


def group_sections(found: Compared | None) -> list[ReportSection]:
    if found is None:
        return []
    groups = ((GOT, found.addressed), (LEFT_OUT, found.held_out))
    sections = [
        ReportSection(
            key="effect",
            title="What it changed",
            finding=of_groups(found),
            label_head="Group",
            columns=GROUPS,
            lines=tuple(ReportLine(label=label, values=group_values(one)) for label, one in groups),
            chart="rows",
            charted=(2, 4),
        )
    ]
    return sections + [effect_in_money(found, currency, groups) for currency in found.currencies]


def group_values(one: Group) -> tuple[int | None, ...]:
    return (one.size, one.replied, share_of(one.replied, one.size), one.paid, share_of(one.paid, one.size))


def effect_in_money(found: Compared, currency: str, groups: Sequence[tuple[str, Group]]) -> ReportSection:
    return ReportSection(
        key=f"effect-{currency.lower()}",
        title=f"What it brought, in {currency}",
        finding=in_money(found.money(currency), currency),
        label_head="Group",
        columns=EACH,
        lines=tuple(
            ReportLine(label=label, values=(round(one.each(currency)), sum(one.amounts.get(currency, ()))))
            for label, one in groups
        ),
        chart="rows",
        currency=currency,
    )


def link_sections(found: Sequence[tuple[str, int]], counts: Counts) -> list[ReportSection]:
    """Not where so few got it that a click would be somebody's."""
    if not found or counts.sent < FEWEST:
        return []
    return [
        ReportSection(
            key="links",
            title="Links",
            finding=f"Opened {sum(number for _, number in found)} times by all together; nobody's clicks are in these figures.",
            label_head="Address",
            columns=CLICKS,
            lines=tuple(ReportLine(label=url, values=(number,)) for url, number in found),
            chart="",
        )
    ]


def own_money(source_id: UUID, money: Attributed) -> list[ReportSection]:
    sections = []
    for currency in money.currencies:
        own = money.of(source_id, currency)
        if not own.people:
            continue
        sections.append(
            ReportSection(
                key=f"money-{currency.lower()}",
                title=f"Money that came in afterwards, in {currency}",
                finding=f"From {len(own.people)} people. Of all campaigns since then: {money_finding(currency, whole_of(money, currency), money)}",
                label_head="Rule",
                columns=(ReportColumn(label="Amount", kind="money"),),
                lines=tuple(
                    ReportLine(label=column.label, values=(value,))
                    for column, value in zip(MONEY, (own.first, own.last, own.linear), strict=False)
                ),
                chart="rows",
                currency=currency,
            )
        )
    return sections


def whole_of(money: Attributed, currency: str) -> int:
    return sum(one.linear for key, one in money.sums.items() if key[2] == currency)
