"""The column names of the programs people come from, and the field each of them means.

Sources: exports of Google, Outlook (English, German, French), Thunderbird, Mailchimp, HubSpot, Salesforce, Pipedrive,
LinkedIn, Shopify, Brevo, ActiveCampaign and Kit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

KEEP = "keep"
IGNORE = "ignore"

# Names are compared without case, accents, spaces and punctuation.
_FIELDS = {
    "display_name": "name fullname displayname personname contactname completename anzeigename nomcomplet",
    "name.prefix": "nameprefix prefix salutation anrede civilite honorific",
    "name.given": "firstname givenname given fname vorname prenom voornaam nome",
    "name.additional": "middlename additionalnames additionalname weiterevornamen deuxiemeprenom zweitervorname",
    "name.family": "lastname familyname family surname lname nachname familienname nom nomdefamille achternaam cognome",
    "name.suffix": "namesuffix suffix suffixe",
    "nickname": "nickname spitzname surnom",
    "organisation": "organisation organization organizationname organisationname company companyname firma societe "
    "accountname associatedcompany defaultaddresscompany employer unternehmen entreprise verein",
    "job_title": "jobtitle position organizationtitle role fonction berufsbezeichnung stelle",
    "department": "department organizationdepartment abteilung service",
    "birthday": "birthday birthdate dateofbirth dob geburtstag geburtsdatum anniversaire datedenaissance",
    "birthday.year": "birthyear geburtsjahr",
    "birthday.month": "birthmonth geburtsmonat",
    "language": "language sprache langue preferredlanguage",
    "tags": "tags tag labels categories category kategorien groups gruppen schlagworte etiquettes",
    "note": "note notes notizen notiz description comments comment bemerkungen bemerkung remarks remarques",
    "kind": "kind",
    "uid": "confidaid",
    "more": "confidamore",
}
_ADDRESS = {
    "street": "street streetaddress address addressline addressstreet addressaddress strasse rue adresse anschrift "
    "extendedaddress addressextendedaddress strassehausnummer mailingaddress",
    "street_number": "streetnumber housenumber hausnummer",
    "post_office_box": "pobox addresspobox postfach boitepostale",
    "locality": "city town addresscity suburb locality ort stadt wohnort ville",
    "region": "state province region addressregion stateprovince addressprovincecode bundesland kanton county "
    "bundeslandkanton depregion",
    "postal_code": "zip zipcode postalcode postcode addresspostalcode addresszip zippostalcode plz postleitzahl codepostal",
    "country": "country countryregion addresscountry addresscountrycode countrycode land landregion pays paysregion",
}
_PHONE = {
    "": "phone phonenumber telephone telephonenumber tel telefon telefonnummer addressphone haupttelefon",
    "mobile": "mobile mobilephone mobilephonenumber mobilenumber cell cellphone mobil mobiltelefon handy telmobile sms portable "
    "mobilenummer",
    "fax": "fax faxnumber telefax faxnummer telecopie",
    "pager": "pager pagernumber",
}
_EMAIL = "email emailaddress mail emailadresse courriel adressedemessagerie adresseemail mailadresse"
_LINK = "website webpage url websiteurl homepage webseite pageweb siteweb web internet linkedin profileurl"
_PLACES = {
    **dict.fromkeys(
        ("business", "work", "office", "company", "geschaftlich", "dienstlich", "bureau", "professionnel"), "work"
    ),
    **dict.fromkeys(("home", "private", "personal", "privat", "domicile", "personnel"), "home"),
    **dict.fromkeys(("other", "weitere", "weiterer", "weiteres", "autre"), "other"),
    **{"mailing": "mailing", "billing": "billing", "shipping": "shipping"},
    **dict.fromkeys(("default", "primary", "secondary", "person", "contact", "main"), ""),
}
_NUMBERED = re.compile(r"(email|phone|address|website|link)(\d{1,3})(\D*)")
_NUMBERED_FIELDS = {"email": "emails", "phone": "phones", "address": "addresses", "website": "links", "link": "links"}
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_LETTERS = re.compile(r"[\W_]+")


def _index(table: dict[str, str]) -> dict[str, str]:
    return {name: target for target, names in table.items() for name in names.split()}


_BY_NAME = _index(_FIELDS)
_ADDRESS_BY_NAME = _index(_ADDRESS)
_PHONE_BY_NAME = _index(_PHONE)
_EMAIL_NAMES = set(_EMAIL.split())
_LINK_NAMES = set(_LINK.split())


def suggest_target(header: str, all_headers: Sequence[str] = ()) -> str:
    """The field path a column probably means; "keep" (a labelled line in the note) if it is not known.

    all_headers: the whole header, because "Title" and "Birth Day" mean different things in different company.
    """
    if header.startswith("Custom: "):
        return f"custom_json.{header.removeprefix('Custom: ').strip()}"
    name = _squeezed(header)
    in_context = _by_company(name, {_squeezed(other) for other in all_headers})
    return in_context or _BY_NAME.get(name) or _numbered(name) or _composed(header) or KEEP


def is_known_header(cell: str) -> bool:
    """Whether a cell is the name of a column rather than its content."""
    return 1 < len(cell) < 60 and suggest_target(cell) != KEEP


def _by_company(name: str, company: set[str]) -> str:
    if name == "birthday" and "birthyear" in company:
        return "birthday.day"
    if name in {"title", "titre"}:
        # Outlook has both; elsewhere the only title is that of the job.
        return "name.prefix" if company & {"jobtitle", "fonction"} else "job_title"
    if name == "birthday" or not company:
        return ""
    kind_of_mail = re.fullmatch(r"email(\d*)type?", name)
    if kind_of_mail:
        # Outlook says SMTP for each address; Google once said "Work".
        return f"emails[#{kind_of_mail[1]}].label" if f"email{kind_of_mail[1]}value" in company else IGNORE
    return ""


def _numbered(name: str) -> str:
    """ "E-mail 2 - Value", "Phone 1 label", "Address 1 - City": groups of columns that belong together."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return ""
    field, slot, part = _NUMBERED_FIELDS[found[1]], f"#{found[2]}", found[3]
    if part in {"label", "type"}:
        return f"{field}[{slot}].label"
    if field == "addresses" and part == "formatted":
        return f"addresses[{slot}].formatted"
    if field == "addresses":
        return f"addresses[{slot}].{_ADDRESS_BY_NAME[part]}" if part in _ADDRESS_BY_NAME else ""
    return f"{field}[{slot}]" if part in {"", "value", "address", "number"} else ""


def _composed(header: str) -> str:
    """ "Home Street 2", "Straße geschäftlich", "MailingCity": a place and a field, in any order."""
    words = [_squeezed(word) for word in _NOT_LETTERS.split(_CAPITAL_INSIDE.sub(" ", header))]
    words = [word for word in words if word and not word.isdigit()]
    place = next((_PLACES[word] for word in words if word in _PLACES), "")
    rest = "".join(word for word in words if word not in _PLACES).rstrip("0123456789")
    label = f"[{place}]" if place else ""
    if rest in _ADDRESS_BY_NAME:
        return f"addresses{label}.{_ADDRESS_BY_NAME[rest]}"
    if rest in _PHONE_BY_NAME:
        device = _PHONE_BY_NAME[rest]
        both = " ".join(word for word in (place, device) if word)
        return f"phones[{both}]" if both else "phones"
    if rest in _EMAIL_NAMES:
        return f"emails{label}"
    return f"links{label}" if rest in _LINK_NAMES else ""


def _squeezed(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
