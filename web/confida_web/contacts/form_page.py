"""What the form of a contact shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from litestar import Request

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.contacts.history import text_of
from confida_core.index.plan import Scope
from confida_core.vault.door import Opened
from confida_web.contacts.care import Care, owner_options, team_options
from confida_web.contacts.editing import AddressRow, ContactFormPage, CustomField, EmailRow, LinkRow, PhoneRow
from confida_web.contacts.form_reading import LISTS, NAME_PARTS, TEXTS, list_rows
from confida_web.contacts.head import head_of
from confida_web.contacts.pages import ContactHead
from confida_web.display import Option
from confida_web.formatting import formatter
from confida_web.forms import FormData

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "ru", "tr", "uk", "ar", "he", "fa", "zh")
ROW_TYPES: Mapping[str, Any] = {"emails": EmailRow, "phones": PhoneRow, "addresses": AddressRow, "links": LinkRow}


async def form_page(
    request: Request[Any, Any, Any],
    kind: ContactKind,
    definitions: Sequence[FieldDefinition],
    values: Mapping[str, Any],
    *,
    contact: ContactHead | None = None,
    version: int = 0,
    care: Care,
    errors: Mapping[str, str] | None = None,
    duplicates: Sequence[Opened[ContactContent]] = (),
) -> ContactFormPage:
    """values: fields of the page that the content or the form gives."""
    crm, frame = request.state.crm, request.state.frame
    tags, _ = await crm.index.facets(Scope(), "tags", limit=100)
    names = territory_names(frame.lang, frame.time_zone)
    known_languages = dict.fromkeys([*LANGUAGES, *([values["language"]] if values.get("language") else [])])
    return ContactFormPage(
        kind=kind.value,
        contact=contact,
        version=version,
        errors=errors or {},
        custom_fields=custom_rows(kind, definitions, values),
        owners=await owner_options(crm, care.owner_id),
        teams=await team_options(crm, care.team_id),
        languages=tuple(Option(value=code, label=language_name(frame.lang, code)) for code in known_languages),
        countries=names,
        known_tags=tuple(facet.label for facet in tags),
        picture_url=contact.picture_url if contact else "",
        possible_duplicates=tuple(head_of(crm, one) for one in duplicates),
        **{name: value for name, value in values.items() if name != "custom"},
    )


def custom_rows(
    kind: ContactKind, definitions: Sequence[FieldDefinition], values: Mapping[str, Any]
) -> tuple[CustomField, ...]:
    held: Mapping[str, Any] = values.get("custom", {})
    return tuple(
        custom_row(definition, held.get(definition.key))
        for definition in definitions
        if not definition.retired and definition.fits(kind)
    )


def custom_row(definition: FieldDefinition, value: Any) -> CustomField:
    chosen = set(value) if isinstance(value, list) else {value}
    text = str(value).lower() if isinstance(value, bool) else text_of(value)
    return CustomField(
        key=definition.key,
        label=definition.label,
        type=definition.type,
        value=text,
        options=tuple(
            Option(value=choice, label=label, chosen=choice in chosen) for choice, label in definition.choices.items()
        ),
        hint=definition.hint,
    )


def values_of_content(content: ContactContent) -> dict[str, Any]:
    """The fields of the page for a stored contact."""
    values: dict[str, Any] = {name: getattr(content, name) for name in TEXTS}
    values |= {part: getattr(content.name, part) for part in NAME_PARTS}
    values |= {
        name: tuple(
            ROW_TYPES[name](**{part: getattr(entry, part) for part in parts}) for entry in getattr(content, name)
        )
        for name, parts in LISTS.items()
    }
    if content.birthday is not None:
        born = content.birthday
        values |= {"birthday_day": str(born.day), "birthday_month": str(born.month)}
        values["birthday_year"] = str(born.year or "")
    return values | {"tags": ", ".join(content.tags), "custom": content.custom}


def values_of_form(
    form: FormData, definitions: Sequence[FieldDefinition], *, add: str = "", remove: str = ""
) -> dict[str, Any]:
    """The fields of the page as they were posted. add: a list that gets one row more. remove: `emails-1` goes."""
    values: dict[str, Any] = {name: form.get(name) for name in (*TEXTS, "tags")}
    values |= {part: form.get(f"name-{part}") for part in NAME_PARTS}
    values |= {f"birthday_{part}": form.get(f"birthday-{part}") for part in ("day", "month", "year")}
    for name in LISTS:
        kept = FormData(tuple(pair for pair in form.fields if not (remove and pair[0].startswith(f"{remove}-"))))
        rows = tuple(ROW_TYPES[name](**row) for row in list_rows(kept, name))
        values[name] = (*rows, ROW_TYPES[name]()) if add == name else rows
    values["custom"] = {
        definition.key: form.all(f"custom-{definition.key}")
        if definition.type == "set"
        else form.get(f"custom-{definition.key}")
        for definition in definitions
    }
    return values


@lru_cache(maxsize=64)
def territory_names(lang: str, time_zone: str) -> tuple[Option, ...]:
    """Countries by their name in the reader's language."""
    territories = formatter(lang, time_zone).locale.territories
    found = [(str(name), str(code)) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    apart = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}
    return tuple(Option(value=code, label=name) for name, code in sorted(found) if code not in apart)


@lru_cache(maxsize=1024)
def language_name(lang: str, code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        shown = Locale.parse(lang.replace("-", "_"))
        return str(Locale.parse(code.replace("-", "_")).get_display_name(shown) or code)
    except (ValueError, UnknownLocaleError):
        return code
