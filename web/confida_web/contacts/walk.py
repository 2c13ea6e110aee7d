"""From one contact of a list to the next: the list travels in the address, and only the contact shown is opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.contacts.indexing import index_fields
from confida_core.contacts.lists import neighbours_of
from confida_core.index.conditions import by_key
from confida_web.contacts.filters import condition_of
from confida_web.contacts.list_page import query_of
from confida_web.contacts.list_state import FROM_LIST, state_of_request
from confida_web.contacts.pages import Walk
from confida_web.security.access import access_for


async def walk_of(request: Request[Any, Any, Any], contact_id: UUID, definitions: list[FieldDefinition]) -> Walk | None:
    """None where the address names no list."""
    if FROM_LIST not in request.query_params:
        return None
    crm, state = request.state.crm, state_of_request(request)
    condition = condition_of(state.narrowing.condition, by_key(index_fields(crm, definitions)))
    access = access_for(request, "relationship")
    found = await neighbours_of(crm, access, query_of(state, condition), contact_id, definitions=definitions)
    place = state.place(crm)
    previous, following = (f"/contacts/{one}{place}" if one else None for one in found)
    return Walk(previous=previous, following=following, list_href=state.href(crm, cursor=state.cursor))
