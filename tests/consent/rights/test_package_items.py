"""The twenty items of a complete access answer, each by its number."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import jsonschema
import pytest

from confida_consent.controller import Controller, save_controller
from confida_consent.events import record_event
from confida_consent.records import EVENT
from confida_consent.rights.checklist import ITEMS
from confida_consent.rights.content import Redaction, RequestFile, Withheld
from confida_consent.rights.package_sections_end import SECTIONS
from confida_consent.rights.package_words import Voice
from confida_consent.rights.retention import choose_country, kept_until, rules, switch_rule
from confida_consent.suppression import suppress_contact
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber, StructuredName
from confida_core.contacts.people import create_contact, visible_contact
from confida_core.contacts.records import CONTACT
from confida_core.exchange.imports_records import RUN, RunContent
from confida_core.exchange.vcard.reader import read_vcards
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.disclosures import Handover, record_disclosures
from confida_core.storage.sealed_files import only, receive_file
from confida_core.vault.access import Access, Actor, system_access
from tests.consent.people import person, says
from tests.consent.rights.answers import answered, columns_for

pytestmark = pytest.mark.anyio

SYSTEM = system_access("tests", "relationship")
ADA = ContactContent(
    display_name="Ada Lovelace",
    name=StructuredName(given="Ada", family="Lovelace"),
    emails=[EmailAddress(address="ada@example.org", label="home")],
    phones=[PhoneNumber(number="+493023125001")],
    tags=["lead"],
    note="She seemed keen on engines.",
)
LETTER = "Dear all, Mats Mustermann (mats@example.org, 030 23125002) told Ada Lovelace about the engine."


async def add_ada(crm: Any) -> UUID:
    return await create_contact(crm, SYSTEM, ContactKind.PERSON, ADA)


async def add_mats(crm: Any) -> UUID:
    content = ContactContent(display_name="Mats Mustermann", emails=[EmailAddress(address="mats@example.org")])
    return await create_contact(crm, SYSTEM, ContactKind.PERSON, content)


async def write_letter(crm: Any, *people: UUID, text: str = LETTER, direction: str = "in") -> UUID:
    draft = InteractionDraft(kind="letter", people=people, subject="The engine", body=text, direction=direction)
    return await log_interaction(crm, SYSTEM, draft)


def words(page: bytes) -> str:
    """What a reader sees."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode())))


def item(files: dict[str, bytes], number: int) -> str:
    """The words of one section of the answer."""
    page = files["answer.html"].decode()
    found = re.search(rf'<section id="item-{number}">(.*?)</section>', page, re.DOTALL)
    assert found is not None, f"item {number} is missing"
    return words(found.group(1).encode())


def test_all_twenty_items_are_there_in_order() -> None:
    assert [number for number, _, _ in ITEMS] == list(range(1, 21))
    assert set(SECTIONS) == {key for _, key, _ in ITEMS}


async def test_item_1_confirmation_yes(crm: Any) -> None:
    files = await answered(crm, await add_ada(crm))
    assert item(files, 1).startswith(" 1. Do we hold data about you? Yes. We hold data about you")
    assert "Yes, we hold data about you" in words(files["index.html"])


async def test_item_1_nothing_found_says_what_was_searched(crm: Any) -> None:
    files = await answered(crm, new_id())
    assert "No. We searched everywhere that is listed here and found nothing about you." in item(files, 1)
    for place in ("Contacts", "Interactions and tasks", "Files", "Who looked at your data"):
        assert place in item(files, 1)
    assert "portability/data.json" not in files


async def test_item_1_a_request_that_leads_to_nobody_is_answered(crm: Any) -> None:
    files = await answered(crm, None)
    assert "No. We searched" in item(files, 1)
    assert "Contacts" in item(files, 1)


