"""The answer to a data subject in a real browser, from the disk: no network, no program, axe finds nothing, prints."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from confida_consent.events import record_event
from confida_core.installation import open_installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.settings import read_settings
from confida_core.setup import initialise, upgrade
from confida_core.vault.access import system_access
from tests.browser.test_accessibility import MODES, violations
from tests.conftest import own_registry
from tests.consent.people import add_contact, person, says
from tests.consent.rights.answers import answered


async def make_answer(home: Path, folder: Path, language: str) -> None:
    settings = read_settings(home=home, region="DE")
    initialise(settings)
    async with open_installation(settings, own_registry()) as crm:
        await upgrade(crm)
        ada = await add_contact(crm, "Ada Lovelace")
        draft = InteractionDraft(kind="letter", people=(ada,), subject="The engine", body="A long text. " * 200)
        await log_interaction(crm, system_access("tests", "relationship"), draft)
        await record_event(crm, person(ada), says(ada, "given"))
        for name, content in (await answered(crm, ada, language=language)).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@pytest.fixture(scope="module", params=["en", "de"])
def answer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package, unpacked. Made in a thread, because the browser's driver has a loop in this one."""
    folder = tmp_path_factory.mktemp("answer")
    with ThreadPoolExecutor(1) as pool:
        work = make_answer(folder / "home", folder / "package", str(request.param))
        pool.submit(asyncio.run, work).result()
    return folder / "package"


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_in_an_answer(browser: Any, answer: Path, mode: str) -> None:
    context = browser.new_context(bypass_csp=True, **MODES[mode])
    window = context.new_page()
    wrong = {}
    for path in sorted(answer.rglob("*.html")):
        window.goto(path.as_uri())
        found = violations(window)
        if window.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append("the page scrolls sideways")
        if found:
            wrong[path.name] = found
    context.close()
    assert wrong == {}


def test_answer_opens_from_the_disk_without_network_or_programs_and_every_link_leads_somewhere(
    browser: Any, answer: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    window, asked, refused = context.new_page(), list[str](), list[str]()
    window.on("request", lambda request: asked.append(request.url))
    window.on("requestfailed", lambda request: refused.append(request.url))
    window.on("console", lambda message: refused.append(message.text))
    window.goto((answer / "index.html").as_uri())
    expect(window.locator("h1")).to_have_count(1)
    assert window.locator("section.summary").evaluate("e => getComputedStyle(e).display") == "block"
    window.locator("a[href='answer.html#item-12']").click()
    expect(window.locator("#item-12")).to_be_visible()
    window.locator("#item-2 a").first.click()
    expect(window.locator("article").first).to_be_visible()
    window.locator("nav a").first.click()
    expect(window).to_have_url((answer / "index.html").as_uri())
    assert len(window.pdf()) > 1_000
    context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert refused == []
