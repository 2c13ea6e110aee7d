"""An import through the pages, from the file to its undo, without JavaScript."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from confida_core.jobs.worker import run_next
from tests.cases import in_one_installation
from tests.shared_data import shared
from tests.web.client import browser_of, token_in

pytestmark = pytest.mark.anyio

PEOPLE = b"Name;E-mail;Shoe size\nAda Example;ada@example.org;38\nMats Example;mats@example.org;44\n;;\nAda Example;ada@example.org;38\n"
CHOICES = {"origin": "other_system", "origin_note": "Old address book", "region": "DE", "format": ""}


async def send(browser: Any, name: str, data: bytes, **fields: str) -> Any:
    return await browser.post("/imports/new", data={**CHOICES, **fields}, files={"file": (name, data)})


async def work_off(crm: Any) -> None:
    while await run_next(crm):
        pass


async def tables(crm: Any) -> dict[str, int]:
    names = ("contact", "import_run", "import_item", "import_problem", "sealed_file")
    return {name: (await crm.data.fetch(f"SELECT count(*) AS n FROM {name}"))[0]["n"] for name in names}


def figures_in(html: str) -> list[int]:
    """The numbers of the row of figures: new, updated, here already, invalid."""
    found = re.search(r'<ul class="figures">(.*?)</ul>', html, re.DOTALL)
    return [int(number) for number in re.findall(r"<b>(\d+)</b>", found[1])] if found else []


async def started(client: Any, name: str = "people.csv", data: bytes = PEOPLE) -> str:
    """The address of an import that has been started from its preview."""
    answer = await send(client, name, data)
    assert answer.status_code == 303, answer.text
    if answer.headers["location"].endswith("/mapping"):
        answer = await client.post(answer.headers["location"])
        assert answer.status_code == 303, answer.text
    place = str(answer.headers["location"]).removesuffix("/preview")
    assert (await client.get(f"{place}/preview")).status_code == 200
    answer = await client.post(f"{place}/run", data={"duplicates": "skip"})
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    return place


async def test_table_goes_through_every_step(crm: Any, client: Any) -> None:
    answer = await send(client, "people.csv", PEOPLE)
    place = answer.headers["location"]
    assert (answer.status_code, bool(re.fullmatch(r"/imports/[0-9a-f-]{36}/mapping", place))) == (303, True)
    html = unescape((await client.get(place)).text)
    assert re.findall(r"<th scope=\"row\"><bdi>([^<]*)</bdi>", html) == ["Name", "E-mail", "Shoe size"]
    assert re.findall(r'<option value="([^"]*)" selected', html) == ["display_name", "emails", ""]
    answer = await client.post(
        place, data={"column-0": "display_name", "column-1": "emails[work]", "column-2": "ignore"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, place.replace("mapping", "preview"))
    html = (await client.get(answer.headers["location"])).text
    assert (figures_in(html), await tables(crm)) == (
        [2, 0, 1, 1],
        {"contact": 0, "import_run": 1, "import_item": 0, "import_problem": 0, "sealed_file": 1},
    )
    assert re.findall(r"<th scope=\"row\"><bdi>([^<]*)", html)[:2] == ["Ada Example", "Mats Example"]
    home = place.removesuffix("/mapping")
    answer = await client.post(f"{home}/run", data={"duplicates": "skip"})
    assert (answer.status_code, answer.headers["location"]) == (303, home)
    assert "<progress" in (await client.get(home)).text
    await work_off(crm)
    html = (await client.get(home)).text
    assert figures_in(html) == [2, 0, 1, 1]
    assert "This contact is here already" in html or "is about the same contact" in html
    assert await tables(crm) == {"contact": 2, "import_run": 1, "import_item": 4, "import_problem": 2, "sealed_file": 0}
    assert "Ada Example" in (await client.get("/contacts")).text


async def test_undo_from_the_page_takes_everything_away(crm: Any, client: Any) -> None:
    place = await started(client)
    await work_off(crm)
    assert (await client.post(f"{place}/undo")).status_code == 303
    await work_off(crm)
    html = (await client.get(place)).text
    assert "This import was undone." in html
    assert await tables(crm) == {"contact": 0, "import_run": 1, "import_item": 4, "import_problem": 0, "sealed_file": 0}
    assert (await client.post(f"{place}/undo")).headers["location"] == place


@pytest.mark.parametrize(
    ("path", "created"),
    [
        ("vcard/ez-vcard/gmail-list.vcf", 3),
        ("csv/thunderbird/export.csv", 2),
        ("dedup/splink/fake_1000.csv", 608),
    ],
)
async def test_real_file_is_imported_through_the_pages_and_found(
    crm: Any, client: Any, path: str, created: int
) -> None:
    file = shared(path)
    place = await started(client, file.name, file.read_bytes())
    await work_off(crm)
    assert figures_in((await client.get(place)).text)[0] == created
    words, name = {3: ("chr bea", "Chris Beatle"), 2: ("cont num", "contact number"), 608: ("rob ala", "Robert Alan")}[
        created
    ]
    assert name in unescape((await client.post("/search", data={"q": words})).text)


async def test_rows_that_failed_come_as_a_table(crm: Any, client: Any) -> None:
    place = await started(client)
    await work_off(crm)
    answer = await client.get(f"{place}/errors.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="people - problems.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Name"], row["Confida row"], row["Confida outcome"]) for row in rows] == [
        ("", "4", "not imported"),
        ("Ada Example", "5", "was here already"),
    ]


async def test_report_says_what_was_left_out_and_why(crm: Any, client: Any) -> None:
    place = await started(client)
    await work_off(crm)
    report = (await client.get(place)).text
    rows = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in re.findall(r"<tr><td.*?</tr>", report, re.DOTALL)]
    assert [(row[0], " ".join(row[1:])) for row in rows] == [
        ("4", "(no name) Left out Empty row"),
        ("5", "Ada Example Was here already Row 2 is about the same contact: the same e-mail address."),
    ]


async def test_stopped_import_goes_on_from_its_report_with_the_same_choice(crm: Any, client: Any) -> None:
    place = await started(client)
    run_id = place.rpartition("/")[2]
    await crm.data.fetch("UPDATE import_run SET state = 'failed', duplicates = 'create' WHERE id = ?", UUID(run_id))
    page = (await client.get(place)).text
    form = re.search(rf'<form method="post" action="{place}/run".*?</form>', page, re.DOTALL)
    assert form is not None
    assert re.findall(r'name="duplicates" value="(\w+)"', form[0]) == ["add"]
    await client.post(f"{place}/run", data={"duplicates": "add"})
    await work_off(crm)
    again = (await client.get(place)).text
    assert (figures_in(again)[0], f'action="{place}/run"' in again) == (3, False)


async def test_list_leads_an_unfinished_import_to_its_next_step(crm: Any, client: Any) -> None:
    place = (await send(client, "people.csv", PEOPLE)).headers["location"].removesuffix("/mapping")
    assert f'href="{place}/mapping"' in (await client.get("/imports")).text
    await client.post(f"{place}/mapping")
    assert f'href="{place}/preview"' in (await client.get("/imports")).text
    await client.post(f"{place}/run", data={"duplicates": "skip"})
    await work_off(crm)
    assert f'href="{place}"' in (await client.get("/imports")).text


async def test_progress_is_asked_for_as_a_block(crm: Any, client: Any) -> None:
    place = await started(client)
    html = (await client.fragment("GET", place)).text
    assert ("<progress" in html, "<html" in html) == (True, False)


@in_one_installation(
    ("name", "data", "sentence"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("book.xlsx", b"PK\x03\x04" + bytes(400), "an Excel or zip file"),
        ("binary.csv", bytes(range(256)) * 40, "The file is no table of text."),
        ("wide.csv", b",".join(b"c%d" % n for n in range(10_000)), "more than 1,000 columns"),
        ("nothing.vcf", b"words", "has no BEGIN:VCARD"),
    ],
)
async def test_unreadable_file_gets_a_sentence_and_leaves_nothing(
    crm: Any, client: Any, name: str, data: bytes, sentence: str
) -> None:
    answer = await send(client, name, data)
    assert (answer.status_code, sentence in unescape(answer.text)) == (422, True)
    assert await tables(crm) == dict.fromkeys(await tables(crm), 0)
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


async def test_origin_must_be_said_and_the_file_is_not_kept(crm: Any, client: Any) -> None:
    answer = await send(client, "people.csv", PEOPLE, origin="")
    assert (answer.status_code, "Say where the data come from." in answer.text) == (422, True)
    assert "Old address book" in answer.text
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


async def test_form_without_a_file_says_so(client: Any) -> None:
    answer = await client.post("/imports/new", data=CHOICES)
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


async def test_column_cannot_become_what_does_not_exist(crm: Any, client: Any) -> None:
    place = (await send(client, "people.csv", PEOPLE)).headers["location"]
    answer = await client.post(place, data={"column-0": "password"})
    assert (answer.status_code, "There is no such field." in answer.text) == (422, True)


async def test_table_is_not_started_before_its_columns_are_matched(crm: Any, client: Any) -> None:
    place = (await send(client, "people.csv", PEOPLE)).headers["location"].removesuffix("/mapping")
    assert (await client.get(f"{place}/preview")).headers["location"] == f"{place}/mapping"
    await client.post(f"{place}/run", data={"duplicates": "skip"})
    await work_off(crm)
    assert (await tables(crm))["contact"] == 0


async def test_matched_columns_are_remembered_for_the_next_file(client: Any) -> None:
    place = (await send(client, "people.csv", PEOPLE)).headers["location"]
    await client.post(place, data={"column-2": "nickname"})
    again = (await send(client, "people2.csv", PEOPLE)).headers["location"]
    html = (await client.get(again)).text
    assert re.findall(r'<option value="([^"]*)" selected', html) == ["display_name", "emails", "nickname"]


async def test_list_shows_the_imports_of_everybody(crm: Any, client: Any, as_role: Any) -> None:
    place = await started(client)
    await work_off(crm)
    staff = await as_role("staff")
    html = (await staff.get("/imports")).text
    assert (f'href="{place}"' in html, "people.csv" in html, "Olga" in html) == (True, True, True)


async def test_whoever_may_not_import_finds_no_page(client: Any, as_role: Any) -> None:
    place = await started(client)
    readonly = await as_role("readonly")
    for method, path in (
        ("GET", "/imports"),
        ("GET", "/imports/new"),
        ("GET", place),
        ("GET", f"{place}/mapping"),
        ("GET", f"{place}/preview"),
        ("GET", f"{place}/errors.csv"),
        ("POST", f"{place}/run"),
        ("POST", f"{place}/undo"),
        ("POST", f"{place}/mapping"),
    ):
        assert (await readonly.request(method, path)).status_code == 404
    assert (await send(readonly, "people.csv", PEOPLE)).status_code == 404


async def test_import_that_does_not_exist_is_not_found(client: Any) -> None:
    nowhere = "/imports/01890000-0000-7000-8000-000000000000"
    for path in ("", "/mapping", "/preview", "/errors.csv"):
        assert (await client.get(nowhere + path)).status_code == 404
    assert (await client.post(f"{nowhere}/run")).status_code == 404


async def test_upload_from_another_site_is_refused(app: Any, crm: Any, client: Any) -> None:
    token = token_in((await client.get("/imports/new")).text)
    assert token == client.csrf_token
    async with browser_of(app) as other:
        other.sign_in(crm, client.account_id, client.secret)
        answer = await other.post(
            "/imports/new", data=CHOICES, files={"file": ("a.csv", PEOPLE)}, headers={"sec-fetch-site": "cross-site"}
        )
    assert answer.status_code == 403
    assert (await tables(crm))["import_run"] == 0
