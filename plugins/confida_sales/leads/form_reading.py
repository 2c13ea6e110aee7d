"""What the forms of leads say, read without losing a word of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from confida_core.api import (
    InvalidAmount,
    InvalidContent,
    read_amount,
)
from confida_sales.leads.conversion import Conversion
from confida_sales.leads.leads import LeadDraft
from confida_sales.opportunities.opportunities import OpportunityDraft
from confida_web.api import FormData

LEAD_FIELDS = ("name", "organisation", "email", "phone", "wanted", "note", "source", "owner_id")
CONVERSION_FIELDS = (
    "person", "organisation", "organisation_name", "stage", "title", "value", "currency", "close_on", "next_step", "next_on",
)  # fmt: skip


def typed(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    return {name: form.get(name) for name in names}


def read_id(text: str) -> UUID | None:
    """None for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def lead_draft(form: FormData, people: frozenset[UUID], contact_id: UUID | None = None) -> LeadDraft:
    """people: to whom it may be given. Raises InvalidContent for somebody else."""
    owner = form.get("owner_id")
    owner_id = read_id(owner)
    if owner and owner_id not in people:
        raise InvalidContent({"owner_id": "Please choose one of the colleagues."})
    texts = {name: form.get(name) for name in LEAD_FIELDS if name != "owner_id"}
    return LeadDraft(**texts, owner_id=owner_id, contact_id=contact_id)


def read_conversion(
    form: FormData, stages: Mapping[UUID, UUID], locale: str, *, owner_id: UUID, source: str
) -> Conversion:
    """stages: id of each stage that is offered -> its pipeline. Raises InvalidContent with errors by the form's fields."""
    errors: dict[str, str] = {}
    person_id = chosen(form, "person", errors, "Please say who it is.")
    organisation_id = chosen(form, "organisation", errors, "Please say where they work, or that nobody knows.")
    stage_id = read_id(form.get("stage"))
    if stage_id not in stages:
        errors["stage"] = "Please choose one of the stages."
    currency = form.get("currency").strip().upper()
    value = 0
    try:
        value = read_amount(form.get("value"), currency, locale) if form.get("value").strip() else 0
    except InvalidAmount as wrong:
        errors["currency" if len(currency) != 3 else "value"] = str(wrong)
    close_on, next_on = (read_day(form, name, errors) for name in ("close_on", "next_on"))
    name = form.get("organisation_name") if form.get("organisation") == "new" else ""
    if form.get("organisation") == "new" and not name.strip():
        errors["organisation_name"] = "Please give the organisation a name."
    if errors or stage_id is None:
        raise InvalidContent(errors)
    draft = OpportunityDraft(
        title=form.get("title"), value=value, currency=currency, close_on=close_on, source=source, owner_id=owner_id,
        next_step=form.get("next_step"), next_on=next_on,
    )  # fmt: skip
    return Conversion(
        pipeline_id=stages[stage_id], stage_id=stage_id, opportunity=draft, person_id=person_id,
        add_new=form.flag("add_new"), organisation_id=organisation_id, organisation_name=name,
    )  # fmt: skip


def chosen(form: FormData, name: str, errors: dict[str, str], missing: str) -> UUID | None:
    """The id that was chosen, None for the words `new` and `none`."""
    text = form.get(name)
    if text in ("new", "none"):
        return None
    found = read_id(text)
    if found is None:
        errors[name] = missing
    return found


def read_day(form: FormData, name: str, errors: dict[str, str]) -> date | None:
    text = form.get(name).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        errors[name] = "Please write a day, such as 2027-01-31."
        return None
