"""One spelling for the ways to reach somebody: mail addresses, phone numbers, links, countries.

Forms, imports and the interface use the same functions, so that the same number is the same number everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

# Longer texts are no phone number, and the parser of the library need not see them.
LONGEST_NUMBER = 64
LONGEST_URL = 2_000

_BARE_PAGE = re.compile(r"(?:[\w-]{1,63}\.){1,10}[^\W\d_]{2,24}(?:[/?#].*)?")
_LONGEST_LOCAL_PART = 64
_USUAL_LABELS = {"work", "home", "mobile", "fax", "pager", "other"}
_COUNTRY_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
_COUNTRY_ALIASES = {
    **{
        "england": "GB",
        "scotland": "GB",
        "wales": "GB",
        "northernireland": "GB",
        "greatbritain": "GB",
        "holland": "NL",
    },
    **{"unitedstatesofamerica": "US", "russianfederation": "RU", "republicofireland": "IE", "czechrepublic": "CZ"},
    **{"thenetherlands": "NL", "republicofkorea": "KR", "turkey": "TR", "bundesrepublikdeutschland": "DE"},
}
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_+-]*(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*\.[A-Za-z]{2,24}"
)


def normal_label(text: str) -> str:
    """The usual words in lower case ("Work Fax" is "work fax"); anybody's own word stays as typed."""
    folded = text.lower()
    if text == folded:
        return text
    return folded if _USUAL_LABELS.issuperset(folded.split(" ")) else text


def normal_email(text: str) -> str | None:
    """The address with its domain in lower case; None where it is no mail address (RFC 5321, RFC 6531).

    No DNS is asked, and names of private networks (`ada@office.local`) are accepted: whether mail arrives shows when
    it is sent. The local part stays as typed, because only its own server knows whether its case matters.
    """
    text = text.strip().removeprefix("mailto:")
    if len(text) > 254:
        return None
    if _PLAIN_ADDRESS.fullmatch(text) and text.index("@") <= _LONGEST_LOCAL_PART:
        local, _, domain = text.partition("@")
        # Most addresses are this plain, and the full check costs twenty times more.
        if all(len(part) < 64 for part in domain.split(".")):
            return f"{local}@{domain.lower()}"
    if len(text.rpartition("@")[0]) > _LONGEST_LOCAL_PART:
        return None
    from email_validator import validate_email

    try:
        checked = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except ValueError:  # Its own error is one, and so are the decoding errors of damaged domains.
        return None
    return checked.normalized if len(checked.normalized) <= 254 else None


def normal_phone(text: str, region: str = "") -> str:
    """E.164 where the number is understood, otherwise the text as typed, trimmed.

    region: ISO 3166-1 alpha-2 country of numbers written without a country code; "" leaves them as typed.
    A number with extension keeps it in the form of RFC 3966: `+442079460018;ext=5`.
    A national number must be valid in the region to be rewritten; an international one only possible.
    """
    text = text.strip().removeprefix("tel:")
    if not text or len(text) > LONGEST_NUMBER:
        return text
    import phonenumbers

    international = text.lstrip("( ").startswith(("+", "＋"))
    if not international and not region:
        return text
    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return text
    known = phonenumbers.is_possible_number(number) if international else phonenumbers.is_valid_number(number)
    if not known:
        return text
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};ext={number.extension}" if number.extension else written


def normal_link(text: str) -> str | None:
    """The address of a page, http or https; "example.org/us" becomes https; None for anything else."""
    text = text.strip()
    if len(text) <= LONGEST_URL and _BARE_PAGE.fullmatch(text):
        text = "https://" + text
    if len(text) > LONGEST_URL or not text.isprintable() or any(mark in text for mark in ' <>"\\^`{|}'):
        return None
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and host else None


def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country written as code (two or three letters) or as name in a common language; or None."""
    text = text.strip()
    if len(text) > 100:
        return None
    return _country_names().get(_folded(text))


def country_name(code: str) -> str:
    """The English name of a country, for exchange formats; the code itself where none is known."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


@cache
def _country_names() -> dict[str, str]:
    """Folded name or code -> alpha-2; made once, when the first address with a country is read."""
    from babel import Locale
    from babel.core import get_global

    all_codes = [str(code) for code in Locale("en").territories]
    codes = {code for code in all_codes if re.fullmatch("[A-Z]{2}", code)} - {"EU", "EZ", "UN", "ZZ", "QO"}
    names = dict(_COUNTRY_ALIASES)
    for language in _COUNTRY_LANGUAGES:
        territories = Locale(language).territories
        names.update({_folded(territories[code]): code for code in codes if code in territories and code not in names})
    for alias, targets in get_global("territory_aliases").items():
        if len(targets) == 1 and targets[0] in codes and alias.isalpha():
            names[_folded(alias)] = targets[0]
    names.update({code.lower(): code for code in codes if code != "UK"})
    return names


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
