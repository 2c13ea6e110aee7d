"""What each property of a card becomes in a contact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from confida_core.contacts.content import ContactKind
from confida_core.exchange.assembly import DraftAssembly
from confida_core.exchange.vcard.labels import label_of, plain_label
from confida_core.exchange.vcard.properties import Property, unescape, unpacked_base64

LARGEST_PICTURE = 10 * 1024 * 1024
_DATA_URI = re.compile(rb"data:([\w/+.-]{0,100})[^,]{0,200};base64,", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_ADDRESS_PARTS = ("post_office_box", "extended", "street", "locality", "region", "postal_code", "country")


@dataclass
class CardReading:
    """One card while it is read. labels, countries: X-ABLabel and X-ABADR by group.

    address_words: what the addresses say, to see whether a printed label says anything new.
    """

    parts: DraftAssembly
    labels: Mapping[str, str]
    countries: Mapping[str, str]
    address_words: set[str] = field(default_factory=set)
    delivery_labels: list[tuple[str, str]] = field(default_factory=list)

    def label(self, found: Property) -> str:
        return self.labels.get(found.group, "") or label_of(found.types)


def read_properties(card: CardReading, properties: list[Property]) -> None:
    """Puts every property into the draft: into its field, or labelled into the note."""
    used = {found.group for found in properties if found.group and found.name != "X-ABLABEL"}
    for found in properties:
        if found.undecoded()[1] and not found.is_base64:
            card.parts.warn("Some characters were damaged in the file; they show as \ufffd.")
        if found.name == "X-ABLABEL" and found.group in used:
            continue
        if found.name not in _TECHNICAL:
            _READERS.get(found.name, _unknown)(card, found)
    for text, label in card.delivery_labels:
        _delivery_label(card, text, label)
    _decide_kind(card)


def _decide_kind(card: CardReading) -> None:
    """A card whose only name is that of its organisation describes the organisation."""
    parts = card.parts
    organisation, shown = parts.texts.get("organisation", ""), parts.texts.get("display_name", "")
    named = any(path.startswith("name.") and text != shown for path, text in parts.texts.items())
    if parts.kind is None and organisation and shown == organisation and not named:
        parts.kind = ContactKind.ORGANISATION
        parts.texts = {path: text for path, text in parts.texts.items() if not path.startswith("name.")}


def _name(card: CardReading, found: Property) -> None:
    components = found.component_lists()
    for path, texts in zip(("family", "given", "additional", "prefix", "suffix"), components, strict=False):
        card.parts.set_text(f"name.{path}", (", " if path == "suffix" else " ").join(text for text in texts if text))
    for extra in components[5:]:
        card.parts.keep("Name", ", ".join(extra))


def _organisation(card: CardReading, found: Property) -> None:
    components = found.components()
    if "organisation" in card.parts.texts:
        shown = ", ".join(text.strip() for text in components if text.strip())
        if shown not in (card.parts.texts["organisation"], ""):
            card.parts.keep("Organisation", shown)
            card.parts.warn("Organisation has more than one value; the others are in the note.")
        return
    card.parts.set_text("organisation", components[0])
    card.parts.set_text("department", ", ".join(text.strip() for text in components[1:] if text.strip()))


def _address(card: CardReading, found: Property) -> None:
    written = dict(zip(_ADDRESS_PARTS, found.components(), strict=False))
    lines = [text for text in (written.pop("extended", ""), written.get("street", "")) if text.strip()]
    written["street"] = "\n".join(lines)
    # RFC 8605 says the code beside the name; Apple says it in a property of the same group.
    hints = [*found.params.get("CC", ()), written.get("country", ""), card.countries.get(found.group, "")]
    country_hint = next((hint for hint in hints if hint.strip()), "")
    card.parts.add_address(written | {"country": country_hint}, card.label(found))
    card.address_words.update(word for text in written.values() for word in _WORD.findall(text.casefold()))
    card.delivery_labels.extend((label, card.label(found)) for label in found.params.get("LABEL", ()))


def _delivery_label(card: CardReading, text: str, label: str) -> None:
    """The address as printed on an envelope: worth keeping only if it says more than the address itself."""
    if not card.parts.addresses:
        card.parts.add_address({"street": text}, label)
    elif not set(_WORD.findall(text.casefold())) <= card.address_words:
        card.parts.keep(f"Address label ({label})" if label else "Address label", text)


def _apple_address(card: CardReading, found: Property) -> None:
    """Usually the country of the address in the same group; some programs write the whole address."""
    if len(found.text().strip()) != 2:
        card.delivery_labels.append((found.text(), ""))


def _photo(card: CardReading, found: Property) -> None:
    parts = card.parts
    uri = _DATA_URI.match(found.raw.lstrip())
    if not found.is_base64 and uri is None:
        parts.keep("Photo", found.text())
        parts.warn("The photo is only a link; it is in the note and was not fetched.")
        return
    packed = found.raw.lstrip()[uri.end() :] if uri else found.raw
    picture = unpacked_base64(packed.replace(b"\\n", b"")) if len(packed) <= LARGEST_PICTURE * 3 // 2 else None
    if not picture or parts.picture is not None or len(picture) > LARGEST_PICTURE:
        parts.warn("A photo was left out: it is damaged, too large, or one too many.")
        return
    parts.picture = picture
    kinds = [kind for kind in found.types if kind.lower() not in {"pref", "home", "work"}]
    parts.picture_type = (
        uri[1].decode("ascii", "replace").lower() if uri else f"image/{kinds[0].lower()}" if kinds else ""
    )


def _unknown(card: CardReading, found: Property) -> None:
    """No field for it: a labelled line of the note, as readable as its name allows."""
    own_label = card.labels.get(found.group, "")
    title = own_label or _TITLES.get(found.name) or _readable(found.name)
    details = [*found.params.get("X-SERVICE-TYPE", ()), *([] if own_label else [label_of(found.types)])]
    shown = ", ".join(detail for detail in details if detail)
    title = f"{title} ({shown})" if shown else title
    if found.is_base64 or _DATA_URI.match(found.raw):
        card.parts.keep(title, "(embedded file, not imported)")
        card.parts.warn(f"{title} is an embedded file and was left out.")
    else:
        card.parts.keep(title, plain_label(found.text()))


def _readable(name: str) -> str:
    words = name.removeprefix("X-").removeprefix("MS-").removeprefix("AB").replace("-", " ")
    return words if len(words) <= 4 else words.capitalize()


def _kind(card: CardReading, found: Property) -> None:
    kind = found.text().strip().lower()
    if kind in {"org", "organization", "group", "location", "company"}:
        card.parts.kind = ContactKind.ORGANISATION
    elif kind == "individual":
        card.parts.kind = ContactKind.PERSON
    if kind not in {"org", "organization", "individual", "company", "group"}:
        card.parts.keep("Kind", kind)


def _member(card: CardReading, found: Property) -> None:
    member = found.text().strip()[:2_000]
    if member and len(card.parts.memberships) < 10_000:
        card.parts.memberships.append(member)


def _custom(card: CardReading, found: Property) -> None:
    """Custom fields as our own writer puts them: one JSON object, so that numbers stay numbers."""
    text = unescape(found.undecoded()[0], found.old_style)
    try:
        fields = msgspec.json.decode(text, type=dict[str, str | int | float | bool | list[str]])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        _unknown(card, found)
        return
    for key, value in fields.items():
        card.parts.add_custom(key, value)


def _uid(card: CardReading, found: Property) -> None:
    card.parts.uid = card.parts.uid or found.text().strip()[:500]


def _job_title(card: CardReading, found: Property) -> None:
    title = "Role" if found.name == "ROLE" else ""
    card.parts.set_text("job_title", found.text(), title)


def _social_profile(card: CardReading, found: Property) -> None:
    if found.text().lower().startswith(("http://", "https://")):
        card.parts.add_link(found.text(), card.label(found))
    else:
        _unknown(card, found)


# Versions, time stamps and layout of the program that wrote the card: nothing about the person.
_TECHNICAL = frozenset({"VERSION", "PRODID", "REV", "PROFILE", "CLIENTPIDMAP", "BEGIN", "END", "X-ABUID"}) | frozenset(
    {"X-MS-OL-DESIGN", "X-MS-OL-DEFAULT-POSTAL-ADDRESS", "X-MOZILLA-HTML", "X-IMAGETYPE", "X-IMAGEHASH"}
)
_TITLES = {"TZ": "Time zone", "GEO": "Position", "IMPP": "IMPP", "X-ABDATE": "Date", "X-ABRELATEDNAMES": "Related"}
_READERS: dict[str, Callable[[CardReading, Property], None]] = {
    "FN": lambda card, found: card.parts.set_text("display_name", found.text()),
    "N": _name,
    "NICKNAME": lambda card, found: card.parts.set_text("nickname", ", ".join(found.values())),
    "ORG": _organisation,
    "TITLE": _job_title,
    "ROLE": _job_title,
    "EMAIL": lambda card, found: card.parts.add_email(found.text(), card.label(found)),
    "TEL": lambda card, found: card.parts.add_phone(found.text(), card.label(found)),
    "ADR": _address,
    "LABEL": lambda card, found: card.delivery_labels.append((found.text(), card.label(found))),
    "X-ABADR": _apple_address,
    "URL": lambda card, found: card.parts.add_link(found.text(), card.label(found)),
    "X-SOCIALPROFILE": _social_profile,
    "BDAY": lambda card, found: card.parts.set_birthday(found.text()),
    "LANG": lambda card, found: card.parts.set_language(found.text()),
    "CATEGORIES": lambda card, found: card.parts.add_tags(found.values()),
    "NOTE": lambda card, found: card.parts.add_note(found.text()),
    "PHOTO": _photo,
    "KIND": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
    "X-ABSHOWAS": _kind,
    "MEMBER": _member,
    "X-ADDRESSBOOKSERVER-MEMBER": _member,
    "UID": _uid,
    "X-CONFIDA-CUSTOM": _custom,
}
