"""Takes the browser files we ship out of their npm packages, and writes down what was taken.

Usage: python scripts/vendor.py FOLDER, where FOLDER holds the tarballs (`npm pack htmx.org@4.0.1` and so on).
A tarball whose integrity differs from the one below is refused. `tests/web/test_vendor.py` hashes the result again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "web" / "confida_web" / "static"
LOCK = STATIC / "vendor" / "vendor.lock"


@dataclass(frozen=True, kw_only=True)
class Package:
    """integrity: as the npm registry states it. files: path in the package -> path below the project."""

    name: str
    version: str
    tarball: str
    licence: str
    integrity: str
    files: dict[str, str]


_VENDOR = "web/confida_web/static/vendor"
_OAT_PARTS = (
    "00-base", "01-theme", "accordion", "alert", "animations", "avatar", "badge", "button", "card", "dialog", "dropdown",
    "form", "grid", "progress", "sidebar", "skeleton", "spinner", "table", "tabs", "toast", "tooltip", "utilities",
)  # fmt: skip

PACKAGES = (
    Package(
        name="htmx.org",
        version="4.0.1",
        tarball="htmx.org-4.0.1.tgz",
        licence="0BSD",
        integrity="sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
        files={
            "dist/htmx.min.js": f"{_VENDOR}/htmx.min.js",
            "dist/ext/hx-sse.min.js": f"{_VENDOR}/hx-sse.min.js",
            "dist/ext/hx-preload.min.js": f"{_VENDOR}/hx-preload.min.js",
            "dist/ext/hx-pending.min.js": f"{_VENDOR}/hx-pending.min.js",
            "LICENSE": f"{_VENDOR}/licences/htmx.txt",
        },
    ),
    Package(
        name="@knadh/oat",
        version="0.6.1",
        tarball="knadh-oat-0.6.1.tgz",
        licence="MIT",
        integrity="sha512-EfGcO5dNQMd0mITBf88Az6W6nyu+Q6xWHEGxvahxd/sLT1l+6wtOI6LQyjubpEuXGBc7EAXHwjt3ed/v6q4ALA==",
        # The sources too: the library is younger than 1.0, so our copy must be one we could carry on with.
        files={
            "oat.min.css": f"{_VENDOR}/oat.min.css",
            "LICENSE": f"{_VENDOR}/licences/oat.txt",
            **{f"css/{part}.css": f"{_VENDOR}/oat-src/{part}.css" for part in _OAT_PARTS},
        },
    ),
    Package(
        name="sortablejs",
        version="1.15.7",
        tarball="sortablejs-1.15.7.tgz",
        licence="MIT",
        integrity="sha512-Kk8wLQPlS+yi1ZEf48a4+fzHa4yxjC30M/Sr2AnQu+f/MPwvvX9XjZ6OWejiz8crBsLwSq8GHqaxaET7u6ux0A==",
        files={"Sortable.min.js": f"{_VENDOR}/sortable.min.js", "LICENSE": f"{_VENDOR}/licences/sortable.txt"},
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        tarball="axe-core-4.14.1.tgz",
        licence="MPL-2.0",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        files={
            "axe.min.js": "tests/browser/vendor/axe.min.js",
            "LICENSE": "tests/browser/vendor/axe-core-licence.txt",
        },
    ),
)

ICON_PACKAGE = Package(
    name="lucide-static",
    version="1.62.0",
    tarball="lucide-static-1.62.0.tgz",
    licence="ISC",
    integrity="sha512-WBZA/m2PvkFpMGHDtsBck5P2A9G4ehLlYu4GwwICcmEm1BvYVgj00lCDxKRWLlbMlOibLaiwdQ88G5pHkSWgwA==",
    files={"LICENSE": f"{_VENDOR}/licences/lucide.txt"},
)

ICONS = {
    "sun": "sun", "users": "users", "user": "user", "organisation": "building-2", "task": "circle-check-big",
    "import": "upload", "export": "download", "settings": "settings", "shield": "shield-check", "lock": "lock",
    "key": "key-round", "search": "search", "plus": "plus", "close": "x", "down": "chevron-down", "next": "chevron-right",
    "previous": "chevron-left", "ascending": "arrow-up", "descending": "arrow-down", "note": "sticky-note",
    "phone": "phone", "mail": "mail", "letter": "mail-open", "chat": "message-circle", "calendar": "calendar-days",
    "check": "check", "circle": "circle", "done": "circle-check", "attachment": "paperclip", "edit": "pencil",
    "archive": "archive", "restore": "archive-restore", "delete": "trash-2", "undo": "undo-2", "eye": "eye",
    "hidden": "eye-off", "history": "history", "link": "link-2", "tag": "tag", "add-user": "user-plus",
    "place": "map-pin", "cake": "cake", "globe": "globe", "info": "info", "warning": "triangle-alert",
    "stop": "octagon-x", "help": "circle-help", "filter": "list-filter", "columns": "columns-3", "more": "ellipsis",
    "menu": "menu", "sign-out": "log-out", "device": "monitor", "plugin": "puzzle", "jobs": "activity", "print": "printer",
    "copy": "copy", "clock": "clock", "incoming": "arrow-down-left", "outgoing": "arrow-up-right", "panel": "panel-left",
    "work": "briefcase", "number": "hash", "file": "file-text", "picture": "image", "ask": "hand",
    "no": "ban", "home": "house", "language": "languages", "keyboard": "keyboard", "refresh": "refresh-cw",
    "audit": "scroll-text", "system": "server", "relations": "network", "fields": "sliders-horizontal", "time": "alarm-clock",
}  # fmt: skip
"""Our name of an icon -> its name in the package. Only what the pages use, because the whole sheet weighs 91 kB."""

PLUGIN_ICONS = {
    "board": "square-kanban", "lead": "sprout", "target": "target", "won": "trophy", "lost": "thumbs-down", "grip": "grip-vertical",
    "product": "package", "price": "coins", "quote": "file-pen", "order": "shopping-cart", "invoice": "receipt-text",
    "payment": "banknote", "percent": "percent", "chart": "chart-column",
    "deal": "handshake", "stale": "hourglass", "journey": "route", "branch": "split",
}  # fmt: skip
"""Those that only plugins use, in a sheet of their own, so that the first page without them stays light."""

SHEETS = {"icons.svg": ICONS, "plugin-icons.svg": PLUGIN_ICONS}


def open_package(folder: Path, package: Package) -> tarfile.TarFile:
    """The tarball, after its integrity was compared. Raises ValueError where it differs."""
    content = (folder / package.tarball).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package.integrity:
        raise ValueError(f"{package.tarball}: integrity is {found}, expected {package.integrity}")
    return tarfile.open(fileobj=io.BytesIO(content))


def read(archive: tarfile.TarFile, path: str) -> bytes:
    """One file of a package. Raises KeyError where it is missing."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise KeyError(path)
    return member.read()


