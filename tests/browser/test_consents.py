"""A sheet of paper is written down, changes what the contact's page says, is proved, and is withdrawn again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect


def make_contact(page: Any, name: str) -> str:
    """The address of a new person."""
    page.goto("/contacts/new?kind=person")
    page.fill("main [name=display_name]", name)
    page.click("main .form-end button >> nth=0")
    page.wait_for_url("**/contacts/*-*")
    return str(page.url.partition("?")[0])


def choose(page: Any, name: str, value: str) -> None:
    page.locator(f"main label:has(input[name={name}][value={value}])").click()


def test_consent_on_paper_is_recorded_shown_proved_and_withdrawn(page: Any, tmp_path: Path) -> None:
    address = make_contact(page, "Ada Lovelace")
    box = page.locator("details.panel", has_text="Newsletter")
    expect(box).to_contain_text("They have not consented.")
    page.click("text=Record consent")
    scan = tmp_path / "sheet.pdf"
    scan.write_bytes(b"%PDF-1.4 a sheet signed by Ada")
    page.select_option("main [name=purpose]", "newsletter")
    choose(page, "channels", "email")
    choose(page, "method", "paper")
    page.set_input_files("main [name=scan]", str(scan))
    page.click("main .form-end button")
    page.wait_for_url(address)
    expect(box).to_contain_text("They consented.")
    expect(page.locator("#strip")).to_contain_text("E-mail Newsletter")
    box.locator("a.proof-link", has_text="Newsletter").first.click()
    expect(page.locator("main")).to_contain_text("Included, proof worked out just now")
    with page.expect_download() as download:
        page.click("text=sheet.pdf")
    assert Path(download.value.path()).read_bytes() == scan.read_bytes()
    page.goto(address)
    page.click("text=Record a no")
    page.select_option("main [name=purpose]", "newsletter")
    choose(page, "channels", "email")
    choose(page, "method", "phone")
    page.click("main .form-end button")
    page.wait_for_url(address)
    expect(box).to_contain_text("They withdrew their consent.")
    page.locator("#toasts button", has_text="Undo").click()
    page.wait_for_url("**/consents")
    page.goto(address)
    expect(box).to_contain_text("They consented.")


def test_mistake_in_the_form_keeps_what_was_typed(page: Any) -> None:
    address = make_contact(page, "Grace Hopper")
    page.goto(f"{address}/consents/record")
    page.select_option("main [name=purpose]", "newsletter")
    page.fill("main [name=note]", "At the fair")
    page.click("main .form-end button")
    expect(page.locator("main [role=alert]")).to_contain_text("Choose at least one.")
    assert page.input_value("main [name=note]") == "At the fair"