async def test_item_2_copy_in_words_and_for_programs_with_notes_tags_and_files(crm: Any) -> None:
    ada = await add_ada(crm)
    file = await receive_file(crm, "plan ä.txt", only(b"The plan"))
    draft = InteractionDraft(kind="note", people=(ada,), subject="A plan")
    await log_interaction(crm, SYSTEM, draft, files=[file])
    files = await answered(crm, ada)
    page = words(files["data/contact-0001.html"])
    for text in ("Ada Lovelace", "ada@example.org", "lead", "She seemed keen on engines.", "Display name", "Tags"):
        assert text in page
    assert json.loads(files["data/contact-0001.json"])["entries"][0]["content"]["tags"] == ["lead"]
    assert [content for name, content in files.items() if name.startswith("files/")] == [b"The plan"]
    assert all(re.fullmatch(r"[A-Za-z0-9_./ ()+@-]+", name) for name in files), "any system can unpack these names"
    assert "../files/00001-plan%20_.txt" in files["data/store_core.files-0001.html"].decode()


async def test_item_3_purposes_with_basis_for_each_group(crm: Any) -> None:
    files = await answered(crm, await add_ada(crm))
    assert "Contacts Looking after contacts and what was agreed with them Contract" in item(files, 3)
    contents = json.loads(files["data/index.json"])["groups"]
    assert {each["group"]: each["basis"] for each in contents if each["entries"]}["contact"] == "contract"


async def test_item_4_categories(crm: Any) -> None:
    files = await answered(crm, await add_ada(crm))
    assert "Who you are and how you can be reached 1" in item(files, 4)


async def test_item_5_recipients_by_name_and_date(crm: Any) -> None:
    ada = await add_ada(crm)
    handover = Handover(
        purpose="agreement", channel="email", path="email", recipient="Relay Ltd", fields=("E-mail address", "Message")
    )
    for _ in range(2):
        await record_disclosures(crm, SYSTEM, {ada: Verdict(allowed=True, basis="contract")}, handover)
    files = await answered(crm, ada)
    assert re.search(
        r"Relay Ltd What we have agreed with you E-mail address, Message 2 times, from .+ to .+ Each", item(files, 5)
    )
    assert words(files["data/disclosure-0001.html"]).count("Relay Ltd") == 2
    nobody = await answered(crm, await add_mats(crm))
    assert "We have handed your data to nobody." in item(nobody, 5)


async def test_item_6_periods_and_a_date_where_one_can_be_computed(crm: Any) -> None:
    ada = await add_ada(crm)
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", (await moment(crm, ada)), ada)
    files = await answered(crm, ada)
    assert "As long as we have to do with you" in item(files, 6)
    day = re.search(r"Deleted by (\d+ \w+ \d{4})", words(files["data/contact-0001.html"]))
    assert day is not None
    assert day.group(1) in item(files, 6)


async def test_item_6_the_rules_of_the_chosen_country_with_their_law_and_day(crm: Any) -> None:
    ada = await add_ada(crm)
    await choose_country(crm, SYSTEM, "DE")
    shown = item(await answered(crm, ada), 6)
    found = await rules(crm)
    assert found is not None
    until = (await kept_until(crm, CONTACT, ada)).until
    assert until is not None
    day = Voice("en", "UTC").day(until)
    for rule in found.rules:
        if rule.retention_class in {"relationship", "request"}:
            assert rule.citation in shown
    assert f"After {day} somebody decides whether they are still needed" in shown, "nothing carries it out"


