"""The register of disclosures, filtered and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.response import Stream

from confida_consent.purposes import all_purposes
from confida_consent.rights.registers.disclosing import (
    DisclosedTo,
    DisclosureQuery,
    disclosure_purposes,
    disclosure_register,
    disclosures_csv,
)
from confida_consent.vocabulary import BASIS_LABELS
from confida_core.installation import Installation
from confida_web.consents.words import channel_word, titles
from confida_web.page import page
from confida_web.registers.pages import DisclosureRow, DisclosuresPage
from confida_web.registers.words import instant_in, options, person_of, uuid_in
from confida_web.security.access import access_for

HERE = "/registers/disclosures"
FIELDS = ("recipient", "purpose", "since", "until", "contact")
LONGEST = 200


@get(HERE, permission="registers.read")
async def disclosures(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access, values = request.state.crm, access_for(request, "data_subject_rights"), values_of(request)
    found = await disclosure_register(crm, access, query_of(request, values))
    labels = titles(await all_purposes(crm), request.state.frame.lang)
    known = {key: labels.get(key, key) for key in await disclosure_purposes(crm)}
    asked = {name: value for name, value in values.items() if value}
    content = DisclosuresPage(
        rows=tuple(row_of(crm, one, labels) for one in found.rows),
        purposes=options(known, values["purpose"]),
        values=values,
        older_href=f"{HERE}?{urlencode({**asked, 'before': str(found.next_before)})}" if found.next_before else None,
        csv_href=f"{HERE}.csv" + (f"?{urlencode(asked)}" if asked else ""),
        cut=found.cut,
        filtered=bool(asked),
    )
    return page(request, content)


def values_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {name: str(request.query_params.get(name, ""))[:LONGEST].strip() for name in FIELDS}


def query_of(request: Request[Any, Any, Any], values: Mapping[str, str]) -> DisclosureQuery:
    """A field that makes no sense asks for nothing, so that no address is an error. until: that day included."""
    until = instant_in(request, values["until"])
    return DisclosureQuery(
        recipient=values["recipient"],
        purpose=values["purpose"] if values["purpose"].isprintable() else "",
        contact_id=uuid_in(values["contact"]),
        since=instant_in(request, values["since"]),
        until=until + timedelta(days=1) if until and until.year < 9_000 else None,
        before=uuid_in(str(request.query_params.get("before", ""))),
    )


def row_of(crm: Installation, one: DisclosedTo, labels: Mapping[str, str]) -> DisclosureRow:
    return DisclosureRow(
        at=one.at,
        person=person_of(crm, {one.contact_id: one.name} if one.name else {}, one.contact_id),
        recipient=one.recipient,
        purpose=labels.get(one.purpose, one.purpose),
        basis=BASIS_LABELS.get(one.basis, one.basis),
        channel=channel_word(one.channel) if one.channel else "",
        fields=", ".join(one.fields),
    )


@get(HERE + ".csv", permission="registers.read")
async def table(request: Request[Any, Any, Any]) -> Stream:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    pieces = disclosures_csv(crm, access, query_of(request, values_of(request)))
    headers = {"Content-Disposition": 'attachment; filename="disclosures.csv"'}
    return Stream(pieces, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = (disclosures, table)
