"""Whatever arrives at the pages of contacts: a clear answer, never a fault of ours, and nothing half-written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.people import make

pytestmark = pytest.mark.anyio

NASTY = (
    "",
    " ",
    "\t\n\r",
    "\u200b\u200f",
    "\ufeff",
    "a" * 100_000,
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "1_000",
    "٣",
    "²",
    "=cmd|' /C calc'!A0",
    "<script>",
    "{{ 7*7 }}",
    "' OR 1=1 --",
    "../../etc/passwd",
    "0000-00-00",
    "9999-12-31",
    "[]",
    "null",
    "%00",
    "𝕬" * 300,
    "e\u0301" * 300,
)
FIELDS = (
    "display_name", "name-given", "emails-0-address", "phones-0-number", "addresses-0-street", "addresses-0-country",
    "links-0-url", "birthday-day", "birthday-month", "birthday-year", "language", "tags", "note", "owner", "version",
    "kind", "emails-99999-address", "_add", "_remove", "choice-name.given", "choice-custom.x",
)  # fmt: skip


async def statuses(client: Any, path: str, forms: list[dict[str, str]]) -> list[tuple[dict[str, str], int]]:
    """The forms that were answered with a fault of ours."""
    found = []
    for form in forms:
        status = (await client.post(path, data=form)).status_code
        if status >= 500:
            found.append(({name: value[:20] for name, value in form.items()}, status))
    return found


async def test_form_of_a_contact_survives_every_field(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    usual = {"kind": "person", "display_name": "Ada", "version": "1", "add_anyway": "yes"}
    forms = [{**usual, field: value} for field in FIELDS for value in NASTY]
    assert await statuses(client, f"/contacts/{contact_id}/edit", forms) == []
    assert await statuses(client, "/contacts/new", forms[:: len(NASTY) - 1]) == []


async def test_filter_search_and_bulk_survive_every_value(client: Any, crm: Any) -> None:
    await make(crm, "Ada", tags=["donor"])
    fields = ("name", "birthday", "kind", "tags", "has_email", "owner", "touched", "nothing")
    forms = [
        {"filter-0-field": field, "filter-0-op": op, "filter-0-value": value}
        for field in fields
        for op in ("is", "<", "between", "within_last_days", "has_any", "unknown", "no such")
        for value in NASTY[::3]
    ]
    assert await statuses(client, "/contacts/filter", forms) == []
    for path, name in (
        ("/contacts/search", "q"),
        ("/search", "q"),
        ("/search/palette", "q"),
        ("/search/people", "people-q"),
    ):
        assert await statuses(client, path, [{name: value} for value in NASTY]) == []
    assert await statuses(client, "/contacts/bulk", [{"ids": value, "action": value} for value in NASTY]) == []
    assert await statuses(client, "/contacts/views", [{"name": value, "s": value} for value in NASTY]) == []
    assert await statuses(client, "/contacts/columns", [{"columns": value} for value in NASTY]) == []


async def test_addresses_survive_every_value(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    paths = [
        f"{path}?{name}={value}"
        for path in (
            "/contacts",
            f"/contacts/{contact_id}",
            f"/contacts/{contact_id}/history",
            f"/contacts/{contact_id}/reads",
        )
        for name in ("s", "sort", "cursor", "before", "view", "kind")
        for value in ("", "x" * 3000, "AAAA", "-1", "%F0%9F%8C%BB", "20240101T000000.000000", "0", "1&1")
    ]
    answers = [(path[:60], (await client.get(path)).status_code) for path in paths]
    assert [answer for answer in answers if answer[1] >= 500] == []


async def test_relationships_and_settings_survive_every_value(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    asked = ("type", "other", "role", "since", "until")
    forms = [{"type": "works_at", "other": "Ada", name: value} for name in asked for value in NASTY]
    assert await statuses(client, f"/contacts/{contact_id}/relationships", forms) == []
    for path in ("/settings/fields", "/settings/relationships", "/settings/teams"):
        fields = ("label", "reverse", "type", "key", "choices", "hint", "applies_to", "name", "members")
        forms = [
            {"label": "A", "type": "text", "applies_to": "", "name": "B", name: value}
            for name in fields
            for value in NASTY
        ]
        assert await statuses(client, path, forms) == []
