"""What forms of opportunities hold: as it was typed, so that nothing is lost, and as it is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import (
    InvalidAmount,
    InvalidContent,
    minor_digits,
    read_amount,
    typed_amount,
)
from confida_sales.opportunities.opportunities import OpportunityDraft
from confida_web.api import FormData

FIELDS = (
    "title", "value", "currency", "close_on", "source", "owner_id", "next_step", "next_on", "competitors", "description",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """What may be chosen: ids of accounts, sources. locale: how the reader writes numbers."""

    owners: Collection[UUID]
    sources: Collection[str]
    locale: str


def typed(draft: OpportunityDraft, locale: str) -> dict[str, str]:
    """The fields of a form for what is stored."""
    return {
        "title": draft.title,
        "value": typed_amount(draft.value, draft.currency, locale) if draft.value else "",
        "currency": draft.currency,
        "close_on": draft.close_on.isoformat() if draft.close_on else "",
        "source": draft.source,
        "owner_id": str(draft.owner_id or ""),
        "next_step": draft.next_step,
        "next_on": draft.next_on.isoformat() if draft.next_on else "",
        "competitors": "\n".join(draft.competitors),
        "description": draft.description,
    }


def posted(form: FormData, before: Mapping[str, str]) -> dict[str, str]:
    """The fields as they were posted; those that the form does not hold stay as they were."""
    return {name: form.get(name) if name in form else before[name] for name in FIELDS}


def read_draft(values: Mapping[str, str], before: OpportunityDraft, offered: Offered) -> OpportunityDraft:
    """What is to be stored. Raises InvalidContent, naming every field that cannot be read."""
    errors: dict[str, str] = {}

    def read(name: str, reader: Callable[[str], Any], otherwise: Any) -> Any:
        try:
            return reader(values[name].strip())
        except InvalidAmount as wrong:
            errors[name] = str(wrong)
        except ValueError as wrong:
            errors[name] = str(wrong)
        return otherwise

    currency = values["currency"].strip().upper()
    draft = OpportunityDraft(
        title=values["title"],
        currency=currency,
        value=read("value", lambda text: amount_of(text, currency, offered.locale), before.value),
        close_on=read("close_on", day_of, before.close_on),
        next_on=read("next_on", day_of, before.next_on),
        source=read("source", lambda text: one_of(text, {*offered.sources, before.source}), before.source),
        owner_id=read("owner_id", lambda text: owner_of(text, {*offered.owners, before.owner_id}), before.owner_id),
        next_step=values["next_step"],
        competitors=tuple(values["competitors"].splitlines()),
        description=values["description"],
    )
    if errors:
        raise InvalidContent(errors)
    return replace(draft, next_step=" ".join(draft.next_step.split()))


def amount_of(text: str, currency: str, locale: str) -> int:
    try:
        minor_digits(currency)
    except InvalidAmount:
        # Said beside the currency; how much it is cannot be known before.
        return 0
    return read_amount(text, currency, locale) if text else 0


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("This is no date.") from None


def one_of(text: str, known: Collection[str]) -> str:
    if text and text not in known:
        raise ValueError("Please choose one that is offered.")
    return text


def owner_of(text: str, known: Collection[UUID | None]) -> UUID | None:
    try:
        owner = UUID(text) if text else None
    except ValueError:
        raise ValueError("There is no such account.") from None
    if owner is not None and owner not in known:
        raise ValueError("There is no such account.")
    return owner
