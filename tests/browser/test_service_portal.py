"""Customers at their own requests in a real browser, without JavaScript and in two languages; axe finds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import MODES, barriers
from tests.browser.test_portal import Portal
from tests.browser.test_sales_portal import enter
from tests.live_server import LiveServer

BASE = "/my/x/service"
WORDS = {
    "en": {
        "new": "Ask or report something", "kind": "Something does not work", "next": "Continue", "missing": "Please say in a few words",
        "article": "Change the bulb of a lamp", "inside": "it off.", "send": "Send", "sent": "We have it.", "waits": "Waiting for your answer",
        "answered": "We have what you wrote.", "solved": "Yes, it is solved", "thanks": "Good to hear.", "again": "Open it again",
        "search": "Search", "yes": "Yes", "counted": "We count the answers and nothing else.",
    },
    "de": {
        "new": "Etwas fragen oder melden", "kind": "Etwas funktioniert nicht", "next": "Weiter", "missing": "Bitte sagen Sie in wenigen Worten",
        "article": "Eine Lampe wechseln", "inside": "bis sie kalt ist", "send": "Absenden", "sent": "Ihre Anfrage ist da.",
        "waits": "Wartet auf Ihre Antwort", "answered": "Ihre Nachricht ist da.", "solved": "Ja, es ist gelöst", "thanks": "Das freut uns.",
        "again": "Wieder öffnen", "search": "Suchen", "yes": "Ja", "counted": "Wir zählen nur die Antworten",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def public_side(service_house: tuple[LiveServer, Any, dict[str, str]]) -> Portal:
    live, _, known = service_house
    return Portal(live, known)


def test_customer_asks_answers_and_solves(window: Any, public_side: Portal, language: str, tmp_path: Path) -> None:
    words, home, known = WORDS[language], public_side.server.url, public_side.links
    enter(window, public_side, language)
    window.goto(f"{home}{BASE}/tickets")
    assert window.locator("html").get_attribute("lang") == language
    window.get_by_role("link", name=words["new"], exact=True).click()
    window.get_by_role("button", name=words["next"]).click()
    expect(window.get_by_text(words["missing"]).first).to_be_visible()
    window.get_by_label(words["kind"]).check()
    window.fill("[name=subject]", "A dark lamp" if language == "en" else "Eine dunkle Lampe")
    window.fill("[name=text]", "I have changed nothing.")
    window.get_by_role("button", name=words["next"]).click()
    window.locator("summary", has_text=words["article"]).click()
    expect(window.get_by_text(words["inside"])).to_be_visible()
    expect(window.locator("[name=text]")).to_have_value("I have changed nothing.")
    picture = tmp_path / "lamp.txt"
    picture.write_text("a lamp")
    window.set_input_files("[name=files]", str(picture))
    window.get_by_role("button", name=words["send"], exact=True).click()
    expect(window.get_by_text(words["sent"])).to_be_visible()
    expect(window.locator(".said-files a")).to_have_text("lamp.txt")
    window.goto(f"{home}{BASE}/tickets/{known[f'{language} ticket']}")
    expect(window.locator("h1 .state")).to_have_text(words["waits"])
    assert "Hidden" not in window.content()
    window.fill("[name=text]", "It is on its way.")
    window.get_by_role("button", name=words["send"], exact=True).click()
    expect(window.get_by_text(words["answered"])).to_be_visible()
    window.get_by_role("button", name=words["solved"]).click()
    expect(window.get_by_text(words["thanks"])).to_be_visible()
    expect(window.get_by_role("button", name=words["again"])).to_be_visible()
    window.goto(f"{home}{BASE}/help")
    window.fill("[name=q]", "lamp")
    window.get_by_role("button", name=words["search"]).click()
    window.get_by_role("link", name=words["article"]).click()
    window.get_by_role("button", name=words["yes"], exact=True).click()
    expect(window.get_by_text(words["counted"])).to_be_visible()


def test_own_requests_have_no_barrier_and_articles_come_while_one_writes(browser: Any, public_side: Portal) -> None:
    # The smallest and darkest at once: what is said twice costs half a minute of everybody's time.
    context = browser.new_context(bypass_csp=True, **{**MODES["320px"], "color_scheme": "dark"})
    context.set_default_timeout(15_000)
    window = context.new_page()
    enter(window, public_side, "other")
    known, found = public_side.links, {}
    paths = (
        "tickets",
        f"tickets/{known['other ticket']}",
        "help",
        f"help/{known['Change the bulb of a lamp']}",
        "tickets/new",
    )
    for path in paths:
        window.goto(f"{public_side.server.url}{BASE}/{path}")
        found[path] = barriers(window)
    window.locator("[name=subject]").press_sequentially("A dark lamp")
    expect(window.locator("#suggested summary").first).to_have_text("Change the bulb of a lamp")
    found["live"] = barriers(window)
    context.close()
    assert found == {path: [] for path in (*paths, "live")}
