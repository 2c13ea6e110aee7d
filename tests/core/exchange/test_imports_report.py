"""The rows that need a look, as a table that can be mended and brought again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from confida_core.exchange.imports import visible_run
from confida_core.exchange.imports_report import problems_csv
from tests.core.exchange.importing import access_of, bring_in, counts, importer_of, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
async def olga(crm: Any) -> Any:
    return await importer_of(crm)


async def report(crm: Any, olga: Any, run_id: Any) -> list[list[str]]:
    text = "".join([piece async for piece in problems_csv(crm, access_of(olga), run_id)])
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_report_has_the_original_columns_and_the_reason(crm: Any, olga: Any) -> None:
    data = b"Name;E-mail;Birthday\nAda;ada@example.org;\n;;\nAda;ada@example.org;\n=1+1;zoe@example.org;31.2.2000\n"
    run_id = await bring_in(crm, olga, "people.csv", data)
    assert await counts(crm, run_id) == ("done", 2, 0, 1, 1, 0)
    rows = await report(crm, olga, run_id)
    ours = ["Confida row", "Confida outcome", "Confida reason", "Confida rest of the note"]
    assert rows[0] == ["Name", "E-mail", "Birthday", *ours]
    assert [row[:5] for row in rows[1:]] == [
        ["", "", "", "3", "not imported"],
        ["Ada", "ada@example.org", "", "4", "was here already"],
        ["'=1+1", "zoe@example.org", "31.2.2000", "5", "imported, with a remark"],
    ]
    assert all(row[5].endswith(".") or row[5] == "empty row" for row in rows[1:])


async def test_mended_report_comes_in_without_our_columns(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", b"Name;E-mail\n;\n")
    header, *rows = await report(crm, olga, run_id)
    written = io.StringIO()
    csv.writer(written).writerows([header, ["Ada", "ada@example.org", *rows[0][2:]]])
    again = await upload(crm, olga, "mended.csv", written.getvalue().encode())
    mapping = (await visible_run(crm, access_of(olga), again)).content.mapping
    assert mapping is not None
    assert mapping.targets == ("display_name", "emails", "ignore", "ignore", "ignore", "ignore")


async def test_report_on_many_rows_comes_batch_by_batch_and_completely(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", b"Name,E-mail\nAda,ada@example.org\n" + b",\n" * 450)
    rows = await report(crm, olga, run_id)
    assert [int(row[2]) for row in rows[1:]] == list(range(3, 453))


async def test_rows_about_restricted_people_are_left_out_and_the_rest_still_comes(crm: Any, olga: Any) -> None:
    people = b"".join(b"Ada %d,ada%d@example.org\n" % (number, number) for number in range(250))
    await bring_in(crm, olga, "people.csv", b"Name,E-mail\n" + people)
    run_id = await bring_in(crm, olga, "again.csv", b"Name,E-mail\n" + people + b",\n")
    assert await counts(crm, run_id) == ("done", 0, 0, 250, 1, 0)
    for row in await crm.data.fetch("SELECT subject_id FROM import_problem WHERE row_number < 203"):
        await crm.orders.give("restriction", row["subject_id"])
    assert [int(row[2]) for row in (await report(crm, olga, run_id))[1:]] == list(range(203, 253))


async def test_card_that_cannot_be_read_stands_whole_in_the_report(crm: Any, olga: Any) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD"
    run_id = await bring_in(crm, olga, "two.vcf", f"{card}\nBEGIN:VCARD\nFN:Ada\nEND:VCARD\n".encode())
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 1, 0)
    rows = await report(crm, olga, run_id)
    assert (rows[0][0], rows[1][0].replace("\r\n", "\n"), rows[1][2]) == ("Card", card, "not imported")
