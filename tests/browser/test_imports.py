"""Real address books through the page: preview, progress, report, found again, undone, and out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.shared_data import shared


def bring_in(page: Any, file: Path) -> None:
    """Upload one file and go to the preview by the suggested mapping."""
    page.goto("/imports/new")
    page.set_input_files("main input[type=file]", str(file))
    page.locator("main label:has(input[name=origin][value=themselves])").click()
    page.click("main form button >> nth=-1")
    page.wait_for_url("**/imports/*/*")
    if page.url.endswith("/mapping"):
        page.click("button:has-text('Show the preview')")
    page.wait_for_url("**/preview")


def run(page: Any) -> None:
    page.click("button:has-text('Import now')")
    page.wait_for_selector("text=/are here now|is here now/", timeout=60_000)


def count(page: Any) -> str:
    """What the list of contacts says of its length."""
    page.goto("/contacts")
    return str(page.locator("main [role=status]").first.inner_text())


def test_messy_table_is_previewed_imported_found_and_undone(page: Any) -> None:
    before = count(page)
    bring_in(page, shared("dedup/splink/fake_1000.csv"))
    for text in ("nothing is written yet", "608 new", "392 are here already"):
        expect(page.locator("main")).to_contain_text(text, use_inner_text=True)
    address = page.url
    assert count(page) == before
    page.goto(address)
    run(page)
    address = page.url
    page.goto("/contacts")
    page.type("main form.find [name=q]", "rob ala", delay=20)
    expect(page.locator("#results tbody tr a >> nth=0")).to_have_text("Robert Alan")
    page.goto(address)
    page.click("button:has-text('Undo this import')")
    page.wait_for_selector("text=This import was undone", timeout=60_000)
    assert count(page) == before


def test_address_book_of_a_phone_comes_in_and_goes_out_again(page: Any) -> None:
    bring_in(page, shared("vcard/ez-vcard/John_Doe_IPHONE.vcf"))
    run(page)
    page.goto("/export")
    page.locator("main label:has(input[value=vcard])").click()
    page.fill("main [name=reason]", "Moving to another phone")
    with page.expect_download() as download:
        page.click("main form button >> nth=-1")
    written = Path(download.value.path()).read_bytes()
    assert (written.startswith(b"BEGIN:VCARD\r\nVERSION:4.0\r\n"), b"\r\nN:Doe;John;" in written) == (True, True)
