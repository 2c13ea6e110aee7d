"""Take the pictures of the documentation from the running program, with its invented people.

Usage: python scripts/screenshots.py [FOLDER] [core|service]   (default: docs/images, and both)
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launched, make_owner, sign_in  # noqa: E402
from tests.live_server import LiveServer, confida, serving  # noqa: E402

WIDE = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"}
DARK = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 800}, "color_scheme": "light", "device_scale_factor": 2}
TABLE = (
    "First name,Last name,E-mail,Phone,Town,Member since\n"
    "Ada,Lovelace,ada@example.org,030 901820,Berlin,2019\n"
    "Grace,Hopper,grace@example.org,,Leipzig,2021\n"
    "Noor,Inayat,noor@example.org,0341 4960123,Leipzig,2024\n"
)


def window(browser: Any, server: LiveServer, look: dict[str, Any]) -> Any:
    context = browser.new_context(base_url=server.url, locale="en-GB", **look)
    page = context.new_page()
    sign_in(page, server)
    return page


def somebody_with_a_past(page: Any) -> str:
    """A person of the invented ones on whose timeline there is much to see."""
    page.goto("/contacts")
    return str(page.locator("#results tbody tr a", has_text="Wolfgang Ackermann").first.get_attribute("href"))


def photograph(browser: Any, server: LiveServer, folder: Path) -> None:
    make_owner(browser.new_context(base_url=server.url).new_page(), server)
    light = window(browser, server, WIDE)
    contact = somebody_with_a_past(light)
    for name, path in (("contact-light", contact), ("dashboard-light", "/")):
        light.goto(path)
        light.screenshot(path=folder / f"{name}.png")
    table = Path(tempfile.mkdtemp()) / "members.csv"
    table.write_text(TABLE)
    light.goto("/imports/new")
    light.set_input_files("main input[type=file]", str(table))
    light.locator("main label:has(input[name=origin][value=themselves])").click()
    light.click("main form button >> nth=-1")
    light.wait_for_url("**/mapping")
    light.screenshot(path=folder / "import-light.png")
    light.goto("/consents")
    light.screenshot(path=folder / "consent-light.png")
    light.goto(contact.partition("?")[0] + "/consents")
    light.locator("a.log-end").first.click()
    light.wait_for_load_state()
    light.screenshot(path=folder / "consent-proof-light.png")
    dark = window(browser, server, DARK)
    dark.goto("/contacts")
    dark.screenshot(path=folder / "contacts-dark.png")
    phone = window(browser, server, PHONE)
    phone.goto(contact)
    phone.screenshot(path=folder / "contact-phone.png")


SERVICE = {"CONFIDA_PLUGINS": '["service"]'}


def photograph_service(browser: Any, server: LiveServer, folder: Path) -> None:
    """Invented tickets come after the owner, so that they are somebody's."""
    make_owner(browser.new_context(base_url=server.url).new_page(), server)
    confida(server.home, "demo", "load", settings=SERVICE)
    page = window(browser, server, WIDE)
    page.goto("/x/service/tickets")
    page.locator("table.ticket-list .ticket-cell > a").first.click()
    page.wait_for_load_state()
    page.screenshot(path=folder / "service-ticket.png")
    page.goto("/x/service/figures?period=quarter")
    page.screenshot(path=folder / "service-figures.png")
    with ThreadPoolExecutor(1) as thread:
        secret = thread.submit(asyncio.run, customer_session(server.home)).result()
    context = browser.new_context(base_url=server.url, locale="en-GB", **WIDE)
    context.add_cookies(
        [{"name": "__Host-my", "value": secret, "domain": "localhost", "path": "/", "secure": True, "httpOnly": True}]
    )
    own = context.new_page()
    own.goto("/my/x/service/tickets?lang=en")
    own.screenshot(path=folder / "service-portal.png")


async def customer_session(home: Path) -> str:
    """The secret of a session of somebody who has both a ticket and equipment."""
    from confida_consent.tokens import make_token
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_web.app import load_everything

    settings = read_settings(home=home, region="DE", plugins=("service",))
    async with open_installation(settings, load_everything(settings)) as crm:
        (row,) = await crm.data.fetch(
            "SELECT e.contact_id FROM service_equipment AS e JOIN service_ticket AS t ON t.contact_id = e.contact_id "
            "GROUP BY e.contact_id ORDER BY count(DISTINCT t.id) DESC, e.contact_id LIMIT 1"
        )
        return await make_token(crm, row["contact_id"], "session")


def main() -> None:
    chosen = [one for one in sys.argv[1:] if one in {"core", "service"}] or ["core", "service"]
    folder = next((Path(one) for one in sys.argv[1:] if one not in {"core", "service"}), ROOT / "docs" / "images")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, launched() as browser:
        if "core" in chosen:
            with serving(Path(home) / "core", demo=True) as server:
                photograph(browser, server, folder)
        if "service" in chosen:
            with serving(Path(home) / "service", settings=SERVICE) as server:
                photograph_service(browser, server, folder)


if __name__ == "__main__":
    main()
