"""What is known of a contact, in groups of lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.contacts.history import text_of
from confida_core.contacts.written import address_lines, shown_phone
from confida_web.contacts.form_page import language_name
from confida_web.contacts.pages import Fact, FactGroup
from confida_web.formatting import Formatter

_LABELS: Mapping[str, str] = {"work": "Work", "home": "Home", "mobile": "Mobile", "fax": "Fax", "pager": "Pager"}


def fact_groups(
    content: ContactContent, definitions: Sequence[FieldDefinition], f: Formatter, *, lang: str, region: str
) -> tuple[FactGroup, ...]:
    """f: of whoever reads. region: whose telephone numbers are shown nationally. Groups without a fact are left out."""
    groups = (
        FactGroup(title="How to reach them", facts=tuple(ways(content, f, region))),
        FactGroup(title="Good to know", facts=tuple(known(content, f, lang))),
        FactGroup(title="More", facts=tuple(custom_facts(content, definitions, f))),
    )
    return tuple(group for group in groups if group.facts)


def label_of(label: str, otherwise: str) -> str:
    return _LABELS.get(label, label) or otherwise


def ways(content: ContactContent, f: Formatter, region: str) -> Iterator[Fact]:
    for mail in content.emails:
        href = f"mailto:{mail.address}"
        yield Fact(label=label_of(mail.label, "E-mail"), lines=(mail.address,), href=href, icon="mail")
    for phone in content.phones:
        callable_at = f"tel:{phone.number}" if phone.number.startswith("+") else None
        shown = shown_phone(phone.number, region)
        yield Fact(label=label_of(phone.label, "Phone"), lines=(shown,), href=callable_at, icon="phone")
    for address in content.addresses:
        country = str(f.locale.territories.get(address.country, address.country))
        lines = address_lines(address, "" if address.country == region.upper() else country)
        yield Fact(label=label_of(address.label, "Address"), lines=lines, icon="place")
    for link in content.links:
        yield Fact(label=label_of(link.label, "Website"), lines=(link.url,), href=link.url, icon="link")


def known(content: ContactContent, f: Formatter, lang: str) -> Iterator[Fact]:
    if content.department:
        yield Fact(label="Department", lines=(content.department,))
    if content.birthday is not None:
        born = content.birthday
        yield Fact(label="Birthday", lines=(f.birthday(born.month, born.day, born.year),))
    if content.language:
        yield Fact(label="Language", lines=(language_name(lang, content.language),))


def custom_facts(content: ContactContent, definitions: Sequence[FieldDefinition], f: Formatter) -> Iterator[Fact]:
    """Defined fields in their order, then what an import brought under keys of its own."""
    labels = {definition.key: definition for definition in definitions}
    for key in [
        *(key for key in labels if key in content.custom),
        *(key for key in content.custom if key not in labels),
    ]:
        definition, value = labels.get(key), content.custom[key]
        text = f.number(value) if isinstance(value, float) else text_of(value)
        yield Fact(label=definition.label if definition else key, lines=tuple(text.split("\n")))
