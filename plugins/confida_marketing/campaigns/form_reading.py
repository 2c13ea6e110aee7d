"""The form of a campaign: what stands in it, and what somebody typed into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.core import get_global

from confida_core.api import InvalidAmount, InvalidContent, Opened, read_amount, read_number, typed_amount
from confida_marketing.campaigns.campaigns import IN_MONEY, CampaignDraft, wrong_choices, wrong_words
from confida_marketing.campaigns.content import CampaignContent
from confida_web.api import FormData, mark

NUMBERS = {"per_hour": 0, "hold_out": 0, "test_share": 0, "test_hours": 24}
WORDS = ("name", "goal", "note", "message", "print_shop")
CHOICES = ("channel", "purpose", "goal_kind", "decide_by")
NO_AMOUNT = mark("Less than nothing cannot be.")
NO_NUMBER = mark("Please write a whole number.")
NO_DAY = mark("Please choose a day.")
NO_TIME = mark("Please write a time, such as 09:00.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose way of writing numbers, and whose clock: house is the organisation's time zone."""

    locale: str
    house: ZoneInfo


def shown(amount: int, currency: str, locale: str) -> str:
    """Minor units as they are typed, whole numbers where there is no currency; "" for nothing."""
    if not amount:
        return ""
    return typed_amount(amount, currency, locale) if currency else str(amount)


def empty_values(currency: str = "EUR") -> dict[str, str]:
    """Of a new campaign."""
    usual = {
        "channel": "email", "goal_kind": "replies", "decide_by": "replies", "currency": currency, "test_hours": "24",
        "when": "now", "local_time": "09:00", "starts_time": "09:00",
    }  # fmt: skip
    names = (*WORDS, "purpose", "email", "owner", "goal_figure", "goal_on", "budget", "spent", "starts_on", "per_hour",
             "hold_out", "test_share")  # fmt: skip
    return dict.fromkeys(names, "") | usual


def values_of(campaign: Opened[CampaignContent], reader: Reader) -> dict[str, str]:
    """What stands in the form of this campaign."""
    row, content = campaign.row, campaign.content
    values = empty_values(row["currency"])
    values |= {name: getattr(content, name) for name in WORDS}
    values |= {name: row[name] for name in CHOICES}
    values |= {name: str(row[name] or "") for name in NUMBERS}
    values |= {name: shown(row[name], row["currency"], reader.locale) for name in ("budget", "spent")}
    of_goal = row["currency"] if row["goal_kind"] in IN_MONEY else ""
    values["goal_figure"] = shown(row["goal_figure"], of_goal, reader.locale)
    values["goal_on"] = row["goal_on"].isoformat() if row["goal_on"] else ""
    values["email"], values["owner"] = str(row["email_id"] or ""), str(row["owner_id"] or "")
    if row["starts_at"] is not None:
        starts = row["starts_at"].astimezone(reader.house)
        values |= {"when": "at", "starts_on": f"{starts:%Y-%m-%d}", "starts_time": f"{starts:%H:%M}"}
    if row["local_minute"] is not None:
        values |= {"when": "local", "local_time": f"{row['local_minute'] // 60:02}:{row['local_minute'] % 60:02}"}
    return values


def read_campaign(form: FormData, reader: Reader) -> CampaignDraft:
    """Raises InvalidContent with one sentence for each field that cannot be read; the rest is checked where it is stored."""
    errors: dict[str, str] = {}
    numbers: dict[str, Any] = {name: read_whole(form, name, usual, errors) for name, usual in NUMBERS.items()}
    money = read_money(form, reader, errors)
    content = CampaignContent(
        **{name: form.get(name) for name in WORDS},
        include=read_ids(form.all("include")),
        exclude=read_ids(form.all("exclude")),
    )
    draft = CampaignDraft(
        content=content,
        channel=form.get("channel"),
        purpose=form.get("purpose"),
        email_id=read_id(form.get("email")),
        owner_id=read_id(form.get("owner")),
        goal_kind=form.get("goal_kind"),
        goal_on=read_day(form.get("goal_on"), "goal_on", errors),
        decide_by=form.get("decide_by"),
        **numbers,
        **money,
    )
    draft = with_plan(draft, form, reader, errors)
    if errors:
        # All at once, so that nobody mends one thing only to be told of the next.
        raise InvalidContent(wrong_words(content) | wrong_choices(draft) | errors)
    return draft


def read_whole(form: FormData, name: str, usual: int, errors: dict[str, str]) -> int:
    text = form.get(name).strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        errors[name] = NO_NUMBER
        return usual
    return int(text) if text else usual


def read_money(form: FormData, reader: Reader, errors: dict[str, str]) -> dict[str, Any]:
    currency = form.get("currency").strip().upper()
    if currency not in get_global("all_currencies"):
        errors["currency"] = mark("Three letters, such as EUR.")
    found: dict[str, Any] = {"currency": currency}
    of_goal = currency if form.get("goal_kind") in IN_MONEY else ""
    for name, of in (("budget", currency), ("spent", currency), ("goal_figure", of_goal)):
        found[name] = 0
        try:
            found[name] = read_figure(form.get(name), of, reader.locale)
        except InvalidAmount as wrong:
            errors[name] = str(wrong)
    return found


def read_figure(text: str, currency: str, locale: str) -> int:
    """Minor units, or a whole number where there is no currency; 0 for nothing. Raises InvalidAmount."""
    if not text.strip():
        return 0
    found = read_amount(text, currency, locale) if currency else read_number(text, 0, locale)
    if found < 0:
        raise InvalidAmount(NO_AMOUNT)
    return found


def with_plan(draft: CampaignDraft, form: FormData, reader: Reader, errors: dict[str, str]) -> CampaignDraft:
    """When it starts: at once, at a moment of the house's clock, or at a time of each recipient's own day."""
    when = form.get("when")
    if when == "local":
        clock = read_time(form.get("local_time"), "local_time", errors)
        draft = replace(draft, local_minute=clock.hour * 60 + clock.minute)
    if when == "at" or (when == "local" and form.get("starts_on")):
        day = read_day(form.get("starts_on"), "starts_on", errors)
        clock = read_time(form.get("starts_time") or "00:00", "starts_time", errors) if when == "at" else time()
        if day is None:
            errors.setdefault("starts_on", NO_DAY)
        else:
            draft = replace(draft, starts_at=datetime.combine(day, clock, reader.house).astimezone(UTC))
    return draft


def read_day(text: str, name: str, errors: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        errors[name] = NO_DAY
        return None


def read_time(text: str, name: str, errors: dict[str, str]) -> time:
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        errors[name] = NO_TIME
        return time()


def read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read_ids(texts: list[str]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(found for text in texts if (found := read_id(text)) is not None))