async def test_item_6_a_rule_that_is_carried_out_names_the_day_unless_something_is_held(crm: Any) -> None:
    ada = await add_ada(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await choose_country(crm, SYSTEM, "DE")
    await switch_rule(crm, SYSTEM, "evidence", on=True)
    until = (await kept_until(crm, EVENT, ada)).until
    assert until is not None
    day = Voice("en", "UTC").day(until)
    files = await answered(crm, ada)
    assert f"Deleted by {day}" in words(files["data/consent_event-0001.html"])
    assert day in item(files, 6)
    await crm.orders.give("hold", ada)
    assert "Deleted by" not in words((await answered(crm, ada))["data/consent_event-0001.html"])


async def moment(crm: Any, contact_id: UUID) -> Any:
    return (await crm.data.fetch("SELECT created_at FROM contact WHERE id = ?", contact_id))[0]["created_at"]


async def test_item_7_rights_as_links_bound_to_each_entry(crm: Any) -> None:
    ada = await add_ada(crm)
    files = await answered(crm, ada)
    page = files["answer.html"].decode()
    for kind in ("rectification", "erasure", "restriction", "portability", "objection", "withdrawal", "complaint"):
        assert f"/my/requests?kind={kind}" in page
    assert f"/my/requests?kind=erasure&amp;about=contact%2F{ada}" in files["data/contact-0001.html"].decode()


async def test_item_8_supervisory_authority_with_contact(crm: Any) -> None:
    controller = Controller(
        name="Verein e. V.",
        country="DE",
        authority="Landesbeauftragte",
        authority_contact="https://authority.example.org",
    )
    await save_controller(crm, SYSTEM, controller)
    files = await answered(crm, await add_ada(crm))
    assert "Landesbeauftragte" in item(files, 8)
    assert 'href="https://authority.example.org"' in files["answer.html"].decode()


async def test_item_9_source_of_each_entry_and_of_an_import(crm: Any) -> None:
    ada, run = await add_ada(crm), new_id()
    columns = columns_for(RUN, ada, {}) | {"id": run, "state": "done", "file_id": None}
    content = RunContent(origin="other_organisation", origin_note="Bought from Lists Ltd", file_name="list.csv")
    await crm.records.insert(RUN, columns, content)
    await crm.data.fetch(
        "INSERT INTO import_item (id, run_id, row_number, contact_id, action, version_after) VALUES (?, ?, 1, ?, 'created', 1)",
        new_id(), run, ada,
    )  # fmt: skip
    await record_event(crm, person(ada), says(ada, "given"))
    files = await answered(crm, ada)
    assert "Another organisation gave it to us. Bought from Lists Ltd" in item(files, 9)
    assert "Source You entered it yourself." in words(files["data/consent_event-0001.html"])
    for name in files:
        if re.fullmatch(r"data/contact.*\.html", name):
            assert "Source This program noted it." in words(files[name])


async def test_item_10_automated_decisions_none_in_words(crm: Any) -> None:
    files = await answered(crm, await add_ada(crm))
    assert "None. No decision about you was made by a machine alone" in item(files, 10)


async def test_item_11_transfers(crm: Any) -> None:
    await save_controller(crm, SYSTEM, Controller(name="Verein", country="DE", storage_country="CH"))
    ada = await add_ada(crm)
    assert "stored in Switzerland, outside the European Economic Area" in item(await answered(crm, ada), 11)
    await save_controller(crm, SYSTEM, Controller(name="Verein", country="DE", storage_country="DE"))
    assert "transfers them to no country outside" in item(await answered(crm, ada), 11)


async def test_item_12_read_log_with_dates_and_purposes_and_without_staff(crm: Any) -> None:
    ada, olga = await add_ada(crm), new_id()
    staff = Actor(id=olga, permissions=frozenset({"contacts.read"}))
    for _ in range(3):
        await visible_contact(crm, Access(actor=staff, purpose="relationship", where="GET /contacts/{id}"), ada)
    files = await answered(crm, ada)
    assert "Looking after contacts and what was agreed with them 3 times, from" in item(files, 12)
    assert words(files["data/reads-0001.html"]).count("GET /contacts/{id}") == 3
    assert all(str(olga).encode() not in content for content in files.values())


async def test_item_13_consent_history_with_receipts(crm: Any) -> None:
    ada = await add_ada(crm)
    for kind in ("given", "withdrawn"):
        await record_event(crm, person(ada), says(ada, kind))
    files = await answered(crm, ada)
    assert "Consent given Newsletter E-mail" in item(files, 13)
    assert "Consent withdrawn Newsletter E-mail" in item(files, 13)
    proofs = [name for name in files if re.fullmatch(r"receipts/\d{4}/receipt\.tlog-proof", name)]
    assert len(proofs) == 2


async def test_item_14_restrictions_objections_holds_and_suppressions(crm: Any) -> None:
    ada = await add_ada(crm)
    await crm.orders.give("restriction", ada)
    await crm.orders.give("hold", ada)
    await record_event(crm, person(ada), says(ada, "objected", purpose="customer_offers"))
    await suppress_contact(crm, ada, "email")
    told = item(await answered(crm, ada), 14)
    assert "Your data may be stored, and hardly anything else (Art. 18)" in told
    assert "Deletion is suspended" in told
    assert "You objected (Art. 21) Offers to existing customers E-mail" in told
    assert "Your address is on the list of those who get no advertising" in told


async def test_item_15_what_was_withheld_with_ground_and_note(crm: Any) -> None:
    ada = await add_ada(crm)
    await write_letter(crm, ada, text="A secret of the trade")
    withheld = Withheld(category="Letters", ground="Art. 15(4)", note="Trade secrets of another.", group="interaction")
    files = await answered(crm, ada, file=RequestFile(withheld=[withheld]))
    assert "Letters Art. 15(4) Trade secrets of another." in item(files, 15)
    assert "The key of the file; the file itself is here instead." in item(files, 15)
    assert all(b"A secret of the trade" not in content for content in files.values())
    assert "Kept back 1" in words(files["index.html"])


async def test_item_16_log_of_redactions_without_the_words(crm: Any) -> None:
    ada, mats = await add_ada(crm), await add_mats(crm)
    await write_letter(crm, ada, mats)
    decided = [Redaction(words="Mats Mustermann", reason="Somebody else's name"), Redaction(words="mats@example.org")]
    files = await answered(crm, ada, file=RequestFile(redactions=decided))
    assert "Interactions and tasks Body 1 Somebody else's name" in item(files, 16)
    assert "Interactions and tasks Body 1 It is about somebody else (Art. 15(4))." in item(files, 16)
    assert "Dear all, █████ (█████, 030 23125002) told Ada Lovelace" in words(files["data/interaction-0001.html"])
    assert "█████ (█████" in json.loads(files["data/interaction-0001.json"])["entries"][0]["content"]["body"]
    assert all(b"mats@example.org" not in content for content in files.values())
    assert all(b"Mustermann" not in content for content in files.values())


async def test_item_17_portability_holds_what_was_provided_and_nothing_else(crm: Any) -> None:
    ada = await add_ada(crm)
    await write_letter(crm, ada, text="I would like to join.")
    await write_letter(crm, ada, text="We noted that she is rich.", direction="out")
    files = await answered(crm, ada)
    folder = {name: content for name, content in files.items() if name.startswith("portability/")}
    data = json.loads(folder["portability/data.json"])
    assert data["person"]["emails"] == [{"address": "ada@example.org", "label": "home"}]
    assert data["parts"] == ["interaction-0001.json"]
    assert b"I would like to join." in folder["portability/interaction-0001.csv"]
    for text in (b"She seemed keen", b"lead", b"We noted that she is rich"):
        assert all(text not in content for content in folder.values()), "written by us, or concluded"
    schema = json.loads(folder["portability/schema.json"])
    for name in ("data.json", "interaction-0001.json"):
        jsonschema.validate(json.loads(folder[f"portability/{name}"]), schema)
    card = folder["portability/contact.vcf"].decode()
    assert "VERSION:4.0" in card
    assert card.count("NOTE") == 0
    assert len(read_back(card)) == 1


def read_back(card: str) -> list[Any]:
    return list(read_vcards(card.encode()))


async def test_item_17_a_request_for_portability_alone_gets_that_alone(crm: Any) -> None:
    files = await answered(crm, await add_ada(crm), kind="portability")
    folders = {name.partition("/")[0] for name in files}
    assert folders == {
        "index.html", "style.css", "portability", "README.txt", "verify.py", "verifier.key", "manifest.json",
        "manifest.note", "manifest.tlog-proof",
    }  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would load, run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.loaded, self.followed = set[str](), list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name == "style"]
        self.followed += [given["href"] or ""] if tag == "a" else []
        self.loaded += [
            value or "" for name, value in attrs if name in {"src", "srcset"} or (tag == "link" and name == "href")
        ]


