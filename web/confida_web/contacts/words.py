"""What the fields and changes of a contact are called on its pages."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "display_name": "Name as it is shown",
    "name.prefix": "Title",
    "name.given": "Given name",
    "name.additional": "Middle names",
    "name.family": "Family name",
    "name.suffix": "Suffix",
    "nickname": "Nickname",
    "organisation": "Organisation",
    "job_title": "Role",
    "department": "Department",
    "emails": "E-mail",
    "phones": "Phone",
    "addresses": "Postal address",
    "links": "Website and other links",
    "birthday": "Birthday",
    "language": "Language to write in",
    "tags": "Tags",
    "note": "Note",
    "picture": "Picture",
    "owner_id": "In the care of",
    "team_id": "Team",
}

ACTIONS: Mapping[str, str] = {
    "created": "added this contact",
    "imported": "imported this contact",
    "changed": "changed this contact",
    "tagged": "changed the tags",
    "assigned": "handed it to somebody else's care",
    "archived": "archived it",
    "unarchived": "took it out of the archive",
    "restricted": "restricted its processing",
    "unrestricted": "lifted the restriction",
    "trashed": "moved it to the trash",
    "restored": "took it out of the trash",
    "related": "added a relationship",
    "relation_changed": "changed a relationship",
    "unrelated": "ended or removed a relationship",
}


def field_label(path: str, custom: Mapping[str, str] | None = None) -> str:
    """custom: labels of custom fields by key."""
    if path.startswith("custom."):
        key = path.removeprefix("custom.")
        return (custom or {}).get(key, key)
    return FIELDS.get(path, path)


def action_words(kind: str) -> str:
    return ACTIONS.get(kind, kind)
