"""Renders every sample page to a folder and photographs it: for people who judge how Confida looks.

Usage: python scripts/gallery.py FOLDER [--only NAME ...] [--modes light,dark,phone,rtl] [--axe]
The pages are served from 127.0.0.1 under the strict policy of the program, so a blocked style or script shows.
"""

from __future__ import annotations

import json
import sys
import threading
from argparse import ArgumentParser, Namespace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402
from tests.web.samples import frame, samples  # noqa: E402

from confida_web.frame import Frame  # noqa: E402
from confida_web.page import STATIC_FOLDER, build_environment, render  # noqa: E402

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MODES: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "light": ({"theme": "light"}, (1440, 900)),
    "dark": ({"theme": "dark"}, (1440, 900)),
    "phone": ({"theme": "light"}, (360, 740)),
    "tiny": ({"theme": "light"}, (320, 640)),
    "rtl": ({"theme": "light", "dir": "rtl", "lang": "ar"}, (1280, 900)),
    "compact": ({"theme": "light", "density": "compact"}, (1024, 800)),
}


class Handler(SimpleHTTPRequestHandler):
    """Serves the rendered pages, and static/ from the source."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def translate_path(self, path: str) -> str:
        plain = path.partition("?")[0]
        if plain.startswith("/static/"):
            return str(STATIC_FOLDER / plain.removeprefix("/static/"))
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet: the photographs are the output."""


def write_pages(folder: Path, modes: list[str], only: list[str]) -> list[str]:
    """Renders the samples in each mode into the folder; returns their names."""
    environment = build_environment()
    names = []
    for name, content in samples().items():
        if only and name not in only:
            continue
        stranger = content.template.startswith(("account/setup", "account/login", "account/recovery", "errors"))
        names.append(name)
        for mode in modes:
            look = MODES[mode][0]
            surroundings = Frame(**look) if stranger else frame(**look)
            (folder / f"{name}.{mode}.html").write_text(render(environment, content, surroundings), encoding="utf-8")
    return names


def examine(browser: Any, address: str, name: str, mode: str, options: Namespace) -> list[str]:
    """Photographs one page; returns what the browser, the policy or axe complain about."""
    width, height = MODES[mode][1]
    tab = browser.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(f"{address}/{name}.{mode}.html")
    tab.wait_for_timeout(80)
    if tab.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        complaints.append("the page scrolls sideways")
    tab.screenshot(path=str(options.folder / f"{name}.{mode}.png"), full_page=True)
    if options.axe:
        # Evaluated and not added as a tag: the policy forbids inline scripts, and it should.
        tab.evaluate((ROOT / "tests/browser/vendor/axe.min.js").read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = tab.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", tags)
        for broken in found["violations"]:
            where = [node["target"] for node in broken["nodes"]][:3]
            complaints.append(f"axe {broken['id']}: {broken['help']} {json.dumps(where)}")
    tab.close()
    return complaints


def main(options: Namespace) -> int:
    """Returns the number of complaints."""
    options.folder.mkdir(parents=True, exist_ok=True)
    modes = options.modes.split(",")
    names = write_pages(options.folder, modes, options.only)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(options.folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    total = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for mode in modes:
            for name in names:
                complaints = examine(browser, f"http://127.0.0.1:{server.server_port}", name, mode, options)
                total += len(complaints)
                for complaint in complaints:
                    print(f"{name}.{mode}: {complaint}")
        browser.close()
    server.shutdown()
    print(f"{len(names)} pages in {len(modes)} modes, {total} complaints")
    return total


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--modes", default="light,dark,phone,rtl")
    parser.add_argument("--axe", action="store_true")
    sys.exit(1 if main(parser.parse_args()) else 0)
