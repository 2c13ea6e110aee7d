"""A letter comes in: it is entered, proved, refused by two people and another one answered, all in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PASSWORD, sign_in
from tests.live_server import LiveServer

REQUEST = re.compile(r"/requests/[0-9a-f-]{36}$")


@pytest.fixture
def officer(browser: Any, server: LiveServer) -> Any:
    """A window of Paul's, the privacy officer, whom Olga has just invited."""
    context = browser.new_context(base_url=server.url, locale="en-GB")
    window = context.new_page()
    # Inviting asks for a password typed lately; that of the whole session may be long ago.
    sign_in(window, server)
    window.goto("/users")
    window.fill("main [name=display_name]", "Paul Privacy")
    window.fill("main [name=email]", "paul@example.org")
    window.select_option("#invite [name=role]", "privacy_officer")
    window.click("text=Make an invitation link")
    link = window.locator(".copy-line code").inner_text()
    context.clear_cookies()
    window.goto(link)
    window.fill("main [name=password]", PASSWORD)
    window.fill("main [name=password_again]", PASSWORD)
    window.click("main form button")
    window.wait_for_url(f"{server.url}/")
    yield window
    context.close()


def enter(page: Any, kind: str, message: str) -> str:
    """A letter of a person on file; the address of the request."""
    page.goto("/contacts")
    name = page.locator("main tbody .k-name a").first.inner_text()
    page.goto("/requests")
    page.click("text=Enter a request")
    page.select_option("main [name=kind]", kind)
    page.select_option("main [name=source]", "letter")
    page.fill("main [name=name]", name)
    page.fill("main [name=find]", name)
    page.click("main [name=_find]")
    page.locator("main label:has(input[name=contact])").first.click()
    page.fill("main [name=message]", message)
    page.click("text=Enter the request >> nth=-1")
    page.wait_for_url(REQUEST)
    return str(page.url)


def test_request_is_refused_by_two_people(page: Any, officer: Any) -> None:
    page.goto("/settings/organisation")
    page.fill("main [name=authority]", "Berlin Authority")
    # Going elsewhere at once would break off the sending of the form.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.click("main form .actions button")
    address = enter(page, "access", "What do you know about me?")
    main = page.locator("main")
    expect(main).to_contain_text("What do you know about me?")
    page.click("text=Note the proof")
    page.locator("main label:has(input[value=in_person])").click()
    page.locator("main label:has(input[name=confirmed][value=yes])").click()
    page.click("main .form-end button")
    page.wait_for_url(address)
    expect(main).to_contain_text("Put the answer together, look at it, and release it.")
    page.click("main summary[aria-label='More actions']")
    page.click("text=Propose to refuse")
    page.fill("main [name=reasons]", "It was answered last week.")
    page.click("main .form-end button")
    page.wait_for_url(address)
    expect(main).to_contain_text("You proposed to refuse this.")
    expect(page.locator("text=Approve the refusal")).to_have_count(0)
    officer.goto("/requests")
    officer.click(f"main a[href='/requests/{address.rpartition('/')[2]}']")
    expect(officer.locator("main")).to_contain_text("Olga Owner proposes to refuse this.")
    officer.click("text=Approve the refusal")
    expect(officer.locator("main blockquote")).to_have_text("It was answered last week.")
    officer.click("main .form-end button")
    officer.wait_for_url(address)
    expect(officer.locator("main")).to_contain_text("Refused")
    page.goto("/requests?which=closed")
    expect(main).to_contain_text("Refused")
    page.goto(address)
    page.locator(".letters summary").last.click()
    expect(page.locator(".letters")).to_contain_text("Berlin Authority")


def test_request_is_answered_by_letter(page: Any) -> None:
    address = enter(page, "rectification", "My street is wrong.")
    page.click("text=Note the proof")
    page.locator("main label:has(input[value=known_voice])").click()
    page.locator("main label:has(input[name=confirmed][value=yes])").click()
    page.click("main .form-end button")
    page.wait_for_url(address)
    page.locator(".next-box a", has_text="Answer").click()
    page.fill("main [name=text]", "We have corrected your street.")
    page.click("main .form-end button")
    page.wait_for_url(address)
    expect(page.locator(".request-head")).to_contain_text("Answered")
    page.locator(".letters summary").last.click()
    page.locator(".letters a", has_text="Print").last.click()
    expect(page.locator("article.paper")).to_contain_text("We have corrected your street.")
