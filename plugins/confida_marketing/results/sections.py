"""Campaigns and journeys side by side, as sections of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_core.api import Access, Installation, shown_amount
from confida_marketing.results.asked import Asked
from confida_marketing.results.attribution import Attributed, attributed
from confida_marketing.results.counting import FEWEST, Counts, counted, senders
from confida_marketing.results.sources import Named, named
from confida_web.api import Report, ReportColumn, ReportLine, ReportSection, share_of, shown_percent

LABEL = "Campaign or journey"
REACH = (
    ReportColumn(label="On the list", kind="count"),
    ReportColumn(label="Sent", kind="count"),
    ReportColumn(label="Delivered", kind="percent"),
    ReportColumn(label="Bounced", kind="count"),
    ReportColumn(label="Complaints", kind="count"),
    ReportColumn(label="Not allowed", kind="count"),
)
ANSWERS = (
    ReportColumn(label="Wrote or called", kind="count"),
    ReportColumn(label="Of a hundred", kind="percent"),
    ReportColumn(label="Said no", kind="count"),
    ReportColumn(label="No, of a hundred", kind="percent"),
    ReportColumn(label="Clicks", kind="count"),
)
MONEY = (
    ReportColumn(label="First message", kind="money"),
    ReportColumn(label="Last message", kind="money"),
    ReportColumn(label="Shared evenly", kind="money"),
    ReportColumn(label="People", kind="count"),
)
Results = Sequence[tuple[Named, Counts]]


async def results_of(crm: Installation, access: Access, asked: Asked) -> Report:
    """What began within the period, and money that came in within it. Opens names only. Raises Forbidden.

    A dozen queries and the gate, however many campaigns; not inside a transaction.
    """
    access.actor.require("marketing.read")
    start, end = asked.span
    found = await senders(crm, start, end)
    money = await attributed(crm, start, end)
    known = await named(crm, access, [*found, *(key[:2] for key in money.sums)])
    counts = await counted(crm, [one.id for one in known])
    within = {one for _, one in found}
    results = [(one, counts.get(one.id, Counts())) for one in known if one.id in within]
    sections = [reach_section(results), answers_section(results)] if results else []
    return Report(sections=tuple(sections + money_sections(known, money)))


def reach_section(results: Results) -> ReportSection:
    total = added([counts for _, counts in results])
    return ReportSection(
        key="reach",
        title="Whom it reached",
        finding=f"{total.sent} messages left; {shown_percent(share_of(total.delivered, total.sent))} were delivered.",
        label_head=LABEL,
        columns=REACH,
        lines=tuple(ReportLine(label=one.name, values=reach_values(counts), href=one.href) for one, counts in results),
        chart="rows",
        charted=(0, 1),
        total=ReportLine(label="Together", values=reach_values(total)) if len(results) > 1 else None,
    )


def reach_values(one: Counts) -> tuple[int | None, ...]:
    delivered = share_of(one.delivered, one.sent)
    return (one.addressed, one.sent, delivered, one.bounced, one.complained, one.refused)


def answers_section(results: Results) -> ReportSection:
    total = added([counts for _, counts in results])
    return ReportSection(
        key="answers",
        title="What came back",
        finding=(
            f"{total.replied} wrote or called afterwards, {total.ended} said no to more; links were opened {total.clicks} times."
        ),
        label_head=LABEL,
        columns=ANSWERS,
        lines=tuple(ReportLine(label=one.name, values=answer_values(counts), href=one.href) for one, counts in results),
        chart="rows",
        charted=(1, 3),
        total=ReportLine(label="Together", values=answer_values(total)) if len(results) > 1 else None,
    )


def answer_values(one: Counts) -> tuple[int | None, ...]:
    """Clicks of a few would be clicks of somebody."""
    clicks = one.clicks if one.sent >= FEWEST else None
    shares = (share_of(one.replied, one.delivered), share_of(one.ended, one.delivered))
    return (one.replied, shares[0], one.ended, shares[1], clicks)


def added(counts: Sequence[Counts]) -> Counts:
    names = Counts.__slots__
    return Counts(**{name: sum(getattr(one, name) for one in counts) for name in names})


def money_sections(known: Sequence[Named], money: Attributed) -> list[ReportSection]:
    """One for each currency in which something came in."""
    names = {one.id: one for one in known}
    return [money_section(currency, names, money) for currency in money.currencies]


def money_section(currency: str, names: Mapping[UUID, Named], money: Attributed) -> ReportSection:
    sums = {key[1]: one for key, one in money.sums.items() if key[2] == currency}
    ranked = sorted(sums, key=lambda one: (-sums[one].linear, one.int))
    lines = [
        ReportLine(
            label=names[one].name if one in names else "No longer there",
            values=(sums[one].first, sums[one].last, sums[one].linear, len(sums[one].people)),
            href=names[one].href if one in names else "",
        )
        for one in ranked
    ]
    people = {one for each in sums.values() for one in each.people}
    whole = sum(one.linear for one in sums.values())
    return ReportSection(
        key=f"money-{currency.lower()}",
        title=f"Money that came in afterwards, in {currency}",
        finding=money_finding(currency, whole, money),
        label_head=LABEL,
        columns=MONEY,
        lines=tuple(lines),
        chart="rows" if lines else "",
        charted=(0, 1, 2),
        total=ReportLine(label="Together", values=(whole, whole, whole, len(people))) if len(lines) > 1 else None,
        currency=currency,
    )


def money_finding(currency: str, whole: int, money: Attributed) -> str:
    """The rest is told as sums, because nothing may be said of those people, or nothing can be."""
    refused, untouched = money.refused.get(currency, 0), money.untouched.get(currency, 0)

    def amount(minor: int) -> str:
        return shown_amount(minor, currency, "en")

    said = [f"{amount(whole)} came from people who had had a message before."]
    if refused:
        said.append(f"Not attributed: {amount(refused)} from people of whom that may not be concluded.")
    if untouched:
        said.append(f"{amount(untouched)} came from people without a message before.")
    return " ".join(said)
