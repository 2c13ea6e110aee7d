"""Corrections that a person proposed on their own pages, side by side, to be accepted one by one."""

from __future__ import annotations

from confida_consent.rights.requests_correcting import accept_corrections
from confida_web.display import Option
from confida_web.forms import whole_number
from confida_web.requests.forms import Asking, Fields, StepForm
from confida_web.requests.pages import FormField

FIELDS = {"name": "Name", "email": "E-mail", "phone": "Telephone", "address": "Postal address", "language": "Language"}


async def correct_fields(visit: Asking) -> Fields:
    chosen = set(visit.form.all("corrections"))
    found = tuple(
        Option(value=str(place), label=side_by_side(one.field, one.held, one.wanted), chosen=str(place) in chosen)
        for place, one in enumerate(visit.one.file.corrections)
    )
    hint = "A new e-mail address opens the person's own pages to whoever reads it. What is not chosen stays as it is."
    return (FormField(name="corrections", label="What you accept", kind="several", options=found, hint=hint),)


def side_by_side(field: str, held: str, wanted: str) -> str:
    before, after = (", ".join(text.splitlines()) or "nothing" for text in (held, wanted))
    return f"{FIELDS.get(field, field)}: {before} → {after}"


async def run_correct(visit: Asking) -> str:
    places = [whole_number(place) for place in visit.form.all("corrections")]
    count = await accept_corrections(visit.crm, visit.access, visit.one, places)
    return f"{count} corrected. Tell the person with the answer."


FORMS = (
    StepForm(key="correct", heading="Correct the details", button="Correct", run=run_correct, fields=correct_fields,
             lead="The person says what is right. It goes into the contact, with its history."),
)  # fmt: skip
