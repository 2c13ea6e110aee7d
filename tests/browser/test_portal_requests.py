"""Requests on the public side in a real browser, without JavaScript, in two languages; the codes come by real mail."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.browser.test_accessibility import MODES, violations
from tests.live_server import LiveServer, free_port, serving

MODULE = "tests.browser.portal_requesters"
ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\b(\d{4}) (\d{4})\b")
PATIENCE = 30.0

WORDS = {
    "en": {
        "access": "See what you store about me", "send": "Send the request", "stands": "How your request stands",
        "number": "We have your request.", "code": "Send me a code", "continue": "Continue", "proved": "now we know that it is you",
        "working": "Being worked on", "withdraw": "Withdraw the request", "withdrawn": "Your request is withdrawn.",
        "download": "Download the answer", "taken": "The answer was downloaded on", "plan": "See it and decide",
        "yes": "Yes, erase this", "confirmed": "You confirmed the erasure.", "certificate": "Download the certificate",
        "reply": "Send the reply", "written": "What you wrote is in the file", "choose": "Please choose what you want.",
        "correct": "Correct it", "correction": "Send the correction", "own": "Your requests", "details": "Your details",
        "lost": "I no longer have this address", "reach": "How we can reach you", "post": "Send",
    },
    "de": {
        "access": "Sehen, was Sie über mich speichern", "send": "Antrag absenden", "stands": "Wie Ihr Antrag steht",
        "number": "Wir haben Ihren Antrag.", "code": "Code senden", "continue": "Weiter", "proved": "jetzt wissen wir, dass Sie es sind",
        "working": "In Bearbeitung", "withdraw": "Antrag zurückziehen", "withdrawn": "Ihr Antrag ist zurückgezogen.",
        "download": "Antwort herunterladen", "taken": "Die Antwort wurde heruntergeladen am", "plan": "Ansehen und entscheiden",
        "yes": "Ja, dies löschen", "confirmed": "Sie haben die Löschung bestätigt.", "certificate": "Bescheinigung herunterladen",
        "reply": "Antwort absenden", "written": "Was Sie geschrieben haben, liegt bei Ihrem Antrag", "choose": "Bitte wählen Sie, was Sie möchten.",
        "correct": "Berichtigen", "correction": "Berichtigung absenden", "own": "Ihre Anträge", "details": "Ihre Angaben",
        "lost": "Ich habe diese Adresse nicht mehr", "reach": "Wie wir Sie erreichen", "post": "Absenden",
    },
}  # fmt: skip


class Mailbox:
    """Everybody's mail, as (to, text)."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        from email import message_from_bytes, policy

        body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
        self.mails.append((envelope.rcpt_tos[0], body.get_content() if body else ""))
        return "250 taken"

    def codes(self, address: str) -> list[str]:
        return [found[1] + found[2] for to, text in self.mails if to == address and (found := CODE.search(text))]

    def next_code(self, address: str, before: int) -> str:
        """The code that comes after so many others."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if len(codes := self.codes(address)) > before:
                return codes[-1]
            time.sleep(0.1)
        raise AssertionError("no code came")


@dataclass(frozen=True)
class Portal:
    server: LiveServer
    links: dict[str, str]
    mailbox: Mailbox

    def url(self, name: str) -> str:
        return self.server.url + self.links[name]

    def prove(self, window: Any, language: str, words: dict[str, str]) -> None:
        """From a page that offers a code to the page behind it."""
        address = f"{language}@example.org"
        before = len(self.mailbox.codes(address))
        button(window, words["code"]).click()
        window.fill("[name=code]", self.mailbox.next_code(address, before))
        button(window, words["continue"]).click()
        expect(window.get_by_text(words["proved"])).to_be_visible()


@pytest.fixture(scope="module")
def public_side(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    links: dict[str, str] = {}

    def make_requesters(home: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, str(home)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        links.update(json.loads(done.stdout))

    mailbox, port = Mailbox(), free_port()
    mail = {
        "CONFIDA_SMTP_HOST": "127.0.0.1", "CONFIDA_SMTP_PORT": str(port), "CONFIDA_SMTP_SECURITY": "none",
        "CONFIDA_MAIL_FROM": "crm@example.org",
    }  # fmt: skip
    post_office = Controller(mailbox, hostname="127.0.0.1", port=port)
    post_office.start()
    try:
        home = tmp_path_factory.mktemp("requests") / "home"
        with serving(home, settings=mail, before=make_requesters) as live:
            yield Portal(live, links, mailbox)
    finally:
        post_office.stop()


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True).first


def session(window: Any, portal: Portal, name: str) -> None:
    """From now on the window is somebody's who typed a code before."""
    cookie = {"name": "__Host-my", "value": portal.links[f"{name} session"], "domain": "localhost", "path": "/",
              "secure": True, "httpOnly": True, "sameSite": "Strict"}  # fmt: skip
    window.context.add_cookies([cookie])


def test_request_is_sent_proved_by_a_mailed_code_and_withdrawn(window: Any, public_side: Portal, language: str) -> None:
    words = WORDS[language]
    window.goto(f"{public_side.server.url}/my/")
    window.locator("footer a").click()
    expect(window.locator("script")).to_have_count(0)
    window.fill("[name=identifier]", f"{language.upper()}@example.org")
    window.fill("[name=message]", "Please.")
    # The browser itself asks for a choice; without it the page does.
    window.locator("[name=kind][value=objection]").check()
    button(window, words["send"]).click()
    expect(window.get_by_role("heading", name=words["stands"])).to_be_visible()
    expect(window.get_by_text(words["number"])).to_be_visible()
    number = window.locator("main strong[dir=ltr]").inner_text()
    public_side.prove(window, language, words)
    expect(window.locator("main strong[dir=ltr]")).to_have_text(number)
    expect(window.get_by_text(words["working"])).to_be_visible()
    button(window, words["withdraw"]).click()
    expect(window.get_by_text(words["withdrawn"])).to_be_visible()