def take(folder: Path, package: Package) -> list[Path]:
    """Writes the files of one package and returns where."""
    written = []
    with open_package(folder, package) as archive:
        for source, target in package.files.items():
            path = ROOT / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(read(archive, source))
            written.append(path)
    return written


def cut_icons(folder: Path, sheet: str) -> Path:
    """Writes one sheet below static/, one symbol per icon, and returns its path."""
    symbols = []
    with open_package(folder, ICON_PACKAGE) as archive:
        for name, source in sorted(SHEETS[sheet].items()):
            svg = read(archive, f"icons/{source}.svg").decode()
            inner = " ".join(svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].split())
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner.replace("> <", "><")}</symbol>')
    path = STATIC / sheet
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Cut by scripts/vendor.py from lucide-static, ISC licence. -->\n'
    )
    path.write_text(head + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8")
    return path


def main(folder: Path) -> None:
    """Takes everything and writes vendor.lock: package, version, licence, integrity, SHA-256, path; one line per file."""
    lines = ["# Written by scripts/vendor.py: package version licence integrity sha256 path"]
    for package in (*PACKAGES, ICON_PACKAGE):
        written = take(folder, package)
        if package is ICON_PACKAGE:
            written += [cut_icons(folder, sheet) for sheet in SHEETS]
        for path in written:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            where = path.relative_to(ROOT).as_posix()
            lines.append(f"{package.name} {package.version} {package.licence} {package.integrity} {digest} {where}")
    LOCK.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