async def test_item_18_layers_that_open_offline_and_run_nothing(crm: Any) -> None:
    ada = await add_ada(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    files = await answered(crm, ada)
    pages = {name: content.decode() for name, content in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        reader = Reader()
        reader.feed(page)
        assert not reader.tags & {"script", "iframe", "object", "embed", "form", "img", "base"}
        folder = Path(name).parent
        for path in [*reader.loaded, *(each for each in reader.followed if ":" not in each)]:
            inside = (folder / unquote(path).partition("#")[0]).as_posix()
            while "/../" in f"/{inside}":
                inside = re.sub(r"(^|/)[^/]+/\.\./", r"\1", inside, count=1)
            assert inside in files, f"{name} leads to {path}"
    assert len(words(files["index.html"])) < 3_000, "the summary is one page"
    assert "@media print" in files["style.css"].decode()


async def test_item_18_in_the_language_of_the_request(crm: Any) -> None:
    ada = await add_ada(crm)
    await write_letter(crm, ada)
    files = await answered(crm, ada, language="de-AT")
    assert '<html lang="de">' in files["index.html"].decode()
    assert "Ja. Wir haben Daten über Sie" in item(files, 1)
    page = words(files["data/interaction-0001.html"])
    for text in ("Betreff The engine", "Art Brief", "Herkunft", "Richtung Eingehend", "Berichtigen"):
        assert text in page
    assert re.search(r"Angelegt \d{1,2}\. \w+ \d{4}", page), "dates as the language writes them"
    assert "Ihre Daten bei" in files["README.txt"].decode()


async def test_item_18_what_a_person_wrote_is_shown_and_never_run(crm: Any) -> None:
    evil = '<script>alert(1)</script><a href="javascript:x">"&'
    content = ContactContent(display_name="Ada", note=evil)
    files = await answered(crm, await create_contact(crm, SYSTEM, ContactKind.PERSON, content))
    page = files["data/contact-0001.html"].decode()
    assert "<script" not in page
    assert html.escape(evil) in page


async def test_item_19_manifest_signature_and_ledger_hold_without_us(crm: Any, tmp_path: Path) -> None:
    ada = await add_ada(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    files = await answered(crm, ada)
    for name, content in files.items():
        path = tmp_path / "answer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    held = verified(tmp_path / "answer")
    assert held.returncode == 0, held.stderr
    assert "It holds:" in held.stdout
    for name in ("data/contact-0001.json", "manifest.json", "receipts/0001/receipt.jsonld"):
        path = tmp_path / "answer" / name
        sound = path.read_bytes()
        path.write_bytes(sound.replace(b"1", b"2", 1))
        assert verified(tmp_path / "answer").returncode == 1, name
        path.write_bytes(sound)
    (tmp_path / "answer" / "data" / "extra.html").write_text("More")
    assert "extra.html is missing, changed or not part" in verified(tmp_path / "answer").stderr


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(folder / "verify.py"), "answer", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_item_20_free_of_charge_remedies_and_backups(crm: Any) -> None:
    told = item(await answered(crm, await add_ada(crm)), 20)
    for text in ("free of charge", "supervisory authority (Art. 77)", "go to court", "backups"):
        assert text in told
