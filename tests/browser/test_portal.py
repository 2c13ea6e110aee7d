"""The public side in a real browser: without JavaScript in two languages, and axe finds nothing on any of its pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import MODES, violations
from tests.live_server import LiveServer, serving

MODULE = "tests.browser.portal_people"
ROOT = Path(__file__).resolve().parents[2]

WORDS = {
    "en": {
        "agree": "Agree: Newsletter, E-mail", "withdraw": "Withdraw: Newsletter, E-mail", "given": "Your consent is recorded.",
        "gone": "Your withdrawal is recorded. It holds from now on.", "history": "What was recorded", "agreed": "You agreed: Newsletter",
        "everything": "Withdraw everything", "object": "Object: Knowing what interests you, Conclusions about you",
        "objected": "You objected", "receipt": "Receipt for your consent", "all": "All files in one", "yes": "Yes, I agree",
        "thanks": "Thank you, it is recorded", "stop": "Unsubscribe", "stopped": "You are unsubscribed", "wrong": "This link does not work",
        "send": "Send me a code", "code": "Enter your code", "bad": "This code is not right", "text": "The whole text that your decision is about",
    },
    "de": {
        "agree": "Einwilligen: Newsletter, E-Mail", "withdraw": "Widerrufen: Newsletter, E-Mail",
        "given": "Ihre Einwilligung ist aufgezeichnet.",
        "gone": "Ihr Widerruf ist aufgezeichnet. Er gilt ab jetzt.", "history": "Was aufgezeichnet wurde",
        "agreed": "Sie haben eingewilligt: Newsletter",
        "everything": "Alles widerrufen", "object": "Widersprechen: Wissen, was Sie interessiert, Schlüsse über Sie",
        "objected": "Sie haben widersprochen", "receipt": "Beleg über Ihre Einwilligung", "all": "Alle Dateien in einer",
        "yes": "Ja, ich willige ein",
        "thanks": "Danke, es ist aufgezeichnet", "stop": "Abmelden", "stopped": "Sie sind abgemeldet", "wrong": "Dieser Link funktioniert nicht",
        "send": "Code senden", "code": "Geben Sie Ihren Code ein", "bad": "Dieser Code ist nicht richtig",
        "text": "Der ganze Text, um den es bei Ihrer Entscheidung geht",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Portal:
    server: LiveServer
    links: dict[str, str]

    def url(self, name: str) -> str:
        return self.server.url + self.links[name]


@pytest.fixture(scope="module")
def public_side(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    links: dict[str, str] = {}

    def make_people(home: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, str(home)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        links.update(json.loads(done.stdout))

    with serving(tmp_path_factory.mktemp("portal") / "home", before=make_people) as live:
        yield Portal(live, links)


def button(page: Any, name: str) -> Any:
    # What is only read aloud stands in an element of its own, which may count as a space.
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name).replace(':', ' ?:')}$"))


def test_preference_centre_works_without_javascript(
    window: Any, public_side: Portal, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    window.goto(public_side.url(language))
    assert window.locator("html").get_attribute("lang") == language
    expect(window.locator("script")).to_have_count(0)
    window.get_by_text(words["text"]).first.click()
    expect(window.locator(".notice-text").first).to_be_visible()
    give = button(window, words["agree"]).bounding_box()
    button(window, words["agree"]).click()
    expect(window.get_by_text(words["given"])).to_be_visible()
    take = button(window, words["withdraw"]).bounding_box()
    assert (give["width"], give["height"]) == (take["width"], take["height"])
    window.get_by_role("link", name=words["history"], exact=True).click()
    expect(window.get_by_role("heading", name=words["agreed"])).to_be_visible()
    window.locator(".story a").first.click()
    expect(window.get_by_role("heading", name=words["receipt"])).to_be_visible()
    with window.expect_download() as download:
        window.get_by_role("link", name=words["all"]).click()
    download.value.save_as(tmp_path / "receipt.zip")
    assert {"receipt.jsonld", "receipt.tlog-proof", "verify.py"} <= set(
        zipfile.ZipFile(tmp_path / "receipt.zip").namelist()
    )
    window.goto(public_side.url(language) + "/consents")
    button(window, words["withdraw"]).click()
    expect(window.get_by_text(words["gone"])).to_be_visible()
    button(window, words["object"]).click()
    button(window, words["everything"]).click()
    expect(window.get_by_text(words["objected"])).to_have_count(6)


def test_confirming_and_unsubscribing_take_one_press_each(window: Any, public_side: Portal, language: str) -> None:
    words = WORDS[language]
    window.goto(public_side.url(f"{language} confirm"))
    button(window, words["yes"]).click()
    expect(window.get_by_role("heading", name=words["thanks"])).to_be_visible()
    window.goto(public_side.url(f"{language} confirm"))
    expect(window.get_by_role("heading", name=words["wrong"])).to_be_visible()
    window.goto(public_side.url(f"{language} unsubscribe"))
    button(window, words["stop"]).click()
    expect(window.get_by_role("heading", name=words["stopped"])).to_be_visible()


def test_asking_for_a_code_works_without_javascript_and_tells_nothing(
    window: Any, public_side: Portal, language: str
) -> None:
    words = WORDS[language]
    window.goto(f"{public_side.server.url}/my/")
    window.fill("[name=email]", "nobody@example.org")
    button(window, words["send"]).click()
    expect(window.get_by_role("heading", name=words["code"])).to_be_visible()
    window.fill("[name=code]", "1234 5678")
    window.locator("main form button").click()
    expect(window.get_by_text(words["bad"]).first).to_be_visible()


def test_language_is_switched_by_a_link_and_kept(browser: Any, public_side: Portal) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    window = context.new_page()
    window.goto(f"{public_side.server.url}/my/")
    window.get_by_role("link", name="Deutsch").click()
    expect(window.get_by_role("heading", name="Ihre Daten und Ihre Entscheidungen")).to_be_visible()
    window.goto(f"{public_side.server.url}/my/subscribe")
    assert window.locator("html").get_attribute("lang") == "de"
    context.close()


def every_page(portal: Portal, window: Any) -> list[str]:
    """Addresses of each kind of page, with a receipt among them; one consent is given first."""
    base = portal.url("axe")
    window.goto(base)
    # Going elsewhere at once would break off the sending of the form.
    with window.expect_navigation():
        window.locator("button.choice").first.click()
    window.goto(base + "/history")
    receipt = portal.server.url + str(window.locator(".story a").first.get_attribute("href"))
    home = portal.server.url + "/my"
    own = [base, f"{base}/consents?done=changed", f"{base}/history", receipt]
    return [
        *own, home, f"{home}?out", f"{home}/code", f"{home}/subscribe", f"{home}/nowhere", f"{home}/p/x/consents",
        portal.url("axe confirm"), portal.url("axe unsubscribe"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "language"),
    [("light", "en"), ("dark", "de"), ("320px", "de"), ("forced colours", "en")],
    indirect=["language"],
)
def test_axe_finds_nothing(browser: Any, public_side: Portal, mode: str, language: str) -> None:
    given = MODES.get(mode, {"forced_colors": "active"})
    context = browser.new_context(
        bypass_csp=True, locale=f"{language}-DE", extra_http_headers={"Sec-GPC": "1"}, **given
    )
    window, wrong = context.new_page(), {}
    for address in every_page(public_side, window):
        window.goto(address)
        # Forced colours are the system's own, whatever the page says.
        found = [one for one in violations(window) if mode in MODES or not one.startswith("color-contrast:")]
        if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append("the page scrolls sideways")
        if window.evaluate("document.documentElement.lang") != language:
            found.append("in another language")
        if found:
            wrong[address] = found
    context.close()
    assert wrong == {}
