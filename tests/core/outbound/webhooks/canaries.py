"""A contact with a marker in every field, so that whatever leaves unasked is seen."""

from __future__ import annotations

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)

FIELDS = {
    name: f"CANARY{name.upper().replace('_', '')}"
    for name in (
        "display_name", "name", "organisation", "job_title", "department", "emails", "addresses", "links", "tags", "note",
    )
} | {"phones": "+49301234567", "birthday": "1815-12-10", "language": "de-CANARY"}  # fmt: skip


def full_content() -> ContactContent:
    return ContactContent(
        display_name=FIELDS["display_name"],
        name=StructuredName(given=FIELDS["name"]),
        organisation=FIELDS["organisation"],
        job_title=FIELDS["job_title"],
        department=FIELDS["department"],
        emails=[EmailAddress(address=f"{FIELDS['emails']}@example.org")],
        phones=[PhoneNumber(number=FIELDS["phones"])],
        addresses=[PostalAddress(street=FIELDS["addresses"], country="DE")],
        links=[Link(url=f"https://example.org/{FIELDS['links']}")],
        birthday=Birthday(year=1815, month=12, day=10),
        language=FIELDS["language"],
        tags=[FIELDS["tags"]],
        note=FIELDS["note"],
    )
