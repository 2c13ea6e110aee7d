"""Who sells, as papers say it: the organisation's own details from its settings and from those of sales."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from babel import Locale

from confida_consent.api import Controller, read_controller
from confida_core.api import Installation, address_of, plugin_settings
from confida_sales.settings import SalesSettings

# Codes that CLDR knows beside those of ISO 3166-1.
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
_VAT_ID = re.compile(r"[A-Z]{2}(?=[0-9A-Z+*]*[0-9])[0-9A-Z+*]{2,12}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seller:
    """Numbers are without blanks; those that cannot be right are left out ("")."""

    name: str
    street: tuple[str, ...] = ()
    postal_code: str = ""
    locality: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register_number: str = ""
    iban: str = ""
    bic: str = ""
    account_holder: str = ""
    contact: str = ""
    exempt_reason: str = ""

    @property
    def complete(self) -> bool:
        """Whether an invoice may say no more of the organisation by law (Directive 2006/112/EC Art. 226(3), (5))."""
        numbered = self.vat_id or self.tax_number
        return bool(self.name and self.street and self.locality and self.country and numbered)


async def seller_of(crm: Installation) -> Seller:
    found = described(await read_controller(crm), await plugin_settings(crm, SalesSettings))
    # Where nobody said a website, the controller's is that of this very program, which is nothing for a letterhead.
    return replace(found, website="") if found.website == address_of(crm) else found


def described(controller: Controller, chosen: SalesSettings) -> Seller:
    return Seller(
        name=controller.name,
        street=tuple(line for line in controller.street.split("\n") if line),
        postal_code=controller.postal_code,
        locality=controller.locality,
        country=controller.country,
        email=controller.email,
        phone=controller.phone,
        website=controller.website,
        vat_id=vat_id(chosen.vat_id),
        tax_number=chosen.tax_number.strip(),
        register_number=chosen.register_number.strip(),
        iban=iban(chosen.iban),
        bic=bic(chosen.bic),
        account_holder=chosen.account_holder.strip() or controller.name,
        contact=chosen.billing_contact.strip(),
        exempt_reason=chosen.exempt_reason.strip(),
    )


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Two-letter codes of ISO 3166-1, as far as CLDR can tell."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def vat_id(text: str) -> str:
    """A VAT id with its country in front and without blanks, or "" for what cannot be one."""
    plain = squeezed(text)
    return plain if _VAT_ID.fullmatch(plain) and (plain[:2] in countries() or plain[:2] in {"EL", "XI"}) else ""


def iban(text: str) -> str:
    """Without blanks, or "" if its check digits are wrong (ISO 13616)."""
    plain = squeezed(text)
    if not _IBAN.fullmatch(plain):
        return ""
    digits = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return plain if int(digits) % 97 == 1 else ""


def bic(text: str) -> str:
    plain = squeezed(text)
    return plain if _BIC.fullmatch(plain) else ""


def squeezed(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()
