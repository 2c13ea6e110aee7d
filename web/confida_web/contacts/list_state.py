"""Which list somebody looks at. Typed words and conditions may hold names, and addresses are logged: so they are sealed."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from litestar import Request
from msgspec import Struct

from confida_core.contacts.records import ViewContent
from confida_core.contacts.views import View
from confida_core.index.query import Sort
from confida_core.installation import Installation
from confida_web.forms import FormData

SORTS: tuple[Sort, ...] = ("name", "organisation", "created", "touched")
LONGEST = 4_000
LONGEST_TEXT = 200
FROM_LIST = "list"


class Narrowing(Struct, frozen=True, array_like=True):
    """text: words as typed. condition: JSON of the condition language, "" for everyone. view: id of the saved view."""

    text: str = ""
    condition: str = ""
    view: str = ""


class ListState(Struct, frozen=True, kw_only=True):
    """Everything that an address of the list says, but for the page. cursor: of the page, "" for the first."""

    narrowing: Narrowing = Narrowing()
    sort: Sort = "name"
    descending: bool = False
    archived: bool = False
    cursor: str = ""

    def href(self, crm: Installation, **changes: Any) -> str:
        """The address of this list, or of one that differs in some fields; without its page unless one is given."""
        state = msgspec.structs.replace(self, **({"cursor": ""} | changes))
        query = urlencode([*state.hidden(crm), *([("cursor", state.cursor)] if state.cursor else [])])
        return f"/contacts?{query}" if query else "/contacts"

    def place(self, crm: Installation) -> str:
        """What the address of a contact says about the list it was opened from: a query, with its question mark."""
        page = [("cursor", self.cursor)] if self.cursor else []
        return "?" + urlencode([(FROM_LIST, "yes"), *self.hidden(crm), *page])

    def hidden(self, crm: Installation) -> tuple[tuple[str, str], ...]:
        """The same as hidden fields of a form."""
        fields = [("s", sealed(crm, self.narrowing))] if self.narrowing != Narrowing() else []
        fields += [("sort", self.sort)] if self.sort != "name" else []
        fields += [("order", "descending")] if self.descending else []
        fields += [("archived", "yes")] if self.archived else []
        return tuple(fields)


def state_of_request(request: Request[Any, Any, Any]) -> ListState:
    """From the address; anything that was not made here means nothing."""
    query = request.query_params
    return state_from(request.state.crm, {key: str(query.get(key, "")) for key in FIELDS})


def state_of_form(crm: Installation, form: FormData) -> ListState:
    return state_from(crm, {key: form.get(key) for key in FIELDS})


FIELDS = ("s", "sort", "order", "archived", "cursor")


def state_from(crm: Installation, given: dict[str, str]) -> ListState:
    sort = given["sort"]
    return ListState(
        narrowing=opened(crm, given["s"]) if given["s"] else Narrowing(),
        sort=next((known for known in SORTS if known == sort), "name"),
        descending=given["order"] == "descending",
        archived=given["archived"] == "yes",
        cursor=given["cursor"][:LONGEST],
    )


def state_of_view(view: View) -> ListState:
    content = view.content
    return ListState(
        narrowing=Narrowing(content.text, content.condition, view.id.hex),
        sort=next((known for known in SORTS if known == content.sort), "name"),
        descending=content.descending,
        archived=content.archived,
    )


def view_content(state: ListState, name: str, columns: list[str]) -> ViewContent:
    return ViewContent(
        name=name,
        condition=state.narrowing.condition,
        text=state.narrowing.text,
        sort=state.sort,
        descending=state.descending,
        archived=state.archived,
        columns=columns,
    )


def sealed(crm: Installation, narrowing: Narrowing) -> str:
    """URL-safe text under a key of the installation; the same narrowing gives the same text."""
    box = AESSIV(crm.keyring.hashing_key("list state"))
    return base64.urlsafe_b64encode(box.encrypt(msgspec.msgpack.encode(narrowing), None)).rstrip(b"=").decode()


def opened(crm: Installation, text: str) -> Narrowing:
    """What `sealed` sealed; nothing at all for any other text."""
    try:
        raw = base64.b64decode(text[:LONGEST].encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
        box = AESSIV(crm.keyring.hashing_key("list state"))
        return msgspec.msgpack.decode(box.decrypt(raw, None), type=Narrowing)
    except (ValueError, binascii.Error, InvalidTag, msgspec.DecodeError):
        return Narrowing()
