"""Campaigns in words and figures, for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import all_purposes
from confida_core.api import Installation, Opened, account_names
from confida_marketing.campaigns.campaigns import CHANNELS, DECISIONS, GOALS, IN_MONEY, STATES
from confida_marketing.campaigns.content import CampaignContent
from confida_marketing.campaigns.pages import CampaignRow, Day, Entry, Fact, Figure
from confida_marketing.campaigns.progress import WORDS, Progress, progress_of
from confida_marketing.segments.kept import every_segment
from confida_web.api import Formatter, Option, Tab, gettext

LIST = "/x/marketing/campaigns"
TONES: Mapping[str, str] = {
    "draft": "quiet", "planned": "may", "running": "ask", "paused": "restricted", "stopped": "must-not", "done": "may",
}  # fmt: skip
TABS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "current": ("Current", ("draft", "planned", "running", "paused")),
    "over": ("Over", ("stopped", "done")),
}
Campaigns = Sequence[Opened[CampaignContent]]


def tabs_of(which: str, everything: Campaigns) -> tuple[Tab, ...]:
    lists = [
        Tab(
            label=gettext(label),
            href=f"{LIST}?which={key}",
            current=key == which,
            count=sum(one.row["state"] in states for one in everything),
        )
        for key, (label, states) in TABS.items()
    ]
    calendar = Tab(label=gettext("Calendar"), href=f"{LIST}/calendar", current=which == "calendar")
    trash = Tab(label=gettext("Trash"), href=f"{LIST}?which=trash", current=which == "trash")
    return (*lists, calendar, trash)


async def rows_of(crm: Installation, f: Formatter, campaigns: Campaigns) -> tuple[CampaignRow, ...]:
    """Three queries, however many."""
    progress = await progress_of(crm, [one.row["id"] for one in campaigns])
    owners = {one.row["owner_id"] for one in campaigns if one.row["owner_id"]}
    names = await account_names(crm, sorted(owners)) if owners else {}
    return tuple(row_of(f, one, progress[one.row["id"]], names) for one in campaigns)


def row_of(
    f: Formatter, campaign: Opened[CampaignContent], progress: Progress, names: Mapping[UUID, str]
) -> CampaignRow:
    row = campaign.row
    return CampaignRow(
        id=str(row["id"]),
        name=campaign.content.name,
        channel=gettext(CHANNELS[row["channel"]]),
        state=gettext(STATES[row["state"]]),
        tone=TONES[row["state"]],
        owner=names.get(row["owner_id"], ""),
        goal=goal_of(f, row),
        at=row["started_at"] or row["starts_at"],
        percent=progress.percent if row["audience_at"] else None,
        sent=progress.settled,
        total=progress.total,
    )


def goal_of(f: Formatter, row: Mapping[str, Any]) -> str:
    """Such as `200 replies by 3 May`; "" where no figure was set."""
    if not row["goal_figure"]:
        return ""
    figure = row["goal_figure"]
    amount = f.money(figure, row["currency"]) if row["goal_kind"] in IN_MONEY else f.number(figure)
    text = f"{gettext(GOALS[row['goal_kind']])}: {amount}"
    return f"{text} · {f.on(row['goal_on'])}" if row["goal_on"] else text


def figures_of(progress: Progress) -> tuple[Figure, ...]:
    """Those there are, in the order of WORDS."""
    return tuple(
        Figure(key=key, label=gettext(label), number=progress.of(key))
        for key, label in WORDS.items()
        if progress.of(key)
    )


async def facts_of(crm: Installation, f: Formatter, campaign: Opened[CampaignContent], email: str) -> tuple[Fact, ...]:
    """What was decided of it, each in one line."""
    row, content = campaign.row, campaign.content
    purpose = (await all_purposes(crm)).get(row["purpose"])
    segments = {one: each.name for one, each in (await every_segment(crm)).items()}
    facts = [Fact(label=gettext("For"), value=purpose.declared.wording(str(f.locale))[1].title if purpose else "–")]
    if row["email_id"]:
        facts.append(Fact(label=gettext("E-mail"), value=email, href=f"/x/marketing/emails/{row['email_id']}"))
    for label, ids in ((gettext("To"), content.include), (gettext("But not to"), content.exclude)):
        facts += [Fact(label=label, value=segments.get(one, "–"), href=f"/x/marketing/segments/{one}") for one in ids]
    return (*facts, *plan_of(f, row))


def plan_of(f: Formatter, row: Mapping[str, Any]) -> list[Fact]:
    facts = []
    if row["local_minute"] is not None:
        clock = f"{row['local_minute'] // 60:02}:{row['local_minute'] % 60:02}"
        text = gettext("at {time} of each recipient’s own day").format(time=clock)
        facts.append(
            Fact(label=gettext("When"), value=f"{f.on(row['starts_at'])}, {text}" if row["starts_at"] else text)
        )
    elif row["starts_at"]:
        facts.append(Fact(label=gettext("When"), value=f.at(row["starts_at"])))
    if row["per_hour"]:
        text = gettext("at most {number} an hour").format(number=f.number(row["per_hour"]))
        facts.append(Fact(label=gettext("Speed"), value=text))
    if row["hold_out"]:
        text = gettext("{percent} % get nothing, to see what it changes").format(percent=row["hold_out"])
        facts.append(Fact(label=gettext("To compare"), value=text))
    if row["test_share"]:
        text = gettext("{percent} % first, for {hours} hours").format(
            percent=row["test_share"], hours=row["test_hours"]
        )
        facts.append(Fact(label=gettext("Trial"), value=f"{text}: {gettext(DECISIONS[row['decide_by']])}"))
    return facts


def money_of(f: Formatter, row: Mapping[str, Any], sent: int) -> tuple[Fact, ...]:
    """Budget and costs, and what one person cost; nothing where neither was written down."""
    facts = []
    if row["budget"]:
        facts.append(Fact(label=gettext("Budget"), value=f.money(row["budget"], row["currency"])))
    if row["spent"]:
        facts.append(Fact(label=gettext("Spent"), value=f.money(row["spent"], row["currency"])))
        if sent:
            each = f.money(-(-row["spent"] // sent), row["currency"])
            facts.append(Fact(label=gettext("For each person reached"), value=each))
    if row["budget"] and row["spent"] > row["budget"]:
        over = f.money(row["spent"] - row["budget"], row["currency"])
        facts.append(Fact(label=gettext("Over budget by"), value=over))
    return tuple(facts)


def options(words: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=gettext(label), chosen=key == chosen) for key, label in words.items())


def month_weeks(month: date, today: date, entries: Mapping[date, list[Entry]]) -> tuple[tuple[Day, ...], ...]:
    """Whole weeks, from Monday, that hold the month."""
    day = month - timedelta(days=month.weekday())
    weeks = []
    while day.month == month.month or day < month:
        weeks.append(
            tuple(
                Day(on=one, outside=one.month != month.month, today=one == today, entries=tuple(entries.get(one, ())))
                for one in (day + timedelta(days=ahead) for ahead in range(7))
            )
        )
        day += timedelta(days=7)
    return tuple(weeks)
