"""The lines and columns of the list of contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.contacts.history import text_of
from confida_core.contacts.written import grouped_phone
from confida_core.installation import Installation
from confida_core.vault.door import Opened
from confida_web.contacts.list_state import ListState
from confida_web.contacts.listing import Column, ContactRow

COLUMNS: Mapping[str, str] = {
    "organisation": "Organisation",
    "job_title": "Role",
    "email": "E-mail",
    "phone": "Phone",
    "locality": "Town",
    "tags": "Tags",
    "owner": "In the care of",
    "touched_at": "Last contact",
}
USUAL = ("organisation", "email", "phone", "tags", "touched_at")
SORTED_BY: Mapping[str, str] = {"name": "name", "organisation": "organisation", "touched_at": "touched"}
CUSTOM = "custom_"


def columns_of(
    crm: Installation, state: ListState, shown: Sequence[str], definitions: Sequence[FieldDefinition]
) -> tuple[Column, ...]:
    """Every column there is: the name, ours, then those of the custom fields that are in use."""
    labels = {"name": "Name", **COLUMNS}
    labels |= {CUSTOM + definition.key: definition.label for definition in definitions if not definition.retired}
    return tuple(column(crm, state, key, label, key == "name" or key in shown) for key, label in labels.items())


def column(crm: Installation, state: ListState, key: str, label: str, shown: bool) -> Column:
    sort = SORTED_BY.get(key)
    if sort is None:
        return Column(key=key, label=label, shown=shown)
    current = state.sort == sort
    # Whoever asks for the last contact first means the latest.
    descending = not state.descending if current else sort == "touched"
    return Column(
        key=key,
        label=label,
        shown=shown,
        sort_href=state.href(crm, sort=sort, descending=descending),
        direction=("descending" if state.descending else "ascending") if current else None,
    )


def row_builder(
    columns: Sequence[Column], owners: Mapping[UUID, str]
) -> Callable[[Opened[ContactContent]], ContactRow]:
    """Makes a line of an opened contact; fifty of them are made for each page, so what can be done once is done here.

    Nobody on a list is restricted: the door does not open restricted contacts for daily work.
    """
    shown = {column.key for column in columns if column.shown}
    with_phone = "phone" in shown
    custom = [key for key in shown if key.startswith(CUSTOM)]

    def row(one: Opened[ContactContent]) -> ContactRow:
        content, stored = one.content, one.row
        phone = content.phones[0].number if content.phones and with_phone else ""
        return ContactRow(
            id=str(stored["id"]),
            name=content.display_name,
            kind=stored["kind"],
            organisation=content.organisation,
            job_title=content.job_title,
            email=content.emails[0].address if content.emails else "",
            phone=phone,
            phone_shown=grouped_phone(phone),
            locality=content.addresses[0].locality if content.addresses else "",
            tags=tuple(content.tags),
            owner=owners.get(stored["owner_id"], ""),
            touched_at=stored["touched_at"],
            archived=stored["archived_at"] is not None,
            extra={key: text_of(content.custom.get(key.removeprefix(CUSTOM))) for key in custom},
        )

    return row
