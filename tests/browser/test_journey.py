"""What a new user does in the first hour, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.live_server import LiveServer

CONTACT = re.compile(r"/contacts/[0-9a-f-]{36}$")


@pytest.fixture(scope="module")
def ada_address(browser: Any, server: LiveServer, signed_in: Any) -> str:
    """Ada Lovelace, written down by hand once."""
    context = browser.new_context(storage_state=signed_in, base_url=server.url)
    window = context.new_page()
    window.goto("/contacts/new?kind=person")
    window.fill("[name=name-given]", "Ada")
    window.fill("[name=name-family]", "Lovelace-Zuse")
    window.fill("[name=emails-0-address]", "ada@example.org")
    window.fill("[name=phones-0-number]", "0341 4960123")
    window.click(".form-end button:has-text('Save')")
    window.wait_for_url(CONTACT)
    address = str(window.url)
    context.close()
    return address


@pytest.fixture
def ada(page: Any, ada_address: str) -> str:
    """Ada's address, with her page open."""
    page.goto(ada_address)
    return ada_address


def compose(page: Any, kind: str, body: str, **fields: str) -> None:
    """Use the box above the timeline and wait until the entry stands on it."""
    page.click(f"#compose .kinds label:has(input[value={kind}])")
    page.click("#compose textarea[name=body]")
    page.fill("#compose textarea[name=body]", body)
    for name, value in fields.items():
        page.fill(f"#compose [name={name}]", value)
    page.click("#compose button:has-text('Save')")
    page.wait_for_selector(f"#story .entries >> text={body}")


def test_person_is_found_by_two_word_beginnings_while_typing(page: Any, ada: str) -> None:
    page.goto("/contacts")
    page.type("main form.find [name=q]", "zus ad", delay=20)
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("#results tbody tr a").first).to_have_text("Ada Lovelace-Zuse")
    page.click("#results tbody tr a >> nth=0")
    # The address carries on how to come back to the list.
    page.wait_for_url(re.compile(re.escape(ada)))


def test_call_meeting_and_note_with_attachment_stand_on_the_timeline(page: Any, ada: str, tmp_path: Path) -> None:
    compose(page, "call", "She asked about the engine", duration_minutes="12")
    compose(page, "meeting", "Drew the diagrams together")
    attachment = tmp_path / "diagram of note G.txt"
    attachment.write_text("B7 = -1/30")
    page.click("#compose .kinds label:has(input[value=note])")
    page.fill("#compose textarea[name=body]", "The diagram she left")
    page.click("#compose .composer-more summary")
    page.set_input_files("#compose [name=attachments]", str(attachment))
    page.click("#compose button:has-text('Save')")
    page.wait_for_selector("#story .entries >> text=The diagram she left")
    page.reload()
    for text in ("She asked about the engine", "Drew the diagrams together", "12 mins"):
        expect(page.locator("#story")).to_contain_text(text)
    with page.expect_download() as download:
        page.click("#story a:has-text('diagram of note G.txt')")
    assert Path(download.value.path()).read_text() == "B7 = -1/30"


def test_follow_up_task_appears_under_my_day_and_is_done_there(page: Any, ada: str) -> None:
    page.click("#compose .kinds label:has(input[value=task])")
    page.fill("#compose [name=subject]", "Send Ada the tables")
    page.fill("#compose [name=due_on]", "2020-01-31")
    page.click("#compose button:has-text('Save')")
    page.wait_for_selector("main >> text=Send Ada the tables")
    page.goto("/")
    row = page.locator("main li, main tr", has_text="Send Ada the tables").first
    row.locator("button").first.click()
    expect(page.locator("main")).not_to_contain_text("Send Ada the tables")


def test_second_browser_that_saves_is_told_what_changed(
    page: Any, ada: str, browser: Any, server: LiveServer, signed_in: Any
) -> None:
    page.goto(f"{ada}/edit")
    other_context = browser.new_context(storage_state=signed_in, base_url=server.url)
    other = other_context.new_page()
    other.goto(f"{ada}/edit")
    other.fill("[name=job_title]", "Countess")
    other.click("main .form-end button:has-text('Save')")
    other.wait_for_url(CONTACT)
    page.fill("[name=job_title]", "Mathematician")
    page.fill("[name=nickname]", "Enchantress of Number")
    page.click("main .form-end button:has-text('Save')")
    page.wait_for_selector("h1:has-text('Changed meanwhile')")
    expect(page.locator("main")).to_contain_text("Countess")
    expect(page.locator("main")).to_contain_text("Mathematician")
    page.check("input[name=choice-job_title][value=mine]", force=True)
    page.click("button:has-text('Save this choice')")
    page.wait_for_url(CONTACT)
    expect(page.locator("main")).to_contain_text("Mathematician")
    expect(page.locator("main")).not_to_contain_text("Countess")
    other.goto(f"{ada}/history")
    expect(other.locator("main")).to_contain_text("Olga Owner")
    other_context.close()


def test_everything_works_without_javascript(browser: Any, server: LiveServer, signed_in: Any) -> None:
    context = browser.new_context(storage_state=signed_in, base_url=server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/contacts/new?kind=person")
    plain.fill("[name=display_name]", "Grace Without Script")
    plain.click("main .form-end button:has-text('Save')")
    plain.wait_for_url(CONTACT)
    address = plain.url
    plain.fill("#compose textarea[name=body]", "Written on paper first")
    # Going elsewhere at once would break off the sending of the form.
    with plain.expect_navigation():
        plain.click("#compose button:has-text('Save')")
    plain.goto(address)
    expect(plain.locator("main")).to_contain_text("Written on paper first")
    plain.goto("/contacts")
    plain.fill("main form.find [name=q]", "gra scri")
    with plain.expect_navigation():
        plain.press("main form.find [name=q]", "Enter")
    expect(plain.locator("#results tbody tr")).to_have_count(1)
    expect(plain.locator("#results tbody tr a").first).to_have_text("Grace Without Script")
    context.close()


def test_the_palette_finds_a_person_by_keyboard_alone(page: Any, ada: str) -> None:
    page.goto("/tasks")
    page.keyboard.press("Control+k")
    page.keyboard.type("love ada", delay=20)
    page.wait_for_selector("dialog[open] >> text=Ada Lovelace-Zuse")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(CONTACT)


def test_extensions_are_all_registered(page: Any) -> None:
    page.goto("/")
    assert page.evaluate("htmx.config.extensions") == "sse,preload,hx-pending"
    # A wrong name is dropped silently; a name that is taken already answers false.
    again = "['sse', 'preload', 'hx-pending'].map(name => htmx.registerExtension(name, {}))"
    assert page.evaluate(again) == [False, False, False]