def test_mandate_is_taken_and_a_lost_address_leads_to_staff(
    window: Any, public_side: Portal, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    mandate = tmp_path / "mandate.pdf"
    mandate.write_bytes(b"%PDF-1.4 signed")
    window.goto(f"{public_side.server.url}/my/requests?kind=access")
    expect(window.locator("[name=kind][value=access]")).to_be_checked()
    window.fill("[name=identifier]", "nobody@example.org")
    window.locator("[name=whose][value=other]").check()
    window.locator("details summary").first.click()
    window.fill("[name=mandate]", "I am her daughter.")
    window.set_input_files("[name=mandate_file]", mandate)
    button(window, words["send"]).click()
    expect(window.get_by_text(words["number"])).to_be_visible()
    window.get_by_text(words["lost"]).click()
    window.get_by_label(words["reach"]).fill("Call me in the evening.")
    button(window, words["post"]).click()
    expect(window.get_by_text(words["written"])).to_be_visible()


def test_answer_is_downloaded_once_after_a_fresh_code(
    window: Any, public_side: Portal, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    window.goto(public_side.url(f"{language} ready"))
    expect(button(window, words["download"])).to_have_count(0)
    public_side.prove(window, language, words)
    with window.expect_download() as download:
        button(window, words["download"]).click()
    download.value.save_as(tmp_path / "answer.zip")
    assert "manifest.json" in zipfile.ZipFile(tmp_path / "answer.zip").namelist()
    window.reload()
    expect(window.get_by_text(words["taken"])).to_be_visible()


def test_erasure_is_confirmed_after_its_plan_and_certified(
    window: Any, public_side: Portal, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    window.goto(public_side.url(f"{language} erasure"))
    public_side.prove(window, language, words)
    window.get_by_role("link", name=words["plan"]).click()
    expect(window.locator("#goes, #stays, #backups")).to_have_count(3)
    window.locator("[name=suppress]").check()
    button(window, words["yes"]).click()
    expect(window.get_by_text(words["confirmed"])).to_be_visible()
    window.goto(public_side.url(f"{language} erased"))
    with window.expect_download() as download:
        window.get_by_role("link", name=words["certificate"]).click()
    download.value.save_as(tmp_path / "certificate.zip")
    assert "certificate.tlog-proof" in zipfile.ZipFile(tmp_path / "certificate.zip").namelist()


def test_question_is_answered_on_the_page(window: Any, public_side: Portal, language: str) -> None:
    words = WORDS[language]
    window.goto(public_side.url(f"{language} question"))
    window.fill("[name=text]", "Both of them.")
    button(window, words["reply"]).click()
    expect(window.get_by_text(words["written"])).to_be_visible()
    expect(window.get_by_text(words["working"])).to_be_visible()


def test_details_are_corrected_by_whoever_is_in(window: Any, public_side: Portal, language: str) -> None:
    words = WORDS[language]
    session(window, public_side, language)
    window.goto(f"{public_side.server.url}/my/")
    window.get_by_role("link", name=words["details"], exact=True).click()
    expect(window.get_by_text("1 Low Street")).to_be_visible()
    window.get_by_role("link", name=words["correct"], exact=True).click()
    window.fill("[name=locality0]", "Potsdam")
    button(window, words["correction"]).click()
    expect(window.get_by_text(words["working"])).to_be_visible()
    window.get_by_role("link", name=words["own"], exact=True).click()
    expect(window.locator("#own + ul li").nth(2)).to_be_visible()


@pytest.mark.parametrize(
    ("mode", "language"),
    [("light", "en"), ("dark", "de"), ("320px", "de"), ("forced colours", "en")],
    indirect=["language"],
)
def test_axe_finds_nothing(browser: Any, public_side: Portal, mode: str, language: str) -> None:
    given = MODES.get(mode, {"forced_colors": "active"})
    context = browser.new_context(bypass_csp=True, locale=f"{language}-DE", **given)
    window, wrong = context.new_page(), dict[str, list[str]]()
    home = f"{public_side.server.url}/my"
    pages = [public_side.url(f"axe {name}") for name in ("ready", "erasure", "question", "erased")]
    strangers = [f"{home}/requests", *pages, f"{pages[0]}/code", f"{pages[0]}?done=late", f"{home}/requests/x"]
    for address in strangers:
        wrong |= faults_at(window, address, mode, language)
    session(window, public_side, "axe")
    theirs = [f"{home}/requests", f"{home}/details", f"{home}/details/edit", *pages, f"{pages[1]}/erasure"]
    for address in theirs:
        wrong |= faults_at(window, address, mode, language)
    window.goto(f"{home}/details/edit")
    window.fill("[name=country0]", "??")
    with window.expect_navigation():
        window.locator("main form button").click()
    wrong |= faults_here(window, "refused correction", mode, language)
    context.close()
    assert wrong == {}


def faults_at(window: Any, address: str, mode: str, language: str) -> dict[str, list[str]]:
    window.goto(address)
    return faults_here(window, address, mode, language)


def faults_here(window: Any, address: str, mode: str, language: str) -> dict[str, list[str]]:
    """What is wrong with the page that is shown, if anything."""
    window.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    # Forced colours are the system's own, whatever the page says.
    found = [one for one in violations(window) if mode in MODES or not one.startswith("color-contrast:")]
    if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        found.append("the page scrolls sideways")
    if window.evaluate("document.documentElement.lang") != language:
        found.append("in another language")
    return {address: found} if found else {}
