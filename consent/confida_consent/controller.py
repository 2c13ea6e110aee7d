"""Who is responsible for the data (GDPR Art. 4(7)): what every notice, receipt and answer says about the organisation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from urllib.parse import urlsplit

from confida_consent.authorities import AUTHORITIES
from confida_core.accounts.audit import record_event
from confida_core.accounts.signing_in import address_of
from confida_core.accounts.stored_settings import ORGANISATION_NAME, read_stored, store
from confida_core.contacts.channels import country_code, normal_email, normal_link, normal_phone
from confida_core.contacts.text import UnstorableText, clean_line, clean_text
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access

LONGEST = 400
# What is said where no country is kept: the law that this program was written for.
UNION = "EU"

_STORED_AS = "controller."
_ADDRESS = re.compile(r"<([^<>]*)>\s*$")
_COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Controller:
    """street: lines separated by newline. country, storage_country: ISO 3166-1 alpha-2. website, privacy_policy: URLs.

    officer, officer_email: the data-protection officer, "" where there is none. authority: its name; authority_contact:
    where to complain, as URL, mail address or postal address. All but `name` may be "".
    """

    name: str
    street: str = ""
    postal_code: str = ""
    locality: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    privacy_policy: str = ""
    officer: str = ""
    officer_email: str = ""
    authority: str = ""
    authority_contact: str = ""
    storage_country: str = ""

    @property
    def jurisdiction(self) -> str:
        """Country whose law applies, or "EU"."""
        return self.country or UNION

    @property
    def address_lines(self) -> tuple[str, ...]:
        """Street, then place; without the country."""
        place = f"{self.postal_code} {self.locality}".strip()
        return tuple(line for line in (*self.street.split("\n"), place) if line)


# What the law wants a person to be told (GDPR Art. 13(1)(a), (b), 13(2)(d)), in the order of the form.
NEEDED = ("street", "locality", "country", "email", "phone", "privacy_policy", "authority", "storage_country")


def missing_of(controller: Controller) -> tuple[str, ...]:
    """Names of fields that notices and receipts need and that are empty."""
    return tuple(field for field in NEEDED if not getattr(controller, field))


async def read_stored_controller(crm: Installation) -> Controller:
    """Only what an administrator wrote, for the form; the name may be ""."""
    rows = await crm.data.fetch("SELECT key, value FROM setting WHERE key LIKE ?", f"{_STORED_AS}%")
    kept = {str(row["key"]).removeprefix(_STORED_AS): str(row["value"]) for row in rows}
    kept["name"] = await read_stored(crm, ORGANISATION_NAME) or ""
    return Controller(**{field.name: kept.get(field.name, "") for field in fields(Controller)})


async def read_controller(crm: Installation) -> Controller:
    """Who is responsible, for notices and receipts: what an administrator wrote, else what follows from the settings."""
    kept, base, settings = await read_stored_controller(crm), address_of(crm), crm.settings
    country = kept.country or (settings.region.upper() if _COUNTRY.fullmatch(settings.region.upper()) else "")
    fallbacks = {
        "name": settings.name,
        "country": country,
        "email": sender_address(settings.mail_from),
        "website": base,
        "privacy_policy": f"{base}/my/",
        "storage_country": country,
    }
    return Controller(**{field: value or fallbacks.get(field, "") for field, value in asdict(kept).items()})


def sender_address(mail_from: str) -> str:
    """The bare address of `Example <crm@example.org>`."""
    found = _ADDRESS.search(mail_from)
    return (found.group(1) if found else mail_from).strip()


async def save_controller(crm: Installation, access: Access, controller: Controller) -> Controller:
    """Check, store and note in the audit trail; returns it as stored.

    A known authority without a contact gets the one we know. Notices and receipts made from now on say the new words,
    those made before keep theirs. Raises InvalidContent naming every field that is wrong, Forbidden.
    """
    access.actor.require("settings.manage")
    checked = checked_controller(controller, crm.settings.region)
    async with crm.data.transaction():
        for field, value in asdict(checked).items():
            await store(crm, ORGANISATION_NAME if field == "name" else _STORED_AS + field, value or None)
        await record_event(crm, "settings.organisation_changed", actor_id=access.actor.id, target_kind="setting")
    return checked


def checked_controller(controller: Controller, region: str = "") -> Controller:
    """As it may be stored. region: country of a telephone number without one. Raises InvalidContent."""
    clean, errors = dict[str, str](), dict[str, str]()
    for field, value in asdict(controller).items():
        try:
            clean[field] = (clean_text if field == "street" else clean_line)(value)
        except UnstorableText:
            errors[field], clean[field] = "This holds a character that cannot be stored.", ""
        if len(clean[field]) > LONGEST:
            errors[field] = f"This has more than {LONGEST} characters."
    if not clean["name"] and "name" not in errors:
        errors["name"] = "Say who is responsible."
    for field, (understand, complaint) in _FORMS.items():
        if clean[field] and field not in errors:
            understood = understand(clean[field])
            clean[field], errors = (understood, errors) if understood else ("", {**errors, field: complaint})
    if errors:
        raise InvalidContent(errors)
    clean["phone"] = normal_phone(clean["phone"], clean["country"] or region)
    clean["authority_contact"] = clean["authority_contact"] or AUTHORITIES.get(clean["authority"], "")
    return Controller(**clean)


def page_address(text: str) -> str | None:
    """A link that a person can follow: with a host that has a dot or is this machine."""
    link = normal_link(text)
    host = urlsplit(link).hostname if link else None
    return link if host and ("." in host or host == "localhost") else None


_FORMS: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "country": (country_code, "Choose a country."),
    "storage_country": (country_code, "Choose a country."),
    "email": (normal_email, "This is no mail address."),
    "officer_email": (normal_email, "This is no mail address."),
    "website": (page_address, "This is no web address."),
    "privacy_policy": (page_address, "This is no web address."),
}
